"""The stream of a thread: posts and event lines of one page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from brain.base import clock
from brain.base.access import Viewer
from brain.base.db import db, upsert
from brain.base.errors import NotFound
from brain.discussion.models import Post, Reading, Thread, ThreadEvent
from brain.discussion.queries.rows import THREAD_CELLS, THREADS, ThreadRow, thread_row
from brain.discussion.settings import PAGE_SIZE

#: A view counts once in so many hours for a member.
VIEW_HOURS = 8


@dataclass(frozen=True, slots=True)
class Visit:
    """How a member left a thread: read up to, saw how many, when it counted as a view."""

    last_read: int = 0
    highest_seen: int = 0
    viewed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as its thread's page shows it; `html` is sanitised.

    `withdrawn` posts are stubs: empty `html`, only their ground is shown.
    """

    id: int
    thread_id: int
    number: int
    author_id: int | None
    reply_to: int | None
    language: str
    html: str
    version: int
    created_at: datetime
    edited_at: datetime | None
    withdrawn: str
    withdrawn_ground: str
    withdrawn_by: int | None
    withdrawn_at: datetime | None
    answered_id: int | None
    audience: str = ""


@dataclass(frozen=True, slots=True)
class EventLine:
    """Something that happened to the thread, behind post `after_number`."""

    after_number: int
    kind: str
    member_id: int | None
    facts: Mapping[str, str]
    at: datetime


def _select_thread_page() -> sa.Select[Any]:
    read = Reading.__table__.c
    own = sa.and_(read.thread_id == THREADS.c.id, read.member_id == sa.bindparam("member_id"))
    return (
        sa.select(*THREAD_CELLS, read.last_read, read.highest_seen, read.viewed_at)
        .select_from(sa.outerjoin(THREADS, Reading.__table__, own))
        .where(THREADS.c.id == sa.bindparam("thread_id"))
    )


#: Built once: putting a statement together costs more than running it.
_THREAD_PAGE = _select_thread_page()


def open_thread_page(viewer: Viewer, thread_id: int) -> tuple[ThreadRow, Visit]:
    """Give a thread and how the viewer left it. Raises NotFound.

    The hottest door there is: the permission's rule decides on the row read.
    """
    row = db.session.execute(_THREAD_PAGE, {"member_id": viewer.id, "thread_id": thread_id}).one_or_none()
    thread = thread_row(row, row.last_read) if row is not None else None
    if row is None or thread is None or not viewer.can("discussion.read_thread", thread):
        raise NotFound
    return thread, Visit(row.last_read or 0, row.highest_seen or 0, row.viewed_at)


def posts_on_page(thread: ThreadRow, page: int) -> list[PostView]:
    """Give the posts of a page, withdrawn ones without their text.

    A page is a range of numbers, so page 400 costs what page 1 costs; a number
    whose post is gone makes its page shorter. The thread came through its door.
    """
    answered = aliased(Post)
    shown = sa.case((Post.withdrawn == "", Post.html), else_="")
    rows = db.session.execute(
        sa.select(
            Post.id,
            Post.thread_id,
            Post.number,
            Post.author_id,
            Post.reply_to,
            Post.language,
            shown,
            Post.version,
            Post.created_at,
            Post.edited_at,
            Post.withdrawn,
            Post.withdrawn_ground,
            Post.withdrawn_by,
            Post.withdrawn_at,
            answered.author_id,
        )
        .outerjoin(answered, sa.and_(answered.thread_id == Post.thread_id, answered.number == Post.reply_to))
        .where(Post.thread_id == thread.id, Post.number.between(*numbers_on(page)))
        .order_by(Post.number)
    )
    return [_post_view([*row, thread.audience]) for row in rows]


def _post_view(values: list[Any]) -> PostView:
    return PostView(*values)


def events_on_page(thread: ThreadRow, page: int) -> list[EventLine]:
    """Give the event lines that stand behind posts of a page, oldest first."""
    rows = db.session.execute(
        sa.select(
            ThreadEvent.after_number,
            ThreadEvent.kind,
            ThreadEvent.member_id,
            ThreadEvent.facts,
            ThreadEvent.at,
        )
        .where(ThreadEvent.thread_id == thread.id, ThreadEvent.after_number.between(*numbers_on(page)))
        .order_by(ThreadEvent.id)
    )
    return [EventLine(*row) for row in rows]


def numbers_on(page: int) -> tuple[int, int]:
    """Give the first and last post number of a page."""
    return (page - 1) * PAGE_SIZE + 1, page * PAGE_SIZE


def pages_of(thread: ThreadRow) -> int:
    """Count the pages of a thread."""
    return max(1, -(-thread.highest // PAGE_SIZE))


def needs_note(thread: ThreadRow, visit: Visit, page: int) -> bool:
    """Tell whether a visit to this page is anything new about the reader."""
    read_up_to = min(page * PAGE_SIZE, thread.highest)
    seen = visit.last_read >= read_up_to and visit.highest_seen >= thread.highest
    return not seen or _counts_as_view(visit)


def _counts_as_view(visit: Visit) -> bool:
    if visit.viewed_at is None:
        return True
    return (clock.now() - visit.viewed_at).total_seconds() >= VIEW_HOURS * 3600


def note_visit(viewer: Viewer, thread: ThreadRow, visit: Visit, page: int) -> None:
    """Record that a member read a page: `last_read` only grows.

    A view counts once in eight hours for a member. Visitors are not counted:
    without following people about, a person and a robot look the same.
    """
    moment = clock.now()
    read_up_to = min(page * PAGE_SIZE, thread.highest)
    row = {
        "member_id": viewer.id,
        "thread_id": thread.id,
        "last_read": read_up_to,
        "highest_seen": thread.highest,
        "visited_at": moment,
        "viewed_at": moment,
    }
    changes: dict[str, Any] = {
        "last_read": sa.case((Reading.last_read < read_up_to, read_up_to), else_=Reading.last_read),
        "highest_seen": sa.case(
            (Reading.highest_seen < thread.highest, thread.highest), else_=Reading.highest_seen
        ),
        "visited_at": moment,
    }
    if _counts_as_view(visit):
        changes["viewed_at"] = moment
        db.session.execute(sa.update(Thread).where(Thread.id == thread.id).values(views=Thread.views + 1))
    db.session.execute(upsert(Reading, row, ["member_id", "thread_id"], changes))
