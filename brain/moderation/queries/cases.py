"""One case: the thing, who reported it and why, its author, what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from brain.base.access import Viewer, allowed_rows, require
from brain.base.db import db
from brain.base.errors import NotFound
from brain.members.queries import Person, people
from brain.moderation import targets
from brain.moderation.grounds import reason_label
from brain.moderation.models import Case, Flag, LogRow, Statement
from brain.moderation.words import act_sentence
from brain.plugin.contribution import FlagSubject, Label

CASE_COLUMNS = (
    Case.id,
    Case.kind,
    Case.subject_id,
    Case.audience,
    Case.language,
    Case.author_id,
    Case.score,
    Case.opened_at,
    Case.is_hidden,
    Case.status,
    Case.decision,
    Case.ground,
    Case.settled_by,
    Case.settled_at,
    Case.version,
    Case.claimed_by,
)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as lists, pages and slots need it."""

    id: int
    kind: str
    subject_id: int
    audience: str
    language: str
    author_id: int | None
    score: float
    opened_at: datetime
    is_hidden: bool
    status: str
    decision: str | None
    ground: str
    settled_by: int | None
    settled_at: datetime | None
    version: int
    claimed_by: int | None

    @property
    def is_open(self) -> bool:
        """Tell whether it still waits for a decision."""
        return self.status == "open"

    @property
    def kind_label(self) -> Label:
        """Name what kind of thing was reported."""
        target = targets.kinds().get(self.kind)
        return target.label if target is not None else self.kind


@dataclass(frozen=True, slots=True)
class FlagLine:
    """One report: why, in whose words."""

    reason: str
    note: str
    person: Person | None
    at: datetime


@dataclass(frozen=True, slots=True)
class LogLine:
    """One act of the log, as a sentence."""

    sentence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case with all that a moderator decides by.

    `subject` is None when the thing is gone or out of the moderator's sight;
    notes are then left out, since they may quote it. `is_closed` says that it is
    for a group that the moderator is not in. `is_changed` says that the thing
    was edited after the case was opened. `earlier` counts cases about the same
    author, `earlier_agreed` those that were found right.
    """

    case: CaseRow
    subject: FlagSubject | None
    is_closed: bool
    is_changed: bool
    flags: Sequence[FlagLine]
    author: Person | None
    earlier: int
    earlier_agreed: int
    log: Sequence[LogLine]
    words: str
    people: Mapping[int, Person]


def case_row(row: Any) -> CaseRow:
    """Make a CaseRow of a row of CASE_COLUMNS."""
    return CaseRow(*row[: len(CASE_COLUMNS)])


def open_case(viewer: Viewer, case_id: int) -> CaseRow:
    """Give a case that the viewer may settle. Raises NotFound."""
    require(viewer, "moderation.settle")
    row = db.session.execute(
        sa.select(*CASE_COLUMNS).where(
            Case.id == case_id, allowed_rows(viewer, "moderation.settle"), Case.kind.in_(targets.kinds())
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return case_row(row)


def case_page(viewer: Viewer, case_id: int) -> CasePage:
    """Give a case with everything that its page shows. Raises NotFound."""
    case = open_case(viewer, case_id)
    reader = targets.reader_of(viewer, case)
    subject = targets.subjects(reader, case.kind, [case.subject_id]).get(case.subject_id)
    flags = db.session.execute(
        sa.select(Flag.member_id, Flag.reason, Flag.note, Flag.at)
        .where(Flag.case_id == case_id)
        .order_by(Flag.id)
    ).all()
    acts = db.session.execute(
        sa.select(LogRow.act, LogRow.member_id, LogRow.facts, LogRow.at)
        .where(LogRow.case_id == case_id)
        .order_by(LogRow.id)
    ).all()
    known = people(
        [*(f.member_id for f in flags), *(a.member_id for a in acts), case.author_id, case.claimed_by]
    )
    earlier, agreed = _history(case)
    return CasePage(
        case=case,
        subject=subject,
        is_closed=not reader.sees(case.audience),
        is_changed=bool(subject and subject.edited_at and subject.edited_at > case.opened_at),
        flags=[
            FlagLine(reason_label(f.reason), f.note if subject else "", known.get(f.member_id), f.at)
            for f in flags
        ],
        author=known.get(case.author_id) if case.author_id else None,
        earlier=earlier,
        earlier_agreed=agreed,
        log=[LogLine(act_sentence(a.act, known.get(a.member_id), a.facts), a.at) for a in acts],
        words=_last_words(case),
        people=known,
    )


def _history(case: CaseRow) -> tuple[int, int]:
    """Count other cases about the same author: (all, agreed)."""
    if case.author_id is None:
        return 0, 0
    agreed = sa.func.coalesce(sa.func.sum(sa.case((Case.decision == "agree", 1), else_=0)), 0)
    row = db.session.execute(
        sa.select(sa.func.count(), agreed).where(Case.author_id == case.author_id, Case.id != case.id)
    ).one()
    return row[0], row[1]


def _last_words(case: CaseRow) -> str:
    """Give what a moderator wrote to the author when the thing was hidden."""
    if case.decision != "agree":
        return ""
    words = sa.select(Statement.words).where(Statement.case_id == case.id)
    return db.session.scalar(words.order_by(Statement.id.desc()).limit(1)) or ""
