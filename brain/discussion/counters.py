"""Counters: set from COUNT(*), and compared with it.

Actions change counters by SQL expressions. Importers write rows in bulk and
call `recount` at the end; `wrong_counters` finds what disagrees.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from brain.base.db import db
from brain.discussion.models import Post, Thread, Topic
from brain.members.models import Member

_CHUNK = 500


@dataclass(frozen=True)
class WrongCounter:
    """A counter that disagrees with the rows it counts."""

    table: str
    id: int
    column: str
    stored: Any
    counted: Any


def _visible(column: Any) -> Any:
    return sa.select(column).where(Post.thread_id == Thread.id, Post.withdrawn == "").correlate(Thread)


def last_visible(column: Any) -> Any:
    """Select a column of the thread's last visible post, for an UPDATE of Thread."""
    return _visible(column).order_by(Post.number.desc()).limit(1).scalar_subquery()


def _of_threads() -> dict[str, Any]:
    count = _visible(sa.func.count()).scalar_subquery()
    numbers = sa.select(sa.func.max(Post.number)).where(Post.thread_id == Thread.id)
    highest = numbers.correlate(Thread).scalar_subquery()
    return {
        "post_count": count,
        # a number once given is never given again, even when its post was purged
        "highest": sa.func.coalesce(sa.case((highest > Thread.highest, highest), else_=Thread.highest), 0),
        "last_number": sa.func.coalesce(last_visible(Post.number), 0),
        "last_post_at": sa.func.coalesce(last_visible(Post.created_at), Thread.created_at),
        "last_author_id": last_visible(Post.author_id),
    }


def last_thread(column: Any) -> Any:
    """Select a column of the topic's last written thread, for an UPDATE of Topic."""
    listed = sa.select(column).where(Thread.topic_id == Topic.id, ~Thread.is_withdrawn).correlate(Topic)
    return listed.order_by(Thread.last_post_at.desc(), Thread.id.desc()).limit(1).scalar_subquery()


def _of_topics() -> dict[str, Any]:
    listed = sa.and_(Thread.topic_id == Topic.id, ~Thread.is_withdrawn)
    return {
        "thread_count": sa.select(sa.func.count()).where(listed).correlate(Topic).scalar_subquery(),
        "post_count": sa.select(sa.func.coalesce(sa.func.sum(Thread.post_count), 0))
        .where(listed)
        .correlate(Topic)
        .scalar_subquery(),
        "last_thread_id": last_thread(Thread.id),
        "last_post_at": last_thread(Thread.last_post_at),
    }


def _of_members() -> dict[str, Any]:
    visible = sa.and_(Post.author_id == Member.id, Post.withdrawn == "")
    return {"post_count": sa.select(sa.func.count()).where(visible).correlate(Member).scalar_subquery()}


def recount(thread_ids: Sequence[int] | None = None) -> None:
    """Set all counters from the rows.

    With `thread_ids` those of the threads, their topics and who wrote in them.
    """
    if thread_ids is None:
        for table, values in ((Thread, _of_threads()), (Topic, _of_topics()), (Member, _of_members())):
            _set(table, values, db.session.scalars(sa.select(table.id)).all())
        return
    _set(Thread, _of_threads(), thread_ids)
    topics: set[int] = set()
    writers: set[int] = set()
    for some in _in_chunks(thread_ids):
        topics.update(db.session.scalars(sa.select(Thread.topic_id).where(Thread.id.in_(some)).distinct()))
        wrote = sa.select(Post.author_id).where(Post.thread_id.in_(some), Post.author_id.is_not(None))
        writers.update(member_id for member_id in db.session.scalars(wrote.distinct()) if member_id)
    _set(Topic, _of_topics(), sorted(topics))
    _set(Member, _of_members(), sorted(writers))


def _in_chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Divide ids into as many as one statement carries."""
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]


def _set(table: Any, values: dict[str, Any], ids: Sequence[int]) -> None:
    """Set counters of rows, which are locked first.

    An UPDATE that has waited for a row would count what was there before.
    """
    for some in _in_chunks(ids):
        which = table.id.in_(some)
        locked = sa.select(table.id).where(which).order_by(table.id).with_for_update(key_share=True)
        db.session.execute(locked).all()
        change = sa.update(table).where(which).values(values)
        db.session.execute(change.execution_options(synchronize_session=False))


def wrong_counters() -> list[WrongCounter]:
    """List every counter that disagrees with COUNT(*); empty when all is well."""
    wrong: list[WrongCounter] = []
    for table, counts in ((Thread, _of_threads()), (Topic, _of_topics()), (Member, _of_members())):
        for column, expression in counts.items():
            stored = getattr(table, column)
            rows = db.session.execute(
                sa.select(table.id, stored, expression.label("counted")).where(
                    stored.is_distinct_from(expression)
                )
            )
            wrong += [WrongCounter(table.__tablename__, r[0], column, r[1], r[2]) for r in rows]
    return wrong
