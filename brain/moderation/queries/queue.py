"""The queue: what waits for a moderator, by weight and age; and what was settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from brain.base.access import Viewer, allowed_rows, require
from brain.base.db import db
from brain.members.queries import Person, people
from brain.moderation import targets
from brain.moderation.grounds import reason_label
from brain.moderation.models import Case, Flag
from brain.moderation.queries.cases import CASE_COLUMNS, CaseRow, case_row
from brain.plugin.contribution import FlagSubject

PAGE_CASES = 20


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A case in the queue; `reasons` are (label, how many), most frequent first.

    `is_closed` says that it is for a group that the moderator is not in.
    """

    case: CaseRow
    subject: FlagSubject | None
    reasons: Sequence[tuple[str, int]]
    claimed_by: Person | None
    author: Person | None
    settled_by: Person | None
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue; `languages` are (BCP 47, how many wait), `total` all that wait."""

    items: Sequence[QueueItem]
    languages: Sequence[tuple[str, int]]
    total: int
    number: int
    last: int


def open_count(viewer: Viewer) -> int:
    """Count the cases that wait for this moderator."""
    if not viewer.can("moderation.settle"):
        return 0
    return db.session.scalar(_count_waiting(viewer, tuple(targets.kinds()))) or 0


@lru_cache(maxsize=200)
def _count_waiting(viewer: Viewer, kinds: tuple[str, ...]) -> sa.Select[int]:
    """Put the question of every moderator's page together, once for each of them."""
    return sa.select(sa.func.count()).select_from(Case).where(_waiting(viewer, kinds))


def queue(viewer: Viewer, language: str, page: int) -> Queue:
    """Give a page of open cases: first those in languages that the moderator reads.

    Then by weight, then by age. An empty `language` is every language.
    """
    require(viewer, "moderation.settle")
    languages = _by_language(viewer)
    chosen = Case.language == language if language else sa.true()
    reads = sorted({*viewer.languages, viewer.language})
    rows = db.session.execute(
        sa.select(*CASE_COLUMNS)
        .where(_waiting(viewer, tuple(targets.kinds())), chosen)
        .order_by(sa.case((Case.language.in_(reads), 0), else_=1), Case.score.desc(), Case.opened_at, Case.id)
        .limit(PAGE_CASES)
        .offset((page - 1) * PAGE_CASES)
    )
    total = sum(count for _language, count in languages)
    listed = dict(languages).get(language, 0) if language else total
    return Queue(_items(viewer, rows), languages, total, page, _last(listed))


def settled_cases(viewer: Viewer, page: int) -> Queue:
    """Give a page of settled cases, the one settled last first."""
    require(viewer, "moderation.settle")
    which = sa.and_(
        Case.status == "settled",
        Case.kind.in_(tuple(targets.kinds())),
        allowed_rows(viewer, "moderation.settle"),
    )
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Case).where(which)) or 0
    rows = db.session.execute(
        sa.select(*CASE_COLUMNS)
        .where(which)
        .order_by(Case.settled_at.desc(), Case.id.desc())
        .limit(PAGE_CASES)
        .offset((page - 1) * PAGE_CASES)
    )
    return Queue(_items(viewer, rows), (), total, page, _last(total))


def _items(viewer: Viewer, rows: Iterable[Any]) -> list[QueueItem]:
    """Give rows of CASE_COLUMNS what lists show of them."""
    cases = [case_row(row) for row in rows]
    things = _subjects(viewer, cases)
    reasons = _reasons([case.id for case in cases])
    known = people([who for case in cases for who in (case.claimed_by, case.author_id, case.settled_by)])
    return [
        QueueItem(
            case,
            things.get((case.kind, case.subject_id)),
            reasons.get(case.id, ()),
            known.get(case.claimed_by or 0),
            known.get(case.author_id or 0),
            known.get(case.settled_by or 0),
            not viewer.sees(case.audience),
        )
        for case in cases
    ]


def _last(many: int) -> int:
    return max(1, -(-many // PAGE_CASES))


def _waiting(viewer: Viewer, kinds: tuple[str, ...]) -> sa.ColumnElement[bool]:
    return sa.and_(Case.status == "open", Case.kind.in_(kinds), allowed_rows(viewer, "moderation.settle"))


def _by_language(viewer: Viewer) -> list[tuple[str, int]]:
    count = sa.func.count()
    rows = db.session.execute(
        sa.select(Case.language, count)
        .where(_waiting(viewer, tuple(targets.kinds())))
        .group_by(Case.language)
        .order_by(count.desc(), Case.language)
    )
    return [(code, many) for code, many in rows]


def _subjects(viewer: Viewer, cases: Sequence[CaseRow]) -> Mapping[tuple[str, int], FlagSubject]:
    found: dict[tuple[str, int], FlagSubject] = {}
    for kind in sorted({case.kind for case in cases}):
        ids = [case.subject_id for case in cases if case.kind == kind]
        for subject_id, subject in targets.subjects(viewer, kind, ids).items():
            found[kind, subject_id] = subject
    return found


def _reasons(case_ids: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    if not case_ids:
        return {}
    count = sa.func.count()
    rows = db.session.execute(
        sa.select(Flag.case_id, Flag.reason, count)
        .where(Flag.case_id.in_(case_ids))
        .group_by(Flag.case_id, Flag.reason)
        .order_by(count.desc(), Flag.reason)
    )
    found: dict[int, list[tuple[str, int]]] = {}
    for case_id, reason, many in rows:
        found.setdefault(case_id, []).append((reason_label(reason), many))
    return found
