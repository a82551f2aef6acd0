"""Reporting a thing: one flag a member, one open case a thing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from brain.base import clock, settings
from brain.base.access import HOUSE
from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.moderation.actions.reports import accuracy
from brain.moderation.errors import LookedAtAlready
from brain.moderation.models import Case, Flag


def change(name, value):
    """Change a setting as an admin would."""
    with unit_of_work():
        settings.change_setting(HOUSE, name, value)


def test_report_page_shows_the_thing_and_the_reasons(garden, make, sign_in):
    number = garden.plant(make.member())
    page = sign_in(make.member()).get(f"/report/garden.plant/{number}").text
    assert "<p>Leaves of 1</p>" in page
    for reason in ("off_topic", "inappropriate", "spam", "illegal", "other"):
        assert f'value="{reason}"' in page


def test_visitor_is_asked_to_sign_in(garden, client):
    number = garden.plant()
    assert client.get(f"/report/garden.plant/{number}").headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("thing", ["garden.plant/9", "garden.stone/1", "garden.plant/1"])
def test_what_is_not_there_or_not_open_cannot_be_reported(garden, make, sign_in, thing):
    garden.plant(audience="staff")
    assert sign_in(make.member()).get(f"/report/{thing}").status_code == 404


def test_two_members_report_the_same_case(garden, make, sign_in, cases):
    number = garden.plant(make.member())
    for reason in ("spam", "off_topic"):
        client = sign_in(make.member())
        answer = client.submit(f"/report/garden.plant/{number}", {"reason": reason})
        assert answer.status_code == 303
        assert "A moderator will look" in client.get(answer.headers["Location"]).text
    (case,) = cases()
    assert case.score == 2.0
    assert (case.kind, case.subject_id, case.status) == ("garden.plant", number, "open")
    page = sign_in(make.moderator()).get("/review").text
    assert page.count("Plant 1") == 1


def test_second_report_of_the_same_member_changes_nothing(garden, make, sign_in, cases):
    number, other = garden.plant(make.member()), garden.plant(make.member())
    client = sign_in(make.member())
    url = f"/report/garden.plant/{number}"
    client.submit(url, {"reason": "spam"})
    assert "You have reported this" in client.get(url).text
    answer = client.submit(url, {"reason": "off_topic"}, form_at=f"/report/garden.plant/{other}")
    assert "You had reported this already" in client.get(answer.headers["Location"]).text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Flag)) == 1
    assert cases()[0].score == 1.0


def test_own_thing_cannot_be_reported(garden, make, sign_in, cases):
    amina = make.member()
    number = garden.plant(amina)
    answer = sign_in(amina).submit(f"/report/garden.plant/{number}", {"reason": "spam"})
    assert answer.status_code == 409
    assert "This is your own" in answer.text
    assert cases() == []


@pytest.mark.parametrize("reason", ["other", "illegal"])
def test_some_reasons_need_words(garden, make, sign_in, cases, reason):
    number = garden.plant(make.member())
    client = sign_in(make.member())
    answer = client.submit(f"/report/garden.plant/{number}", {"reason": reason, "note": " "})
    assert answer.status_code == 422
    assert "Say in a few words what is wrong." in answer.text
    assert cases() == []


@pytest.mark.parametrize(
    "fields", [{}, {"reason": "ugly"}, {"reason": "spam", "note": "x" * 1001}, {"reason": "spam\x01"}]
)
def test_odd_input_is_refused(garden, make, sign_in, cases, fields):
    number = garden.plant(make.member())
    answer = sign_in(make.member()).submit(f"/report/garden.plant/{number}", fields)
    assert answer.status_code == 422
    assert cases() == []


def test_reports_a_day_are_limited(garden, make, sign_in):
    change("moderation.flags_a_day", 2)
    author, client = make.member(), sign_in(make.member())
    statuses = [
        client.submit(f"/report/garden.plant/{garden.plant(author)}", {"reason": "spam"}).status_code
        for _ in range(3)
    ]
    assert statuses == [303, 303, 429]


def test_reporter_of_what_was_left_waits_a_day(garden, make, flag, settle, cases):
    number, amina, bela = garden.plant(make.member()), make.member(), make.member()
    flag(amina, number)
    settle(make.moderator(), cases()[0].id, "disagree")
    with pytest.raises(LookedAtAlready):
        flag(amina, number)
    assert flag(bela, number)
    with clock.at(timedelta(hours=25)):
        assert flag(amina, number)
    assert len(cases()) == 2


def test_thing_that_was_settled_gets_a_new_case(garden, make, flag, settle, cases):
    number, moderator = garden.plant(make.member()), make.moderator()
    flag(make.member(), number)
    settle(moderator, cases()[0].id, "ignore")
    flag(make.member(), number)
    assert [case.status for case in cases()] == ["settled", "open"]


def test_report_of_a_moderator_weighs_more(garden, make, flag, cases):
    number = garden.plant(make.member())
    flag(make.moderator(), number)
    assert cases()[0].score == 6.0


@pytest.mark.parametrize(
    ("settled", "agreed", "adds"),
    [(0, 0, 0.0), (5, 5, 0.0), (16, 16, 10.0), (16, 0, -10.0), (10, 7, 0.0), (64, 64, 15.0)],
)
def test_accuracy_adds_or_takes(settled, agreed, adds):
    assert accuracy(settled, agreed) == pytest.approx(adds)


def test_reports_that_were_wrong_weigh_nothing(garden, make, flag, settle, cases):
    amina, moderator = make.member(), make.moderator()
    author = make.member()
    for _ in range(6):
        flag(amina, garden.plant(author))
        settle(moderator, cases()[-1].id, "disagree")
    flag(amina, garden.plant(author))
    assert cases()[-1].score == 0.0


def test_enough_weight_hides_until_a_moderator_has_looked(garden, make, flag, settle, cases):
    number = garden.plant(make.member())
    flag(make.moderator(), number)
    assert not garden.plants[number].withdrawn
    flag(make.moderator(), number)
    assert (garden.plants[number].withdrawn, garden.plants[number].ground) == (True, "held")
    assert cases()[0].is_hidden
    settle(make.moderator(), cases()[0].id, "disagree")
    assert not garden.plants[number].withdrawn
    assert not cases()[0].is_hidden


def test_weight_that_hides_is_a_setting(garden, make, flag):
    change("moderation.hide_at", 2.0)
    number = garden.plant(make.member())
    for _ in range(2):
        flag(make.member(), number)
    assert garden.plants[number].withdrawn


def test_things_of_small_groups_are_hidden_too(garden, make, flag):
    change("moderation.hide_at", 1.0)
    amina = make.member()
    number = garden.plant(make.member(), audience=f"member:{amina}")
    flag(amina, number)
    assert garden.plants[number].withdrawn


def test_reported_thing_may_be_hidden_only_with_a_ground(garden, make, flag, cases):
    flag(make.member(), garden.plant(make.member()))
    case_id = cases()[0].id
    settled = {"status": "settled", "open_key": None, "settled_at": clock.now()}
    for values in ({"is_hidden": True}, settled | {"decision": "agree"}, settled, {"decision": "agree"}):
        with pytest.raises(sa.exc.IntegrityError), unit_of_work():
            db.session.execute(sa.update(Case).where(Case.id == case_id).values(**values))


def test_one_open_case_a_thing_is_held_by_the_database(garden, make, flag, cases):
    number = garden.plant(make.member())
    flag(make.member(), number)
    first = cases()[0]
    columns = {c.key: getattr(first, c.key) for c in sa.inspect(Case).columns if c.key != "id"}
    with pytest.raises(sa.exc.IntegrityError), unit_of_work():
        db.session.execute(sa.insert(Case).values(**columns))
