"""People as others see them beside a post, a listing, a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext

from brain.base import i18n
from brain.base.access import STAFF_ROLES, Viewer
from brain.base.db import db
from brain.base.errors import Unfit
from brain.members.models import Group, Member, Membership
from brain.members.names import hue, initials, name_key
from brain.members.signed_links import member_by_link


@dataclass(frozen=True)
class Person:
    """What is shown of somebody everywhere: name, picture, place.

    `hue` is 1 to 5; `country` ISO 3166-1 alpha-2 or empty; `language` BCP 47.
    """

    id: int
    name: str
    initials: str
    hue: int
    country: str
    language: str


_COLUMNS = (Member.id, Member.name, Member.country, Member.language)


def person_from(row: Any) -> Person:
    """Make a Person of a row with id, name, country and language."""
    return Person(row.id, row.name, initials(row.name), hue(row.id), row.country, row.language)


def people(ids: Iterable[int | None]) -> dict[int, Person]:
    """Find people by id in one query; who is gone is missing."""
    wanted = {member_id for member_id in ids if member_id is not None}
    if not wanted:
        return {}
    rows = db.session.execute(sa.select(*_COLUMNS).where(Member.id.in_(wanted)))
    return {row.id: person_from(row) for row in rows}


def country_of(viewer: Viewer) -> str:
    """Give the country that a member named (ISO 3166), empty for none."""
    return db.session.scalar(sa.select(Member.country).where(Member.id == viewer.id)) or ""


def person_named(name: str) -> Person | None:
    """Find somebody by a name, or by one that looks the same."""
    if not name or len(name) > 200:
        return None
    row = db.session.execute(sa.select(*_COLUMNS).where(Member.name_key == name_key(name))).one_or_none()
    return person_from(row) if row is not None else None


def staff_ids() -> list[int]:
    """List who moderates or administers, by id."""
    wanted = sa.and_(Member.role.in_(STAFF_ROLES), Member.confirmed_at.is_not(None))
    return list(db.session.scalars(sa.select(Member.id).where(wanted).order_by(Member.id)))


def member_count() -> int:
    """Count the members who have confirmed their address."""
    counted = sa.select(sa.func.count()).select_from(Member).where(Member.confirmed_at.is_not(None))
    return db.session.scalar(counted) or 0


@dataclass(frozen=True)
class GroupRow:
    """A group with its name in the language spoken now, and how many are in it."""

    id: int
    key: str
    name: str
    count: int


def groups() -> list[GroupRow]:
    """List every group, the oldest first."""
    spoken = i18n.language()
    count = sa.select(sa.func.count()).where(Membership.group_id == Group.id).scalar_subquery()
    rows = db.session.execute(sa.select(Group.id, Group.key, Group.names, count).order_by(Group.id))
    return [
        GroupRow(id_, key, names.get(spoken) or names.get("en") or next(iter(names.values()), key), many)
        for id_, key, names, many in rows
    ]


def group_keyed(key: str) -> GroupRow:
    """Give a group by its key. Raises Unfit when there is none."""
    found = next((group for group in groups() if group.key == key), None)
    if found is None:
        raise Unfit({"key": lazy_gettext("No group has the key %(key)s.", key=key)})
    return found


def group_names() -> dict[int, str]:
    """Name every group, by id, in the language spoken now."""
    return {group.id: group.name for group in groups()}


def link_holder(purpose: str, token: str) -> str:
    """Name whom the link of a letter is for. Raises LinkWorn."""
    return member_by_link(purpose, token).name


@dataclass(frozen=True)
class Confirming:
    """Whose address a link confirms, and whether they choose their password with it."""

    name: str
    needs_password: bool


def confirming(viewer: Viewer, token: str) -> Confirming:
    """Say what the link of a letter confirms. Raises LinkWorn, ConfirmedAlready."""
    member = member_by_link("confirm", token)
    return Confirming(member.name, needs_password(viewer, member))


def needs_password(viewer: Viewer, member: Member) -> bool:
    """Tell whether somebody who confirms an address may not be who opened the account."""
    return member.confirmed_at is None and viewer.id != member.id
