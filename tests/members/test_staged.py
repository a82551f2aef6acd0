"""People who came with an import get addresses, so that they can claim their accounts."""

from __future__ import annotations

import pytest

from brain.base.access import HOUSE
from brain.base.db import db
from brain.base.errors import NotFound
from brain.base.unit import unit_of_work
from brain.mail.kept import kept_letters
from brain.members.actions import StagedMember, add_staged_members, give_addresses
from brain.members.models import Member


@pytest.fixture
def staged(app) -> dict[str, int]:
    """Give two people of an import, by key."""
    with unit_of_work():
        return add_staged_members([StagedMember("7", "grace"), StagedMember("8", "rosa")])


def given(addresses: dict[int, str]) -> dict[int, str]:
    with unit_of_work():
        return {member_id: str(problem) for member_id, problem in give_addresses(HOUSE, addresses).items()}


def test_address_that_was_given_brings_the_letter_to_claim(client, make, staged):
    assert given({staged["7"]: " Grace@Example.org "}) == {}
    client.submit("/claim", {"email": "grace@example.org"})
    make.work()
    assert "/claim/" in kept_letters()[0].text


def test_last_address_counts(staged):
    given({staged["7"]: "old@example.org"})
    given({staged["7"]: "new@example.org"})
    assert db.session.get(Member, staged["7"]).email == "new@example.org"


def test_address_that_cannot_be_given_is_named_and_keeps_no_other_back(make, staged):
    member = make.member(email="taken@example.org")
    problems = given({staged["7"]: "taken@example.org", member: "mine@example.org", staged["8"]: "r@x.org"})
    assert problems == {
        staged["7"]: "Another member has this address.",
        member: "This account is in its member's hands already.",
    }
    assert db.session.get(Member, staged["8"]).email == "r@x.org"
    assert given({staged["7"]: "no address"})[staged["7"]].startswith("This is no e-mail address.")


def test_only_admins_give_addresses(make, staged):
    with pytest.raises(NotFound), unit_of_work():
        give_addresses(make.viewer(make.moderator()), {staged["7"]: "a@example.org"})
