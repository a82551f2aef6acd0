"""What an old address stands for, asked by whoever follows it.

Two sites may have used the same number: the one whose title stands in the
address is meant, else the one that came first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from brain.base.access import Viewer
from brain.base.db import db
from brain.base.errors import NotFound
from brain.discussion.queries import ThreadRow, TopicRow, open_thread, open_topic
from brain.members.queries import Profile, people, profile

from .models import OldMember, OldSource, OldThread, OldTopic
from .people import fold_name

#: Larger numbers are none of an old site, and no database takes them.
_ID_MOST = 2**53


def thread_at(viewer: Viewer, old_id: int, slug: str) -> tuple[ThreadRow, dict[int, int]]:
    """Give a thread by its old number, and where its post numbers moved.

    Raises NotFound.
    """
    rows = _rows(
        sa.select(OldThread.thread_id, OldThread.moved)
        .where(OldThread.old_id == old_id, OldThread.thread_id.is_not(None))
        .order_by(OldThread.slug != slug, OldThread.source_id),
        old_id,
    )
    return open_thread(viewer, rows[0].thread_id), dict(rows[0].moved)


def post_number_at(thread: ThreadRow, moved: dict[int, int], old_number: int) -> int:
    """Give the number that an old post number leads to: the last one, if it lies behind."""
    return min(max(1, moved.get(old_number, old_number)), thread.highest)


def topic_at(viewer: Viewer, old_id: int) -> TopicRow:
    """Give a topic by the number of its old category. Raises NotFound."""
    found = sa.select(OldTopic.topic_id).where(OldTopic.old_id == old_id).order_by(OldTopic.source_id)
    return open_topic(viewer, _rows(found, old_id)[0].topic_id)


def member_at(viewer: Viewer, old_name: str) -> Profile:
    """Give a member by their old name. Raises NotFound, or SignInNeeded as their page does."""
    found = (
        sa.select(OldMember.member_id)
        .where(OldMember.old_name == fold_name(old_name), OldMember.member_id.is_not(None))
        .order_by(OldMember.source_id)
    )
    member_id = _rows(found)[0].member_id
    known = people([member_id])
    if not old_name or member_id not in known:
        raise NotFound
    return profile(viewer, known[member_id].name)


def _rows(found: Any, old_id: int = 1) -> Sequence[Any]:
    rows = db.session.execute(found).all() if 0 < old_id < _ID_MOST else []
    if not rows:
        raise NotFound
    return rows


def members_named(old_names: Sequence[str]) -> dict[str, list[int]]:
    """Give the members that a name meant, on any of the old sites, by folded name."""
    found: dict[str, list[int]] = {fold_name(name): [] for name in old_names if name}
    names = sorted(found)
    for start in range(0, len(names), 500):
        rows = db.session.execute(
            sa.select(OldMember.old_name, OldMember.member_id).where(
                OldMember.old_name.in_(names[start : start + 500]), OldMember.member_id.is_not(None)
            )
        )
        for row in rows:
            found[row.old_name].append(row.member_id)
    return found


def export_member(member_id: int) -> list[dict[str, str]]:
    """Say under which names a member is known to have written on old sites."""
    rows = db.session.execute(
        sa.select(OldSource.base_url, OldMember.old_name)
        .join(OldSource, OldSource.id == OldMember.source_id)
        .where(OldMember.member_id == member_id)
    )
    return [{"site": row.base_url, "name": row.old_name} for row in rows]
