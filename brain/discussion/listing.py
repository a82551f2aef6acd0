"""Thread rows made ready for the template that prints them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from brain.base.access import Viewer
from brain.discussion.links import post_url, tag_url, thread_url, topic_url
from brain.discussion.queries import ThreadRow, TopicNode, TopicRow, is_new
from brain.members.queries import Person, people


@dataclass(frozen=True, slots=True)
class ThreadItem:
    """One row of a list, as the macro `rows` wants it."""

    title: str
    url: str
    language: str
    author: Person | None
    last_person: Person | None
    last_at: datetime
    replies: int
    topic: str
    topic_url: str
    tags: list[tuple[str, str]]
    unread: int
    is_new: bool
    is_closed: bool
    is_pinned: bool


@dataclass(frozen=True, slots=True)
class TopicItem:
    """A topic of a list: itself, its sub-topics, and where somebody wrote last."""

    topic: TopicRow
    url: str
    subtopics: list[tuple[TopicRow, str]]
    thread_count: int
    last_title: str
    last_language: str
    last_url: str
    last_person: Person | None
    last_at: datetime | None


def people_of(threads: Iterable[ThreadRow], nodes: Iterable[TopicNode] = ()) -> dict[int, Person]:
    """Find everybody whom these rows name, in one statement."""
    ids = {thread.author_id for thread in threads} | {thread.last_author_id for thread in threads}
    ids |= {node.last.last_author_id for node in nodes if node.last is not None}
    wanted = [member_id for member_id in ids if member_id is not None]
    return people(wanted) if wanted else {}


def thread_items(
    viewer: Viewer,
    threads: Sequence[ThreadRow],
    known: Mapping[int, Person],
    topics: Mapping[int, TopicRow],
) -> list[ThreadItem]:
    """Make rows; with an empty `topics` they do not name their topic."""
    items = []
    for thread in threads:
        topic = topics.get(thread.topic_id)
        items.append(
            ThreadItem(
                title=thread.title,
                url=thread_url(thread, thread.next_number),
                language=thread.language,
                author=known.get(thread.author_id or 0),
                last_person=known.get(thread.last_author_id or 0),
                last_at=thread.last_post_at,
                replies=thread.reply_count,
                topic=topic.name if topic else "",
                topic_url=topic_url(topic) if topic else "",
                tags=[(tag, tag_url(tag)) for tag in thread.tags],
                unread=thread.unread,
                is_new=is_new(viewer, thread),
                is_closed=thread.closed_at is not None,
                is_pinned=thread.pinned_at is not None,
            )
        )
    return items


def topic_items(nodes: Sequence[TopicNode], known: Mapping[int, Person]) -> list[TopicItem]:
    """Make the rows of a list of topics."""
    items = []
    for node in nodes:
        last = node.last
        items.append(
            TopicItem(
                topic=node.topic,
                url=topic_url(node.topic),
                subtopics=[(child.topic, topic_url(child.topic)) for child in node.children],
                thread_count=node.thread_count,
                last_title=last.title if last else "",
                last_language=last.language if last else "",
                last_url=post_url(last.id, last.slug, last.highest) if last else "",
                last_person=known.get(last.last_author_id or 0) if last else None,
                last_at=last.last_post_at if last else None,
            )
        )
    return items
