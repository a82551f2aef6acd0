"""Who may report, and who may settle which case.

Nobody settles a case about what they wrote themselves, and nobody sees who
reported them. A moderator may settle a case that they reported: in a small
team there may be no other, and the log says so. Administrators may settle the
cases of groups that they are not in, or those of a group without a moderator
would be seen by nobody; what was reported they see once they took the case,
which the log keeps.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext
from sqlalchemy.sql.elements import ColumnElement

from brain.base.access import MEMBER_ROLES, STAFF_ROLES, Permission, Viewer, open_to
from brain.moderation.models import Case, Statement


def _may_report(viewer: Viewer, subject: Any) -> bool:
    return viewer.confirmed


def _reporters(viewer: Viewer) -> ColumnElement[bool]:
    return sa.true() if viewer.confirmed else sa.false()


def _may_settle(viewer: Viewer, case: Any) -> bool:
    if case is None:
        return viewer.confirmed
    return (viewer.is_admin or viewer.sees(case.audience)) and case.author_id != viewer.id


def _settleable(viewer: Viewer) -> ColumnElement[bool]:
    not_own = Case.author_id.is_distinct_from(viewer.id)
    return not_own if viewer.is_admin else sa.and_(open_to(Case.audience, viewer), not_own)


def _is_told(viewer: Viewer, statement: Any) -> bool:
    return viewer.is_member and statement.member_id == viewer.id


def _told(viewer: Viewer) -> ColumnElement[bool]:
    # the house has no id: it would match the statements of who left
    return Statement.member_id == viewer.id if viewer.is_member else sa.false()


PERMISSIONS = (
    Permission("moderation.report", lazy_gettext("Report things"), MEMBER_ROLES, _may_report, _reporters),
    Permission("moderation.settle", lazy_gettext("Settle cases"), STAFF_ROLES, _may_settle, _settleable),
    Permission(
        "moderation.read_statement",
        lazy_gettext("Read why one's own things were hidden"),
        MEMBER_ROLES,
        _is_told,
        _told,
    ),
)
