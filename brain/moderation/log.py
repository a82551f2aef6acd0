"""The log of what moderators and the house did: written, read, checked.

Write it last in a transaction: its head is locked from then on, so rows of
content must not be waited for behind it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from brain.base import clock
from brain.base.db import db, insert_ignore
from brain.moderation.models import LogHead, LogRow

START = "0" * 64
_HEAD = 1
_AT_ONCE = 1000


@dataclass(frozen=True)
class Act:
    """What was done with a case, and by whom; None is the house."""

    case_id: int
    name: str
    member_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def write_log(*acts: Act) -> None:
    """Add acts to the log, in this transaction."""
    db.session.execute(insert_ignore(LogHead, [{"id": _HEAD, "length": 0, "digest": START}], ["id"]))
    length, digest = db.session.execute(
        sa.select(LogHead.length, LogHead.digest).where(LogHead.id == _HEAD).with_for_update()
    ).one()
    for act in acts:
        length += 1
        row = {
            "id": length,
            "case_id": act.case_id,
            "act": act.name,
            "member_id": act.member_id,
            "facts": dict(act.facts),
            "at": clock.now(),
            "previous": digest,
        }
        digest = _digest(row)
        db.session.execute(sa.insert(LogRow).values(**row, digest=digest))
    db.session.execute(sa.update(LogHead).where(LogHead.id == _HEAD).values(length=length, digest=digest))


def _digest(row: Mapping[str, Any]) -> str:
    at: datetime = row["at"]
    written = [
        row["id"],
        row["case_id"],
        row["act"],
        row["member_id"],
        row["facts"],
        at.isoformat(timespec="microseconds"),
        row["previous"],
    ]
    text = json.dumps(written, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class LogState:
    """What a check of the log found: its length and every place where it breaks."""

    length: int
    breaks: tuple[str, ...]


def check_log() -> LogState:
    """Follow the log from its first row to its head."""
    breaks: list[str] = []
    number, digest = 0, START
    for row in _all_rows():
        if row["id"] != number + 1:
            breaks.append(f"row {number + 1} is missing")
        elif row["previous"] != digest:
            breaks.append(f"row {row['id']} does not follow the row before it")
        if row["digest"] != _digest(row):
            breaks.append(f"row {row['id']} was changed")
        number, digest = row["id"], row["digest"]
    head = db.session.execute(sa.select(LogHead.length, LogHead.digest)).one_or_none()
    if (head.length, head.digest) != (number, digest) if head is not None else number:
        breaks.append(f"the log ends at row {number}, its head says otherwise")
    return LogState(number, tuple(breaks))


def _all_rows() -> Iterator[dict[str, Any]]:
    columns = LogRow.__table__.columns
    last = 0
    while True:
        rows = db.session.execute(
            sa.select(*columns).where(LogRow.id > last).order_by(LogRow.id).limit(_AT_ONCE)
        ).mappings()
        found = [dict(row) for row in rows]
        yield from found
        if len(found) < _AT_ONCE:
            return
        last = found[-1]["id"]
