"""Deliveries of the outbox: lease what is due, hand it over, put back what failed."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import FrameType
from typing import Any, NamedTuple

import sqlalchemy as sa

from brain.base import clock, events
from brain.base.db import db, is_sqlite
from brain.base.errors import words_of
from brain.base.events import Ids, Outbox, Subscriber
from brain.base.unit import drop_changes, unit_of_work

log = logging.getLogger("brain.jobs")
PAUSES = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1))
#: A delivery for somebody unknown is dropped after so long.
UNCLAIMED_AFTER = timedelta(days=14)
#: Nothing waits, or is leased, for as long as this: the pauses are hours at most.
FAR_AHEAD = timedelta(days=2)


class LeftUndone(Exception):
    """A delivery was begun so often and never ended: its worker was killed, or hung, each time."""


class JobTimedOut(BaseException):
    """A job ran longer than it declared.

    Not an Exception, so that a job's own `except` cannot swallow it.
    """


class _Taken(NamedTuple):
    """A delivery that this worker has leased, and till when."""

    id: int
    subscriber: str
    ids: Ids
    attempts: int
    leased_until: datetime


def claim() -> list[_Taken]:
    """Lease the next due deliveries of one subscriber.

    A lease that ran out is an attempt: its worker died over it, or hung.
    """
    moment = clock.now()
    # what nobody here knows may be for a plugin that another process has, or will have again
    ours = sa.or_(
        Outbox.subscriber.in_(events.subscriber_names()), Outbox.published_at < moment - UNCLAIMED_AFTER
    )
    free = sa.and_(
        ~Outbox.failed,
        ours,
        # what lies too far ahead was written down when the clock was wrong
        sa.or_(Outbox.due_at <= moment, Outbox.due_at > moment + FAR_AHEAD),
        sa.or_(
            Outbox.leased_until.is_(None),
            Outbox.leased_until < moment,
            Outbox.leased_until > moment + FAR_AHEAD,
        ),
    )
    if db.session.scalar(sa.select(Outbox.id).where(free).limit(1)) is None:
        db.session.rollback()
        return []
    with unit_of_work():
        return _lease(free, moment)


def _lease(free: sa.ColumnElement[bool], moment: datetime) -> list[_Taken]:
    left = sa.case((Outbox.leased_until.is_not(None), 1), else_=0)
    attempts = (Outbox.attempts + left).label("attempts")
    rows: Any = sa.select(Outbox.id, Outbox.subscriber, Outbox.ids, attempts)
    rows = rows.where(free).order_by(Outbox.due_at, Outbox.id)
    first = db.session.execute(rows.limit(1)).one_or_none()
    if first is None:
        return []
    subscriber = events.subscriber_named(first.subscriber)
    rows = rows.where(Outbox.subscriber == first.subscriber, attempts == first.attempts)
    # one bad row must not hold up its batch: alone from the second try on
    rows = rows.limit(1 if first.attempts else subscriber.batch if subscriber else 100)
    if not is_sqlite():
        rows = rows.with_for_update(skip_locked=True)
    until = moment + (subscriber.timeout if subscriber else timedelta(0)) + timedelta(seconds=30)
    taken = [_Taken(r.id, r.subscriber, r.ids, r.attempts, until) for r in db.session.execute(rows)]
    is_given_up = subscriber is not None and first.attempts >= subscriber.attempts
    changes: dict[str, Any] = {"leased_until": until}
    if is_given_up:
        changes = {"leased_until": None, "failed": True, "last_error": "its worker did not come back"}
    db.session.execute(
        sa.update(Outbox)
        .where(Outbox.id.in_([one.id for one in taken]))
        .values(attempts=first.attempts, **changes)
    )
    if is_given_up and subscriber is not None:
        subscriber.failed(LeftUndone("its worker did not come back"))
    return [] if is_given_up else taken


def deliver(claimed: list[_Taken]) -> None:
    subscriber = events.subscriber_named(claimed[0].subscriber)
    try:
        # a subscriber that is gone or switched off has nothing to be told
        if subscriber is None or not subscriber.is_active():
            with unit_of_work():
                _done(claimed)
        elif subscriber.own_units:
            with _time_limit(subscriber.timeout):
                subscriber.deliver([one.ids for one in claimed])
            drop_changes()
            with unit_of_work():
                _done(claimed)
        else:
            with unit_of_work(), _time_limit(subscriber.timeout):
                if mine := _still_mine(claimed):
                    subscriber.deliver([one.ids for one in mine])
                    _done(mine)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever a job raises, the worker goes on
        log.error("delivery to %s failed: %s", claimed[0].subscriber, words_of(error), exc_info=True)
        _put_back(claimed, subscriber, error)


def _still_mine(claimed: list[_Taken]) -> list[_Taken]:
    """Lock the deliveries whose lease still stands: another worker's clock may be ahead of ours."""
    until = claimed[0].leased_until
    rows: Any = sa.select(Outbox.id).where(
        Outbox.id.in_([one.id for one in claimed]), Outbox.leased_until == until
    )
    held = set(db.session.scalars(rows.with_for_update()))
    return [one for one in claimed if one.id in held]


def _done(claimed: list[_Taken]) -> None:
    db.session.execute(sa.delete(Outbox).where(Outbox.id.in_([one.id for one in claimed])))


def _put_back(claimed: list[_Taken], subscriber: Subscriber | None, error: BaseException) -> None:
    drop_changes()
    allowed = subscriber.attempts if subscriber else 1
    moment = clock.now()
    with unit_of_work():
        for one in claimed:
            pause = PAUSES[min(one.attempts, len(PAUSES) - 1)]
            db.session.execute(
                sa.update(Outbox)
                .where(Outbox.id == one.id, Outbox.leased_until == one.leased_until)
                .values(
                    attempts=one.attempts + 1,
                    failed=one.attempts + 1 >= allowed,
                    due_at=moment + pause + timedelta(milliseconds=one.id % 1000),
                    leased_until=None,
                    last_error=words_of(error),
                )
            )
        if subscriber is not None:
            subscriber.failed(error)


@contextlib.contextmanager
def _time_limit(limit: timedelta) -> Iterator[None]:
    """Interrupt the block after so long, and again each second; only the main thread can be."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise JobTimedOut(f"took longer than {limit}")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, limit.total_seconds(), 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
