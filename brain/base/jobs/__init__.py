"""The job worker: delivers the outbox and runs what is due by the clock.

Jobs are declared and woken here; `delivering` hands over what the outbox
holds, `backlog` shows administrators what waits there and what was given up.

Deliveries live in the database, beside what they speak of, so that a reply and
its notices are saved or lost together and no second store can disagree. That
is why no queue library stands here: its store would be a second truth.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from brain.base import clock, events
from brain.base.db import Base, change, db, upsert
from brain.base.events import Ids, Subscriber
from brain.base.jobs.backlog import (
    Backlog,
    FailedDelivery,
    Queue,
    backlog,
    failed_deliveries,
    queues,
    retry_deliveries,
    retry_delivery,
)
from brain.base.jobs.delivering import JobTimedOut, LeftUndone, claim, deliver
from brain.base.known import Known
from brain.base.unit import drop_changes, unit_of_work

__all__ = [
    "DONE_NAME",
    "Backlog",
    "ClockJob",
    "FailedDelivery",
    "Job",
    "JobClock",
    "JobTimedOut",
    "LeftUndone",
    "Queue",
    "ask",
    "backlog",
    "clock_jobs",
    "failed_deliveries",
    "queues",
    "register_job",
    "retry_deliveries",
    "retry_delivery",
    "run_due",
    "run_until_idle",
    "work",
]

log = logging.getLogger("brain.jobs")
DONE_NAME = "job"


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

    def hand_over(many: Sequence[Ids]) -> None:
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
            deliver=hand_over,
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
        claimed = claim()
        if not claimed:
            break
        deliver(claimed)
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
            if _take_turn(job.name, due.get(job.name), moment + job.every):
                events.put(DONE_NAME, [job.name], [{}])


def _take_turn(name: str, was_due: datetime | None, due_at: datetime) -> bool:
    """Move a job's clock on; False when another worker did so first."""
    if was_due is None:
        row = {"name": name, "due_at": due_at}
        db.session.execute(upsert(JobClock, row, ["name"], {"due_at": due_at}))
        return True
    ours = sa.and_(JobClock.name == name, JobClock.due_at == was_due)
    return change(sa.update(JobClock).where(ours).values(due_at=due_at)) > 0


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
