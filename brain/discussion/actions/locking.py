"""Rows are locked in one order everywhere: thread, topic, member, pulse.

Writers then wait for one another on PostgreSQL instead of running into each
other. What was read before a lock may have changed meanwhile: lock first, then
read and decide.
"""

from __future__ import annotations

import sqlalchemy as sa

from brain.base.db import db
from brain.base.errors import NotFound
from brain.discussion.models import Thread, Topic


def lock_thread(thread_id: int) -> None:
    """Hold a thread, and with it its posts, till the end of the unit. Raises NotFound."""
    found = db.session.execute(
        sa.select(Thread.id).where(Thread.id == thread_id).with_for_update(key_share=True)
    ).one_or_none()
    if found is None:
        raise NotFound


def lock_topic(topic_id: int) -> None:
    """Hold a topic till the end of the unit; its threads come first. Raises NotFound."""
    found = db.session.execute(
        sa.select(Topic.id).where(Topic.id == topic_id).with_for_update(key_share=True)
    ).one_or_none()
    if found is None:
        raise NotFound
