"""Cases of groups: no moderator need be in one, and no administrator looks unseen."""

from __future__ import annotations

import pytest

from brain.base.unit import unit_of_work
from brain.members.actions import add_group, join_group


@pytest.fixture
def closed(garden, make, flag):
    """Report a plant of a group as one of its members; gives its number."""
    reporter = make.member("Fatou")
    with unit_of_work():
        group = add_group("savers", {"en": "Savers"})
        join_group(reporter, group)
    number = garden.plant(make.member("Karim"), audience=f"group:{group}")
    flag(reporter, number, "other", "He told me of the leaves.")
    return number


def test_moderator_outside_the_group_does_not_see_the_case(closed, make, sign_in):
    client = sign_in(make.moderator())
    assert "Nothing waits here" in client.get("/review").text
    assert client.get("/review/1").status_code == 404


def test_administrator_sees_the_case_and_its_content_once_taken(closed, make, sign_in):
    client = sign_in(make.admin("Lucía"))
    assert "In a group that you are not in" in client.get("/review").text
    page = client.get("/review/1").text
    assert "Leaves of" not in page
    assert "He told me" not in page
    assert "as an administrator" in page.lower()
    client.submit("/review/1/claim", {"act": "claim"}, form_at="/review/1")
    page = client.get("/review/1").text
    assert "<p>Leaves of 1</p>" in page
    assert "He told me of the leaves." in page
    assert "Lucía took the case" in page


def test_administrator_decides_only_what_they_took(closed, garden, make, sign_in, cases):
    client = sign_in(make.admin())
    fields = {"decision": "agree", "ground": "attack", "words": "", "version": "1"}
    answer = client.submit("/review/1", fields, form_at="/review/1")
    assert answer.status_code == 409
    assert "Take this case first" in answer.text
    assert cases()[0].status == "open"
    client.submit("/review/1/claim", {"act": "claim"}, form_at="/review/1")
    assert client.submit("/review/1", fields, form_at="/review/1").status_code == 303
    assert garden.plants[closed].withdrawn
    client.submit("/review/1/reverse", {"version": str(cases()[0].version)}, form_at="/review/1")
    assert not garden.plants[closed].withdrawn
