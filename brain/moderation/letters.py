"""Letters of moderation: authors are told why, also by mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from brain.base import i18n
from brain.base.db import db
from brain.mail.links import absolute
from brain.members.models import Member
from brain.moderation import targets
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
            Statement.at,
            Case.kind,
            Member.name,
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
    target = targets.kinds().get(row.kind) if row is not None else None
    if row is None or target is None:
        return []
    with i18n.speaking(row.language):
        context = {
            "name": row.name,
            "kind": str(target.label),
            "why": row.text,
            "words": row.words,
            "at": row.at,
            "url": absolute("moderation.statement", statement_id=row.id),
        }
    return [LetterDraft(row.email, row.language, context, row.timezone)]


LETTERS = (
    Letter("moderation.hidden", "case_settled", "moderation/letters/hidden", _to_author),
    Letter("moderation.held", "moderation.held", "moderation/letters/hidden", _to_author),
)
