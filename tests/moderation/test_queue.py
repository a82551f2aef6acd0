"""The queue: what waits, in the order in which a moderator can help."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from brain.base import clock, settings
from brain.base.access import HOUSE
from brain.base.unit import unit_of_work


def titles(page: str) -> list[str]:
    """List the things that a page of the queue names."""
    return re.findall(r"(Plant \d+)</span></a></h2>", page)


def test_heavier_cases_stand_first_then_older_ones(garden, make, flag, sign_in):
    author = make.member()
    light, heavy, light_too = (garden.plant(author) for _ in range(3))
    for hours, number in ((3, light), (2, heavy), (1, light_too)):
        with clock.at(clock.now() - timedelta(hours=hours)):
            flag(make.member(), number)
    flag(make.member(), heavy)
    page = sign_in(make.moderator()).get("/review").text
    assert titles(page) == ["Plant 2", "Plant 1", "Plant 3"]
    assert "3 cases wait for a decision." in page


def test_cases_in_languages_that_the_moderator_reads_stand_first(garden, make, flag, sign_in):
    author = make.member()
    for language in ("ar", "en", "fr"):
        flag(make.member(), garden.plant(author, language=language))
    flag(make.member(), 1)
    moderator = make.moderator(language="en", reads=("en", "fr"))
    assert titles(sign_in(moderator).get("/review").text) == ["Plant 2", "Plant 3", "Plant 1"]


def test_queue_can_show_one_language(garden, make, flag, sign_in):
    author = make.member()
    for language in ("ar", "en"):
        flag(make.member(), garden.plant(author, language=language))
    client = sign_in(make.moderator())
    assert titles(client.get("/review?language=ar").text) == ["Plant 1"]
    assert titles(client.get("/review?language=xx").text) == []
    assert "العربية" in client.get("/review").text


def test_queue_has_pages(garden, make, flag, sign_in):
    author, amina = make.member(), make.moderator()
    with unit_of_work():
        settings.change_setting(HOUSE, "moderation.flags_a_day", 100)
    for _ in range(21):
        flag(amina, garden.plant(author))
    client = sign_in(amina)
    assert len(titles(client.get("/review").text)) == 20
    assert len(titles(client.get("/review?page=2").text)) == 1


def test_empty_queue_says_what_will_be_here(garden, make, sign_in):
    assert "Nothing waits here" in sign_in(make.moderator()).get("/review").text


def test_settled_cases_are_gone_from_the_queue(garden, make, flag, settle, cases, sign_in):
    flag(make.member(), garden.plant(make.member()))
    moderator = make.moderator()
    settle(moderator, cases()[0].id, "ignore")
    assert titles(sign_in(moderator).get("/review").text) == []


def test_cases_of_a_slice_that_is_switched_off_are_gone(app, garden, make, flag, sign_in):
    flag(make.member(), garden.plant(make.member()))
    client = sign_in(make.moderator())
    off = app.extensions["brain"].slices.pop("garden")
    try:
        assert "No case waits" in client.get("/review").text
        assert client.get("/review/1").status_code == 404
    finally:
        app.extensions["brain"].slices["garden"] = off


@pytest.mark.parametrize(("role", "counted"), [("moderator", True), ("admin", True), ("member", False)])
def test_menu_counts_what_waits_for_moderators(garden, make, flag, sign_in, role, counted):
    flag(make.member(), garden.plant(make.member()))
    page = sign_in(make.member(role=role)).get("/notifications").text
    assert ('href="/review"' in page) is counted
    assert ("1 waiting" in page) is counted


def test_queue_keeps_its_budget(garden, make, flag, sign_in, queries):
    author = make.member()
    for language in ("en", "fr", "ar"):
        for _ in range(4):
            flag(make.member(), garden.plant(author, language=language))
    client = sign_in(make.moderator())
    with queries(most=10):
        assert client.get("/review").status_code == 200


def test_case_page_keeps_its_budget(garden, make, flag, sign_in, queries):
    number = garden.plant(make.member())
    for _ in range(6):
        flag(make.member(), number)
    client = sign_in(make.moderator())
    with queries(most=12):
        assert client.get("/review/1").status_code == 200
