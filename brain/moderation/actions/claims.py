"""Take a case, so that others see who is at it, or leave it to them."""

from __future__ import annotations

import sqlalchemy as sa

from brain.base import clock
from brain.base.access import Viewer
from brain.base.db import db
from brain.moderation.log import Act, write_log
from brain.moderation.models import Case
from brain.moderation.queries.cases import open_case


def claim_case(viewer: Viewer, case_id: int) -> None:
    """Say that one is at this case; others may still settle it."""
    case = open_case(viewer, case_id)
    if case.is_open and case.claimed_by != viewer.id:
        _claim(case_id, viewer.id)
        write_log(Act(case_id, "claimed", viewer.id))


def release_case(viewer: Viewer, case_id: int) -> None:
    """Leave a case that one has taken to others."""
    case = open_case(viewer, case_id)
    if case.is_open and case.claimed_by == viewer.id:
        _claim(case_id, None)
        write_log(Act(case_id, "released", viewer.id))


def _claim(case_id: int, member_id: int | None) -> None:
    at = clock.now() if member_id is not None else None
    db.session.execute(
        sa.update(Case)
        .where(Case.id == case_id, Case.status == "open")
        .values(claimed_by=member_id, claimed_at=at)
    )
