"""Reasons to tell members of a post: named, answered, quoted, a thread of theirs.

The reasons stand in this order, and the first one that fits a member wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy.orm import aliased

from brain.base import markup
from brain.base.access import MEMBERS, PUBLIC, Viewer, allowed_rows
from brain.base.db import db
from brain.discussion.links import post_url
from brain.discussion.models import Post, Reading, Thread
from brain.members.queries import person_named, viewers_of
from brain.notifications.queries import Row
from brain.plugin.contribution import Line, Notice, NotificationType

Ids = Mapping[str, Any]
_MENTIONS_MOST = 10
_QUOTE = re.compile(r'\[quote="[^"\n]*?post:(\d{1,9}),\s*thread:(\d{1,9})"\]')
_EXCERPT = 160


@dataclass(frozen=True)
class _News:
    """A post that was just published, as far as it is anybody's news."""

    id: int
    thread_id: int
    number: int
    author_id: int | None
    source: str
    audience: str
    answered_author_id: int | None


def _news(ids: Ids) -> _News | None:
    answered = aliased(Post)
    columns: tuple[Any, ...] = (
        Post.id,
        Post.thread_id,
        Post.number,
        Post.author_id,
        Post.source,
        Thread.audience,
        answered.author_id,
    )
    row = db.session.execute(
        sa.select(*columns)
        .join(Thread, Thread.id == Post.thread_id)
        .outerjoin(answered, sa.and_(answered.thread_id == Post.thread_id, answered.number == Post.reply_to))
        .where(Post.id == ids["post_id"], Post.withdrawn == "", ~Thread.is_withdrawn)
    ).one_or_none()
    return _News(*row) if row is not None else None


def _notices(news: _News, wanted: Iterable[int | None]) -> list[Notice]:
    """Tell these members, but not who may not read it, nor who has read it already."""
    members = {member_id for member_id in wanted if member_id is not None} - {news.author_id}
    if not members:
        return []
    if news.audience not in (PUBLIC, MEMBERS):
        viewers = viewers_of(members)
        members = {member_id for member_id, viewer in viewers.items() if viewer.sees(news.audience)}
    read_on = db.session.scalars(
        sa.select(Reading.member_id).where(
            Reading.thread_id == news.thread_id,
            Reading.last_read >= news.number,
            Reading.member_id.in_(members),
        )
    )
    members -= set(read_on)
    group = f"thread:{news.thread_id}"
    return [Notice(member_id, "post", news.id, news.author_id, group) for member_id in sorted(members)]


def _mentioned(ids: Ids) -> list[Notice]:
    news = _news(ids)
    if news is None or "@" not in news.source:
        return []
    names = markup.render(news.source).mentions[:_MENTIONS_MOST]
    found = [person_named(name) for name in names]
    return _notices(news, [person.id for person in found if person is not None])


def _answered(ids: Ids) -> list[Notice]:
    news = _news(ids)
    return [] if news is None else _notices(news, [news.answered_author_id])


def _quoted(ids: Ids) -> list[Notice]:
    news = _news(ids)
    if news is None:
        return []
    places = {(int(thread), int(number)) for number, thread in _QUOTE.findall(news.source)}
    if not places:
        return []
    authors = db.session.scalars(
        sa.select(Post.author_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(sa.tuple_(Post.thread_id, Post.number).in_(sorted(places)))
    )
    return _notices(news, authors)


def _taking_part(ids: Ids) -> list[Notice]:
    news = _news(ids)
    if news is None or news.number == 1:
        return []
    writers = db.session.scalars(
        sa.select(Post.author_id)
        .where(Post.thread_id == news.thread_id, Post.withdrawn == "", Post.author_id.is_not(None))
        .distinct()
    )
    return _notices(news, writers)


@dataclass(frozen=True)
class _Told:
    """A post that a notification speaks of."""

    thread_id: int
    number: int
    slug: str
    title: str
    language: str
    html: str


def _posts(rows: Sequence[Row], viewer: Viewer) -> dict[int, _Told]:
    columns: tuple[Any, ...] = (
        Post.id,
        Post.thread_id,
        Post.number,
        Thread.slug,
        Thread.title,
        Post.language,
        Post.html,
    )
    found = db.session.execute(
        sa.select(*columns)
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            Post.id.in_([row.subject_id for row in rows]),
            Post.withdrawn == "",
            allowed_rows(viewer, "discussion.read_post"),
        )
    )
    return {row.id: _Told(*row[1:]) for row in found}


def _lines(say_one: Callable[[str, str], str]) -> Callable[[Sequence[Row], Viewer], dict[int, Line]]:
    """Make the function that speaks for rows of a type, several of a thread as one."""

    def lines(rows: Sequence[Row], viewer: Viewer) -> dict[int, Line]:
        posts = _posts(rows, viewer)
        spoken = {}
        for row in rows:
            post = posts.get(row.subject_id)
            if post is None:
                continue
            name = f"\u2068{row.actor.name}\u2069" if row.actor else _("A former member")
            title = f"\u2068{post.title}\u2069"
            sentence = say_one(name, title)
            if row.count > 1:
                sentence = ngettext(
                    "%(num)s new post in “%(title)s”",
                    "%(num)s new posts in “%(title)s”",
                    row.count,
                    title=title,
                )
            url = post_url(post.thread_id, post.slug, post.number)
            spoken[row.id] = Line(sentence, url, markup.excerpt(post.html, _EXCERPT), post.language)
        return spoken

    return lines


def _post_of(ids: Ids) -> list[int]:
    return [ids["post_id"]]


def _posts_of_thread(ids: Ids) -> Sequence[int]:
    return db.session.scalars(sa.select(Post.id).where(Post.thread_id == ids["thread_id"])).all()


_CHANGED_BY: Mapping[str, Callable[[Ids], Iterable[int]]] = {
    "post_withdrawn": _post_of,
    "discussion.post_restored": _post_of,
    "discussion.audience_changed": _posts_of_thread,
}

TYPES = (
    NotificationType(
        "discussion.mention",
        lazy_gettext("Somebody names you in a post"),
        "post_published",
        _mentioned,
        _lines(lambda name, title: _("%(name)s named you in “%(title)s”", name=name, title=title)),
        order=10,
        changed_by=_CHANGED_BY,
    ),
    NotificationType(
        "discussion.reply",
        lazy_gettext("Somebody replies to your post"),
        "post_published",
        _answered,
        _lines(lambda name, title: _("%(name)s replied to you in “%(title)s”", name=name, title=title)),
        order=20,
        changed_by=_CHANGED_BY,
    ),
    NotificationType(
        "discussion.quote",
        lazy_gettext("Somebody quotes your post"),
        "post_published",
        _quoted,
        _lines(lambda name, title: _("%(name)s quoted you in “%(title)s”", name=name, title=title)),
        order=30,
        changed_by=_CHANGED_BY,
    ),
    NotificationType(
        "discussion.post",
        lazy_gettext("Somebody writes in a thread in which you wrote"),
        "post_published",
        _taking_part,
        _lines(lambda name, title: _("%(name)s wrote in “%(title)s”", name=name, title=title)),
        order=40,
        changed_by=_CHANGED_BY,
    ),
)
