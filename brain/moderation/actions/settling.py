"""Decide a case, once; take a decision back; close what waited too long.

Rows are locked in this order everywhere: case, content, log.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from brain.base import clock, events
from brain.base.access import Viewer, require
from brain.base.db import db
from brain.base.errors import Unfit
from brain.members.queries import people
from brain.moderation import grounds, targets
from brain.moderation.actions.opening import join_case
from brain.moderation.actions.statements import fit_reason, write_statement
from brain.moderation.drafts import Reason, SettleDraft
from brain.moderation.errors import HiddenAlready, OwnThing, SettledMeanwhile, TakeFirst
from brain.moderation.log import Act, write_log
from brain.moderation.models import Case
from brain.moderation.queries.cases import CASE_COLUMNS, CaseRow, case_row, open_case

#: The kind of cases whose things were purged.
GONE = "gone"
DECISIONS = ("agree", "disagree", "ignore")


def settle_case(viewer: Viewer, case_id: int, draft: SettleDraft) -> None:
    """Decide a case and do what follows: hide the thing, or restore it.

    Raises Unfit, and SettledMeanwhile when another moderator was faster.
    """
    draft = _fit(draft)
    case = _locked(open_case(viewer, case_id))
    _settle(_reader(viewer, case), case, draft)


def hide_thing(viewer: Viewer, kind: str, subject_id: int, reason: Reason) -> None:
    """Hide a thing that nobody need have reported, by a case opened and settled at once.

    Reports of it that wait are settled with it. Raises OwnThing, HiddenAlready, Unfit.
    """
    subject = targets.open_subject(viewer, kind, subject_id)
    if subject.author_id is not None and subject.author_id == viewer.id:
        raise OwnThing
    require(viewer, "moderation.settle", subject)
    if subject.is_withdrawn:
        raise HiddenAlready
    reason = fit_reason(reason)
    case, is_new = join_case(kind, subject)
    opened = [Act(case.id, "opened", viewer.id)] if is_new else []
    _settle(viewer, case, SettleDraft("agree", case.version, reason.ground, reason.words), *opened)


def _reader(viewer: Viewer, case: CaseRow) -> Viewer:
    """Give the viewer as one who sees what they decide. Raises TakeFirst."""
    reader = targets.reader_of(viewer, case)
    if not reader.sees(case.audience):
        raise TakeFirst
    return reader


def _settle(viewer: Viewer, case: CaseRow, draft: SettleDraft, *acts: Act) -> None:
    """Decide a case whose row is locked, and do what follows; log it after `acts`."""
    agreed = draft.decision == "agree"
    changes = {"decision": draft.decision, "ground": draft.ground, "is_hidden": agreed}
    version = _close(case, draft.version, viewer.id, **changes)
    facts: dict[str, Any] = {"decision": draft.decision, "version": version}
    told: dict[str, int] = {}
    if agreed:
        targets.target_of(case.kind).withdraw(viewer, case.subject_id, draft.ground)
        told["statement_id"] = write_statement(case, draft.ground, draft.words, viewer.id)
        facts |= {"ground": draft.ground, "statement": told["statement_id"]}
    else:
        told = _restored(viewer, case)
    write_log(*acts, Act(case.id, "settled", viewer.id, facts))
    events.publish("case_settled", case_id=case.id, version=version, **told)


def reverse_case(viewer: Viewer, case_id: int, version: int) -> None:
    """Take back the decision to hide a thing: it is shown again.

    Raises SettledMeanwhile when another moderator was faster.
    """
    case = _locked(open_case(viewer, case_id))
    moved = _move(
        sa.and_(Case.id == case_id, Case.version == version, Case.decision == "agree"),
        decision="disagree",
        ground="",
        is_hidden=False,
        settled_by=viewer.id,
    )
    if moved is None:
        raise _faster(case)
    told = _restored(_reader(viewer, case), case)
    write_log(Act(case_id, "reversed", viewer.id, {"version": moved}))
    events.publish("case_settled", case_id=case_id, version=moved, **told)


def settle_withdrawn(kind: str, subject_ids: Sequence[int]) -> None:
    """Settle as agreed the open cases about things that were withdrawn elsewhere.

    From then on only staff may show them again: an author who deletes and
    restores would otherwise empty the queue.
    """
    for case in _open_about(kind, subject_ids):
        house = targets.house_for(case.audience)
        subject = targets.subjects(house, kind, [case.subject_id]).get(case.subject_id)
        if subject is None or not subject.is_withdrawn:
            continue
        changes = {"decision": "agree", "ground": grounds.WITHDRAWN, "is_hidden": False}
        version = _close(case, case.version, None, **changes)
        targets.target_of(case.kind).withdraw(house, case.subject_id, grounds.WITHDRAWN)
        write_log(Act(case.id, "withdrawn", None, {"version": version}))
        events.publish("case_settled", case_id=case.id, version=version)


def expire_case(case_id: int) -> None:
    """Close a case that nobody settled in time; what was held is shown again."""
    case = _locked_open(case_id)
    if case is None:
        return
    version = _close(case, case.version, None, decision="ignore", ground="", is_hidden=False)
    told = _restored(targets.house_for(case.audience), case)
    write_log(Act(case_id, "expired", None, {"version": version}))
    events.publish("case_settled", case_id=case_id, version=version, **told)


def forget_kinds(kinds: Sequence[str], before: datetime) -> None:
    """Set apart the cases about things that are gone for good; what the log says of them stays."""
    of_them = sa.and_(Case.kind.in_(kinds), Case.opened_at <= before)
    closed = {"status": "settled", "open_key": None, "decision": "ignore", "settled_at": clock.now()}
    still_open = sa.update(Case).where(of_them, Case.status == "open")
    db.session.execute(
        still_open.values(**closed, is_hidden=False).execution_options(synchronize_session=False)
    )
    apart = sa.update(Case).where(of_them).values(kind=GONE)
    db.session.execute(apart.execution_options(synchronize_session=False))


def remind_of_case(case_id: int) -> None:
    """Tell moderators once that a case waits."""
    case = _locked_open(case_id)
    if case is None:
        return
    db.session.execute(sa.update(Case).where(Case.id == case_id).values(reminded_at=clock.now()))
    write_log(Act(case_id, "reminded"))
    events.publish("moderation.waiting", case_id=case_id)


def _fit(draft: SettleDraft) -> SettleDraft:
    if draft.decision not in DECISIONS:
        raise Unfit({"decision": grounds.CHOOSE})
    if draft.decision != "agree":
        return SettleDraft(draft.decision, draft.version)
    reason = fit_reason(Reason(draft.ground, draft.words))
    return SettleDraft("agree", draft.version, reason.ground, reason.words)


def _close(case: CaseRow, version: int, member_id: int | None, **changes: Any) -> int:
    """Settle the case if it still stands as it was seen; gives the new version."""
    moved = _move(
        sa.and_(Case.id == case.id, Case.version == version, Case.status == "open"),
        status="settled",
        open_key=None,
        settled_by=member_id,
        **changes,
    )
    if moved is None:
        raise _faster(case)
    return moved


def _move(which: sa.ColumnElement[bool], **changes: Any) -> int | None:
    moved: int | None = db.session.execute(
        sa.update(Case)
        .where(which)
        .values(version=Case.version + 1, settled_at=clock.now(), **changes)
        .returning(Case.version)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    return moved


def _restored(viewer: Viewer, case: CaseRow) -> dict[str, int]:
    """Show again what the case kept hidden; gives what the event says of it."""
    if case.is_hidden and targets.restore(viewer, case.kind, case.subject_id):
        return {"restored": 1}
    return {}


def _locked(case: CaseRow) -> CaseRow:
    """Read the case once more, locked: reports may come in at the same moment."""
    row = db.session.execute(sa.select(*CASE_COLUMNS).where(Case.id == case.id).with_for_update()).one()
    return case_row(row)


def _faster(case: CaseRow) -> SettledMeanwhile:
    settled_by = db.session.scalar(sa.select(Case.settled_by).where(Case.id == case.id))
    person = people([settled_by]).get(settled_by or 0)
    return SettledMeanwhile(person.name if person is not None else "")


def _open_about(kind: str, subject_ids: Sequence[int]) -> list[CaseRow]:
    """Lock the open cases about things that no case keeps hidden."""
    keys = [f"{kind}:{subject_id}" for subject_id in subject_ids]
    rows = db.session.execute(
        sa.select(*CASE_COLUMNS).where(Case.open_key.in_(keys), ~Case.is_hidden).with_for_update()
    )
    return [case_row(row) for row in rows]


def _locked_open(case_id: int) -> CaseRow | None:
    row = db.session.execute(
        sa.select(*CASE_COLUMNS).where(Case.id == case_id, Case.status == "open").with_for_update()
    ).one_or_none()
    return case_row(row) if row is not None else None
