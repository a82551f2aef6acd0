"""What an archive of another community holds, whatever program kept it.

Readers yield these values, the writer turns them into topics, threads and
posts. Old ids are the other community's; nothing here knows our own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class PostKind(StrEnum):
    """What a post is: written by someone, or a note of what happened."""

    REGULAR = "regular"
    MODERATOR = "moderator"
    EVENT = "event"


class Reason(StrEnum):
    """Why something was left out or had to be mended.

    The first group goes with `Skipped`, the others are counted in a `Tally`.
    """

    NOT_JSON = "not_json"
    TOO_LONG = "too_long"
    NOT_A_THREAD = "not_a_thread"
    NO_POSTS = "no_posts"
    DUPLICATE_THREAD = "duplicate_thread"
    PRIVATE_THREAD = "private_thread"
    BROKEN_FILE = "broken_file"
    ARCHIVE_TOO_LARGE = "archive_too_large"

    WHISPER = "whisper"
    EMPTY_EVENT = "empty_event"
    DUPLICATE_POST = "duplicate_post"
    NOT_A_POST = "not_a_post"
    OTHER_THREAD = "other_thread"
    NOT_IN_ARCHIVE = "not_in_archive"

    RENUMBERED = "renumbered"
    AUTHOR_MISSING = "author_missing"
    DATE_MENDED = "date_mended"
    REPLY_TARGET_MISSING = "reply_target_missing"
    MARKDOWN_FROM_HTML = "markdown_from_html"


Tally = Counter[Reason]
"""How often each reason came up: one count a post, never a thread."""

ThreadOf = Callable[[int], int | None]
"""Gives our thread's id for an old thread's id, or None if there is none."""

IsKnown = Callable[[int, Sequence[int]], bool]
"""Tells whether of an old thread all posts of these numbers came in before."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that could not be, or must not be, turned into a thread."""

    file: str
    line_number: int
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ArchivedMember:
    """Someone who wrote in the old community."""

    old_id: int | None
    name: str
    display_name: str
    is_staff: bool

    @property
    def key(self) -> str:
        """Name the member the same way in every post: by id, else by name."""
        return f"id:{self.old_id}" if self.old_id is not None else f"name:{self.name.casefold()}"


@dataclass(frozen=True, slots=True)
class ArchivedCategory:
    """Where a thread stood; name and slug are None when the archive names none."""

    old_id: int
    name: str | None = None
    slug: str | None = None
    parent_id: int | None = None
    is_restricted: bool = False


@dataclass(frozen=True, slots=True)
class ArchivedPost:
    """A post as it goes into a thread; `source` is our Markdown.

    `author` is None when the archive no longer knows who it was. `source` may
    be empty for events, and longer than a post here may be.
    """

    old_id: int | None
    number: int
    author: ArchivedMember | None
    created_at: datetime
    edited_at: datetime | None
    kind: PostKind
    action_code: str | None
    source: str
    reply_to_number: int | None
    likes: int
    is_hidden: bool
    is_deleted: bool
    is_deleted_by_author: bool = False


@dataclass(frozen=True, slots=True)
class ArchivedThread:
    """A thread with its posts in order of number; numbers may have gaps.

    `old_urls` are paths on the old site; each also stood for a post when
    followed by `/` and the post's number. `participants` holds the names of
    those who could read a private thread and is empty for public ones.
    """

    old_id: int
    title: str
    slug: str
    category: ArchivedCategory | None
    tags: tuple[str, ...]
    created_at: datetime
    views: int
    is_closed: bool
    is_pinned: bool
    is_archived: bool
    is_visible: bool
    is_deleted: bool
    archetype: str
    old_urls: tuple[str, ...]
    participants: tuple[str, ...]
    posts: tuple[ArchivedPost, ...]

    @property
    def is_private(self) -> bool:
        """Tell whether only its participants could read it."""
        return self.archetype == "private_message"


@dataclass(frozen=True, slots=True)
class Survey:
    """What one look through the archive found, before anything is written.

    `threads` and `posts` are exactly what reading will yield, for a progress
    bar; `members` are all authors, in order of their first post read, and
    `joined` says by their key when each first wrote.
    """

    threads: int
    posts: int
    members: tuple[ArchivedMember, ...]
    base_url: str
    joined: Mapping[str, datetime] = field(default_factory=dict)
    tally: Tally = field(default_factory=Counter)
