"""Who may see and change what of people."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext
from sqlalchemy.sql.elements import ColumnElement

from brain.base.access import ADMIN_ROLES, ANY_ROLE, MEMBER_ROLES, Permission, Viewer
from brain.members.models import Member, MemberSession


def _is_shown(viewer: Viewer, member: Any) -> bool:
    """Hide who has yet to confirm an address, except from themselves and staff."""
    has_arrived = member.confirmed_at is not None or member.wanted_key is None
    return has_arrived or viewer.is_staff or (viewer.is_member and member.id == viewer.id)


def _shown_rows(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.is_staff:
        return sa.true()
    return sa.or_(
        Member.confirmed_at.is_not(None), Member.wanted_key.is_(None), Member.id == (viewer.id or 0)
    )


def _is_own(viewer: Viewer, member: Any) -> bool:
    return viewer.id is not None and member.id == viewer.id


def _own_rows(viewer: Viewer) -> ColumnElement[bool]:
    return Member.id == (viewer.id or 0)


def _is_own_session(viewer: Viewer, session: Any) -> bool:
    return viewer.id is not None and session.member_id == viewer.id


def _own_sessions(viewer: Viewer) -> ColumnElement[bool]:
    return MemberSession.member_id == (viewer.id or 0)


def _is_confirmed(viewer: Viewer, subject: Any) -> bool:
    return viewer.confirmed


def _rows_for_confirmed(viewer: Viewer) -> ColumnElement[bool]:
    return Member.confirmed_at.is_not(None) if viewer.confirmed else sa.false()


PERMISSIONS = (
    Permission("members.see_profile", lazy_gettext("See a member's page"), ANY_ROLE, _is_shown, _shown_rows),
    Permission(
        "members.see_directory",
        lazy_gettext("See the list of members"),
        MEMBER_ROLES,
        _is_confirmed,
        _rows_for_confirmed,
    ),
    Permission(
        "members.change_account", lazy_gettext("Change one's own account"), MEMBER_ROLES, _is_own, _own_rows
    ),
    Permission(
        "members.end_session",
        lazy_gettext("Sign out one's own devices"),
        MEMBER_ROLES,
        _is_own_session,
        _own_sessions,
    ),
    Permission("members.change_role", lazy_gettext("Make members moderators or admins"), ADMIN_ROLES),
)
