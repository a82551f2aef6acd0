"""The job worker: delivers the outbox and runs what is due by the clock.

Deliveries live in the database, beside what they speak of, so that a reply and
its notices are saved or lost together and no second store can disagree. That
is why no queue library stands here: its store would be a second truth.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import FrameType
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from brain.base import clock, events
from brain.base.db import Base, db, is_sqlite, upsert
from brain.base.errors import NotFound, words_of
from brain.base.events import Ids, Outbox, Subscriber
from brain.base.known import Known
from brain.base.unit import drop_changes, unit_of_work

log = logging.getLogger("brain.jobs")
PAUSES = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1))
DONE_NAME = "job"
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


@dataclass(frozen=True)
class Job:
    """Work that a slice or plugin wants done: by the clock, by event, or when asked.

    `run` gets the ids of one event or request (empty when run by the clock);
    with `batch` > 1 declare `run_many` instead, which gets a list. A job runs
    inside one unit of work, done exactly once; slow work outside the database
    (mail, index files) says `own_units`, opens its own and may be repeated.
    """

    name: str
    run: Callable[[Ids], None] | None = None
    every: timedelta | None = None
    on_events: tuple[str, ...] = ()
    attempts: int = 5
    timeout: timedelta = timedelta(seconds=60)
    batch: int = 1
    run_many: Callable[[Sequence[Ids]], None] | None = None
    own_units: bool = False

    def __post_init__(self) -> None:
        """Refuse what would stop the worker. Raises TypeError."""
        if self.every is not None and not isinstance(self.every, timedelta):
            raise TypeError(f"{self.name}: `every` is a timedelta")
        if not isinstance(self.timeout, timedelta) or self.timeout <= timedelta(0):
            raise TypeError(f"{self.name}: `timeout` is a timedelta above zero")
        if not all(isinstance(number, int) and number >= 1 for number in (self.batch, self.attempts)):
            raise TypeError(f"{self.name}: `batch` and `attempts` are whole numbers from 1 on")


class JobClock(Base):
    """When a job that runs by the clock is due next."""

    __tablename__ = "job_clock"

    name: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    due_at: Mapped[datetime]


_by_clock = Known[Job]("job by the clock")


def register_job(
    job: Job,
    is_active: Callable[[], bool] = lambda: True,
    failed: Callable[[BaseException], None] = lambda error: None,
) -> None:
    """Make a job known to the worker; it rests while `is_active` says no.

    `failed` is told of each attempt that failed.
    """

    def deliver(many: Sequence[Ids]) -> None:
        if job.run_many is not None:
            job.run_many(many)
            return
        for ids in many:
            if job.run is not None:
                job.run(ids)

    events.subscribe(
        Subscriber(
            name=job.name,
            events=job.on_events,
            deliver=deliver,
            batch=job.batch,
            attempts=job.attempts,
            timeout=job.timeout,
            is_active=is_active,
            own_units=job.own_units,
            failed=failed,
        )
    )
    if job.every is not None:
        _by_clock.by_name()[job.name] = job


def ask(name: str, delay: timedelta = timedelta(0), **ids: int | str) -> None:
    """Want a job done after this transaction has committed."""
    events.put(DONE_NAME, [name], [ids], delay)


def run_due(limit: int = 200, stop: threading.Event | None = None) -> int:
    """Do what is due, once; returns how many deliveries were taken. Ends early when told to stop."""
    _wake_clock_jobs()
    taken = 0
    while taken < limit and not (stop is not None and stop.is_set()):
        claimed = _claim()
        if not claimed:
            break
        _deliver(claimed)
        taken += len(claimed)
    return taken


def work(stop: threading.Event, pause: float = 0.5) -> None:
    """Run until told to stop, looking for work each `pause` seconds."""
    while not stop.is_set():
        try:
            busy = run_due(stop=stop)
        except Exception:  # the database may be away; nothing may end the worker
            log.exception("no work could be done; trying again")
            drop_changes()
            busy = 0
        db.session.remove()
        if not busy:
            stop.wait(pause)


def _wake_clock_jobs() -> None:
    moment = clock.now()
    due = dict(db.session.execute(sa.select(JobClock.name, JobClock.due_at)).all())
    db.session.rollback()
    for job in list(_by_clock.by_name().values()):
        due_at = due.get(job.name, moment)
        # later than its pause is only what was written down when the clock was wrong
        if job.every is None or moment < due_at <= moment + job.every:
            continue
        subscriber = events.subscriber_named(job.name)
        if subscriber is None or not subscriber.is_active():
            continue
        with unit_of_work():
            if _take_turn(job, due.get(job.name), moment):
                events.put(DONE_NAME, [job.name], [{}])


def _take_turn(job: Job, was_due: datetime | None, moment: datetime) -> bool:
    """Move the job's clock on; False when another worker did so first."""
    assert job.every is not None  # noqa: S101
    row = {"name": job.name, "due_at": moment + job.every}
    if was_due is None:
        db.session.execute(upsert(JobClock, row, ["name"], {"due_at": row["due_at"]}))
        return True
    moved = db.session.execute(
        sa.update(JobClock)
        .where(JobClock.name == job.name, JobClock.due_at == was_due)
        .values(due_at=row["due_at"])
    )
    return bool(moved.rowcount)  # type: ignore[attr-defined]


class _Taken(NamedTuple):
    """A delivery that this worker has leased, and till when."""

    id: int
    subscriber: str
    ids: Ids
    attempts: int
    leased_until: datetime


def _claim() -> list[_Taken]:
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


def _deliver(claimed: list[_Taken]) -> None:
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
    again = db.session.execute(
        sa.update(Outbox)
        .where(which, Outbox.failed, Outbox.subscriber.in_(awake))
        .values(failed=False, attempts=0, due_at=clock.now(), leased_until=None)
    )
    return int(again.rowcount)  # type: ignore[attr-defined]


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


@dataclass(frozen=True)
class ClockJob:
    """A job that runs by the clock, and when next; None: not yet started."""

    name: str
    every: timedelta
    due_at: datetime | None


def clock_jobs() -> list[ClockJob]:
    """List the jobs that run by the clock, by name; those that rest are left out."""
    due = dict(db.session.execute(sa.select(JobClock.name, JobClock.due_at)).all())
    active = []
    for name, job in sorted(_by_clock.by_name().items()):
        subscriber = events.subscriber_named(name)
        if job.every is not None and subscriber is not None and subscriber.is_active():
            active.append(ClockJob(name, job.every, due.get(name)))
    return active


def run_until_idle(limit: float = 30.0) -> int:
    """Do everything that is due now, for commands; stops after `limit` seconds."""
    ends = time.monotonic() + limit
    total = 0
    while time.monotonic() < ends:
        taken = run_due()
        total += taken
        if not taken:
            break
    return total
