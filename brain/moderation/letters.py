"""Letters of moderation: authors are told why, also by mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from brain.base.db import db
from brain.members.models import Member
from brain.moderation.grounds import HELD
from brain.moderation.models import Case, Statement
from brain.plugin.contribution import Letter, LetterDraft


def _to_author(ids: Mapping[str, Any]) -> list[LetterDraft]:
    """Write to the author while the thing is still hidden for this statement's reason."""
    row = db.session.execute(
        sa.select(
            Statement.id,
            Statement.text,
            Statement.words,
            Statement.ground,
            Member.email,
            Member.language,
            Member.timezone,
        )
        .join(Case, Statement.case_id == Case.id)
        .join(Member, Statement.member_id == Member.id)
        .where(
            Statement.id == ids.get("statement_id", 0),
            Case.is_hidden,
            Case.ground == Statement.ground,
            Member.email.is_not(None),
            Member.confirmed_at.is_not(None),
        )
    ).one_or_none()
    if row is None:
        return []
    context = {
        "statement_id": row.id,
        "why": row.text,
        "words": row.words,
        "is_held": row.ground == HELD,
    }
    return [LetterDraft(row.email, row.language, context, row.timezone)]


LETTERS = (
    Letter("moderation.hidden", "case_settled", "moderation/letters/hidden", _to_author),
    Letter("moderation.held", "moderation.held", "moderation/letters/hidden", _to_author),
)
