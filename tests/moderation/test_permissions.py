"""Each rule in Python says the same as its condition in SQL."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from brain.base.access import allowed_rows
from brain.base.db import db
from brain.moderation.models import Case, Statement

ROLES = ["visitor", "member", "moderator", "admin"]


@pytest.mark.parametrize("role", ROLES)
def test_settling_agrees(garden, make, flag, role, cases):
    who = None if role == "visitor" else make.member(role=role)
    author, reporter = make.member(), make.moderator()
    for audience in ("public", "members", "staff", f"member:{reporter}"):
        flag(reporter, garden.plant(author, audience=audience))
    if who is not None:
        flag(reporter, garden.plant(who))
    flag(reporter, garden.plant(None))
    viewer = make.viewer(who)
    seen = set(db.session.scalars(sa.select(Case.id).where(allowed_rows(viewer, "moderation.settle"))))
    assert seen == {case.id for case in cases() if viewer.can("moderation.settle", case)}
    # an administrator sees every case but their own, a moderator those open to them
    assert len(seen) == {"moderator": 4, "admin": 5}.get(role, 0)


@pytest.mark.parametrize("role", ROLES)
def test_reading_statements_agrees(garden, make, flag, settle, cases, role):
    who = None if role == "visitor" else make.member(role=role)
    for author in (make.member(), who):
        flag(make.member(), garden.plant(author))
        settle(make.moderator(), cases()[-1].id)
    viewer = make.viewer(who)
    allowed = allowed_rows(viewer, "moderation.read_statement")
    rows = db.session.execute(sa.select(Statement.id, Statement.member_id)).all()
    seen = set(db.session.scalars(sa.select(Statement.id).where(allowed)))
    can = {row.id for row in rows if viewer.can("moderation.read_statement", SimpleNamespace(**row._mapping))}
    assert seen == can
    assert len(seen) == (0 if who is None else 1)


@pytest.mark.parametrize(("role", "may"), [("visitor", False), ("member", True), ("admin", True)])
def test_reporting_needs_an_account(make, role, may):
    viewer = make.viewer(None if role == "visitor" else make.member(role=role))
    assert viewer.can("moderation.report") is may
    assert db.session.scalar(sa.select(allowed_rows(viewer, "moderation.report"))) in (
        (True, 1) if may else (False, 0)
    )
