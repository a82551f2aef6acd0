"""Things that happened, told after commit: the transactional outbox.

`publish` writes one row for each subscriber in the same transaction as the
change. The job worker (`brain.base.jobs`) delivers each row on its own:
retried with growing pauses, isolated from the others, with ids only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from brain.base import clock, pulse
from brain.base.db import Base, JsonText, db
from brain.base.known import Known

Ids = dict[str, Any]


class Outbox(Base):
    """One delivery: an event (or a wanted job) for one subscriber."""

    __tablename__ = "outbox"
    __table_args__ = (sa.Index("ix_outbox_next", "failed", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(sa.String(80))
    subscriber: Mapped[str] = mapped_column(sa.String(120), index=True)
    ids: Mapped[Any] = mapped_column(JsonText)
    published_at: Mapped[datetime]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    failed: Mapped[bool] = mapped_column(default=False)
    last_error: Mapped[str | None] = mapped_column(sa.Text)


@dataclass(frozen=True)
class Subscriber:
    """Who wants to know of an event, and how they take it.

    `deliver` gets up to `batch` ids at once and runs inside one unit of work,
    unless it says `own_units`. `failed` is told of each attempt that failed,
    in a unit of its own.
    """

    name: str
    events: tuple[str, ...]
    deliver: Callable[[Sequence[Ids]], None]
    batch: int = 1
    attempts: int = 5
    timeout: timedelta = timedelta(seconds=60)
    is_active: Callable[[], bool] = lambda: True
    own_units: bool = False
    failed: Callable[[BaseException], None] = lambda error: None


_subscribers = Known[Subscriber]("subscriber")


def subscribe(subscriber: Subscriber) -> None:
    """Make a subscriber known to the application."""
    _subscribers.by_name()[subscriber.name] = subscriber


def subscriber_named(name: str) -> Subscriber | None:
    """Find a subscriber, or None when its slice is gone."""
    return _subscribers.by_name().get(name)


def subscriber_names() -> list[str]:
    """List who is known here, by name."""
    return sorted(_subscribers.by_name())


def publish(event: str, **ids: Any) -> None:
    """Tell subscribers of an event, in this transaction.

    `ids` are ids and short names only, never texts: what is told may have
    changed or vanished by the time it is heard.
    """
    publish_many(event, [ids])


def publish_many(event: str, rows: Sequence[Ids]) -> None:
    """Tell of the same event for many things at once."""
    known = _subscribers.by_name().values()
    names = [s.name for s in known if event in s.events or "*" in s.events]
    put(event, names, rows)
    pulse.beat("content")


def put(event: str, subscribers: Sequence[str], rows: Sequence[Ids], delay: timedelta = timedelta(0)) -> None:
    """Write outbox rows for named subscribers; with `delay`, not before then."""
    moment = clock.now()
    values = [
        {
            "event": event,
            "subscriber": name,
            "ids": ids,
            "published_at": moment,
            "due_at": moment + delay,
            "attempts": 0,
            "failed": False,
        }
        for ids in rows
        for name in subscribers
    ]
    if values:
        db.session.execute(sa.insert(Outbox), values)


def waiting(subscriber: str) -> int:
    """Count the deliveries that a subscriber still has to take."""
    return (
        db.session.scalar(sa.select(sa.func.count()).where(Outbox.subscriber == subscriber, ~Outbox.failed))
        or 0
    )
