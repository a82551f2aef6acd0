"""Lists of threads: latest, unread, of a topic, of a tag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from brain.base import clock, settings
from brain.base.access import Viewer, allowed_rows
from brain.base.db import db
from brain.discussion.models import Reading, Thread, ThreadTag
from brain.discussion.queries.rows import THREAD_COLUMNS, ThreadRow, TopicRow, thread_row
from brain.discussion.settings import LIST_SIZE


@dataclass(frozen=True)
class ThreadList:
    """One page of threads; `has_more` tells of a next page."""

    threads: list[ThreadRow]
    page: int
    has_more: bool

    @property
    def last_page(self) -> int:
        """Give the last page that is known to be there."""
        return self.page + 1 if self.has_more else self.page


def latest_threads(viewer: Viewer, limit: int = LIST_SIZE) -> list[ThreadRow]:
    """List the threads written in last, of all topics that the viewer may read."""
    return _rows(_select(viewer).order_by(Thread.bumped_at.desc()).limit(limit))


def newest_threads(viewer: Viewer, limit: int = LIST_SIZE, topic_id: int | None = None) -> list[ThreadRow]:
    """List the threads opened last, for feeds."""
    query = _select(viewer).order_by(Thread.id.desc()).limit(limit)
    return _rows(query if topic_id is None else query.where(Thread.topic_id == topic_id))


def unread_threads(viewer: Viewer, page: int = 1, limit: int = LIST_SIZE) -> ThreadList:
    """List threads with posts after what the viewer has read, newest first."""
    query = _select(viewer).where(_is_unread()).order_by(Thread.bumped_at.desc())
    return _page(query, page, limit)


def home_threads(viewer: Viewer, unread: int, latest: int) -> tuple[list[ThreadRow], list[ThreadRow]]:
    """Give some unread and the latest threads, in one statement; no thread twice."""
    recent = _select(viewer).order_by(Thread.bumped_at.desc()).limit(latest)
    if not viewer.is_member:
        return [], _rows(recent)
    waiting = _select(viewer).where(_is_unread()).order_by(Thread.bumped_at.desc()).limit(unread)
    both = sa.union_all(*[sa.select(part.subquery()) for part in (waiting, recent)])
    found = {row.id: thread_row(row, row.last_read) for row in db.session.execute(both)}
    threads = sorted(found.values(), key=lambda thread: thread.bumped_at, reverse=True)
    left_off = [thread for thread in threads if thread.unread][:unread]
    shown = {thread.id for thread in left_off}
    return left_off, [thread for thread in threads if thread.id not in shown][:latest]


def threads_of_topic(viewer: Viewer, topic: TopicRow, page: int = 1, language: str = "") -> ThreadList:
    """List a topic's threads: pinned ones on top of the first page, then by last post.

    With `language` only threads in it. At most LIST_SIZE threads that are not
    pinned stand on a page.
    """
    here = sa.and_(Thread.topic_id == topic.id, ~Thread.is_withdrawn)
    if language:
        here = sa.and_(here, Thread.language == language)
    # ids first: deep pages walk the index and read only their own rows
    ids = (
        sa.select(Thread.id)
        .where(here, Thread.pinned_at.is_(None))
        .order_by(Thread.bumped_at.desc(), Thread.id.desc())
        .offset((page - 1) * LIST_SIZE)
        .limit(LIST_SIZE + 1)
    ).subquery()
    query = _select(viewer).where(Thread.id.in_(sa.select(ids.c.id)))
    if page == 1:
        pinned = sa.select(Thread.id).where(here, Thread.pinned_at.is_not(None)).limit(LIST_SIZE)
        wanted = sa.or_(Thread.id.in_(sa.select(ids.c.id)), Thread.id.in_(sa.select(pinned.subquery().c.id)))
        query = _select(viewer).where(wanted)
    rows = _rows(query)
    top = sorted((row for row in rows if row.pinned_at), key=lambda row: row.bumped_at, reverse=True)
    rest = sorted((row for row in rows if not row.pinned_at), key=_by_bump, reverse=True)
    return ThreadList([*top, *rest[:LIST_SIZE]], page, len(rest) > LIST_SIZE)


def _by_bump(thread: ThreadRow) -> tuple[datetime, int]:
    return thread.bumped_at, thread.id


def threads_with_tag(viewer: Viewer, tag: str, page: int = 1) -> ThreadList:
    """List the threads that carry a tag, by last post."""
    tagged = sa.select(ThreadTag.thread_id).where(ThreadTag.tag == tag)
    return _page(
        _select(viewer).where(Thread.id.in_(tagged)).order_by(Thread.bumped_at.desc()), page, LIST_SIZE
    )


def is_new(viewer: Viewer, thread: ThreadRow) -> bool:
    """Tell whether a thread is new to a member.

    New is what they never opened, did not write, and that was opened within
    the last `discussion.new_days`.
    """
    if not viewer.is_member or thread.last_read or thread.author_id == viewer.id:
        return False
    return thread.created_at > clock.now() - timedelta(days=settings.value("discussion.new_days"))


def _is_unread() -> sa.ColumnElement[bool]:
    return sa.and_(Reading.last_read > 0, Reading.last_read < Thread.highest)


def _select(viewer: Viewer) -> sa.Select[Any]:
    columns: tuple[Any, ...] = THREAD_COLUMNS
    # lists show no withdrawn threads, to staff neither: they open them by the case or the link
    listed = sa.and_(allowed_rows(viewer, "discussion.read_thread"), ~Thread.is_withdrawn)
    if not viewer.is_member:
        return sa.select(*columns, sa.literal(0).label("last_read")).where(listed)
    own = sa.and_(Reading.thread_id == Thread.id, Reading.member_id == viewer.id)
    return sa.select(*columns, Reading.last_read).outerjoin(Reading, own).where(listed)


def _rows(query: sa.Select[Any]) -> list[ThreadRow]:
    return [thread_row(row, row.last_read) for row in db.session.execute(query)]


def _page(query: sa.Select[Any], page: int, size: int) -> ThreadList:
    rows = _rows(query.offset((page - 1) * size).limit(size + 1))
    return ThreadList(rows[:size], page, len(rows) > size)


def threads_by_id(viewer: Viewer, ids: Sequence[int]) -> dict[int, ThreadRow]:
    """Give those of these threads that the viewer may read, by id."""
    return {row.id: row for row in _rows(_select(viewer).where(Thread.id.in_(list(ids))))}
