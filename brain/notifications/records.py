"""What this slice keeps about a member: for the export, and to erase."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from brain.base.db import db
from brain.base.i18n import iso
from brain.notifications.models import Notification


def export(member_id: int) -> list[dict[str, Any]]:
    """List what the member was told, oldest first."""
    rows = db.session.execute(
        sa.select(
            Notification.type,
            Notification.subject_kind,
            Notification.subject_id,
            Notification.at,
            Notification.read_at,
        )
        .where(Notification.member_id == member_id)
        .order_by(Notification.id)
    )
    return [
        {
            "type": row.type,
            "about": f"{row.subject_kind} {row.subject_id}",
            "at": iso(row.at),
            "read_at": iso(row.read_at) if row.read_at else None,
        }
        for row in rows
    ]


def erase(member_id: int) -> None:
    """Delete what the member was told, and their name from what others were told."""
    db.session.execute(sa.delete(Notification).where(Notification.member_id == member_id))
    db.session.execute(
        sa.update(Notification).where(Notification.actor_id == member_id).values(actor_id=None)
    )
