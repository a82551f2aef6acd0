"""Tables of topics, threads and posts.

Counters (`thread_count`, `post_count` …) always equal what COUNT(*) gives over
visible rows; they are changed by SQL expressions only.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from brain.base.db import Base, JsonText


class Topic(Base):
    """A subject area. `path` holds the ids from the root (`/1/5/`).

    `names` and `descriptions` by language; `audience` is one token. Counters
    are of this topic alone, without its sub-topics.
    """

    __tablename__ = "topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id", ondelete="RESTRICT"), index=True)
    path: Mapped[str] = mapped_column(sa.String(200), default="/")
    slug: Mapped[str] = mapped_column(sa.String(80))
    names: Mapped[dict[str, str]] = mapped_column(JsonText, default=dict)
    descriptions: Mapped[dict[str, str]] = mapped_column(JsonText, default=dict)
    audience: Mapped[str] = mapped_column(sa.String(40), default="public", index=True)
    position: Mapped[int] = mapped_column(default=0)
    thread_count: Mapped[int] = mapped_column(default=0)
    post_count: Mapped[int] = mapped_column(default=0)
    last_thread_id: Mapped[int | None]
    last_post_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Thread(Base):
    """A conversation. `audience` is its topic's, kept here for lists.

    `post_count` counts visible posts, `highest` is the last post number given
    (numbers of deleted posts stay as gaps), `last_number` that of the last visible
    post. `version` moves with every change
    that a page of it shows: the key of cached pages. A thread is withdrawn
    exactly when none of its posts is visible.
    """

    __tablename__ = "thread"
    __table_args__ = (
        sa.Index("ix_thread_list", "topic_id", "is_withdrawn", "pinned_at", "bumped_at"),
        # not by audience: most readers may see most threads, and read the newest few
        sa.Index("ix_thread_latest", "is_withdrawn", "bumped_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(sa.ForeignKey("topic.id", ondelete="RESTRICT"))
    audience: Mapped[str] = mapped_column(sa.String(40))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"), index=True)
    title: Mapped[str] = mapped_column(sa.String(255))
    slug: Mapped[str] = mapped_column(sa.String(80))
    language: Mapped[str] = mapped_column(sa.String(12))
    tags: Mapped[list[str]] = mapped_column(JsonText, default=list)
    post_count: Mapped[int] = mapped_column(default=0)
    highest: Mapped[int] = mapped_column(default=0)
    last_number: Mapped[int] = mapped_column(default=0)
    views: Mapped[int] = mapped_column(default=0)
    likes: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    bumped_at: Mapped[datetime]
    last_post_at: Mapped[datetime]
    last_author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    closed_at: Mapped[datetime | None]
    pinned_at: Mapped[datetime | None]
    is_withdrawn: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)


class Post(Base):
    """One contribution. `source` is Markdown, `html` its rendering of `renderer`.

    `withdrawn` is empty, or `deleted` (by its author or a moderator) or
    `hidden` (by a case); `withdrawn_ground` is the statement of reasons shown.
    """

    __tablename__ = "post"
    __table_args__ = (
        sa.UniqueConstraint("thread_id", "number"),
        sa.UniqueConstraint("author_id", "draft_key"),
        sa.Index("ix_post_written", "author_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("thread.id", ondelete="CASCADE"))
    number: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    reply_to: Mapped[int | None]
    language: Mapped[str] = mapped_column(sa.String(12))
    source: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str] = mapped_column(sa.Text)
    renderer: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    likes: Mapped[int] = mapped_column(default=0)
    draft_key: Mapped[str | None] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(index=True)
    edited_at: Mapped[datetime | None]
    withdrawn: Mapped[str] = mapped_column(sa.String(10), default="")
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    withdrawn_ground: Mapped[str] = mapped_column(sa.Text, default="")


class PostRevision(Base):
    """What a post (and, for the first one, its thread) said before an edit.

    `version` is the one that was replaced; `editor_id`, `reason` and `at` tell
    of the edit that replaced it.
    """

    __tablename__ = "post_revision"
    __table_args__ = (sa.UniqueConstraint("post_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id", ondelete="CASCADE"))
    version: Mapped[int]
    source: Mapped[str] = mapped_column(sa.Text)
    title: Mapped[str | None] = mapped_column(sa.String(255))
    tags: Mapped[list[str] | None] = mapped_column(JsonText)
    editor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    at: Mapped[datetime]


class ThreadTag(Base):
    """A tag on a thread, for lists by tag; `Thread.tags` is the same for display."""

    __tablename__ = "thread_tag"

    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(sa.String(40), primary_key=True, index=True)


class ThreadEvent(Base):
    """A line in the stream: closed, opened, renamed, moved, pinned, hidden …

    `after_number` is the post it stands behind; `facts` fills the sentence.
    """

    __tablename__ = "thread_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    after_number: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(40))
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    facts: Mapped[dict[str, str]] = mapped_column(JsonText, default=dict)
    at: Mapped[datetime]


class Reading(Base):
    """How far a member has read a thread. `last_read` only grows."""

    __tablename__ = "reading"

    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    thread_id: Mapped[int] = mapped_column(
        sa.ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    last_read: Mapped[int] = mapped_column(default=0)
    highest_seen: Mapped[int] = mapped_column(default=0)
    visited_at: Mapped[datetime]
    viewed_at: Mapped[datetime]
