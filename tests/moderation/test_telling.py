"""Authors are told why, reporters what became of it, moderators what waits."""

from __future__ import annotations

import re

import pytest

from brain.base import i18n
from brain.base.unit import unit_of_work
from brain.mail.kept import kept_letters
from brain.moderation import actions
from brain.moderation.queries import ground_sentence


def told(client) -> list[str]:
    """List the sentences on a member's page of notifications."""
    page = client.get("/notifications").text
    notes = re.findall(r'<li class="note.*?<p>(.*?)</p>', page, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", note).replace("Unread: ", "").strip() for note in notes]


def letters_to(address: str):
    """List the letters that somebody was sent, newest first."""
    return [letter for letter in kept_letters() if letter.to == address]


@pytest.fixture
def address(tmp_path) -> str:
    """Give an address that no other test writes to."""
    return f"{tmp_path.name.lower().replace('_', '-')}@example.org"


def test_author_is_told_why_in_their_language(garden, make, flag, settle, cases, sign_in, address):
    author = make.member("Karim", language="fr", email=address)
    flag(make.member(), garden.plant(author))
    settle(make.moderator("Lucía"), cases()[0].id, ground="attack", words="Pas sur ce ton.")
    make.work()
    with i18n.speaking("fr"):
        why = ground_sentence("attack")
    page = sign_in(author).get("/notifications").text
    assert '<html lang="fr"' in page
    assert why in page
    assert "Pas sur ce ton." in page
    assert "Lucía" not in page
    (letter,) = letters_to(address)
    assert letter.language == "fr"
    for text in (letter.text, letter.html):
        assert why in text
        assert "Pas sur ce ton." in text
        assert "/statement/1" in text
        assert "Lucía" not in text


def test_notification_leads_to_the_statement(garden, make, flag, settle, cases, sign_in):
    author = make.member()
    flag(make.member(), garden.plant(author))
    settle(make.moderator(), cases()[0].id)
    make.work()
    client = sign_in(author)
    way = re.search(r"/notifications/\d+/open", client.get("/notifications").text)[0]
    assert client.get(way).headers["Location"] == "/statement/1"


def test_author_is_told_when_reports_alone_hide_it(garden, make, flag, sign_in, address):
    author = make.member(email=address)
    number = garden.plant(author)
    for _ in range(2):
        flag(make.moderator(), number)
    make.work()
    (sentence,) = told(sign_in(author))
    assert "Several members reported it" in sentence
    (letter,) = letters_to(address)
    assert letter.subject == "Something you wrote is hidden until a moderator has looked"


def test_author_without_address_gets_no_letter(garden, make, flag, settle, cases):
    from brain.members.actions import StagedMember, add_staged_members

    before = len(kept_letters())
    with unit_of_work():
        ids = add_staged_members([StagedMember(key="k", name="Karim")])
    flag(make.member(), garden.plant(next(iter(ids.values()))))
    settle(make.moderator(), cases()[0].id)
    make.work()
    assert len(kept_letters()) == before


@pytest.mark.parametrize(
    ("decision", "says"),
    [
        ("agree", "A moderator agreed"),
        ("disagree", "left it as it is"),
        ("ignore", "closed without a decision"),
    ],
)
def test_every_reporter_hears_the_outcome(garden, make, flag, settle, cases, sign_in, decision, says):
    number, reporters = garden.plant(make.member()), [make.member(), make.member()]
    for reporter in reporters:
        flag(reporter, number)
    settle(make.moderator(), cases()[0].id, decision)
    make.work()
    for reporter in reporters:
        (sentence,) = told(sign_in(reporter))
        assert says in sentence


def test_moderator_is_not_told_of_their_own_decision(garden, make, flag, settle, cases, sign_in):
    moderator = make.moderator()
    flag(moderator, garden.plant(make.member()))
    settle(moderator, cases()[0].id, "ignore")
    make.work()
    assert told(sign_in(moderator)) == []


def test_after_a_reversal_everybody_hears_again(garden, make, flag, settle, cases, sign_in):
    author, reporter = make.member(), make.member()
    flag(reporter, garden.plant(author))
    settle(make.moderator(), cases()[0].id)
    make.work()
    with unit_of_work():
        actions.reverse_case(make.viewer(make.moderator()), cases()[0].id, 2)
    make.work()
    heard = told(sign_in(author))
    assert heard[0] == "Something you wrote is shown again: Plant 1"
    assert heard[1].startswith("Something you wrote is hidden.")
    (sentence,) = told(sign_in(reporter))
    assert "left it as it is" in sentence
    assert "It is shown again." in sign_in(author).get("/statement/1").text


def test_letter_is_not_sent_once_it_is_no_longer_true(garden, make, flag, settle, cases, address):
    author = make.member(email=address)
    flag(make.member(), garden.plant(author))
    settle(make.moderator(), cases()[0].id)
    with unit_of_work():
        actions.reverse_case(make.viewer(make.moderator()), cases()[0].id, 2)
    make.work()
    assert letters_to(address) == []
