"""People who came along are given addresses, and claim their accounts by mail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from brain.base.db import db
from plugins.importers.tests.archives import post, topic


@pytest.fixture
def brought(bring: Any) -> None:
    """Have three people come along."""
    names = ["amina", "Bo", "admin"]
    bring(topic(5, *(post(n, username=name, user_id=n) for n, name in enumerate(names, 1))))


@pytest.fixture
def give(run: Any, tmp_path: Path) -> Any:
    """Give the addresses of a CSV file; returns what was said."""

    def command(text: str, encoding: str = "utf-8") -> Any:
        path = tmp_path / "addresses.csv"
        path.write_text(text, encoding)
        return run("addresses", path)

    return command


def addresses() -> list[str | None]:
    db.session.rollback()
    return list(db.session.scalars(sa.text("SELECT email FROM member ORDER BY id")))


def test_people_are_found_by_their_old_names(brought: None, give: Any) -> None:
    done = give("username,email\nAmina,Amina@Example.org\nadmin,it@example.org\n")
    assert done.exit_code == 0
    assert "2 members may claim their accounts now" in done.output
    assert addresses() == ["Amina@example.org", None, "it@example.org"]


def test_export_of_all_users_is_taken_as_it_is(brought: None, give: Any) -> None:
    done = give("\ufeffid,name,Username,Email,title\n1,A,amina,a@example.org,\n2,B,bo,,x\n")
    assert "1 member may claim" in done.output
    assert addresses() == ["a@example.org", None, None]


def test_names_and_addresses_that_do_not_fit_are_named(brought: None, give: Any) -> None:
    done = give(
        "username,email\nnobody,n@example.org\namina,nowhere\nbo,b@example.org\nadmin,b@example.org\n"
    )
    assert done.exit_code == 0
    assert "1 member may claim" in done.output
    assert "Nobody of this name came along:\n  nobody\n" in done.output
    assert "  amina: This is no e-mail address." in done.output
    assert "  admin: Another member has this address." in done.output


def test_name_that_two_sites_know_is_given_to_nobody(brought: None, bring: Any, give: Any) -> None:
    bring(topic(5), options=("--base-url", "https://bees.example"))
    done = give("username,email\namina,a@example.org\n")
    assert "Several came along under this name:\n  amina\n" in done.output
    assert addresses() == [None] * 4


@pytest.mark.parametrize("text", ["", "amina,a@example.org\n", "name;email\n"])
def test_file_that_is_no_list_is_refused(brought: None, give: Any, text: str) -> None:
    done = give(text)
    assert done.exit_code == 1
    assert "must name the columns username and email" in done.output


def test_file_in_another_encoding_is_refused(brought: None, give: Any) -> None:
    assert give("username,email\nÉlan,e@example.org\n", "latin-1").exit_code == 1


def test_two_addresses_for_one_name_are_unclear(brought: None, give: Any) -> None:
    done = give(
        "username,email\nBo,b@example.org\nbo,c@example.org\namina,a@example.org\namina,A@example.org\n"
    )
    assert "1 member may claim" in done.output
    assert "  Bo\n" in done.output
    assert addresses() == ["a@example.org", None, None]


def test_folder_is_no_list_of_addresses(brought: None, run: Any, tmp_path: Path) -> None:
    done = run("addresses", tmp_path)
    assert done.exit_code != 0
    assert "Traceback" not in done.output
