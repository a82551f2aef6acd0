"""What of the discussion can be found: posts, grouped by thread, and topics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from brain.base.access import MEMBERS, PUBLIC, Viewer, allowed_rows
from brain.base.db import db
from brain.base.markup import plain_text
from brain.discussion.links import post_url, topic_url
from brain.discussion.models import Post, Thread, Topic
from brain.discussion.queries import path_to
from brain.discussion.queries.rows import TOPIC_COLUMNS, ids_of_path, topic_row
from brain.members.queries import people
from brain.plugin.contribution import Card, Document, SearchSource

Ids = Mapping[str, Any]
#: Words of a post that a result list looks through for the place found.
_CARD_TEXT_MOST = 33_000


def _post_of(ids: Ids) -> Iterable[int]:
    return [ids["post_id"]]


def _posts_of_thread(ids: Ids) -> Iterable[int]:
    return db.session.scalars(sa.select(Post.id).where(Post.thread_id == ids["thread_id"])).all()


def _topic_of(ids: Ids) -> Iterable[int]:
    return [ids["topic_id"]]


def _ids_after(table: Any) -> Any:
    def all_ids(after: int, limit: int) -> Sequence[int]:
        """Give the next ids after this one, in order."""
        return db.session.scalars(
            sa.select(table.id).where(table.id > after).order_by(table.id).limit(limit)
        ).all()

    return all_ids


def post_documents(ids: Sequence[int]) -> list[Document]:
    """Make documents of posts; withdrawn ones are left out."""
    rows = db.session.execute(
        sa.select(
            Post.id,
            Post.number,
            Post.language,
            Post.html,
            Post.author_id,
            Post.created_at,
            Thread.id.label("thread_id"),
            Thread.title,
            Thread.tags,
            Thread.audience,
            Thread.closed_at,
            Thread.pinned_at,
            Topic.path,
        )
        .join(Thread, Thread.id == Post.thread_id)
        .join(Topic, Topic.id == Thread.topic_id)
        .where(Post.id.in_(list(ids)), Post.withdrawn == "", ~Thread.is_withdrawn)
        .order_by(Post.id)
    ).all()
    known = people(row.author_id for row in rows)
    above = _Above()
    return [
        _post_document(row, known[row.author_id].name if row.author_id in known else "", above)
        for row in rows
    ]


class _Above:
    """The topics above a thing that all who may read the thing may read too.

    Others are not said of it: by finding it, a reader would learn their names.
    """

    def __init__(self) -> None:
        rows = db.session.execute(sa.select(Topic.id, Topic.slug, Topic.audience)).all()
        self.slugs: dict[int, str] = {row.id: row.slug for row in rows}
        self._audiences: dict[int, str] = {row.id: row.audience for row in rows}

    def of(self, path: str, audience: str) -> tuple[int, ...]:
        """Give the ids from the root."""
        open_too = {PUBLIC, audience} if audience == PUBLIC else {PUBLIC, MEMBERS, audience}
        return tuple(topic for topic in ids_of_path(path) if self._audiences.get(topic) in open_too)


def _post_document(row: Any, author: str, above: _Above) -> Document:
    topics = above.of(row.path, row.audience)
    facts = {
        "closed": "1" if row.closed_at else "",
        "pinned": "1" if row.pinned_at else "",
        "topic_slugs": " ".join(above.slugs[topic] for topic in topics),
    }
    return Document(
        kind="post",
        id=row.id,
        language=row.language,
        title=row.title,
        body=plain_text(row.html),
        audience=frozenset({row.audience}),
        at=row.created_at,
        tags=tuple(row.tags),
        topics=topics,
        author_id=row.author_id,
        author=author,
        group=f"thread:{row.thread_id}",
        number=row.number,
        facts={key: value for key, value in facts.items() if value},
    )


def post_cards(ids: Sequence[int], viewer: Viewer) -> dict[int, Card]:
    """Show posts that the viewer may read, withdrawn ones to nobody."""
    rows = db.session.execute(
        sa.select(
            Post.id,
            Post.number,
            Post.language,
            Post.html,
            Post.author_id,
            Post.created_at,
            Thread.id.label("thread_id"),
            Thread.slug,
            Thread.title,
            Thread.tags,
            Thread.topic_id,
            Thread.closed_at,
        )
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.id.in_(list(ids)), Post.withdrawn == "", allowed_rows(viewer, "discussion.read_post"))
    ).all()
    known = people(row.author_id for row in rows)
    former = _("A former member")
    return {
        row.id: Card(
            id=row.id,
            title=row.title,
            url=post_url(row.thread_id, row.slug, row.number),
            language=row.language,
            byline=known[row.author_id].name if row.author_id in known else former,
            at=row.created_at,
            text=plain_text(row.html, _CARD_TEXT_MOST),
            badge=_("Closed") if row.closed_at else "",
            labels=(*(topic.name for topic in path_to(viewer, row.topic_id)), *row.tags),
        )
        for row in rows
    }


def topic_documents(ids: Sequence[int]) -> list[Document]:
    """Make documents of topics, with their names in all languages."""
    columns: tuple[Any, ...] = (*TOPIC_COLUMNS, Topic.created_at)
    rows = db.session.execute(sa.select(*columns).where(Topic.id.in_(list(ids)))).all()
    above = _Above()
    return [
        Document(
            kind="topic",
            id=row.id,
            language="en" if row.names.get("en") else next(iter(row.names), "en"),
            title=" · ".join(dict.fromkeys(row.names.values())),
            body=" · ".join(dict.fromkeys(row.descriptions.values())),
            audience=frozenset({row.audience}),
            at=row.created_at,
            topics=(topics := above.of(row.path, row.audience)),
            facts={"topic_slugs": " ".join(above.slugs[topic] for topic in topics)},
        )
        for row in rows
    ]


def topic_cards(ids: Sequence[int], viewer: Viewer) -> dict[int, Card]:
    """Show topics that the viewer may read, in the viewer's language."""
    columns: tuple[Any, ...] = TOPIC_COLUMNS
    rows = db.session.execute(
        sa.select(*columns).where(Topic.id.in_(list(ids)), allowed_rows(viewer, "discussion.read_topic"))
    )
    topics = [topic_row(row) for row in rows]
    return {
        topic.id: Card(
            id=topic.id,
            title=topic.name,
            url=topic_url(topic),
            language=topic.name_language,
            text=topic.description,
        )
        for topic in topics
    }


SOURCES = (
    SearchSource(
        kind="post",
        label=lazy_gettext("Threads"),
        changed_by={
            "post_published": _post_of,
            "post_edited": _post_of,
            "post_withdrawn": _post_of,
            "discussion.post_restored": _post_of,
            "discussion.thread_changed": _posts_of_thread,
        },
        all_ids=_ids_after(Post),
        documents=post_documents,
        cards=post_cards,
        order=10,
    ),
    SearchSource(
        kind="topic",
        label=lazy_gettext("Topics"),
        changed_by={"discussion.topic_changed": _topic_of},
        all_ids=_ids_after(Topic),
        documents=topic_documents,
        cards=topic_cards,
        order=20,
    ),
)
