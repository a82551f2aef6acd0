"""What is kept about a member can be taken along, and erased."""

from __future__ import annotations

import sqlalchemy as sa

from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.moderation.log import check_log
from brain.moderation.models import Case, Flag, Statement
from brain.plugin import registry


def test_reports_and_statements_are_in_the_export(garden, make, flag, settle, cases):
    author, reporter = make.member(), make.member()
    flag(reporter, garden.plant(author), "other", "It is a weed.")
    settle(make.moderator(), cases()[0].id, words="Please water it.")
    export = registry.member_data()["moderation"].export
    (report,) = export(reporter)["reports"]
    assert (report["about"], report["note"], report["decision"]) == (
        "garden.plant 1",
        "It is a weed.",
        "agree",
    )
    (statement,) = export(author)["statements"]
    assert statement["words"] == "Please water it."


def test_erasure_leaves_nothing_of_a_member_and_an_unbroken_log(garden, make, flag, settle, cases):
    author, reporter, moderator = make.member(), make.member(), make.moderator()
    flag(reporter, garden.plant(author), "other", "It is a weed.")
    settle(moderator, cases()[0].id, words="Please water it.")
    with unit_of_work():
        for who in (author, reporter, moderator):
            registry.member_data()["moderation"].erase(who)
    for table in (Case, Flag, Statement):
        for column in table.__table__.columns:
            if any(key.column.table.name == "member" for key in column.foreign_keys):
                assert db.session.scalars(sa.select(column)).all() == [None], column
    assert db.session.scalars(sa.select(Flag.note)).all() == [""]
    assert db.session.scalars(sa.select(Statement.words)).all() == [""]
    assert db.session.scalars(sa.select(Statement.ground)).all() == ["advertising"]
    assert check_log().breaks == ()


def test_case_page_stands_when_everybody_is_gone(garden, make, flag, settle, cases, sign_in):
    author, reporter = make.member(), make.member()
    flag(reporter, garden.plant(author))
    with unit_of_work():
        for who in (author, reporter):
            registry.member_data()["moderation"].erase(who)
    page = sign_in(make.moderator()).get("/review/1")
    assert page.status_code == 200
    assert "A former member" in page.text
