"""Topics as a tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from brain.base import pulse
from brain.base.access import Viewer, require
from brain.base.db import db
from brain.discussion.models import Thread, Topic
from brain.discussion.queries.rows import TOPIC_COLUMNS, TopicRow, ids_of_path, topic_row


@dataclass(frozen=True, slots=True)
class LastThread:
    """The thread of a topic in which somebody wrote last."""

    id: int
    slug: str
    title: str
    language: str
    last_author_id: int | None
    last_post_at: datetime
    last_number: int


@dataclass(frozen=True)
class TopicNode:
    """A topic with the sub-topics that the viewer may read.

    `last` is the last thread written in, here or in a readable sub-topic.
    """

    topic: TopicRow
    children: list[TopicNode] = field(default_factory=list)
    last_here: LastThread | None = None

    @property
    def thread_count(self) -> int:
        """Count the threads of the topic and all its readable sub-topics."""
        return self.topic.thread_count + sum(child.thread_count for child in self.children)

    @property
    def last(self) -> LastThread | None:
        """Give the thread in which somebody wrote last, sub-topics included."""
        found = [last for last in (self.last_here, *(child.last for child in self.children)) if last]
        return max(found, key=lambda last: last.last_post_at, default=None)


_LAST_COLUMNS: tuple[Any, ...] = (
    Thread.id.label("thread_id"),
    Thread.slug.label("thread_slug"),
    Thread.title,
    Thread.language,
    Thread.last_author_id,
    Thread.last_post_at.label("written_at"),
    Thread.last_number,
)


def _read_all() -> list[tuple[TopicRow, LastThread | None]]:
    columns: tuple[Any, ...] = TOPIC_COLUMNS
    rows = db.session.execute(
        sa.select(*columns, *_LAST_COLUMNS)
        .outerjoin(Thread, Thread.id == Topic.last_thread_id)
        .order_by(Topic.position, Topic.id)
    )
    split = len(columns)
    return [(topic_row(row[:split]), LastThread(*row[split:]) if row.thread_id else None) for row in rows]


#: With counters: as old as the last write.
_topics = pulse.Kept(_read_all, "content")


def _read_names() -> dict[int, TopicRow]:
    return {
        topic.id: replace(topic, thread_count=0, post_count=0, last_thread_id=None, last_post_at=None)
        for topic, _last in _topics.get()
    }


#: Names only: as old as the last change of a topic.
_names = pulse.Kept(_read_names, "topics")


def readable_topics(viewer: Viewer) -> dict[int, TopicRow]:
    """Give all topics that the viewer may read, by id, in order, with counters."""
    return {topic.id: topic for topic, _last in _topics.get() if _may_read(viewer, topic)}


def every_topic(viewer: Viewer) -> list[TopicRow]:
    """Give all topics, in order, to who manages them. Raises NotFound, SignInNeeded."""
    require(viewer, "discussion.manage_topics")
    return [topic for topic, _last in _topics.get()]


def topic_names(viewer: Viewer) -> dict[int, TopicRow]:
    """Give all topics that the viewer may read, by id, without counters.

    Costs no statement while no topic has changed.
    """
    return {topic.id: topic for topic in _names.get().values() if _may_read(viewer, topic)}


def _may_read(viewer: Viewer, topic: TopicRow) -> bool:
    return viewer.can("discussion.read_topic", topic)


def topic_tree(viewer: Viewer) -> list[TopicNode]:
    """Give the readable topics as a tree; one whose parent is hidden is a root."""
    nodes = {
        topic.id: TopicNode(topic, last_here=last)
        for topic, last in _topics.get()
        if _may_read(viewer, topic)
    }
    roots: list[TopicNode] = []
    for node in nodes.values():
        parent = next((nodes[above] for above in reversed(node.topic.ancestors) if above in nodes), None)
        (roots if parent is None else parent.children).append(node)
    return roots


def path_to(viewer: Viewer, topic_id: int) -> list[TopicRow]:
    """Give the readable topics from the root to this one, without counters."""
    names = _names.get()
    topic = names.get(topic_id)
    path = ids_of_path(topic.path) if topic is not None else ()
    return [names[above] for above in path if above in names and _may_read(viewer, names[above])]


def crumbs_of(topics: Mapping[int, TopicRow], topic_id: int) -> list[TopicRow]:
    """Give the readable topics from the root to this one."""
    topic = topics.get(topic_id)
    path: Sequence[int] = ids_of_path(topic.path) if topic is not None else ()
    return [topics[above] for above in path if above in topics]


def with_those_below(topics: Mapping[int, TopicRow], topic: TopicRow) -> list[TopicRow]:
    """Give a topic and every one of these that stands somewhere below it."""
    return [row for row in topics.values() if row.path.startswith(topic.path)]


def below(topics: Iterable[TopicRow], topic: TopicRow) -> list[TopicRow]:
    """Give the direct sub-topics of a topic."""
    return [child for child in topics if child.parent_id == topic.id]
