"""The doors: one row by its id, or NotFound, whatever the reason."""

from __future__ import annotations

import sqlalchemy as sa

from brain.base.access import Viewer, allowed_rows
from brain.base.db import db
from brain.base.errors import NotFound
from brain.discussion.models import Post, Reading, Thread, Topic
from brain.discussion.queries.rows import (
    THREAD_COLUMNS,
    TOPIC_COLUMNS,
    PostRow,
    ThreadRow,
    TopicRow,
    post_row,
    select_posts,
    thread_row,
    topic_row,
)


def open_topic(viewer: Viewer, topic_id: int) -> TopicRow:
    """Give a topic that the viewer may read. Raises NotFound."""
    row = db.session.execute(
        sa.select(*TOPIC_COLUMNS).where(Topic.id == topic_id, allowed_rows(viewer, "discussion.read_topic"))
    ).one_or_none()
    if row is None:
        raise NotFound
    return topic_row(row)


def open_thread(viewer: Viewer, thread_id: int) -> ThreadRow:
    """Give a thread that the viewer may read, with how far they read it.

    Raises NotFound.
    """
    own = sa.and_(Reading.thread_id == Thread.id, Reading.member_id == viewer.id)
    row = db.session.execute(
        sa.select(*THREAD_COLUMNS, Reading.last_read)
        .outerjoin(Reading, own)
        .where(Thread.id == thread_id, allowed_rows(viewer, "discussion.read_thread"))
    ).one_or_none()
    if row is None:
        raise NotFound
    return thread_row(row, row.last_read)


def open_post(viewer: Viewer, thread_id: int, number: int) -> PostRow:
    """Give a post that the viewer may read, or their own deleted one.

    Raises NotFound.
    """
    return _open_one(viewer, sa.and_(Post.thread_id == thread_id, Post.number == number))


def open_post_by_id(viewer: Viewer, post_id: int) -> PostRow:
    """Give a post by its id, like `open_post`."""
    return _open_one(viewer, Post.id == post_id)


def _open_one(viewer: Viewer, which: sa.ColumnElement[bool]) -> PostRow:
    readable = sa.or_(
        allowed_rows(viewer, "discussion.read_post"), allowed_rows(viewer, "discussion.restore_post")
    )
    row = db.session.execute(select_posts().where(which, readable)).one_or_none()
    if row is None:
        raise NotFound
    return post_row(row)


def post_address(viewer: Viewer, post_id: int) -> tuple[int, int]:
    """Give (thread id, number) of a post that the viewer may read. Raises NotFound."""
    post = open_post_by_id(viewer, post_id)
    return post.thread_id, post.number
