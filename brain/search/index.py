"""The index of the running application: the embedded one, in its folder."""

from __future__ import annotations

from pathlib import Path

from flask import current_app

from brain.search.backend import SearchBackend
from brain.search.whoosh_backend.backend import WhooshBackend


def index() -> SearchBackend:
    """Give the application's index; nothing is opened before it is asked."""
    found: SearchBackend | None = current_app.extensions.get("search")
    if found is None:
        found = WhooshBackend(Path(current_app.config["BRAIN_VAR"]) / "search")
        current_app.extensions["search"] = found
    return found
