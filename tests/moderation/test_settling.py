"""Settling a case: once, with a reason, and with a way back."""

from __future__ import annotations

import re
import threading

import pytest
import sqlalchemy as sa

from brain.base.db import db
from brain.base.errors import NotFound
from brain.base.unit import unit_of_work
from brain.moderation import actions
from brain.moderation.errors import SettledMeanwhile
from brain.moderation.models import LogRow, Statement


@pytest.fixture
def reported(garden, make, flag, cases):
    """Report a new plant; gives (plant, case id)."""

    def plant_and_report(author=None, **facts) -> tuple[int, int]:
        number = garden.plant(author or make.member(), **facts)
        flag(make.member(), number)
        return number, cases()[-1].id

    return plant_and_report


def decide(client, case_id, decision, **fields):
    """Send the form of the case's page."""
    fields = {"decision": decision, "version": "1", "ground": "", "words": ""} | fields
    return client.submit(f"/review/{case_id}", fields)


def test_case_page_shows_the_thing_the_reports_and_the_author(garden, make, flag, sign_in, cases):
    author = make.member("Karim")
    number = garden.plant(author)
    flag(make.member("Fatou"), number, "other", "He sent me the same.")
    page = sign_in(make.moderator()).get(f"/review/{cases()[0].id}").text
    for shown in ("<p>Leaves of 1</p>", "Something else", "He sent me the same.", "Fatou", "Karim"):
        assert shown in page


def test_agree_hides_with_ground_and_statement(garden, make, reported, sign_in, cases):
    author = make.member(language="fr")
    number, case_id = reported(author)
    moderator = make.moderator("Lucía")
    answer = decide(sign_in(moderator), case_id, "agree", ground="attack", words="Not in this tone.")
    assert answer.status_code == 303
    assert (garden.plants[number].withdrawn, garden.plants[number].ground) == (True, "attack")
    case = cases()[0]
    assert (case.status, case.decision, case.is_hidden, case.settled_by) == (
        "settled",
        "agree",
        True,
        moderator,
    )
    statement = db.session.scalars(sa.select(Statement)).one()
    assert (statement.member_id, statement.ground, statement.language, statement.words) == (
        author,
        "attack",
        "fr",
        "Not in this tone.",
    )


def test_disagree_leaves_the_thing_and_tells_the_author_nothing(garden, make, reported, sign_in, cases):
    author = make.member()
    number, case_id = reported(author)
    decide(sign_in(make.moderator()), case_id, "disagree")
    make.work()
    assert not garden.plants[number].withdrawn
    assert cases()[0].decision == "disagree"
    assert "Nothing here yet" in sign_in(author).get("/notifications").text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"decision": "agree"}, "Choose one of the list."),
        ({"decision": "agree", "ground": "held"}, ""),
        ({"decision": "agree", "ground": "other"}, "Say in a few words which rule it goes against."),
        ({"decision": "agree", "ground": "attack", "words": "x" * 1001}, "This is too long"),
        ({"decision": "burn"}, "Choose one of the list."),
        ({"decision": ""}, "Choose one of the list."),
        ({"decision": "disagree", "version": "x"}, ""),
        ({"decision": "disagree", "version": ""}, ""),
    ],
)
def test_decision_that_does_not_fit_is_refused(garden, make, reported, sign_in, cases, fields, says):
    number, case_id = reported()
    answer = decide(sign_in(make.moderator()), case_id, **fields)
    assert answer.status_code == 422
    assert says in answer.text
    assert not garden.plants[number].withdrawn
    assert cases()[0].status == "open"


def test_second_moderator_is_told_who_was_faster(garden, make, reported, sign_in, cases):
    number, case_id = reported()
    first, second = sign_in(make.moderator("Lucía")), sign_in(make.moderator("Sunita"))
    token_page = f"/review/{case_id}"
    decide(first, case_id, "disagree")
    _other, open_case = reported()
    fields = {"decision": "agree", "version": "1", "ground": "attack", "words": ""}
    answer = second.submit(token_page, fields, form_at=f"/review/{open_case}")
    assert answer.status_code == 409
    assert "Lucía has decided this case" in answer.text
    assert not garden.plants[number].withdrawn
    assert cases()[0].decision == "disagree"


def test_of_two_moderators_at_the_same_moment_one_wins(app, make, reported, cases):
    _number, case_id = reported()
    both = threading.Barrier(2)
    outcomes: list[str] = []

    def act(moderator: int) -> None:
        with app.app_context():
            viewer = make.viewer(moderator)
            db.session.rollback()
            both.wait(timeout=20)
            outcome = "settled"
            try:
                with unit_of_work():
                    draft = actions.SettleDraft("agree", 1, "attack")
                    actions.settle_case(viewer, case_id, draft)
            except SettledMeanwhile:
                outcome = "faster"
            outcomes.append(outcome)
            db.session.remove()

    moderators = [make.moderator(), make.moderator()]
    db.session.rollback()
    workers = [threading.Thread(target=act, args=(moderator,)) for moderator in moderators]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert sorted(outcomes) == ["faster", "settled"]
    assert cases()[0].version == 2


def test_reports_at_the_same_moment_share_one_case(app, garden, make, flag, cases):
    number = garden.plant(make.member())
    members = [make.member() for _ in range(4)]
    db.session.rollback()
    together = threading.Barrier(len(members))

    def act(member: int) -> None:
        with app.app_context():
            together.wait(timeout=20)
            flag(member, number)
            db.session.remove()

    workers = [threading.Thread(target=act, args=(member,)) for member in members]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    (case,) = cases()
    assert case.score == 4.0


