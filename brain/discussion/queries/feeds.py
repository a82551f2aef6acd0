"""What feeds follow: the first posts of new threads, the last posts of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from brain.base.access import VISITOR, allowed_rows
from brain.base.db import db
from brain.discussion.models import Post, Thread
from brain.discussion.queries.rows import not_withdrawn

#: Entries of a feed.
FEED_SIZE = 20


@dataclass(frozen=True, slots=True)
class FeedPost:
    """A post that everyone may read."""

    thread_id: int
    number: int
    slug: str
    title: str
    tags: list[str]
    language: str
    html: str
    author_id: int | None
    created_at: datetime
    edited_at: datetime | None


def first_posts(topic_ids: Sequence[int] = ()) -> list[FeedPost]:
    """Give the first posts of the newest threads, of some topics or (none given) of all."""
    query = _select().where(Post.number == 1, not_withdrawn(Thread.is_withdrawn)).order_by(Thread.id.desc())
    return _posts(query.where(Thread.topic_id.in_(topic_ids)) if topic_ids else query)


def last_posts(thread_id: int) -> list[FeedPost]:
    """Give the last posts of a thread, newest first."""
    return _posts(_select().where(Thread.id == thread_id).order_by(Post.number.desc()))


def _select() -> sa.Select[Any]:
    columns: tuple[Any, ...] = (
        Post.thread_id,
        Post.number,
        Thread.slug,
        Thread.title,
        Thread.tags,
        Post.language,
        Post.html,
        Post.author_id,
        Post.created_at,
        Post.edited_at,
    )
    readable = allowed_rows(VISITOR, "discussion.read_post")
    return sa.select(*columns).join(Thread, Thread.id == Post.thread_id).where(readable)


def _posts(query: sa.Select[Any]) -> list[FeedPost]:
    return [_feed_post(list(row)) for row in db.session.execute(query.limit(FEED_SIZE))]


def _feed_post(values: list[Any]) -> FeedPost:
    return FeedPost(*values)
