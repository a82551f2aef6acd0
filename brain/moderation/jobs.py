"""Jobs: remind of cases that wait, close those that waited too long, follow withdrawals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from brain.base import clock, settings
from brain.base.db import db
from brain.base.events import Ids
from brain.base.jobs import Job
from brain.base.unit import unit_of_work
from brain.moderation import targets
from brain.moderation.actions import expire_case, forget_kinds, remind_of_case, settle_withdrawn
from brain.moderation.models import Case
from brain.plugin import registry
from brain.plugin.containment import guarded
from brain.plugin.contribution import Contribution

_AT_ONCE = 100


def event_jobs(everybody: Sequence[Contribution]) -> list[Job]:
    """Make a job for each event by which content says that a thing was withdrawn."""
    events = {
        event
        for contribution in everybody
        for target in contribution.flag_targets
        for event in target.withdrawn_by
    }
    return [
        Job(f"moderation.follow:{event}", partial(_follow, event), on_events=(event,))
        for event in sorted(events)
    ]


def _follow(event: str, ids: Ids) -> None:
    for owner, target in registry.declared("flag_targets"):
        if event in target.withdrawn_by:
            with guarded(owner, f"withdrawn {target.kind}"):
                settle_withdrawn(target.kind, list(target.withdrawn_by[event](ids)))


def tend_queue(ids: Ids) -> None:
    """Close what waited too long, then remind of what has waited for some time.

    Each case is a unit of its own: rows of two cases are never locked at once,
    and a plugin that fails at one of its things holds up no other case.
    """
    moment = clock.now()
    too_long = moment - timedelta(days=settings.value("moderation.ignore_days"))
    some_time = moment - timedelta(hours=settings.value("moderation.remind_hours"))
    _each(Case.opened_at < too_long, expire_case)
    _each(sa.and_(Case.opened_at < some_time, Case.reminded_at.is_(None)), remind_of_case)


def _each(which: sa.ColumnElement[bool], act: Callable[[int], None]) -> None:
    waiting = sa.and_(Case.status == "open", Case.kind.in_(targets.kinds()), which)
    found = db.session.execute(
        sa.select(Case.id, Case.kind).where(waiting).order_by(Case.id).limit(_AT_ONCE)
    ).all()
    db.session.rollback()
    for case_id, kind in found:
        with unit_of_work(), guarded(targets.owner_of(kind), "case that waits"):
            act(case_id)


def forget_purged(ids: Ids) -> None:
    """Close the cases of a plugin that was purged: new things of it have the same ids again."""
    plugin = registry.register().plugins.get(str(ids["name"]))
    kinds = [target.kind for target in plugin.contribution.flag_targets] if plugin is not None else []
    forget_kinds(kinds, datetime.fromisoformat(str(ids["at"])))


JOBS = (
    Job("moderation.forget_purged", forget_purged, on_events=("plugin.purged",)),
    Job("moderation.tend_queue", tend_queue, every=timedelta(hours=1), own_units=True),
)
