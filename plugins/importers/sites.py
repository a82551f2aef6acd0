"""The old site as our tables know it."""

from __future__ import annotations

from urllib.parse import urlsplit

import sqlalchemy as sa

from brain.base import clock
from brain.base.db import db, insert_ignore

from .errors import SiteUnknown
from .models import OldSource

_KEY_MOST = 255


def remember_site(base_url: str) -> int:
    """Find a site's entry, or make it, and lock it; returns the id.

    Runs in the caller's unit: another import of the same site waits until it
    ends. Raises SiteUnknown if the address is none.
    """
    row = {"key": site_key(base_url), "base_url": base_url[:_KEY_MOST], "created_at": clock.now()}
    db.session.execute(insert_ignore(OldSource, [row], ["key"]))
    found = sa.select(OldSource.id).where(OldSource.key == row["key"])
    return db.session.execute(found.with_for_update()).scalar_one()


def site_key(base_url: str) -> str:
    """Write a site's address as it is compared: host and folder.

    Raises SiteUnknown if it has no host with a dot in it.
    """
    try:
        parts = urlsplit(base_url if "//" in base_url else f"//{base_url}")
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if "." not in host.strip("."):
        raise SiteUnknown
    return f"{host.removeprefix('www.')}{parts.path.rstrip('/')}"[:_KEY_MOST]
