"""Who looks, what they may do, and which rows are open to them.

A `Viewer` is the first argument of every query and action. A `Permission`
holds the same rule twice, for one row in Python (`rule`) and for many in SQL
(`criterion`); a test compares both over a grid of roles and objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from flask_babel.speaklater import LazyString
from sqlalchemy.sql.elements import ColumnElement

from brain.base.errors import ConfirmFirst, NotFound, SignInNeeded
from brain.base.known import Known

PUBLIC = "public"
MEMBERS = "members"
STAFF = "staff"
ANY_ROLE = ("visitor", "member", "moderator", "admin")
MEMBER_ROLES = ("member", "moderator", "admin")
STAFF_ROLES = ("moderator", "admin")
ADMIN_ROLES = ("admin",)


@dataclass(frozen=True)
class Viewer:
    """The person (or nobody) on whose behalf something is read or done.

    `tokens` are the audience tokens of BEHAVIOUR and ARCHITECTURE section 3:
    `public`, `members`, `staff`, `group:12`, `member:7`.
    """

    id: int | None = None
    name: str = ""
    role: str = "visitor"
    tokens: frozenset[str] = frozenset({PUBLIC})
    language: str = "en"
    languages: tuple[str, ...] = ()
    timezone: str = "UTC"
    theme: str = ""
    session_id: int | None = None
    confirmed: bool = False

    @property
    def is_member(self) -> bool:
        """Say whether somebody is signed in."""
        return self.id is not None

    @property
    def is_staff(self) -> bool:
        """Say whether the viewer moderates or administers."""
        return self.role in STAFF_ROLES

    @property
    def is_admin(self) -> bool:
        """Say whether the viewer administers."""
        return self.role in ADMIN_ROLES

    def can(self, name: str, subject: Any = None) -> bool:
        """Decide one permission, for one subject where it needs one."""
        permission = permission_named(name)
        return self.role in permission.granted_to and permission.rule(self, subject)

    def sees(self, audience: str) -> bool:
        """Say whether a thing with this audience token is open to the viewer."""
        return audience in self.tokens


VISITOR = Viewer()
#: Jobs and commands act as the house itself.
HOUSE = Viewer(name="house", role="admin", tokens=frozenset({PUBLIC, MEMBERS, STAFF}), confirmed=True)


def _always(viewer: Viewer, subject: Any) -> bool:
    return True


def _every(viewer: Viewer) -> ColumnElement[bool]:
    return sa.true()


@dataclass(frozen=True)
class Permission:
    """One thing that some roles may do, as data."""

    name: str
    label: str | LazyString
    granted_to: tuple[str, ...]
    rule: Callable[[Viewer, Any], bool] = _always
    criterion: Callable[[Viewer], ColumnElement[bool]] = _every


_permissions = Known[Permission]("permission")


def register_permissions(permissions: Iterable[Permission]) -> None:
    """Make permissions known to the application."""
    for permission in permissions:
        _permissions.by_name()[permission.name] = permission


def permissions() -> list[Permission]:
    """List every known permission, by name."""
    known = _permissions.by_name()
    return [known[name] for name in sorted(known)]


def permission_named(name: str) -> Permission:
    """Find a permission. Raises LookupError for a name nobody declared."""
    try:
        return _permissions.by_name()[name]
    except KeyError:
        raise LookupError(f"no permission is named {name!r}") from None


def require(viewer: Viewer, name: str, subject: Any = None) -> None:
    """Go on only if the viewer may.

    Raises SignInNeeded for a visitor where a member may, ConfirmFirst for a
    member where only a confirmed address is missing, else NotFound: what is
    not allowed and what is not there answer the same.
    """
    if viewer.can(name, subject):
        return
    if viewer.is_member and not viewer.confirmed and replace(viewer, confirmed=True).can(name, subject):
        raise ConfirmFirst
    granted_to = permission_named(name).granted_to
    # where visitors are refused only this object, hidden and missing answer the same
    if not viewer.is_member and "visitor" not in granted_to and "member" in granted_to:
        raise SignInNeeded
    raise NotFound


def allowed_rows(viewer: Viewer, name: str) -> ColumnElement[bool]:
    """Give the SQL condition of a permission for this viewer."""
    permission = permission_named(name)
    if viewer.role not in permission.granted_to:
        return sa.false()
    return permission.criterion(viewer)


def open_to(column: Any, viewer: Viewer) -> ColumnElement[bool]:
    """Give the SQL condition that a column's audience token is the viewer's."""
    condition: ColumnElement[bool] = column.in_(sorted(viewer.tokens))
    return condition