def test_reversal_restores_and_is_logged(garden, make, reported, sign_in, settle, cases):
    number, case_id = reported()
    settle(make.moderator(), case_id)
    client = sign_in(make.moderator("Sunita"))
    page = client.get(f"/review/{case_id}").text
    assert "Reopen and restore" in page
    fields = {"version": "2"}
    answer = client.submit(f"/review/{case_id}/reverse", fields, form_at=f"/review/{case_id}")
    assert answer.status_code == 303
    assert not garden.plants[number].withdrawn
    assert (cases()[0].decision, cases()[0].is_hidden) == ("disagree", False)
    page = client.get(f"/review/{case_id}").text
    assert "Sunita opened the case again and restored it" in page
    assert "Reopen and restore" not in page


def test_reversal_of_an_old_version_is_refused(garden, make, reported, settle):
    number, case_id = reported()
    settle(make.moderator(), case_id)
    with pytest.raises(SettledMeanwhile), unit_of_work():
        actions.reverse_case(make.viewer(make.moderator()), case_id, 1)
    assert garden.plants[number].withdrawn


def test_nobody_settles_a_case_about_themselves(garden, make, reported, sign_in):
    author = make.moderator()
    _number, case_id = reported(author)
    client = sign_in(author)
    assert client.get(f"/review/{case_id}").status_code == 404
    assert "No case waits" in client.get("/review").text


def test_case_of_a_closed_circle_is_not_here_for_others(make, reported, flag, garden, sign_in, cases):
    insider = make.moderator()
    number = garden.plant(make.member(), audience=f"member:{insider}")
    flag(insider, number)
    case_id = cases()[0].id
    assert sign_in(make.moderator()).get(f"/review/{case_id}").status_code == 404
    assert sign_in(insider).get(f"/review/{case_id}").status_code == 200


@pytest.mark.parametrize("url", ["/review", "/review/1"])
def test_review_is_for_moderators(make, reported, sign_in, client, url):
    reported()
    assert sign_in(make.member()).get(url).status_code == 404
    assert client.get(url).status_code == 404
    assert sign_in(make.moderator()).get(url).status_code == 200
    assert sign_in(make.admin()).get(url).status_code == 200


def test_author_reads_why_and_nobody_else(make, reported, settle, sign_in, client):
    author = make.member(language="fr")
    _number, case_id = reported(author)
    settle(make.moderator(), case_id, ground="other", words="Trop de majuscules.")
    page = sign_in(author).get("/statement/1").text
    assert 'lang="fr"' in page
    assert "Trop de majuscules." in page
    assert "<p>Leaves of 1</p>" in page
    assert sign_in(make.member()).get("/statement/1").status_code == 404
    assert client.get("/statement/1").headers["Location"].startswith("/sign-in")


def test_case_about_a_thing_that_is_gone_can_be_closed(garden, make, reported, sign_in, cases):
    number, case_id = reported()
    del garden.plants[number]
    client = sign_in(make.moderator())
    assert "no longer there" in client.get("/review").text.lower()
    assert "no longer there" in client.get(f"/review/{case_id}").text
    assert decide(client, case_id, "agree", ground="attack").status_code == 404
    assert decide(client, case_id, "ignore").status_code == 303
    assert cases()[0].decision == "ignore"


def test_thing_that_its_author_withdraws_settles_the_case_as_agreed(garden, make, reported, cases):
    number, _case_id = reported()
    garden.uproot(number)
    make.work()
    case = cases()[0]
    assert (case.status, case.decision, case.ground, case.is_hidden) == (
        "settled",
        "agree",
        "withdrawn",
        False,
    )
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Statement)) == 0


def test_taking_a_case_shows_others_who_is_at_it(make, reported, sign_in):
    _number, case_id = reported()
    url = f"/review/{case_id}"
    client, other = sign_in(make.moderator("Lucía")), sign_in(make.moderator())
    client.submit(f"{url}/claim", {"act": "claim"}, form_at=url)
    assert "You took this case" in client.get(url).text
    assert "Lucía is at it" in other.get("/review").text
    client.submit(f"{url}/claim", {"act": "release"}, form_at=url)
    assert "Lucía is at it" not in other.get("/review").text
    assert decide(other, case_id, "ignore").status_code == 303


def test_every_act_stands_in_the_log(garden, make, reported, settle, flag):
    number, case_id = reported()
    flag(make.moderator(), number)
    flag(make.moderator(), number)
    settle(make.moderator(), case_id)
    with unit_of_work():
        actions.reverse_case(make.viewer(make.moderator()), case_id, 2)
    acts = list(db.session.scalars(sa.select(LogRow.act).order_by(LogRow.id)))
    assert acts == ["reported", "reported", "reported", "held", "settled", "reversed"]


def test_what_fails_leaves_no_trace(garden, make, reported, settle, cases):
    number, case_id = reported()
    del garden.plants[number]
    before = db.session.scalar(sa.select(sa.func.count()).select_from(LogRow))
    with pytest.raises(NotFound):
        settle(make.moderator(), case_id)
    assert cases()[0].status == "open"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LogRow)) == before


def test_words_of_the_slower_moderator_are_not_lost(reported, sign_in, make):
    _number, case_id = reported()
    slow = sign_in(make.moderator("Lucía"))
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', slow.get(f"/review/{case_id}").text)[1]
    decide(sign_in(make.moderator("Amina")), case_id, "disagree")
    words = "Short."
    fields = {"decision": "agree", "version": "1", "ground": "attack", "words": words, "csrf_token": token}
    answer = slow.post(f"/review/{case_id}", data=fields)
    assert answer.status_code == 409
    assert "Amina has decided this case" in answer.text
    assert f">{words}</textarea>" in answer.text
    assert f'href="/review/{case_id}"' in answer.text
