"""Open threads and reply: one transaction, and sending twice writes once.

What a form's draft key and what it says make the key of a post: the same form
sent again is the same post, with another text or in another thread it is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from brain.base import clock, events, markup, settings
from brain.base.access import Viewer, allowed_rows, require
from brain.base.db import db, insert_ignore
from brain.base.errors import NotFound, SignInNeeded, TooSoon
from brain.base.forms import sent_key
from brain.discussion.actions.lines import add_line
from brain.discussion.actions.locking import lock_topic
from brain.discussion.drafts import ReplyDraft, ThreadDraft
from brain.discussion.errors import SameText, ThreadClosed, ThreadFull
from brain.discussion.models import Post, Thread, ThreadTag, Topic
from brain.discussion.queries import open_topic
from brain.discussion.queries.rows import THREAD_COLUMNS, ThreadRow, TopicRow, thread_row
from brain.discussion.texts import fit_language, fit_post, fit_tags, fit_title, slug_of
from brain.members.models import Member
from brain.plugin import containment

_NOTHING_MORE: Mapping[str, Any] = {}


@dataclass(frozen=True)
class _Text:
    """A text ready to be stored."""

    source: str
    html: str
    language: str
    draft_key: str | None
    at: datetime
    reply_to: int | None = None


@dataclass(frozen=True)
class _Lately:
    """What the viewer wrote lately: the post of this draft key, and limits."""

    thread_id: int
    number: int
    post_id: int
    is_this_draft: bool
    is_same_text: bool
    created_at: datetime


def open_thread(viewer: Viewer, topic_id: int, draft: ThreadDraft) -> tuple[int, int]:
    """Open a thread with its first post; returns (thread id, post id).

    The same draft key gives the same thread again. Raises Unfit, TooSoon,
    SameText, NotFound, or what a plugin refuses with.
    """
    title, tags = fit_title(draft.title), fit_tags(draft.tags)
    require(viewer, "discussion.open_thread", open_topic(viewer, topic_id))
    text = _prepare(draft.text, draft.language, (draft.draft_key, f"topic {topic_id}", title))
    lock_topic(topic_id)  # its audience stays what it is until the thread has it too
    topic = open_topic(viewer, topic_id)
    require(viewer, "discussion.open_thread", topic)
    lately = [_lately(row) for row in db.session.execute(_select_lately(viewer, text))]
    before = _already(lately)
    if before is not None:
        return before.thread_id, before.post_id
    _check_pace(viewer, lately)
    _check_thread_pace(viewer)
    containment.call("refuse_post", viewer=viewer, thread_id=0, text=text.source)
    thread = _new_thread(viewer, topic, title, text)
    thread.tags = list(tags)
    db.session.add(thread)
    db.session.flush()
    post_id = _insert(viewer, thread.id, 1, text)
    if post_id is None:
        # the same form arrived twice at once: the other one won
        db.session.execute(sa.delete(Thread).where(Thread.id == thread.id))
        won = _winner(viewer, text)
        return won.thread_id, won.post_id
    if tags:
        db.session.execute(sa.insert(ThreadTag), [{"thread_id": thread.id, "tag": tag} for tag in tags])
    _count_thread(viewer, thread, text.at)
    events.publish("thread_opened", thread_id=thread.id, topic_id=topic_id)
    events.publish("post_published", post_id=post_id, thread_id=thread.id)
    return thread.id, post_id


def _new_thread(viewer: Viewer, topic: TopicRow, title: str, text: _Text) -> Thread:
    return Thread(
        topic_id=topic.id,
        audience=topic.audience,
        author_id=viewer.id,
        last_author_id=viewer.id,
        title=title,
        slug=slug_of(title),
        language=text.language,
        highest=1,
        last_number=1,
        post_count=1,
        created_at=text.at,
        bumped_at=text.at,
        last_post_at=text.at,
    )


def reply(viewer: Viewer, thread_id: int, draft: ReplyDraft) -> int:
    """Add a post to a thread and return its number.

    The same draft key gives the same number again. Raises Unfit, ThreadClosed,
    ThreadFull, TooSoon, SameText, NotFound, or what a plugin refuses with.
    """
    return add_reply(viewer, thread_id, draft)[1]


def add_reply(viewer: Viewer, thread_id: int, draft: ReplyDraft) -> tuple[ThreadRow, int]:
    """Do the same as `reply`, and give the thread as it was before as well."""
    if not viewer.is_member:
        raise SignInNeeded
    text = _prepare(draft.text, draft.language, (draft.draft_key, f"thread {thread_id}"))
    thread, lately = _lock(viewer, thread_id, text)
    before = _already(lately)
    if before is not None:
        return thread, before.number
    if thread.closed_at is not None and not viewer.is_staff:
        raise ThreadClosed
    require(viewer, "discussion.reply", thread)
    if thread.highest >= settings.value("discussion.posts_most"):
        raise ThreadFull
    _check_pace(viewer, lately)
    containment.call("refuse_post", viewer=viewer, thread_id=thread_id, text=text.source)
    number = thread.highest + 1
    if draft.reply_to is not None and 0 < draft.reply_to < number:
        text = replace(text, reply_to=draft.reply_to)
    # who wrote last was told the time first, perhaps: a thread's posts stand in order of time
    text = replace(text, at=max(clock.now(), thread.last_post_at))
    post_id = _insert(viewer, thread_id, number, text)
    if post_id is None:
        return thread, _winner(viewer, text).number
    _advance(viewer, thread, text.at)
    _count_post(viewer, thread, text.at)
    events.publish("post_published", post_id=post_id, thread_id=thread_id)
    return thread, number


def _prepare(source: str, language: str, sent: Sequence[str]) -> _Text:
    """Check and render a text; `sent` are the form's draft key and where it was sent."""
    source = fit_post(source)
    html = markup.render(source).html
    return _Text(source, html, fit_language(language), sent_key(*sent, source), clock.now())


