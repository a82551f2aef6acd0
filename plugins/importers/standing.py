"""What happened to a thread there, as lines of its stream and its standing here."""

from __future__ import annotations

from datetime import datetime

from .archive import ArchivedPost, ArchivedThread, PostKind

_KIND_MOST = 40
_KINDS = {
    "closed.enabled": "closed",
    "autoclosed.enabled": "closed",
    "archived.enabled": "closed",
    "closed.disabled": "opened",
    "autoclosed.disabled": "opened",
    "archived.disabled": "opened",
    "pinned.enabled": "pinned",
    "pinned_globally.enabled": "pinned",
    "pinned.disabled": "unpinned",
    "pinned_globally.disabled": "unpinned",
}


def is_post(post: ArchivedPost) -> bool:
    """Tell whether somebody said something: also when closing or moving a thread."""
    return post.kind is not PostKind.EVENT or bool(post.source.strip())


def line_kind(post: ArchivedPost) -> str | None:
    """Name the line that a post stands for; None if it stands for none.

    What our streams have no sentence for keeps the old site's word, and is
    not shown; if somebody said it in words, those are a post.
    """
    if post.kind is not PostKind.EVENT:
        return None
    known = _KINDS.get(post.action_code or "")
    if known or is_post(post):
        return known
    return f"importers.{post.action_code}"[:_KIND_MOST]


def closed_at(thread: ArchivedThread) -> datetime | None:
    """Say since when a thread is closed; None if it is open."""
    if not (thread.is_closed or thread.is_archived):
        return None
    return _last_time(thread, "closed") or thread.posts[-1].created_at


def pinned_at(thread: ArchivedThread) -> datetime | None:
    """Say since when a thread is pinned; None if it is not."""
    return (_last_time(thread, "pinned") or thread.created_at) if thread.is_pinned else None


def _last_time(thread: ArchivedThread, kind: str) -> datetime | None:
    times = [post.created_at for post in thread.posts if line_kind(post) == kind]
    return times[-1] if times else None


def withdrawn_as(thread: ArchivedThread, post: ArchivedPost) -> str:
    """Say how a post is withdrawn: deleted, hidden, or empty for not at all.

    A thread that was in no list there would be in all of ours: it is hidden,
    and the moderators may bring it back.
    """
    if thread.is_deleted or post.is_deleted:
        return "deleted"
    return "hidden" if post.is_hidden or not thread.is_visible else ""
