"""What this slice keeps about a member: for the export, and to erase."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from brain.base.db import db
from brain.base.i18n import iso
from brain.moderation.models import Case, Flag, Statement


def export(member_id: int) -> dict[str, list[dict[str, Any]]]:
    """List the member's reports, and what they were told about their own things."""
    flags = db.session.execute(
        sa.select(Flag.reason, Flag.note, Flag.at, Case.kind, Case.subject_id, Case.decision)
        .join(Case, Flag.case_id == Case.id)
        .where(Flag.member_id == member_id)
        .order_by(Flag.id)
    )
    statements = db.session.execute(
        sa.select(Statement.text, Statement.words, Statement.at, Case.kind, Case.subject_id)
        .join(Case, Statement.case_id == Case.id)
        .where(Statement.member_id == member_id)
        .order_by(Statement.id)
    )
    return {
        "reports": [
            {
                "about": f"{row.kind} {row.subject_id}",
                "reason": row.reason,
                "note": row.note,
                "at": iso(row.at),
                "decision": row.decision,
            }
            for row in flags
        ],
        "statements": [
            {
                "about": f"{row.kind} {row.subject_id}",
                "why": row.text,
                "words": row.words,
                "at": iso(row.at),
            }
            for row in statements
        ],
    }


def erase(member_id: int) -> None:
    """Take the member and their words out of cases; the log holds neither.

    What was decided, and on which ground, stays.
    """
    changes: tuple[tuple[Any, Any, dict[str, Any]], ...] = (
        (Flag, Flag.member_id, {"member_id": None, "note": ""}),
        (Statement, Statement.member_id, {"member_id": None, "words": ""}),
        (Statement, Statement.by, {"by": None}),
        (Case, Case.author_id, {"author_id": None}),
        (Case, Case.settled_by, {"settled_by": None}),
        (Case, Case.claimed_by, {"claimed_by": None, "claimed_at": None}),
    )
    for table, column, values in changes:
        db.session.execute(
            sa.update(table)
            .where(column == member_id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
