"""Topics as a tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from brain.base.access import Viewer, allowed_rows
from brain.base.db import db
from brain.discussion.models import Topic
from brain.discussion.queries.rows import TOPIC_COLUMNS, TopicRow, ids_of_path, topic_row


@dataclass(frozen=True)
class TopicNode:
    """A topic with the sub-topics that the viewer may read."""

    topic: TopicRow
    children: list[TopicNode] = field(default_factory=list)

    @property
    def thread_count(self) -> int:
        """Count the threads of the topic and all its readable sub-topics."""
        return self.topic.thread_count + sum(child.thread_count for child in self.children)


def readable_topics(viewer: Viewer) -> dict[int, TopicRow]:
    """Give all topics that the viewer may read, by id, in order of position."""
    rows = db.session.execute(
        sa.select(*TOPIC_COLUMNS)
        .where(allowed_rows(viewer, "discussion.read_topic"))
        .order_by(Topic.position, Topic.id)
    )
    return {row.id: topic_row(row) for row in rows}


def topic_tree(viewer: Viewer) -> list[TopicNode]:
    """Give the readable topics as a tree; one whose parent is hidden is a root."""
    return tree_of(readable_topics(viewer))


def tree_of(topics: Mapping[int, TopicRow]) -> list[TopicNode]:
    """Nest topics under their nearest readable ancestor, keeping their order."""
    nodes = {topic.id: TopicNode(topic) for topic in topics.values()}
    roots: list[TopicNode] = []
    for node in nodes.values():
        parent = next((nodes[above] for above in reversed(node.topic.ancestors) if above in nodes), None)
        (roots if parent is None else parent.children).append(node)
    return roots


def crumbs_of(topics: Mapping[int, TopicRow], topic_id: int) -> list[TopicRow]:
    """Give the readable topics from the root to this one."""
    topic = topics.get(topic_id)
    path: Sequence[int] = ids_of_path(topic.path) if topic is not None else ()
    return [topics[above] for above in path if above in topics]


def below(topics: Iterable[TopicRow], topic: TopicRow) -> list[TopicRow]:
    """Give the direct sub-topics of a topic."""
    return [child for child in topics if child.parent_id == topic.id]