def _wrote_lately(viewer: Viewer, text: _Text) -> sa.ColumnElement[bool]:
    """Say which posts of the viewer bear on this one: of its draft, or as late as limits look at."""
    own = Post.author_id == viewer.id
    if viewer.is_staff:
        return sa.and_(own, _is_this_draft(text))
    minutes = timedelta(minutes=settings.value("discussion.same_text_minutes"))
    pause = timedelta(seconds=settings.value("discussion.seconds_between_posts"))
    recent = Post.created_at.between(text.at - max(minutes, pause), text.at)
    return sa.and_(own, sa.or_(recent, _is_this_draft(text)))


def _is_this_draft(text: _Text) -> sa.ColumnElement[bool]:
    return sa.false() if text.draft_key is None else Post.draft_key == text.draft_key


def _lately_columns(text: _Text) -> tuple[Any, ...]:
    return (
        Post.thread_id.label("in_thread"),
        Post.number,
        Post.id.label("post_id"),
        _is_this_draft(text).label("is_this_draft"),
        sa.and_(Post.source == text.source, Post.withdrawn == "").label("is_same_text"),
        Post.created_at.label("written_at"),
    )


def _lately(row: Any) -> _Lately:
    is_draft, is_same = bool(row.is_this_draft), bool(row.is_same_text)
    return _Lately(row.in_thread, row.number, row.post_id, is_draft, is_same, row.written_at)


def _select_lately(viewer: Viewer, text: _Text) -> sa.Select[Any]:
    return sa.select(*_lately_columns(text)).where(_wrote_lately(viewer, text))


def _lock(viewer: Viewer, thread_id: int, text: _Text) -> tuple[ThreadRow, list[_Lately]]:
    """Open the thread's door for writing: numbers are given one after another."""
    rows = db.session.execute(
        sa.select(*THREAD_COLUMNS, *_lately_columns(text))
        .outerjoin(Post, _wrote_lately(viewer, text))
        .where(Thread.id == thread_id, allowed_rows(viewer, "discussion.read_thread"))
        .with_for_update(of=Thread, key_share=True)
    ).all()
    if not rows:
        raise NotFound
    return thread_row(rows[0]), [_lately(row) for row in rows if row.post_id is not None]


