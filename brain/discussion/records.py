"""What the discussion keeps of a member: to take along, or to be forgotten."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

from brain.base import events, markup, pulse
from brain.base.db import db
from brain.discussion.models import Post, PostRevision, Reading, Thread

_QUOTE = re.compile(r'\[quote="[^"\n]*?(post:(\d{1,9}),\s*thread:(\d{1,9}))"\]')


def export(member_id: int) -> dict[str, Any]:
    """Give the posts that a member wrote and how far they read, ready for JSON."""
    posts = db.session.execute(
        sa.select(
            Post.thread_id,
            Thread.title,
            Post.number,
            Post.language,
            Post.source,
            Post.created_at,
            Post.edited_at,
            Post.withdrawn,
        )
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.author_id == member_id)
        .order_by(Post.id)
    )
    versions = db.session.execute(
        sa.select(Post.thread_id, Post.number, PostRevision.version, PostRevision.source, PostRevision.at)
        .join(Post, Post.id == PostRevision.post_id)
        .where(Post.author_id == member_id)
        .order_by(PostRevision.id)
    )
    readings = db.session.execute(
        sa.select(Reading.thread_id, Reading.last_read, Reading.visited_at)
        .where(Reading.member_id == member_id)
        .order_by(Reading.thread_id)
    )
    return {"posts": _plain(posts), "earlier_versions": _plain(versions), "readings": _plain(readings)}


def _plain(rows: Any) -> list[dict[str, Any]]:
    return [{key: _value(value) for key, value in row._mapping.items()} for row in rows]


def _value(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def erase(member_id: int) -> None:
    """Forget what a member read, and their name where others quoted them.

    What they wrote stays, beside the neutral name that the account then has.
    """
    db.session.execute(sa.delete(Reading).where(Reading.member_id == member_id))
    db.session.execute(sa.update(Post).where(Post.author_id == member_id).values(draft_key=None))
    _forget_in_quotes(member_id)
    wrote = sa.select(Post.thread_id).where(Post.author_id == member_id).distinct()
    threads = db.session.scalars(wrote).all()
    moved = sa.update(Thread).where(Thread.id.in_(wrote)).values(version=Thread.version + 1)
    db.session.execute(moved.execution_options(synchronize_session=False))
    # the index holds the name beside every post, and in quotes of it
    events.publish_many("discussion.thread_changed", [{"thread_id": thread_id} for thread_id in threads])
    pulse.beat("content")
    pulse.beat("people")


def _forget_in_quotes(member_id: int) -> None:
    """Take the name out of quotes of this member, in the threads where they wrote."""
    own = {
        (row.thread_id, row.number)
        for row in db.session.execute(
            sa.select(Post.thread_id, Post.number).where(Post.author_id == member_id)
        )
    }
    wrote = sa.select(Post.thread_id).where(Post.author_id == member_id)
    quoting = sa.and_(Post.thread_id.in_(wrote), Post.source.like('%[quote="%'))

    def nameless(quote: re.Match[str]) -> str:
        place = (int(quote[3]), int(quote[2]))
        return f'[quote="{quote[1]}"]' if place in own else quote[0]

    for row in db.session.execute(sa.select(Post.id, Post.source).where(quoting)).all():
        source = _QUOTE.sub(nameless, row.source)
        if source != row.source:
            values = {"source": source, "html": markup.render(source).html}
            db.session.execute(sa.update(Post).where(Post.id == row.id).values(values))
    earlier = sa.select(PostRevision.id, PostRevision.source).join(Post, Post.id == PostRevision.post_id)
    for row in db.session.execute(
        earlier.where(Post.thread_id.in_(wrote), PostRevision.source.like('%[quote="%'))
    ).all():
        source = _QUOTE.sub(nameless, row.source)
        if source != row.source:
            db.session.execute(sa.update(PostRevision).where(PostRevision.id == row.id).values(source=source))
