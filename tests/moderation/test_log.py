"""The log: every act, in a chain that shows what was tampered with."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.cli import brain
from brain.moderation.log import check_log
from brain.moderation.models import LogHead, LogRow

ROOT = Path(__file__).parents[2]


@pytest.fixture
def life(garden, make, flag, settle, cases) -> None:
    """Fill the log with the lives of two cases."""
    for decision in ("agree", "disagree"):
        flag(make.member(), garden.plant(make.member()))
        settle(make.moderator(), cases()[-1].id, decision)
    db.session.rollback()


def tamper(statement) -> None:
    """Change rows behind the back of the application."""
    with unit_of_work():
        db.session.execute(statement)


def test_log_of_a_life_is_unbroken(app, life):
    assert check_log() == type(check_log())(4, ())
    result = app.test_cli_runner().invoke(brain, ["moderation", "check-log"])
    assert result.exit_code == 0, result.output
    assert "the log is unbroken: 4 rows" in result.output


def test_empty_log_is_unbroken(app):
    assert check_log().breaks == ()


@pytest.mark.parametrize(
    "values", [{"act": "ignored"}, {"member_id": 9}, {"facts": {}}, {"at": sa.func.now()}, {"case_id": 2}]
)
def test_changed_row_is_found(life, values):
    if "at" in values:
        values = {"at": db.session.scalar(sa.select(LogRow.at).where(LogRow.id == 4))}
    tamper(sa.update(LogRow).where(LogRow.id == 1).values(**values))
    assert "row 1 was changed" in check_log().breaks


def test_deleted_row_is_found(life):
    tamper(sa.delete(LogRow).where(LogRow.id == 2))
    assert "row 2 is missing" in check_log().breaks


def test_cut_end_is_found(app, life):
    tamper(sa.delete(LogRow).where(LogRow.id >= 3))
    assert check_log().breaks == ("the log ends at row 2, its head says otherwise",)
    result = app.test_cli_runner().invoke(brain, ["moderation", "check-log"])
    assert result.exit_code == 1


def test_log_without_its_head_is_found(life):
    tamper(sa.delete(LogHead))
    assert check_log().breaks == ("the log ends at row 4, its head says otherwise",)


def test_row_with_a_digest_of_its_own_is_found(life):
    tamper(sa.update(LogRow).where(LogRow.id == 2).values(act="x", digest="f" * 64))
    breaks = check_log().breaks
    assert "row 2 was changed" in breaks
    assert "row 3 does not follow the row before it" in breaks


def test_no_code_changes_or_deletes_rows_of_the_log():
    changing = re.compile(r"(update|delete)\(\s*(LogRow|.*case_log)")
    found = [
        f"{file.name}: {node.lineno}"
        for file in (ROOT / "brain").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and changing.search(ast.unparse(node).split("\n")[0][:200])
    ]
    assert found == []


def test_log_holds_no_words_of_members(garden, make, flag, settle, cases):
    flag(make.member("Fatou"), garden.plant(make.member("Karim")), "other", "secret note")
    settle(make.moderator("Lucía"), cases()[0].id, words="secret words")
    rows = db.session.execute(sa.select(*LogRow.__table__.columns)).all()
    assert rows
    for word in ("secret", "Fatou", "Karim", "Lucía"):
        assert word not in str(rows)
