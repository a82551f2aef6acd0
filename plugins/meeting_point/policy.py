"""Who may do what in the Meeting Point: each rule in Python and in SQL."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext
from sqlalchemy.sql.elements import ColumnElement

from brain.base.access import ANY_ROLE, MEMBER_ROLES, Permission, Viewer, open_to

from .models import ListingRow


def _may_read(viewer: Viewer, listing: Any) -> bool:
    own = viewer.id is not None and listing.author_id == viewer.id
    seen = viewer.sees(listing.audience) or own
    return seen and (viewer.is_staff or own or not listing.withdrawn)


def _readable(viewer: Viewer) -> ColumnElement[bool]:
    seen = open_to(ListingRow.audience, viewer)
    if viewer.is_staff:
        return seen
    shown = sa.and_(seen, ListingRow.withdrawn == "")
    return sa.or_(shown, ListingRow.author_id == viewer.id) if viewer.is_member else shown


def _may_publish(viewer: Viewer, listing: Any) -> bool:
    return viewer.confirmed


def _publishers(viewer: Viewer) -> ColumnElement[bool]:
    return sa.true() if viewer.confirmed else sa.false()


def _may_change(viewer: Viewer, listing: Any) -> bool:
    return viewer.confirmed and listing.author_id == viewer.id and not listing.withdrawn


def _changeable(viewer: Viewer) -> ColumnElement[bool]:
    if not viewer.confirmed:
        return sa.false()
    return sa.and_(ListingRow.author_id == viewer.id, ListingRow.withdrawn == "")


PERMISSIONS = (
    Permission("meeting_point.read", lazy_gettext("Read offers and needs"), ANY_ROLE, _may_read, _readable),
    Permission(
        "meeting_point.publish",
        lazy_gettext("Publish offers and needs"),
        MEMBER_ROLES,
        _may_publish,
        _publishers,
    ),
    Permission(
        "meeting_point.change",
        lazy_gettext("Change own offers and needs"),
        MEMBER_ROLES,
        _may_change,
        _changeable,
    ),
)
