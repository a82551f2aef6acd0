"""Delete and restore posts (their authors), hide and bring them back (cases).

Both leave the number as a gap with a line in its place. The thread is
withdrawn exactly when none of its posts is visible.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from brain.base import clock, events
from brain.base.access import Viewer, require
from brain.base.db import db
from brain.discussion.actions.lines import add_line
from brain.discussion.actions.locking import lock_thread, lock_topic
from brain.discussion.counters import last_thread, last_visible
from brain.discussion.errors import HasReplies, TooLate
from brain.discussion.models import Post, Thread, Topic
from brain.discussion.queries import open_post, open_post_by_id
from brain.discussion.queries.rows import PostRow
from brain.members.models import Member

DELETED = "deleted"
HIDDEN = "hidden"
_NO_SYNC = {"synchronize_session": False}


def delete_post(viewer: Viewer, thread_id: int, number: int) -> None:
    """Delete one's own post: for a while, staff always.

    What others wrote moderators hide, with a statement of reasons. Raises
    HasReplies for a member's first post that others answered, TooLate.
    """
    lock_thread(thread_id)
    post = open_post(viewer, thread_id, number)
    if post.withdrawn == DELETED:
        return
    own = viewer.is_member and post.author_id == viewer.id and not post.withdrawn
    if own and not viewer.is_staff:
        if number == 1 and post.post_count > 1:
            raise HasReplies
        if not viewer.can("discussion.delete_post", post):
            raise TooLate
    require(viewer, "discussion.delete_post", post)
    if _withdraw(post, DELETED, viewer.id, ""):
        events.publish("post_withdrawn", post_id=post.id, thread_id=thread_id)


def restore_post(viewer: Viewer, thread_id: int, number: int) -> None:
    """Take a deletion back: the author for a while, staff always."""
    lock_thread(thread_id)
    post = open_post(viewer, thread_id, number)
    if not post.withdrawn:
        return
    require(viewer, "discussion.restore_post", post)
    if _bring_back(post):
        events.publish("discussion.post_restored", post_id=post.id, thread_id=thread_id)


def withdraw_post(viewer: Viewer, post_id: int, ground: str) -> None:
    """Hide a post after a case; `ground` is the statement of reasons shown."""
    post = _locked(viewer, post_id)
    require(viewer, "discussion.withdraw_post", post)
    if post.withdrawn:
        # deleted meanwhile: it stays so, but its author can no longer get around the case
        db.session.execute(sa.update(Post).where(Post.id == post_id).values(withdrawn_ground=ground))
        _move_version(post.thread_id)
    elif _withdraw(post, HIDDEN, viewer.id, ground):
        add_line(post.thread_id, "hidden", None, post.highest, number=str(post.number))
    events.publish("post_withdrawn", post_id=post_id, thread_id=post.thread_id)


def bring_back_post(viewer: Viewer, post_id: int) -> None:
    """Show a hidden post again: the case was decided otherwise."""
    post = _locked(viewer, post_id)
    require(viewer, "discussion.withdraw_post", post)
    if post.withdrawn == DELETED:
        # its author had deleted it, and may take that back again
        db.session.execute(sa.update(Post).where(Post.id == post_id).values(withdrawn_ground=""))
        _move_version(post.thread_id)
    elif post.withdrawn == HIDDEN and _bring_back(post):
        add_line(post.thread_id, "brought_back", None, post.highest, number=str(post.number))
        events.publish("discussion.post_restored", post_id=post_id, thread_id=post.thread_id)


def _locked(viewer: Viewer, post_id: int) -> PostRow:
    """Give a post whose thread is locked. Raises NotFound."""
    lock_thread(open_post_by_id(viewer, post_id).thread_id)
    return open_post_by_id(viewer, post_id)


def _withdraw(post: PostRow, how: str, member_id: int | None, ground: str) -> bool:
    """Mark the post and move the counters; its thread is locked. False when it was withdrawn."""
    marked = db.session.execute(
        sa.update(Post)
        .where(Post.id == post.id, Post.withdrawn == "")
        .values(withdrawn=how, withdrawn_at=clock.now(), withdrawn_by=member_id, withdrawn_ground=ground)
        .returning(Post.id)
    ).all()
    if not marked:
        return False
    _count(post, -1)
    return True


def _bring_back(post: PostRow) -> bool:
    marked = db.session.execute(
        sa.update(Post)
        .where(Post.id == post.id, Post.withdrawn != "")
        .values(withdrawn="", withdrawn_at=None, withdrawn_by=None, withdrawn_ground="")
        .returning(Post.id)
    ).all()
    if not marked:
        return False
    _count(post, 1)
    return True


def _count(post: PostRow, step: int) -> None:
    """Move the counters of thread, topic and author by one post."""
    values: dict[str, Any] = {
        "post_count": Thread.post_count + step,
        "version": Thread.version + 1,
        "last_post_at": sa.func.coalesce(last_visible(Post.created_at), Thread.created_at),
        "last_author_id": last_visible(Post.author_id),
        "last_number": sa.func.coalesce(last_visible(Post.number), 0),
        "is_withdrawn": Thread.post_count + step <= 0,
    }
    if post.number >= post.last_number:
        values["bumped_at"] = sa.func.coalesce(last_visible(Post.created_at), Thread.created_at)
    change = sa.update(Thread).where(Thread.id == post.thread_id).values(values)
    post_count: int = db.session.execute(
        change.returning(Thread.post_count).execution_options(**_NO_SYNC)
    ).scalar_one()
    lock_topic(post.topic_id)  # an UPDATE that has waited for it would count what was there before
    lost_or_found = step if post_count == (0 if step < 0 else 1) else 0
    db.session.execute(
        sa.update(Topic)
        .where(Topic.id == post.topic_id)
        .values(
            thread_count=Topic.thread_count + lost_or_found,
            post_count=Topic.post_count + step,
            last_thread_id=last_thread(Thread.id),
            last_post_at=last_thread(Thread.last_post_at),
        )
        .execution_options(**_NO_SYNC)
    )
    if post.author_id is not None:
        db.session.execute(
            sa.update(Member).where(Member.id == post.author_id).values(post_count=Member.post_count + step)
        )


def _move_version(thread_id: int) -> None:
    db.session.execute(sa.update(Thread).where(Thread.id == thread_id).values(version=Thread.version + 1))
