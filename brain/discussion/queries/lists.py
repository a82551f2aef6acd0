"""Lists of threads: latest, unread, of a topic, of a tag.

What a list holds is the same for everyone who may see the same audiences. It
is read once after each write to the site and kept; how far a member has read
is one small statement of its own (`readings`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from brain.base import clock, pulse, settings
from brain.base.access import Viewer, allowed_rows, open_to
from brain.base.db import db
from brain.base.fragments import Fragments
from brain.discussion.models import Reading, Thread, ThreadTag
from brain.discussion.queries.rows import (
    THREAD_CELLS,
    THREAD_COLUMNS,
    THREADS,
    ThreadRow,
    TopicRow,
    not_withdrawn,
    thread_row,
)
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


#: Pinned threads of a topic and those below it that its first page shows.
PINNED_MOST = 200
_STORE_BYTES = 8 * 1024 * 1024
_ROW_BYTES = 1_000
_lists: Fragments[ThreadList] = Fragments(_STORE_BYTES)


def _kept(viewer: Viewer, name: tuple[Any, ...], read: Callable[[Viewer], ThreadList]) -> ThreadList:
    """Give a list as everyone of these audiences sees it, read once after each write."""
    tokens = frozenset(token for token in viewer.tokens if not token.startswith("member:"))
    anybody = Viewer(tokens=tokens)
    if pulse.has_moved():
        return read(anybody)
    key = (name, tokens, pulse.beats("content"))
    found = _lists.get(key)
    if found is None:
        found = read(anybody)
        _lists.put(key, found, _ROW_BYTES * (1 + len(found.threads)))
    return found


def latest_threads(viewer: Viewer, limit: int = LIST_SIZE) -> list[ThreadRow]:
    """List the threads written in last, of all topics that the viewer may read.

    Rows of lists do not say how far the viewer has read: see `readings`.
    """

    def read(anybody: Viewer) -> ThreadList:
        return _page(_select(anybody).order_by(Thread.bumped_at.desc()), 1, limit)

    return _kept(viewer, ("latest", limit), read).threads


def threads_with_tag(viewer: Viewer, tag: str, page: int = 1) -> ThreadList:
    """List the threads that carry a tag, by last post."""

    def read(anybody: Viewer) -> ThreadList:
        columns: tuple[Any, ...] = THREAD_COLUMNS
        query = (
            sa.select(*columns)
            .join(ThreadTag, ThreadTag.thread_id == Thread.id)
            .where(
                ThreadTag.tag == tag, not_withdrawn(Thread.is_withdrawn), open_to(Thread.audience, anybody)
            )
        )
        return _page(query.order_by(Thread.bumped_at.desc()), page, LIST_SIZE)

    return _kept(viewer, ("tag", tag, page), read)


def threads_of_topics(
    viewer: Viewer, topics: Sequence[TopicRow], page: int = 1, language: str = ""
) -> ThreadList:
    """List the threads of a topic and those below it that the viewer may read.

    Pinned ones stand on top of the first page, the rest by last post. With
    `language` only threads in it. At most LIST_SIZE threads that are not
    pinned stand on a page.
    """
    ids = tuple(topic.id for topic in topics)
    name = ("topics", ids, page, language)
    return _kept(viewer, name, lambda anybody: _read_topics(anybody, ids, page, language))


def _read_topics(viewer: Viewer, ids: tuple[int, ...], page: int, language: str) -> ThreadList:
    here = sa.and_(Thread.topic_id.in_(ids), ~Thread.is_withdrawn)
    if language:
        here = sa.and_(here, Thread.language == language)
    wanted: sa.ColumnElement[bool] = Thread.id.in_(_page_of_topics(ids, page, language))
    if page == 1:
        pinned = sa.select(Thread.id).where(here, Thread.pinned_at.is_not(None))
        pinned = pinned.order_by(Thread.bumped_at.desc()).limit(PINNED_MOST)
        wanted = sa.or_(wanted, Thread.id.in_(sa.select(pinned.subquery().c.id)))
    rows = _rows(_select(viewer).where(wanted))
    top = sorted((row for row in rows if row.pinned_at), key=_by_bump, reverse=True)
    rest = sorted((row for row in rows if not row.pinned_at), key=_by_bump, reverse=True)
    return ThreadList([*top, *rest[:LIST_SIZE]], page, len(rest) > LIST_SIZE)


def _page_of_topics(ids: tuple[int, ...], page: int, language: str) -> sa.Select[tuple[int]]:
    """Select the ids of one page: of each topic as many as may stand on it, then the newest.

    Each part walks the index of its topic, so that a page costs the same
    however many threads there are.
    """
    skip = (page - 1) * LIST_SIZE
    parts = []
    for topic_id in ids:
        part = sa.select(Thread.id, Thread.bumped_at).where(
            Thread.topic_id == topic_id, ~Thread.is_withdrawn, Thread.pinned_at.is_(None)
        )
        if language:
            part = part.where(Thread.language == language)
        part = part.order_by(Thread.bumped_at.desc(), Thread.id.desc()).limit(skip + LIST_SIZE + 1)
        parts.append(sa.select(part.subquery()))
    all_parts = sa.union_all(*parts).subquery()
    newest = sa.select(all_parts.c.id).order_by(all_parts.c.bumped_at.desc(), all_parts.c.id.desc())
    chosen = newest.offset(skip).limit(LIST_SIZE + 1).subquery()
    return sa.select(chosen.c.id)


def _by_bump(thread: ThreadRow) -> tuple[datetime, int]:
    return thread.bumped_at, thread.id


def _select_unread() -> sa.Select[Any]:
    own, threads = Reading.__table__.c, THREADS.c
    return (
        sa.select(*THREAD_CELLS, own.last_read)
        .select_from(sa.join(Reading.__table__, THREADS, own.thread_id == threads.id))
        .where(
            own.member_id == sa.bindparam("member_id"),
            own.last_read > 0,
            own.last_read < threads.last_number,
            not_withdrawn(threads.is_withdrawn),
            threads.audience.in_(sa.bindparam("tokens", expanding=True)),
        )
        .order_by(threads.bumped_at.desc())
        .limit(sa.bindparam("most"))
        .offset(sa.bindparam("skip"))
    )


#: Built once: putting a statement together costs more than running it.
_UNREAD = _select_unread()
_OWN = Reading.__table__.c
_READINGS = sa.select(_OWN.thread_id, _OWN.last_read).where(
    _OWN.member_id == sa.bindparam("member_id"),
    _OWN.thread_id.in_(sa.bindparam("thread_ids", expanding=True)),
)


def unread_threads(viewer: Viewer, page: int = 1, limit: int = LIST_SIZE) -> ThreadList:
    """List threads with posts after what the viewer has read, newest first.

    These rows say how far the viewer has read. Nothing for visitors.
    """
    if not viewer.is_member:
        return ThreadList([], page, False)
    given = {"member_id": viewer.id, "tokens": sorted(viewer.tokens)}
    found = db.session.execute(_UNREAD, {**given, "most": limit + 1, "skip": (page - 1) * limit})
    rows = [thread_row(row, row.last_read) for row in found]
    return ThreadList(rows[:limit], page, len(rows) > limit)


def readings(viewer: Viewer, threads: Iterable[ThreadRow]) -> dict[int, int]:
    """Say how far the viewer has read these threads, by id; never opened is missing."""
    ids = [thread.id for thread in threads]
    if not viewer.is_member or not ids:
        return {}
    rows = db.session.execute(_READINGS, {"member_id": viewer.id, "thread_ids": ids})
    return {row.thread_id: row.last_read for row in rows}


def new_since(viewer: Viewer) -> datetime | None:
    """Give from when on threads are new to a member (`discussion.new_days`); None for visitors."""
    if not viewer.is_member:
        return None
    return clock.now() - timedelta(days=settings.value("discussion.new_days"))


def _select(viewer: Viewer) -> sa.Select[Any]:
    columns: tuple[Any, ...] = THREAD_COLUMNS
    # lists show no withdrawn threads, to staff neither: they open them by the case or the link
    return sa.select(*columns).where(allowed_rows(viewer, "discussion.read_thread"), ~Thread.is_withdrawn)


def _rows(query: sa.Select[Any]) -> list[ThreadRow]:
    return [thread_row(row) for row in db.session.execute(query)]


def _page(query: sa.Select[Any], page: int, size: int) -> ThreadList:
    rows = _rows(query.offset((page - 1) * size).limit(size + 1))
    return ThreadList(rows[:size], page, len(rows) > size)
