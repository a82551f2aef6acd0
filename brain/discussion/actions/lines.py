"""Event lines in a thread's stream: closed, pinned, renamed, a post removed."""

from __future__ import annotations

import sqlalchemy as sa

from brain.base import clock
from brain.base.db import db
from brain.discussion.models import ThreadEvent


def add_line(thread_id: int, kind: str, member_id: int | None, behind: int, **facts: str) -> None:
    """Write a line into the stream, behind post number `behind`."""
    db.session.execute(
        sa.insert(ThreadEvent).values(
            thread_id=thread_id,
            after_number=behind,
            kind=kind,
            member_id=member_id,
            facts=facts,
            at=clock.now(),
        )
    )
