"""Who may do what in discussions: each rule in Python and in SQL.

Subjects are rows of `brain.discussion.queries` (TopicRow, ThreadRow, PostRow);
the criteria speak of the tables Topic, Thread, and Post joined to its Thread.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext
from sqlalchemy.sql.elements import ColumnElement

from brain.base import clock, settings
from brain.base.access import ADMIN_ROLES, ANY_ROLE, MEMBER_ROLES, STAFF_ROLES, Permission, Viewer, open_to
from brain.discussion.models import Post, Thread, Topic
from brain.moderation.grounds import ELSEWHERE

Condition = ColumnElement[bool]


def edit_window() -> timedelta:
    """Give the time in which authors may edit their posts."""
    return timedelta(days=settings.value("discussion.edit_days"))


def delete_window() -> timedelta:
    """Give the time in which authors may delete a post, and restore it again."""
    return timedelta(hours=settings.value("discussion.delete_hours"))


def _may_read_topic(viewer: Viewer, topic: Any) -> bool:
    return viewer.sees(topic.audience)


def _readable_topics(viewer: Viewer) -> Condition:
    return open_to(Topic.audience, viewer)


def _may_open_thread(viewer: Viewer, topic: Any) -> bool:
    return viewer.confirmed and viewer.sees(topic.audience)


def _topics_to_open_in(viewer: Viewer) -> Condition:
    return _readable_topics(viewer) if viewer.confirmed else sa.false()


def _may_read_thread(viewer: Viewer, thread: Any) -> bool:
    return viewer.sees(thread.audience) and (viewer.is_staff or not thread.is_withdrawn)


def _readable_threads(viewer: Viewer) -> Condition:
    seen = open_to(Thread.audience, viewer)
    return seen if viewer.is_staff else sa.and_(seen, ~Thread.is_withdrawn)


def _may_reply(viewer: Viewer, thread: Any) -> bool:
    open_now = not thread.is_withdrawn and (viewer.is_staff or thread.closed_at is None)
    return viewer.confirmed and viewer.sees(thread.audience) and open_now


def _threads_to_reply_to(viewer: Viewer) -> Condition:
    if not viewer.confirmed:
        return sa.false()
    open_now = sa.true() if viewer.is_staff else Thread.closed_at.is_(None)
    return sa.and_(open_to(Thread.audience, viewer), ~Thread.is_withdrawn, open_now)


def _may_read_post(viewer: Viewer, post: Any) -> bool:
    return viewer.sees(post.audience) and (viewer.is_staff or not post.withdrawn)


def _readable_posts(viewer: Viewer) -> Condition:
    seen = open_to(Thread.audience, viewer)
    return seen if viewer.is_staff else sa.and_(seen, Post.withdrawn == "")


def _may_edit(viewer: Viewer, post: Any) -> bool:
    if not viewer.sees(post.audience) or post.withdrawn == "deleted":
        return False
    if viewer.is_staff:
        return True
    in_time = bool(post.created_at > clock.now() - edit_window())
    return viewer.confirmed and post.author_id == viewer.id and not post.withdrawn and in_time


def _editable_posts(viewer: Viewer) -> Condition:
    seen = sa.and_(open_to(Thread.audience, viewer), Post.withdrawn != "deleted")
    if viewer.is_staff:
        return seen
    if not viewer.confirmed:
        return sa.false()
    in_time = Post.created_at > clock.now() - edit_window()
    return sa.and_(seen, Post.author_id == viewer.id, Post.withdrawn == "", in_time)


def _may_delete(viewer: Viewer, post: Any) -> bool:
    if not viewer.sees(post.audience) or post.withdrawn or post.author_id != viewer.id:
        return False
    return viewer.is_staff or bool(post.created_at > clock.now() - delete_window())


def _deletable_posts(viewer: Viewer) -> Condition:
    own = sa.and_(open_to(Thread.audience, viewer), Post.withdrawn == "", Post.author_id == viewer.id)
    return own if viewer.is_staff else sa.and_(own, Post.created_at > clock.now() - delete_window())


def _may_restore(viewer: Viewer, post: Any) -> bool:
    """Authors for a while, unless a case followed; staff, and what an import brought hidden."""
    if not viewer.sees(post.audience):
        return False
    if viewer.is_staff:
        return bool(post.withdrawn == "deleted" or post.withdrawn_ground == ELSEWHERE)
    own = post.author_id == viewer.id and post.withdrawn_by == viewer.id and not post.withdrawn_ground
    in_time = bool(post.withdrawn_at and post.withdrawn_at > clock.now() - delete_window())
    return bool(post.withdrawn == "deleted" and own and in_time)


def _restorable_posts(viewer: Viewer) -> Condition:
    seen = open_to(Thread.audience, viewer)
    if viewer.is_staff:
        return sa.and_(seen, sa.or_(Post.withdrawn == "deleted", Post.withdrawn_ground == ELSEWHERE))
    in_time = Post.withdrawn_at > clock.now() - delete_window()
    own = sa.and_(Post.author_id == viewer.id, Post.withdrawn_by == viewer.id, Post.withdrawn_ground == "")
    return sa.and_(seen, Post.withdrawn == "deleted", own, in_time)


def _staff_sees_thread(viewer: Viewer) -> Condition:
    return open_to(Thread.audience, viewer)


def _sees_subject(viewer: Viewer, subject: Any) -> bool:
    return viewer.sees(subject.audience)


PERMISSIONS = (
    Permission(
        "discussion.read_topic", lazy_gettext("Read topics"), ANY_ROLE, _may_read_topic, _readable_topics
    ),
    Permission(
        "discussion.read_thread", lazy_gettext("Read threads"), ANY_ROLE, _may_read_thread, _readable_threads
    ),
    Permission("discussion.read_post", lazy_gettext("Read posts"), ANY_ROLE, _may_read_post, _readable_posts),
    Permission(
        "discussion.open_thread",
        lazy_gettext("Open threads"),
        MEMBER_ROLES,
        _may_open_thread,
        _topics_to_open_in,
    ),
    Permission("discussion.reply", lazy_gettext("Reply"), MEMBER_ROLES, _may_reply, _threads_to_reply_to),
    Permission("discussion.edit_post", lazy_gettext("Edit posts"), MEMBER_ROLES, _may_edit, _editable_posts),
    Permission(
        "discussion.read_history",
        lazy_gettext("Read earlier versions of posts"),
        MEMBER_ROLES,
        _may_read_post,
        _readable_posts,
    ),
    Permission(
        "discussion.delete_post",
        lazy_gettext("Delete own posts"),
        MEMBER_ROLES,
        _may_delete,
        _deletable_posts,
    ),
    Permission(
        "discussion.restore_post",
        lazy_gettext("Restore deleted posts"),
        MEMBER_ROLES,
        _may_restore,
        _restorable_posts,
    ),
    Permission(
        "discussion.withdraw_post",
        lazy_gettext("Hide posts and bring them back"),
        STAFF_ROLES,
        _sees_subject,
        _staff_sees_thread,
    ),
    Permission(
        "discussion.close_thread",
        lazy_gettext("Close threads and open them again"),
        STAFF_ROLES,
        _sees_subject,
        _staff_sees_thread,
    ),
    Permission(
        "discussion.pin_thread",
        lazy_gettext("Pin threads to the top of their topic"),
        STAFF_ROLES,
        _sees_subject,
        _staff_sees_thread,
    ),
    Permission("discussion.manage_topics", lazy_gettext("Create and edit topics"), ADMIN_ROLES),
)
