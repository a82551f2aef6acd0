"""Reads of notifications: rows that belong together, spoken by their types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from brain.base.access import Viewer, allowed_rows, require
from brain.base.db import db
from brain.base.errors import NotFound
from brain.members.queries import Person, people
from brain.notifications.models import Notification
from brain.plugin import registry
from brain.plugin.containment import guarded
from brain.plugin.contribution import Line, NotificationType

PAGE_ROWS = 30


@dataclass(frozen=True, slots=True)
class Row:
    """What a type is given to make a line of: one notification, or several of a group.

    The subject is the oldest one's: the first thing not read. `actor` and `at`
    are the newest one's; `count` says how many there are, `actor_count` of how
    many people. `actor` is None for the house, or for somebody who left.
    """

    id: int
    member_id: int
    type: str
    subject_kind: str
    subject_id: int
    group_key: str
    actor_id: int | None
    actor: Person | None
    at: datetime
    read_at: datetime | None
    count: int = 1
    actor_count: int = 1

    @property
    def is_read(self) -> bool:
        """Tell whether the member has read it."""
        return self.read_at is not None


@dataclass(frozen=True, slots=True)
class Told:
    """A row with what it says."""

    row: Row
    line: Line


@dataclass(frozen=True, slots=True)
class Page:
    """One page of notifications; `gone` are rows that have nothing to show any more."""

    told: Sequence[Told]
    gone: Sequence[int]
    number: int
    has_more: bool


def unread_count(viewer: Viewer) -> int:
    """Count what the member has not read, a group as one."""
    if not viewer.is_member:
        return 0
    return db.session.scalar(_unread(viewer, _types())) or 0


@lru_cache(maxsize=1000)
def _unread(viewer: Viewer, types: tuple[str, ...]) -> sa.Select[int]:
    """Put the question of every page together, once for each viewer."""
    own = allowed_rows(viewer, "notifications.read")
    counted = sa.select(sa.func.count(sa.distinct(Notification.group_key)))
    return counted.where(own, _shown(types), Notification.read_at.is_(None))


def latest(viewer: Viewer, page: int) -> Page:
    """Give a page of the member's notifications, newest first."""
    require(viewer, "notifications.read")
    own = sa.and_(allowed_rows(viewer, "notifications.read"), _shown(_types()))
    groups = (
        sa.select(
            sa.func.min(Notification.id).label("first"),
            sa.func.max(Notification.id).label("last"),
            sa.func.count().label("size"),
            sa.func.count(sa.distinct(Notification.actor_id)).label("actor_count"),
        )
        .where(own)
        .group_by(Notification.group_key, Notification.read_at)
        .order_by(sa.func.max(Notification.id).desc())
        .limit(PAGE_ROWS + 1)
        .offset((page - 1) * PAGE_ROWS)
    ).subquery()
    rows = _rows(groups)
    shown = rows[:PAGE_ROWS]
    lines, broken = _lines(shown, viewer)
    told = [Told(row, lines[row.id]) for row in shown if row.id in lines]
    gone = [row.id for row in shown if row.id not in lines and row.type not in broken]
    return Page(told, gone, page, len(rows) > PAGE_ROWS)


def open_notification(viewer: Viewer, notification_id: int) -> Told:
    """Give one of the member's notifications. Raises NotFound."""
    require(viewer, "notifications.read")
    only = sa.and_(
        Notification.id == notification_id, allowed_rows(viewer, "notifications.read"), _shown(_types())
    )
    other = aliased(Notification)
    group = sa.and_(
        other.member_id == Notification.member_id,
        other.group_key == Notification.group_key,
        other.read_at.is_not_distinct_from(Notification.read_at),
        ~other.is_gone,
    )
    one = sa.select(
        Notification.id.label("first"),
        Notification.id.label("last"),
        # it leads where its line on the page says, which may speak of several
        sa.select(sa.func.count()).where(group).scalar_subquery().label("size"),
        sa.literal(1).label("actor_count"),
    )
    rows = _rows(one.where(only).subquery())
    lines, _broken = _lines(rows, viewer)
    if not lines:
        raise NotFound
    return Told(rows[0], lines[rows[0].id])


def rows_about(type_name: str, subject_ids: Sequence[int]) -> dict[int, list[Row]]:
    """Give by member every row of a type about some things, each on its own."""
    about = sa.and_(Notification.type == type_name, Notification.subject_id.in_(list(subject_ids)))
    each = sa.select(
        Notification.id.label("first"),
        Notification.id.label("last"),
        sa.literal(1).label("size"),
        sa.literal(1).label("actor_count"),
    )
    found: dict[int, list[Row]] = {}
    for row in _rows(each.where(about).subquery()):
        found.setdefault(row.member_id, []).append(row)
    return found


def owned_types() -> dict[str, tuple[str, NotificationType]]:
    """Give (owner, type) by name, in order of weight, of types that count now."""
    types = sorted(registry.declared("notification_types"), key=lambda pair: (pair[1].order, pair[1].name))
    return {kind.name: (owner, kind) for owner, kind in types}


def _types() -> tuple[str, ...]:
    return tuple(registry.notification_types())


def _shown(types: tuple[str, ...]) -> sa.ColumnElement[bool]:
    return sa.and_(~Notification.is_gone, Notification.type.in_(types))


def _rows(groups: sa.Subquery) -> list[Row]:
    """Read the rows of (first, last, size, actor_count), newest first."""
    first, last = aliased(Notification), aliased(Notification)
    found = db.session.execute(
        sa.select(
            first.id,
            first.member_id,
            first.type,
            first.subject_kind,
            first.subject_id,
            first.group_key,
            last.actor_id,
            last.at,
            first.read_at,
            groups.c.size,
            groups.c.actor_count,
        )
        .join(groups, groups.c.first == first.id)
        .join(last, groups.c.last == last.id)
        .order_by(groups.c.last.desc())
    ).all()
    actors = people({r.actor_id for r in found if r.actor_id is not None})
    return [
        Row(
            id=r.id,
            member_id=r.member_id,
            type=r.type,
            subject_kind=r.subject_kind,
            subject_id=r.subject_id,
            group_key=r.group_key,
            actor_id=r.actor_id,
            actor=actors.get(r.actor_id),
            at=r.at,
            read_at=r.read_at,
            count=r.size,
            actor_count=r.actor_count,
        )
        for r in found
    ]


def lines_of(row_type: str, rows: Sequence[Row], viewer: Viewer) -> Mapping[int, Line] | None:
    """Ask a type for its lines; None when it is off or failed and was contained."""
    owner, kind = owned_types().get(row_type, ("", None))
    if kind is None:
        return None
    with guarded(owner, f"notification {kind.name}"):
        return dict(kind.lines(rows, viewer))
    return None


def _lines(rows: Sequence[Row], viewer: Viewer) -> tuple[dict[int, Line], set[str]]:
    """Give lines by row id, and the types that could not say any."""
    by_type: dict[str, list[Row]] = {}
    for row in rows:
        by_type.setdefault(row.type, []).append(row)
    lines: dict[int, Line] = {}
    broken: set[str] = set()
    for name, several in by_type.items():
        spoken = lines_of(name, several, viewer)
        if spoken is None:
            broken.add(name)
        else:
            lines |= spoken
    return lines, broken
