"""Close, open again, pin and unpin threads."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from brain.base import clock, events
from brain.base.access import Viewer, require
from brain.base.db import db
from brain.discussion.actions.lines import add_line
from brain.discussion.actions.locking import lock_thread
from brain.discussion.models import Thread
from brain.discussion.queries import open_thread
from brain.discussion.queries.rows import ThreadRow


def close_thread(viewer: Viewer, thread_id: int) -> None:
    """Close a thread: only staff may write in it from now on."""
    thread = _open(viewer, thread_id, "discussion.close_thread")
    if thread.closed_at is None:
        _change(viewer, thread, "closed", closed_at=clock.now())


def open_again(viewer: Viewer, thread_id: int) -> None:
    """Open a closed thread again."""
    thread = _open(viewer, thread_id, "discussion.close_thread")
    if thread.closed_at is not None:
        _change(viewer, thread, "opened", closed_at=None)


def pin_thread(viewer: Viewer, thread_id: int) -> None:
    """Pin a thread to the top of its topic."""
    thread = _open(viewer, thread_id, "discussion.pin_thread")
    if thread.pinned_at is None:
        _change(viewer, thread, "pinned", pinned_at=clock.now())


def unpin(viewer: Viewer, thread_id: int) -> None:
    """Let a pinned thread take its place by time again."""
    thread = _open(viewer, thread_id, "discussion.pin_thread")
    if thread.pinned_at is not None:
        _change(viewer, thread, "unpinned", pinned_at=None)


def _open(viewer: Viewer, thread_id: int, permission: str) -> ThreadRow:
    lock_thread(thread_id)
    thread = open_thread(viewer, thread_id)
    require(viewer, permission, thread)
    return thread


def _change(viewer: Viewer, thread: ThreadRow, kind: str, **values: Any) -> None:
    db.session.execute(
        sa.update(Thread).where(Thread.id == thread.id).values(version=Thread.version + 1, **values)
    )
    add_line(thread.id, kind, viewer.id, behind=thread.highest)
    events.publish("discussion.thread_changed", thread_id=thread.id)
