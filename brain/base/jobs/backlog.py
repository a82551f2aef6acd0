"""The outbox as administrators see it: what waits, what was given up, and another round for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from brain.base import clock, events
from brain.base.db import change, db
from brain.base.errors import NotFound
from brain.base.events import Outbox


@dataclass(frozen=True)
class FailedDelivery:
    """A delivery that was given up, as the admin page shows it."""

    id: int
    event: str
    subscriber: str
    published_at: datetime
    last_error: str


def failed_deliveries(limit: int = 50) -> list[FailedDelivery]:
    """List deliveries that were given up, newest first."""
    rows = db.session.execute(
        sa.select(Outbox.id, Outbox.event, Outbox.subscriber, Outbox.published_at, Outbox.last_error)
        .where(Outbox.failed)
        .order_by(Outbox.id.desc())
        .limit(limit)
    )
    return [FailedDelivery(r.id, r.event, r.subscriber, r.published_at, r.last_error or "") for r in rows]


def retry_delivery(delivery_id: int) -> None:
    """Give a delivery that was given up another round of attempts. Raises NotFound."""
    if not _retry(Outbox.id == delivery_id):
        raise NotFound


def retry_deliveries() -> int:
    """Give all deliveries that were given up another round; returns how many."""
    return _retry(sa.true())


def _retry(which: sa.ColumnElement[bool]) -> int:
    names = db.session.scalars(sa.select(Outbox.subscriber).where(which, Outbox.failed).distinct()).all()
    # one whose plugin rests would be dropped: it waits until it works again
    awake = [name for name in names if (found := events.subscriber_named(name)) and found.is_active()]
    return change(
        sa.update(Outbox)
        .where(which, Outbox.failed, Outbox.subscriber.in_(awake))
        .values(failed=False, attempts=0, due_at=clock.now(), leased_until=None)
    )


@dataclass(frozen=True)
class Backlog:
    """How much the outbox holds. `oldest_due_at` is None when nothing waits."""

    waiting: int
    failed: int
    oldest_due_at: datetime | None


def backlog() -> Backlog:
    """Count what waits in the outbox and what was given up."""
    row = db.session.execute(
        sa.select(
            sa.func.count().filter(~Outbox.failed),
            sa.func.count().filter(Outbox.failed),
            sa.func.min(Outbox.due_at).filter(~Outbox.failed),
        )
    ).one()
    return Backlog(*row)


@dataclass(frozen=True)
class Queue:
    """What waits for one subscriber."""

    subscriber: str
    waiting: int
    next_due_at: datetime


def queues(limit: int = 50) -> list[Queue]:
    """List the subscribers for whom something waits, the longest waiting first."""
    first = sa.func.min(Outbox.due_at)
    rows = db.session.execute(
        sa.select(Outbox.subscriber, sa.func.count(), first)
        .where(~Outbox.failed)
        .group_by(Outbox.subscriber)
        .order_by(first)
        .limit(limit)
    )
    return [Queue(*row) for row in rows]
