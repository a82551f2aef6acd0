"""Who may read notifications: each member their own."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy.sql.elements import ColumnElement

from brain.base.access import MEMBER_ROLES, Permission, Viewer
from brain.notifications.models import Notification


def _is_own(viewer: Viewer, subject: Any) -> bool:
    return viewer.is_member and (subject is None or subject.member_id == viewer.id)


def _own(viewer: Viewer) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = Notification.member_id == viewer.id
    return condition


PERMISSIONS = (
    Permission(
        "notifications.read", lazy_gettext("Read one's own notifications"), MEMBER_ROLES, _is_own, _own
    ),
)
