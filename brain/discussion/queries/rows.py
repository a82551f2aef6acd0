"""What queries give out: frozen rows, not table entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from brain.base.i18n import language
from brain.discussion.models import Post, Thread, Topic


def in_reader_language(texts: Mapping[str, str]) -> tuple[str, str]:
    """Choose (language, text): the reader's, else English, else any."""
    for code in (language(), "en"):
        if texts.get(code):
            return code, texts[code]
    return next(((code, text) for code, text in texts.items() if text), ("en", ""))


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic. `ancestors` are the ids of its parents, from the root."""

    id: int
    parent_id: int | None
    path: str
    slug: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    audience: str
    position: int
    thread_count: int = 0
    post_count: int = 0
    last_thread_id: int | None = None
    last_post_at: datetime | None = None

    @property
    def name(self) -> str:
        """Give the name in the reader's language."""
        return in_reader_language(self.names)[1]

    @property
    def name_language(self) -> str:
        """Give the language that `name` is in."""
        return in_reader_language(self.names)[0]

    @property
    def description(self) -> str:
        """Give the description in the reader's language."""
        return in_reader_language(self.descriptions)[1]

    @property
    def description_language(self) -> str:
        """Give the language that `description` is in."""
        return in_reader_language(self.descriptions)[0]

    @property
    def ancestors(self) -> tuple[int, ...]:
        """Give the ids of the parents, outermost first."""
        return ids_of_path(self.path)[:-1]


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A thread as lists and pages need it.

    `last_read` is the reader's own (0: never opened; visitors always 0).
    """

    id: int
    topic_id: int
    audience: str
    author_id: int | None
    title: str
    slug: str
    language: str
    tags: tuple[str, ...]
    post_count: int
    highest: int
    last_number: int
    views: int
    created_at: datetime
    bumped_at: datetime
    last_post_at: datetime
    last_author_id: int | None
    closed_at: datetime | None
    pinned_at: datetime | None
    is_withdrawn: bool
    version: int
    last_read: int = 0

    @property
    def reply_count(self) -> int:
        """Count the visible posts after the first."""
        return max(0, self.post_count - 1)

    @property
    def unread(self) -> int:
        """Count the posts after what the reader has read."""
        return self.unread_after(self.last_read)

    @property
    def next_number(self) -> int:
        """Give the first number not read yet, the last one if all is read."""
        return self.next_after(self.last_read)

    def unread_after(self, last_read: int) -> int:
        """Count the posts after this one (gaps up to the last included); none if never opened."""
        return min(max(0, self.last_number - last_read), self.post_count) if last_read else 0

    def next_after(self, last_read: int) -> int:
        """Give the number after this one, at most the last visible one."""
        return min(last_read + 1, max(1, self.last_number))


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post with what its thread lends it: title, slug, audience."""

    id: int
    thread_id: int
    number: int
    author_id: int | None
    reply_to: int | None
    language: str
    source: str
    html: str
    version: int
    created_at: datetime
    edited_at: datetime | None
    withdrawn: str
    withdrawn_at: datetime | None
    withdrawn_by: int | None
    withdrawn_ground: str
    audience: str
    topic_id: int
    title: str
    slug: str
    tags: tuple[str, ...] = field(default=())
    highest: int = 0
    post_count: int = 0
    last_number: int = 0

    @property
    def stamp(self) -> str:
        """Name this very state of the text; moves with every edit."""
        return f"{self.version}-{self.edited_at.timestamp() if self.edited_at else 0:.6f}"


TOPIC_COLUMNS = (
    Topic.id,
    Topic.parent_id,
    Topic.path,
    Topic.slug,
    Topic.names,
    Topic.descriptions,
    Topic.audience,
    Topic.position,
    Topic.thread_count,
    Topic.post_count,
    Topic.last_thread_id,
    Topic.last_post_at,
)
THREAD_COLUMNS = (
    Thread.id,
    Thread.topic_id,
    Thread.audience,
    Thread.author_id,
    Thread.title,
    Thread.slug,
    Thread.language,
    Thread.tags,
    Thread.post_count,
    Thread.highest,
    Thread.last_number,
    Thread.views,
    Thread.created_at,
    Thread.bumped_at,
    Thread.last_post_at,
    Thread.last_author_id,
    Thread.closed_at,
    Thread.pinned_at,
    Thread.is_withdrawn,
    Thread.version,
)
#: The same as columns of the table: statements of them skip the mapper, which costs half.
THREADS = Thread.__table__
THREAD_CELLS: tuple[Any, ...] = tuple(THREADS.c[column.key] for column in THREAD_COLUMNS)
POST_COLUMNS = (
    Post.id,
    Post.thread_id,
    Post.number,
    Post.author_id,
    Post.reply_to,
    Post.language,
    Post.source,
    Post.html,
    Post.version,
    Post.created_at,
    Post.edited_at,
    Post.withdrawn,
    Post.withdrawn_at,
    Post.withdrawn_by,
    Post.withdrawn_ground,
    Thread.audience,
    Thread.topic_id,
    Thread.title,
    Thread.slug,
    Thread.tags,
    Thread.highest,
    Thread.post_count,
    Thread.last_number,
)


def topic_row(row: Sequence[Any]) -> TopicRow:
    """Make a TopicRow of TOPIC_COLUMNS."""
    return TopicRow(*row)


def thread_row(row: Sequence[Any], last_read: int | None = None) -> ThreadRow:
    """Make a ThreadRow of THREAD_COLUMNS; what follows them is left out."""
    values: list[Any] = [*row[: len(THREAD_COLUMNS)], last_read or 0]
    values[7] = tuple(values[7])
    return ThreadRow(*values)


def post_row(row: Sequence[Any]) -> PostRow:
    """Make a PostRow of POST_COLUMNS."""
    values: list[Any] = list(row[: len(POST_COLUMNS)])
    values[19] = tuple(values[19])
    return PostRow(*values)


def not_withdrawn(flag: Any) -> sa.ColumnElement[bool]:
    """Say `NOT is_withdrawn` so that no index of the newest threads answers to it.

    SQLite would walk all threads in order for the few that a member read, that
    carry a tag or that a feed wants; it has no statistics to know better.
    """
    return sa.case((flag, 1), else_=0) == 0


def ids_of_path(path: str) -> tuple[int, ...]:
    """Read a topic's path (`/1/5/`) as ids from the root."""
    return tuple(int(part) for part in path.split("/") if part)


def select_posts() -> sa.Select[Any]:
    """Begin a query for PostRows."""
    columns: tuple[Any, ...] = POST_COLUMNS
    return sa.select(*columns).join(Thread, Thread.id == Post.thread_id)
