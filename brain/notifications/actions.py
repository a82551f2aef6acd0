"""Writes of notifications: tell, mark as read, set aside what is gone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from brain.base import clock
from brain.base.access import Viewer, allowed_rows, require
from brain.base.db import db, insert_ignore
from brain.base.i18n import speaking
from brain.members.queries import people, viewers_of
from brain.notifications.models import KEY_MOST, Notification
from brain.notifications.queries import Row, lines_of, owned_types, rows_about
from brain.plugin.containment import guarded
from brain.plugin.contribution import Notice

_AT_ONCE = 500


def tell(event: str, ids: Mapping[str, Any]) -> int:
    """Store what an event means to members; returns how many rows were wanted.

    Types speak in their order and the first wins: one event gives a member at
    most one notification. Nobody is told of what they did themselves.
    """
    wanted: dict[int, tuple[str, Notice]] = {}
    for name, (owner, kind) in owned_types().items():
        if kind.on_event != event:
            continue
        with guarded(owner, f"recipients of {name}"):
            for notice in kind.recipients(ids):
                if notice.member_id != notice.actor_id:
                    wanted.setdefault(notice.member_id, (name, notice))
    known = people(wanted)
    happened = _key(event, ids)
    rows = [_row(name, notice, happened) for who, (name, notice) in wanted.items() if who in known]
    for start in range(0, len(rows), _AT_ONCE):
        several = rows[start : start + _AT_ONCE]
        db.session.execute(insert_ignore(Notification, several, ["member_id", "key"]))
    return len(rows)


def _row(name: str, notice: Notice, happened: str) -> dict[str, Any]:
    key = _short(notice.key or happened)
    return {
        "member_id": notice.member_id,
        "type": name,
        "subject_kind": notice.subject_kind,
        "subject_id": notice.subject_id,
        "actor_id": notice.actor_id,
        "group_key": _short(notice.group_key or key),
        "key": key,
        "at": clock.now(),
        "is_gone": False,
    }


def _key(event: str, ids: Mapping[str, Any]) -> str:
    return event + ":" + ",".join(f"{name}={ids[name]}" for name in sorted(ids))


def _short(key: str) -> str:
    return key if len(key) <= KEY_MOST else hashlib.sha256(key.encode()).hexdigest()


def mark_read(viewer: Viewer, row: Row) -> None:
    """Mark a notification and what was shown together with it as read."""
    require(viewer, "notifications.read", row)
    _read(viewer, Notification.group_key == row.group_key)


def mark_all_read(viewer: Viewer) -> None:
    """Mark everything as read."""
    require(viewer, "notifications.read")
    _read(viewer, sa.true())


def saw(viewer: Viewer, subject_kind: str, subject_ids: Sequence[int]) -> None:
    """Mark news about things as read, since the member has just seen them.

    Content calls it from what a page observed.
    """
    if viewer.is_member and subject_ids:
        subject = Notification.subject_id.in_(list(subject_ids))
        _read(viewer, sa.and_(Notification.subject_kind == subject_kind, subject))


def _read(viewer: Viewer, which: sa.ColumnElement[bool]) -> None:
    db.session.execute(
        sa.update(Notification)
        .where(allowed_rows(viewer, "notifications.read"), Notification.read_at.is_(None), which)
        .values(read_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def set_aside(viewer: Viewer, row_ids: Sequence[int]) -> None:
    """Leave rows without a line out of lists and counts from now on."""
    _mark_gone([*row_ids], True, allowed_rows(viewer, "notifications.read"))


def look_again(type_name: str, subject_ids: Sequence[int]) -> None:
    """Decide anew who may see the rows about some things; counts follow."""
    rows = rows_about(type_name, subject_ids)
    viewers = viewers_of(rows)
    gone: dict[bool, list[int]] = {True: [], False: []}
    for member_id, several in rows.items():
        viewer = viewers.get(member_id)
        if viewer is None:
            continue
        with speaking(viewer.language):
            lines = lines_of(type_name, several, viewer)
        if lines is not None:
            for row in several:
                gone[row.id not in lines].append(row.id)
    for is_gone, row_ids in gone.items():
        _mark_gone(row_ids, is_gone, sa.true())


def _mark_gone(row_ids: Sequence[int], is_gone: bool, which: sa.ColumnElement[bool]) -> None:
    for start in range(0, len(row_ids), _AT_ONCE):
        several = row_ids[start : start + _AT_ONCE]
        db.session.execute(
            sa.update(Notification)
            .where(Notification.id.in_(several), Notification.is_gone != is_gone, which)
            .values(is_gone=is_gone)
            .execution_options(synchronize_session=False)
        )
