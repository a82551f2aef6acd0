"""Take in threads that were written elsewhere, with their numbers and times.

Rows are written in bulk. Nobody is notified and no plugin is asked: all this
was said long ago. First the threads, so that links between them have their
ids; they stay withdrawn until their posts have come and they are settled.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from brain.base import events, markup
from brain.base.access import Viewer, require
from brain.base.db import db
from brain.base.errors import NotFound
from brain.discussion.actions.withdrawal import DELETED, HIDDEN
from brain.discussion.counters import last_visible, recount
from brain.discussion.models import Post, Thread, ThreadEvent, ThreadTag, Topic
from brain.discussion.texts import fit_language, slug_of, tags_that_fit, title_that_fits
from brain.moderation.grounds import ELSEWHERE

#: What an integer column holds, and a number that no thread of people reaches.
_INTEGER_MOST = 2**31 - 1
_NUMBER_MOST = 1_000_000
_PERMISSION = "discussion.manage_topics"
_NO_SYNC = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class PastThread:
    """A thread without its posts. Title and tags are cut to what fits here."""

    topic_id: int
    title: str
    language: str
    created_at: datetime
    tags: tuple[str, ...] = ()
    views: int = 0


@dataclass(frozen=True, slots=True)
class PastPost:
    """A post with its old number; `reply_to` is an old number too.

    `html` comes from `markup.render_here` or a `markup.Crew`. `withdrawn` is
    empty, `hidden`, or `deleted` (then `by_author` tells who did it).
    """

    thread_id: int
    number: int
    author_id: int | None
    language: str
    source: str
    html: str
    created_at: datetime
    edited_at: datetime | None = None
    reply_to: int | None = None
    likes: int = 0
    withdrawn: str = ""
    by_author: bool = False


@dataclass(frozen=True, slots=True)
class PastLine:
    """A line in a thread's stream, as `ThreadEvent` keeps it."""

    thread_id: int
    after_number: int
    kind: str
    member_id: int | None
    at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settled:
    """A thread whose posts have come; None leaves it open, or unpinned, as it is."""

    thread_id: int
    closed_at: datetime | None = None
    pinned_at: datetime | None = None


def add_past_threads(viewer: Viewer, threads: Sequence[PastThread]) -> list[int]:
    """Add threads that have no posts yet; returns their ids, in order.

    Raises NotFound for a topic that is not there, Unfit for a language.
    """
    require(viewer, _PERMISSION)
    if not threads:
        return []
    audiences = _audiences({thread.topic_id for thread in threads})
    rows = [_thread_values(thread, audiences) for thread in threads]
    inserted = sa.insert(Thread).returning(Thread.id, sort_by_parameter_order=True)
    ids = list(db.session.scalars(inserted, rows))
    tags = [
        {"thread_id": thread_id, "tag": tag}
        for thread_id, row in zip(ids, rows, strict=True)
        for tag in row["tags"]
    ]
    if tags:
        db.session.execute(sa.insert(ThreadTag), tags)
    return ids


def _audiences(topic_ids: Collection[int]) -> dict[int, str]:
    found = db.session.execute(sa.select(Topic.id, Topic.audience).where(Topic.id.in_(topic_ids)))
    audiences = {row.id: row.audience for row in found}
    if len(audiences) < len(topic_ids):
        raise NotFound
    return audiences


def _thread_values(thread: PastThread, audiences: Mapping[int, str]) -> dict[str, Any]:
    title = title_that_fits(thread.title)
    return {
        "topic_id": thread.topic_id,
        "audience": audiences[thread.topic_id],
        "title": title,
        "slug": slug_of(title),
        "language": fit_language(thread.language),
        "tags": list(tags_that_fit(thread.tags)),
        "views": min(thread.views, _INTEGER_MOST),
        "created_at": thread.created_at,
        "bumped_at": thread.created_at,
        "last_post_at": thread.created_at,
        "is_withdrawn": True,
    }


def add_past_posts(
    viewer: Viewer, posts: Sequence[PastPost], moved: Mapping[tuple[int, int], int]
) -> list[int]:
    """Add posts to their threads; returns the number each was given, in order.

    A number that somebody here has taken since, or that is absurd, becomes the
    thread's next one. `moved` tells (thread id, old number) -> number of posts
    that this befell earlier, so that replies still find them.
    """
    require(viewer, _PERMISSION)
    numbering = _Numbering({post.thread_id for post in posts})
    given = {(post.thread_id, post.number): numbering.give(post.thread_id, post.number) for post in posts}
    numbers = {**moved, **given}
    rows = [_post_values(post, numbers) for post in posts]
    if rows:
        db.session.execute(sa.insert(Post), rows)
    return [row["number"] for row in rows]


