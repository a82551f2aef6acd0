"""What members hand in, as values: the input of actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TopicDraft:
    """A topic as an admin wants it; names and descriptions by language."""

    names: Mapping[str, str]
    descriptions: Mapping[str, str] = field(default_factory=dict)
    audience: str = "public"
    parent_id: int | None = None
    position: int = 0


@dataclass(frozen=True)
class ThreadDraft:
    """A thread with its first post; a draft key makes sending twice harmless."""

    title: str
    text: str
    tags: tuple[str, ...] = ()
    language: str = "en"
    draft_key: str = ""


@dataclass(frozen=True)
class ReplyDraft:
    """A reply; `reply_to` is the number of the post it answers."""

    text: str
    language: str = "en"
    reply_to: int | None = None
    draft_key: str = ""


@dataclass(frozen=True)
class EditDraft:
    """A new text for a post, and for a first post title and tags.

    `seen` is the stamp (`PostRow.stamp`) of what the editor began with; empty
    to overwrite whatever is there. None leaves title, tags, language as they are.
    """

    text: str
    seen: str = ""
    reason: str = ""
    title: str | None = None
    tags: tuple[str, ...] | None = None
    language: str | None = None
