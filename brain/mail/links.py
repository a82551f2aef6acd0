"""Addresses in letters: always from the configured base, never from a request."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import current_app


def absolute(endpoint: str, **values: Any) -> str:
    """Give the whole address of a page, for readers of a letter."""
    base = urlsplit(current_app.config["BRAIN_BASE_URL"])
    adapter = current_app.url_map.bind(base.netloc, script_name=base.path or "/", url_scheme=base.scheme)
    address = adapter.build(endpoint, values, force_external=True)
    return str(address)


def host() -> str:
    """Give the host that letters come from, for Message-ID and List-Id."""
    return urlsplit(current_app.config["BRAIN_BASE_URL"]).hostname or "localhost"