class _Numbering:
    """Which numbers some threads have free; locks the threads."""

    def __init__(self, thread_ids: Collection[int]) -> None:
        threads: Any = sa.select(Thread.id, Thread.highest).where(Thread.id.in_(thread_ids))
        locked = db.session.execute(threads.order_by(Thread.id).with_for_update(key_share=True))
        self._highest: dict[int, int] = {row.id: row.highest for row in locked}
        if len(self._highest) < len(thread_ids):
            raise NotFound
        rows: Any = sa.select(Post.thread_id, Post.number).where(Post.thread_id.in_(thread_ids))
        self._taken: set[tuple[int, int]] = {(row[0], row[1]) for row in db.session.execute(rows)}

    def give(self, thread_id: int, wanted: int) -> int:
        number = wanted
        if (thread_id, wanted) in self._taken or not 1 <= wanted <= _NUMBER_MOST:
            number = self._highest[thread_id] + 1
        self._taken.add((thread_id, number))
        self._highest[thread_id] = max(self._highest[thread_id], number)
        return number


def _post_values(post: PastPost, numbers: Mapping[tuple[int, int], int]) -> dict[str, Any]:
    number = numbers[post.thread_id, post.number]
    answered = numbers.get((post.thread_id, post.reply_to), post.reply_to) if post.reply_to else None
    return {
        "thread_id": post.thread_id,
        "number": number,
        "author_id": post.author_id,
        "reply_to": answered if answered and answered < number else None,
        "language": post.language,
        "source": post.source,
        "html": post.html,
        "renderer": markup.RENDERER_VERSION,
        "likes": min(post.likes, _INTEGER_MOST),
        "created_at": post.created_at,
        "edited_at": post.edited_at,
        "withdrawn": post.withdrawn,
        "withdrawn_at": (post.edited_at or post.created_at) if post.withdrawn else None,
        "withdrawn_by": post.author_id if post.withdrawn == DELETED and post.by_author else None,
        "withdrawn_ground": ELSEWHERE if post.withdrawn == HIDDEN else "",
    }


def add_past_lines(viewer: Viewer, lines: Sequence[PastLine]) -> None:
    """Add lines that say what happened in settled threads, in order.

    A line behind the last post stands behind it, whatever its number was.
    """
    require(viewer, _PERMISSION)
    threads: Any = sa.select(Thread.id, Thread.highest)
    threads = threads.where(Thread.id.in_({line.thread_id for line in lines}))
    highest = {row.id: row.highest for row in db.session.execute(threads)}
    rows = [
        {
            "thread_id": line.thread_id,
            "after_number": max(1, min(line.after_number, highest[line.thread_id])),
            "kind": line.kind,
            "member_id": line.member_id,
            "facts": dict(line.facts),
            "at": line.at,
        }
        for line in lines
    ]
    if rows:
        db.session.execute(sa.insert(ThreadEvent), rows)
        changed = sa.update(Thread).where(Thread.id.in_(highest)).values(version=Thread.version + 1)
        db.session.execute(changed.execution_options(**_NO_SYNC))


def settle_past_threads(viewer: Viewer, settled: Sequence[Settled]) -> None:
    """Show threads whose posts have come: count, close, pin, tell the index."""
    require(viewer, _PERMISSION)
    ids = [thread.thread_id for thread in settled]
    if not ids:
        return
    db.session.execute(_settle(ids))
    for column in ("closed_at", "pinned_at"):
        moments = [(thread.thread_id, getattr(thread, column)) for thread in settled]
        rows = [{"id": thread_id, column: moment} for thread_id, moment in moments if moment is not None]
        if rows:
            db.session.execute(sa.update(Thread), rows)
    recount(ids)
    events.publish_many("discussion.thread_changed", [{"thread_id": thread_id} for thread_id in ids])


def _settle(ids: Sequence[int]) -> Any:
    own = sa.select(Post).where(Post.thread_id == Thread.id).correlate(Thread)
    visible = own.where(Post.withdrawn == "")
    first = own.with_only_columns(Post.author_id).order_by(Post.number).limit(1).scalar_subquery()
    likes = visible.with_only_columns(sa.func.coalesce(sa.func.sum(Post.likes), 0)).scalar_subquery()
    last = last_visible(Post.created_at)
    values = {
        "author_id": sa.func.coalesce(Thread.author_id, first),
        "is_withdrawn": ~visible.exists(),
        "likes": likes,
        "bumped_at": sa.case((last > Thread.bumped_at, last), else_=Thread.bumped_at),
        "version": Thread.version + 1,
    }
    return sa.update(Thread).where(Thread.id.in_(ids)).values(values).execution_options(**_NO_SYNC)
