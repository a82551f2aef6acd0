"""Open the case of a thing: at most one is open at a time."""

from __future__ import annotations

import sqlalchemy as sa

from brain.base import clock
from brain.base.db import db, insert_ignore
from brain.base.errors import Stale
from brain.moderation.models import Case
from brain.moderation.queries.cases import CASE_COLUMNS, CaseRow, case_row
from brain.plugin.contribution import FlagSubject


def join_case(kind: str, subject: FlagSubject) -> tuple[CaseRow, bool]:
    """Open a case or join the one that is open; its row is locked from here on.

    Gives the case, and whether it is new.
    """
    key = f"{kind}:{subject.id}"
    row = {
        "kind": kind,
        "subject_id": subject.id,
        "open_key": key,
        "audience": subject.audience,
        "language": subject.language,
        "author_id": subject.author_id,
        "score": 0.0,
        "opened_at": clock.now(),
        "is_hidden": False,
        "status": "open",
        "ground": "",
        "version": 1,
    }
    # a case may be settled between the two statements: then a new one is opened
    for _attempt in range(3):
        opened = db.session.execute(insert_ignore(Case, [row], ["open_key"]).returning(Case.id)).all()
        found = db.session.execute(
            sa.select(*CASE_COLUMNS).where(Case.open_key == key).with_for_update()
        ).one_or_none()
        if found is not None:
            return case_row(found), bool(opened)
    raise Stale