def _already(lately: list[_Lately]) -> _Lately | None:
    return next((written for written in lately if written.is_this_draft), None)


def _winner(viewer: Viewer, text: _Text) -> _Lately:
    """Find the post of the same draft key that another request has just written."""
    row = db.session.execute(
        sa.select(*_lately_columns(text)).where(Post.author_id == viewer.id, Post.draft_key == text.draft_key)
    ).one()
    return _lately(row)


def _check_pace(viewer: Viewer, lately: list[_Lately]) -> None:
    if viewer.is_staff or not lately:
        return
    moment = clock.now()
    window = timedelta(minutes=settings.value("discussion.same_text_minutes"))
    if any(written.is_same_text and moment - written.created_at < window for written in lately):
        raise SameText
    pause = timedelta(seconds=settings.value("discussion.seconds_between_posts"))
    wait = max(written.created_at for written in lately) + pause - moment
    if wait > timedelta(0):
        raise TooSoon(wait)


def _check_thread_pace(viewer: Viewer) -> None:
    if viewer.is_staff:
        return
    moment = clock.now()
    pause = timedelta(seconds=settings.value("discussion.seconds_between_threads"))
    last = db.session.scalar(
        sa.select(sa.func.max(Thread.created_at)).where(
            Thread.author_id == viewer.id, Thread.created_at.between(moment - pause, moment)
        )
    )
    if last is not None and last + pause > moment:
        raise TooSoon(last + pause - moment)


def _insert(viewer: Viewer, thread_id: int, number: int, text: _Text) -> int | None:
    """Insert the post; None when its draft key has been used already."""
    row = {
        "thread_id": thread_id,
        "number": number,
        "author_id": viewer.id,
        "reply_to": text.reply_to,
        "language": text.language,
        "source": text.source,
        "html": text.html,
        "renderer": markup.RENDERER_VERSION,
        "draft_key": text.draft_key,
        "created_at": text.at,
    }
    found: int | None = db.session.scalar(
        insert_ignore(Post, [row], ["author_id", "draft_key"]).returning(Post.id)
    )
    return found


def _advance(viewer: Viewer, thread: ThreadRow, moment: datetime) -> None:
    changes: dict[str, Any] = {
        "highest": Thread.highest + 1,
        "last_number": Thread.highest + 1,
        "post_count": Thread.post_count + 1,
        "version": Thread.version + 1,
        "bumped_at": moment,
        "last_post_at": moment,
        "last_author_id": viewer.id,
    }
    if thread.highest + 1 >= settings.value("discussion.posts_most") and thread.closed_at is None:
        changes["closed_at"] = moment
        add_line(thread.id, "full", None, behind=thread.highest + 1)
    db.session.execute(sa.update(Thread).where(Thread.id == thread.id).values(changes))


def _count_thread(viewer: Viewer, thread: Thread, moment: datetime) -> None:
    _count_post(viewer, thread, moment, {"thread_count": Topic.thread_count + 1})


def _count_post(
    viewer: Viewer, thread: Thread | ThreadRow, moment: datetime, more: Mapping[str, Any] = _NOTHING_MORE
) -> None:
    newest = sa.or_(Topic.last_post_at.is_(None), Topic.last_post_at <= moment)
    db.session.execute(
        sa.update(Topic)
        .where(Topic.id == thread.topic_id)
        .values(
            post_count=Topic.post_count + 1,
            last_thread_id=sa.case((newest, thread.id), else_=Topic.last_thread_id),
            last_post_at=sa.case((newest, moment), else_=Topic.last_post_at),
            **more,
        )
    )
    db.session.execute(
        sa.update(Member).where(Member.id == viewer.id).values(post_count=Member.post_count + 1)
    )
