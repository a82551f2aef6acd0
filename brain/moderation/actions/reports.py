"""Report a thing: one flag a member, one open case a thing."""

from __future__ import annotations

import math
from datetime import timedelta

import sqlalchemy as sa

from brain.base import clock, events, settings
from brain.base.access import Viewer, require
from brain.base.db import db, insert_ignore
from brain.base.errors import Unfit
from brain.base.forms import clean_text
from brain.base.limits import check_limit
from brain.moderation import grounds, targets
from brain.moderation.actions.opening import join_case
from brain.moderation.actions.statements import write_statement
from brain.moderation.drafts import FlagDraft
from brain.moderation.errors import HiddenAlready, LookedAtAlready, OwnThing
from brain.moderation.log import Act, write_log
from brain.moderation.models import Case, Flag
from brain.moderation.queries.cases import CaseRow

NOTE_MOST = 1000
STAFF_WEIGHT = 5.0
#: Accuracy counts from so many settled reports on; 70 % right is neither good nor bad.
FEW_SETTLED = 5
FAIR_SHARE = 0.7


def raise_flag(viewer: Viewer, kind: str, subject_id: int, draft: FlagDraft) -> bool:
    """Report a thing; False when the member's report of it waits already.

    Raises OwnThing, HiddenAlready, LookedAtAlready, TooSoon, Unfit.
    """
    require(viewer, "moderation.report")
    subject = targets.open_subject(viewer, kind, subject_id)
    if subject.author_id is not None and subject.author_id == viewer.id:
        raise OwnThing
    if subject.is_withdrawn:
        raise HiddenAlready
    draft = _fit(draft)
    _check_pause(viewer, kind, subject_id)
    case, _is_new = join_case(kind, subject)
    weight = _weight(viewer)
    flag_id = db.session.execute(
        insert_ignore(Flag, [_row(viewer, case, draft, weight)], ["case_id", "member_id"]).returning(Flag.id)
    ).scalar_one_or_none()
    if flag_id is None:
        return False
    check_limit("moderation.flags", f"member:{viewer.id}", _flags_a_day(), timedelta(days=1))
    acts = [Act(case.id, "reported", viewer.id, {"reason": draft.reason, "weight": weight})]
    if _add_up(case) >= settings.value("moderation.hide_at") and not case.is_hidden:
        acts += _hold(case)
    write_log(*acts)
    events.publish("flag_raised", flag_id=flag_id)
    return True


def _fit(draft: FlagDraft) -> FlagDraft:
    note = clean_text(draft.note).strip()
    if draft.reason not in grounds.REASON_LABELS:
        raise Unfit({"reason": grounds.CHOOSE})
    if len(note) > NOTE_MOST:
        raise Unfit({"note": grounds.TOO_LONG})
    if draft.reason in grounds.NEEDS_NOTE and not note:
        raise Unfit({"note": grounds.SAY_WHAT})
    return FlagDraft(draft.reason, note)


def _flags_a_day() -> int:
    allowed: int = settings.value("moderation.flags_a_day")
    return allowed


def _check_pause(viewer: Viewer, kind: str, subject_id: int) -> None:
    """Refuse a report of what was left as it is after the member's last one."""
    since = clock.now() - timedelta(hours=settings.value("moderation.pause_hours"))
    left = sa.select(Flag.id).join(Case, Flag.case_id == Case.id)
    left = left.where(
        Case.kind == kind,
        Case.subject_id == subject_id,
        Case.decision == "disagree",
        Case.settled_at > since,
        Flag.member_id == viewer.id,
    )
    if db.session.scalar(left.limit(1)) is not None:
        raise LookedAtAlready


def _row(viewer: Viewer, case: CaseRow, draft: FlagDraft, weight: float) -> dict[str, object]:
    return {
        "case_id": case.id,
        "member_id": viewer.id,
        "reason": draft.reason,
        "note": draft.note,
        "weight": weight,
        "at": clock.now(),
    }


def _weight(viewer: Viewer) -> float:
    """Weigh a member's report: 1, more for staff, more or less by how right they were."""
    right = sa.func.coalesce(sa.func.sum(sa.case((Case.decision == "agree", 1), else_=0)), 0)
    settled, agreed = db.session.execute(
        sa.select(sa.func.count(), right)
        .select_from(Flag)
        .join(Case, Flag.case_id == Case.id)
        .where(Flag.member_id == viewer.id, Case.decision.in_(("agree", "disagree")))
    ).one()
    weight = 1.0 + (STAFF_WEIGHT if viewer.is_staff else 0.0) + accuracy(settled, agreed)
    return max(0.0, round(weight, 2))


def accuracy(settled: int, agreed: int) -> float:
    """Say what somebody's earlier reports add to, or take from, the next one.

    0 up to five settled reports; then the distance of the share that was right
    from 70 %, as a part of the way to 100 % or to 0 %, times 5 log4(settled).
    """
    if settled <= FEW_SETTLED:
        return 0.0
    share = agreed / settled
    way = 1 - FAIR_SHARE if share >= FAIR_SHARE else FAIR_SHARE
    return (share - FAIR_SHARE) / way * 5 * math.log(settled, 4)


def _add_up(case: CaseRow) -> float:
    """Set the case's score to the sum of its flags, and give it."""
    weights = sa.select(sa.func.coalesce(sa.func.sum(Flag.weight), 0.0)).where(Flag.case_id == case.id)
    score: float = db.session.execute(
        sa.update(Case)
        .where(Case.id == case.id)
        .values(score=weights.scalar_subquery())
        .returning(Case.score)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    return score


def _hold(case: CaseRow) -> list[Act]:
    """Hide the thing until a moderator has looked."""
    if not targets.hold(case.kind, case.subject_id, case.audience):
        return []
    db.session.execute(sa.update(Case).where(Case.id == case.id).values(is_hidden=True, ground=grounds.HELD))
    statement_id = write_statement(case, grounds.HELD, "", None)
    events.publish("moderation.held", statement_id=statement_id)
    return [Act(case.id, "held", None, {"statement": statement_id})]
