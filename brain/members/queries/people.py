"""People as others see them beside a post, a listing, a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from brain.base import i18n
from brain.base.access import STAFF_ROLES
from brain.base.db import db
from brain.members.models import Group, Member
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


def group_names() -> dict[int, str]:
    """Name every group, by id, in the language spoken now."""
    spoken = i18n.language()
    rows = db.session.execute(sa.select(Group.id, Group.key, Group.names).order_by(Group.id))
    return {
        row.id: row.names.get(spoken) or row.names.get("en") or next(iter(row.names.values()), row.key)
        for row in rows
    }


def link_holder(purpose: str, token: str) -> str:
    """Name whom the link of a letter is for. Raises LinkWorn."""
    return member_by_link(purpose, token).name
