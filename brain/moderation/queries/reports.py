"""What reporters and authors see: a thing to report, why one's own was hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from brain.base.access import Viewer, allowed_rows, require
from brain.base.db import db
from brain.base.errors import NotFound, SignInNeeded
from brain.moderation import targets
from brain.moderation.errors import HiddenAlready, OwnThing
from brain.moderation.grounds import ground_sentence
from brain.moderation.models import Case, Flag, Statement
from brain.plugin.contribution import FlagSubject, Label


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Why a thing was hidden, for its author; `text` is in the language spoken now.

    `subject` is the author's own thing, also while it is hidden, or None when
    it is gone; `is_open` says whether they can go and see it.
    """

    id: int
    kind_label: Label
    text: str
    words: str
    at: datetime
    is_hidden: bool
    subject: FlagSubject | None
    is_open: bool


def reportable(viewer: Viewer, kind: str, subject_id: int) -> tuple[FlagSubject, Label]:
    """Give a thing that the viewer may report, and what it is called.

    Raises NotFound, OwnThing, HiddenAlready.
    """
    require(viewer, "moderation.report")
    return _of_others(viewer, targets.open_subject(viewer, kind, subject_id)), targets.target_of(kind).label


def _of_others(viewer: Viewer, subject: FlagSubject) -> FlagSubject:
    """Give a thing that somebody else wrote, and that is shown. Raises OwnThing, HiddenAlready."""
    if subject.author_id is not None and subject.author_id == viewer.id:
        raise OwnThing
    if subject.is_withdrawn:
        raise HiddenAlready
    return subject


def hideable(viewer: Viewer, kind: str, subject_id: int) -> tuple[FlagSubject, Label, int | None]:
    """Give a thing that a moderator may hide, what it is called, and its open case.

    Raises NotFound.
    """
    require(viewer, "moderation.settle")
    subject = targets.open_subject(viewer, kind, subject_id)
    case_id = db.session.scalar(sa.select(Case.id).where(Case.open_key == f"{kind}:{subject_id}"))
    return subject if case_id else _of_others(viewer, subject), targets.target_of(kind).label, case_id


def last_case_about(viewer: Viewer, kind: str, subject_id: int) -> int | None:
    """Give the newest case about a thing, if the viewer may settle such cases."""
    if not viewer.can("moderation.settle"):
        return None
    about = sa.and_(Case.kind == kind, Case.subject_id == subject_id)
    return db.session.scalar(
        sa.select(sa.func.max(Case.id)).where(about, allowed_rows(viewer, "moderation.settle"))
    )


def has_reported(viewer: Viewer, kind: str, subject_id: int) -> bool:
    """Tell whether the viewer's report of this thing still waits."""
    own = sa.select(Flag.id).join(Case, Flag.case_id == Case.id)
    own = own.where(Case.open_key == f"{kind}:{subject_id}", Flag.member_id == viewer.id)
    return db.session.scalar(own.limit(1)) is not None


def open_cases_about(kind: str, subject_ids: Sequence[int]) -> set[int]:
    """Say which of these things have an open case."""
    keys = [f"{kind}:{subject_id}" for subject_id in subject_ids]
    return set(db.session.scalars(sa.select(Case.subject_id).where(Case.open_key.in_(keys))))


def statement_page(viewer: Viewer, statement_id: int) -> StatementPage:
    """Give a statement of reasons to the member whom it tells. Raises NotFound."""
    if not viewer.is_member:
        raise SignInNeeded
    row = db.session.execute(
        sa.select(
            Statement.id,
            Statement.ground,
            Statement.words,
            Statement.at,
            Case.kind,
            Case.subject_id,
            Case.audience,
            Case.is_hidden,
        )
        .join(Case, Statement.case_id == Case.id)
        .where(Statement.id == statement_id, allowed_rows(viewer, "moderation.read_statement"))
    ).one_or_none()
    if row is None:
        raise NotFound
    label = targets.target_of(row.kind).label
    house = targets.house_for(row.audience)
    subject = targets.subjects(house, row.kind, [row.subject_id]).get(row.subject_id)
    if subject is not None and subject.author_id != viewer.id:
        subject = None
    is_open = row.subject_id in targets.subjects(viewer, row.kind, [row.subject_id])
    why = ground_sentence(row.ground)
    return StatementPage(row.id, label, why, row.words, row.at, row.is_hidden, subject, is_open)
