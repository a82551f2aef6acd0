"""The statement of reasons that goes with every hide: checked, written."""

from __future__ import annotations

import sqlalchemy as sa

from brain.base import clock, i18n
from brain.base.db import db
from brain.base.errors import Unfit
from brain.base.forms import clean_text
from brain.members.queries import people
from brain.moderation import grounds
from brain.moderation.drafts import Reason
from brain.moderation.models import Statement
from brain.moderation.queries.cases import CaseRow

WORDS_MOST = 1000


def fit_reason(reason: Reason) -> Reason:
    """Check why something is to be hidden. Raises Unfit."""
    words = clean_text(reason.words).strip()
    if reason.ground not in grounds.GROUND_KEYS:
        raise Unfit({"ground": grounds.CHOOSE})
    if len(words) > WORDS_MOST:
        raise Unfit({"words": grounds.TOO_LONG})
    if reason.ground == grounds.NEEDS_WORDS and not words:
        raise Unfit({"words": grounds.SAY_WHY})
    return Reason(reason.ground, words)


def write_statement(case: CaseRow, ground: str, words: str, by: int | None) -> int:
    """Store why a thing is hidden, in its author's language; returns the id."""
    author = people([case.author_id]).get(case.author_id or 0)
    language = author.language if author is not None else case.language
    with i18n.speaking(language):
        text = grounds.ground_sentence(ground)
    statement_id: int = db.session.execute(
        sa.insert(Statement)
        .values(
            case_id=case.id,
            member_id=author.id if author is not None else None,
            ground=ground,
            text=text,
            words=words,
            language=language,
            by=by,
            at=clock.now(),
        )
        .returning(Statement.id)
    ).scalar_one()
    return statement_id
