"""Threads of an archive get their ids first, so that links between them can be kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa

from brain.base.access import HOUSE
from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.discussion.actions.past import PastThread, add_past_threads

from .archive import ArchivedThread
from .discourse import DiscourseArchive
from .models import OldThread
from .number_ranges import read_ranges
from .outcome import Outcome
from .places import Places
from .sites import remember_site

AT_ONCE = 500
_SLUG_MOST = 255
Item = TypeVar("Item")


@dataclass(frozen=True)
class Wishes:
    """How an archive is to come in: from where, under which topic, in which language."""

    base_url: str
    topic: str
    language: str
    processes: int


@dataclass
class KnownThread:
    """A thread that has its id; `thread_id` is None when it was deleted here since.

    `numbers` are the post numbers that came in, `moved` old -> ours.
    """

    thread_id: int | None
    numbers: set[int]
    moved: dict[int, int]


def known_threads(source_id: int, old_ids: Iterable[int] | None = None) -> dict[int, KnownThread]:
    """Give what came in before, by old id; with `old_ids` only those, locked."""
    rows: Any = sa.select(OldThread.old_id, OldThread.thread_id, OldThread.numbers, OldThread.moved)
    rows = rows.where(OldThread.source_id == source_id)
    if old_ids is not None:
        rows = rows.where(OldThread.old_id.in_(list(old_ids))).order_by(OldThread.old_id).with_for_update()
    return {
        row.old_id: KnownThread(row.thread_id, read_ranges(row.numbers), dict(row.moved))
        for row in db.session.execute(rows)
    }


def bring_heads(archive: DiscourseArchive, wishes: Wishes, outcome: Outcome) -> None:
    """Add the threads that are not known yet, without their posts."""
    with unit_of_work():
        source_id = remember_site(wishes.base_url)
        known = known_threads(source_id)
    if all(old_id in known for old_id in archive.thread_ids):
        return
    fresh = (head for head in archive.heads() if head.old_id not in known)
    for some in in_lots(fresh, AT_ONCE):
        with unit_of_work():
            _add(some, archive, wishes, outcome)


def _add(
    heads: Sequence[ArchivedThread], archive: DiscourseArchive, wishes: Wishes, outcome: Outcome
) -> None:
    source_id = remember_site(wishes.base_url)
    known = known_threads(source_id, [head.old_id for head in heads])
    fresh = [head for head in heads if head.old_id not in known]
    places = Places(source_id, wishes.topic, wishes.language, archive.categories)
    threads = [
        PastThread(
            topic_id=places.topic_of(head.category),
            title=head.title,
            language=wishes.language,
            created_at=head.created_at,
            tags=head.tags,
            views=head.views,
        )
        for head in fresh
    ]
    ids = add_past_threads(HOUSE, threads)
    rows = [
        {
            "source_id": source_id,
            "old_id": head.old_id,
            "thread_id": thread_id,
            "slug": head.slug[:_SLUG_MOST],
        }
        for head, thread_id in zip(fresh, ids, strict=True)
    ]
    if rows:
        db.session.execute(sa.insert(OldThread), rows)
    outcome.new_threads += len(rows)
    outcome.new_topics += places.made


def in_lots(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Divide into lists of a size; the last may be shorter."""
    rest = iter(items)
    while lot := list(islice(rest, size)):
        yield lot
