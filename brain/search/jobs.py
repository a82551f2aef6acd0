"""The work of the one owner of the index."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from brain.base import events, jobs
from brain.base.jobs import Job
from brain.base.unit import unit_of_work
from brain.plugin.contribution import Contribution
from brain.search import indexing
from brain.search.index import index
from brain.search.indexing import REBUILD

TEND = "search.tend"
COMPARE = "search.compare"
RENEW = "search.renew"
#: A build gives way to other jobs after so long.
BUILD_SECONDS = 6.0


def rebuild(ids: Mapping[str, Any]) -> None:
    """Go on building a new index; comes back until it is done."""
    is_done = indexing.build_on(BUILD_SECONDS, fresh=bool(ids.get("fresh")))
    if not is_done:
        _once_more(REBUILD)


def tend(ids: Mapping[str, Any]) -> None:
    """Look after the index; comes back while there is more to tidy."""
    if indexing.tend():
        _once_more(TEND)


def compare(ids: Mapping[str, Any]) -> None:
    """Put right what index and database disagree about: deliveries that were given up."""
    if not index().is_fit():
        indexing.ask_to_rebuild()
        return
    for owner, source in indexing.sources():
        indexing.repair(indexing.compare(owner, source))
    _once_more(RENEW)


def renew(ids: Mapping[str, Any]) -> None:
    """Take what was deleted out of the files too, part by part."""
    if index().is_fit() and index().tidy(0.0):
        _once_more(RENEW)


def _once_more(name: str) -> None:
    if events.waiting(name) <= 1:  # this one is still counted
        with unit_of_work():
            jobs.ask(name)


JOBS = (
    Job(REBUILD, rebuild, timeout=timedelta(minutes=5), own_units=True),
    Job(TEND, tend, every=timedelta(minutes=5), timeout=timedelta(minutes=5), own_units=True),
    Job(COMPARE, compare, every=timedelta(days=1), timeout=timedelta(minutes=10), own_units=True),
    Job(RENEW, renew, timeout=timedelta(minutes=5), own_units=True),
)


def follow_events(everybody: Sequence[Contribution]) -> list[Job]:
    """Make one job for each event that changes a document of anybody."""
    names = {name for c in everybody for source in c.search_sources for name in source.changed_by}
    return [
        Job(
            f"search.follow_{name}",
            run_many=_follower(name),
            on_events=(name,),
            batch=indexing.SLICE,
            timeout=timedelta(minutes=2),
            own_units=True,
        )
        for name in sorted(names)
    ]


def _follower(name: str) -> Callable[[Sequence[Mapping[str, Any]]], None]:
    def follow(many: Sequence[Mapping[str, Any]]) -> None:
        indexing.follow(name, many)

    return follow
