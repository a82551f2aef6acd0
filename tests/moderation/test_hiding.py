"""Hiding what nobody reported: never without a reason, a log row and a word to the author."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.moderation import actions
from brain.moderation.errors import HiddenAlready
from brain.moderation.log import check_log
from brain.moderation.models import Flag, LogRow, Statement

URL = "/hide/garden.plant/1"


def acts() -> list[tuple[str, int]]:
    """List the log: act, member."""
    return [tuple(row) for row in db.session.execute(sa.select(LogRow.act, LogRow.member_id))]


def test_moderator_hides_what_nobody_reported(garden, make, sign_in, cases):
    author, moderator = make.member("Karim", language="fr"), make.moderator("Lucía")
    number = garden.plant(author)
    client = sign_in(moderator)
    assert "<p>Leaves of 1</p>" in client.get(URL).text
    answer = client.submit(URL, {"ground": "attack", "words": "Pas ainsi."})
    assert answer.status_code == 303
    assert (garden.plants[number].withdrawn, garden.plants[number].ground) == (True, "attack")
    (case,) = cases()
    assert (case.decision, case.settled_by, case.is_hidden) == ("agree", moderator, True)
    statement = db.session.scalars(sa.select(Statement)).one()
    assert (statement.member_id, statement.language, statement.words, statement.by) == (
        author,
        "fr",
        "Pas ainsi.",
        moderator,
    )
    assert acts() == [("opened", moderator), ("settled", moderator)]
    assert check_log().breaks == ()
    make.work()
    assert "Pas ainsi." in sign_in(author).get("/notifications").text


def test_decision_can_be_taken_back_where_settled_cases_stand(garden, make, sign_in, cases):
    number = garden.plant(make.member())
    client = sign_in(make.moderator())
    client.submit(URL, {"ground": "off_topic", "words": ""})
    page = client.get("/review/settled").text
    assert 'href="/review/1"' in page
    assert "Settled: hidden" in page
    assert "opened the case" in client.get("/review/1").text
    client.submit("/review/1/reverse", {"version": str(cases()[0].version)}, form_at="/review/1")
    assert not garden.plants[number].withdrawn


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"ground": "", "words": "Mine"}, "Enter something here."),
        ({"ground": "mood", "words": "Mine"}, "Choose one of the list."),
        ({"ground": "other", "words": ""}, "which rule it goes against"),
        ({"ground": "attack", "words": "x" * 1001}, "This is too long"),
    ],
)
def test_hiding_without_a_reason_is_refused_and_loses_nothing(garden, make, sign_in, cases, fields, says):
    number = garden.plant(make.member())
    answer = sign_in(make.moderator()).submit(URL, fields)
    assert answer.status_code == 422
    assert says in answer.text
    assert fields["words"] in answer.text
    assert not garden.plants[number].withdrawn
    assert cases() == []


def test_only_moderators_hide_and_not_their_own(garden, make, sign_in, client, cases):
    moderator = make.moderator()
    garden.plant(make.member())
    own = garden.plant(moderator)
    fields = {"ground": "attack", "words": ""}
    assert sign_in(make.member()).get(URL).status_code == 404
    assert client.get(URL).status_code == 404
    assert (
        sign_in(moderator).submit(f"/hide/garden.plant/{own}", fields, form_at="/review").status_code == 409
    )
    assert cases() == []


def test_reports_that_wait_are_settled_with_it(garden, make, flag, sign_in, cases):
    number, reporter, moderator = garden.plant(make.member()), make.member("Fatou"), make.moderator()
    flag(reporter, number)
    client = sign_in(moderator)
    assert client.get(URL).headers["Location"].endswith("/review/1")
    with unit_of_work():
        actions.hide_thing(make.viewer(moderator), "garden.plant", number, actions.Reason("attack"))
    assert [case.decision for case in cases()] == ["agree"]
    assert acts() == [("reported", reporter), ("settled", moderator)]
    make.work()
    assert "A moderator agreed" in sign_in(reporter).get("/notifications").text


def test_hidden_thing_is_not_hidden_again(garden, make, cases):
    number, moderator = garden.plant(make.member()), make.moderator()
    for _ in range(2):
        with pytest.raises(HiddenAlready) if cases() else unit_of_work():
            actions.hide_thing(make.viewer(moderator), "garden.plant", number, actions.Reason("attack"))
    assert len(cases()) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Flag)) == 0
