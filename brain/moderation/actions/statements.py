"""Write the statement of reasons that goes with every hide."""

from __future__ import annotations

import sqlalchemy as sa

from brain.base import clock, i18n
from brain.base.db import db
from brain.members.queries import people
from brain.moderation.grounds import ground_sentence
from brain.moderation.models import Statement
from brain.moderation.queries.cases import CaseRow


def write_statement(case: CaseRow, ground: str, words: str, by: int | None) -> int:
    """Store why a thing is hidden, in its author's language; returns the id."""
    author = people([case.author_id]).get(case.author_id or 0)
    language = author.language if author is not None else case.language
    with i18n.speaking(language):
        text = ground_sentence(ground)
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
