"""From registering to signing out, as a new member goes."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from brain.base.db import db
from brain.base.events import Outbox
from brain.mail.kept import kept_folder, kept_letters
from brain.members.models import Member
from brain.members.queries import person_named, viewer_of

PASSWORD = "nine cups of mint tea"
ROSA = {"name": "Rosa Cuautle", "email": "rosa@example.org", "password": PASSWORD, "reads": ["es", "en"]}


@pytest.fixture(autouse=True)
def empty_letter_box(app):
    """Begin without letters of other tests."""
    for file in kept_folder().glob("*"):
        file.unlink()


@pytest.fixture
def letters(make):
    """Deliver everything, then give the letters kept since the last time, oldest first."""
    seen: set[str] = set()

    def arrived():
        make.work()
        found = [letter for letter in reversed(kept_letters()) if letter.name not in seen]
        seen.update(letter.name for letter in found)
        return found

    return arrived


def link_in(letter) -> str:
    """Give the path that a letter leads to."""
    return re.search(r"http://localhost(/\S+)", letter.text)[1]


def test_from_registering_to_signing_out(app, client, letters):
    answer = client.submit("/register", ROSA)
    assert (answer.status_code, answer.location) == (303, "/")
    waiting = client.get("/settings").text
    assert "Confirm your address" in waiting

    [letter] = letters()
    assert letter.to == "rosa@example.org"
    path = link_in(letter)
    assert client.get(path).status_code == 200
    person = person_named("Rosa Cuautle")
    assert not viewer_of(person.id).confirmed, "a GET, as mail scanners make it, confirms nothing"
    assert client.submit(path).location == "/"
    assert viewer_of(person.id).confirmed
    assert "Confirm your address" not in client.get("/settings").text

    client.submit("/sign-out", form_at="/settings")
    assert client.get("/settings").status_code == 303
    answer = client.submit("/sign-in?next=/members", {"who": "ROSA@example.org", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/members")
    assert "Rosa Cuautle" in client.get("/members").text
    assert client.get("/me").location == "/member/Rosa%20Cuautle"
    assert "<bdi>Rosa Cuautle</bdi>" in client.get("/member/Rosa%20Cuautle").text

    other = app.test_client()
    other.submit("/sign-in", {"who": "rosa cuautle", "password": PASSWORD})
    assert other.get("/settings").status_code == 200
    devices = client.get("/settings/sessions").text
    [session] = re.findall(r'name="session" value="(\d+)"', devices)
    client.submit("/settings/sessions", {"session": session})
    assert other.get("/settings").status_code == 303
    assert client.get("/settings").status_code == 200

    other.submit("/sign-in", {"who": "rosa cuautle", "password": PASSWORD})
    client.submit("/settings/sessions", {"session": "others"})
    assert other.get("/settings").status_code == 303
    client.submit("/sign-out", form_at="/settings")
    assert client.get("/me").location.startswith("/sign-in?next=")


def test_joining_is_told_once_the_address_is_confirmed(client, letters, app):
    heard = []
    from brain.base.events import Subscriber, subscribe

    subscribe(Subscriber("test.joined", ("member_joined",), heard.extend))
    client.submit("/register", ROSA)
    [letter] = letters()
    assert heard == []
    client.submit(link_in(letter))
    letters()
    assert heard == [{"member_id": person_named("Rosa Cuautle").id}]


def test_link_of_a_letter_works_once(client, letters):
    client.submit("/register", ROSA)
    path = link_in(letters()[0])
    client.submit(path)
    again = client.get(path)
    assert (again.status_code, again.location) == (303, "/")
    assert "confirmed already" in client.get("/").text
    assert client.get(path[:-3] + "abc").status_code == 410
    assert client.get("/confirm/" + "x" * 5000).status_code == 410
    assert client.get("/reset/" + path.split("/")[-1]).status_code == 410


def test_letter_can_be_sent_again(client, letters):
    client.submit("/register", ROSA)
    [first] = letters()
    client.submit("/confirm", form_at="/settings")
    [second] = letters()
    assert second.to == first.to
    assert client.get(link_in(second)).status_code == 200


def test_forgotten_password_is_replaced_by_letter(app, make, client, sign_in, letters):
    member_id = make.member("Rosa", email="rosa@example.org", password="the old password here")
    device = sign_in(member_id)
    letters()
    client.submit("/reset", {"email": "rosa@example.org"})
    [letter] = letters()
    path = link_in(letter)
    assert client.submit(path, {"password": "rosa"}).status_code == 422
    assert client.submit(path, {"password": PASSWORD}).location == "/"
    assert client.get("/settings").status_code == 200, "who reads the mail and knows the password is in"
    assert device.get("/settings").status_code == 303, "a new password signs all devices out"
    assert client.get(path).status_code == 410
    client.submit("/sign-out", form_at="/settings")
    assert client.submit("/sign-in", {"who": "Rosa", "password": PASSWORD}).status_code == 303
    assert [letter.subject for letter in letters()] == ["Your password was changed"]


def test_reset_link_dies_after_two_hours(make, client, letters):
    from datetime import timedelta

    from brain.base import clock

    make.member("Rosa", email="rosa@example.org")
    letters()
    client.submit("/reset", {"email": "rosa@example.org"})
    path = link_in(letters()[0])
    with clock.at(timedelta(minutes=119)):
        assert client.get(path).status_code == 200
    with clock.at(timedelta(minutes=121)):
        assert client.get(path).status_code == 410


def test_address_is_changed_when_the_new_one_is_confirmed(make, sign_in, letters):
    member_id = make.member("Rosa", email="rosa@example.org", password=PASSWORD)
    client = sign_in(member_id)
    letters()
    new = {"email": "cuautle@example.org", "password": PASSWORD}
    assert client.submit("/settings/address", new | {"password": "wrong password"}).status_code == 422
    assert client.submit("/settings/address", new).status_code == 303
    old, confirm = letters()
    assert (old.to, confirm.to) == ("rosa@example.org", "cuautle@example.org")
    assert "cuautle" not in old.text
    assert db.session.get(Member, member_id).email == "rosa@example.org"
    client.submit(link_in(confirm))
    db.session.expire_all()
    assert db.session.get(Member, member_id).email == "cuautle@example.org"


def test_change_of_address_can_be_called_off(make, sign_in, letters):
    member_id = make.member("Rosa", email="rosa@example.org", password=PASSWORD)
    client = sign_in(member_id)
    letters()
    client.submit("/settings/address", {"email": "cuautle@example.org", "password": PASSWORD})
    _old, confirm = letters()
    assert "Cancel this change" in client.get("/settings/address").text
    client.submit("/settings/address/cancel", form_at="/settings/address")
    page = client.get("/settings/address").text
    assert "cuautle@example.org" not in page
    assert "Cancel this change" not in page
    assert client.get(link_in(confirm)).status_code == 410


def test_changed_password_signs_out_the_other_devices(make, sign_in, letters):
    member_id = make.member("Rosa", email="rosa@example.org", password=PASSWORD)
    here, there = sign_in(member_id), sign_in(member_id)
    letters()
    fields = {"password": PASSWORD, "new_password": "another long one"}
    assert here.submit("/settings/password", fields | {"password": "guess"}).status_code == 422
    assert here.submit("/settings/password", fields).status_code == 303
    assert here.get("/settings").status_code == 200
    assert there.get("/settings").status_code == 303
    assert [letter.to for letter in letters()] == ["rosa@example.org"]


def test_staged_author_claims_the_account_by_mail(make, client, letters):
    from brain.base.unit import unit_of_work
    from brain.members.actions import StagedMember, add_staged_members

    with unit_of_work():
        ids = add_staged_members([StagedMember("7", "grace", email="grace@example.org", language="fr")])
    client.submit("/claim", {"email": "Grace@example.org"})
    [letter] = letters()
    assert letter.language == "fr"
    assert client.submit(link_in(letter), {"password": PASSWORD}).status_code == 303
    assert client.get("/settings").status_code == 200
    assert viewer_of(ids["7"]).confirmed
    assert not db.session.get(Member, ids["7"]).staged


def test_staged_author_who_registers_is_offered_the_account(client, letters, make):
    from brain.base.unit import unit_of_work
    from brain.members.actions import StagedMember, add_staged_members

    with unit_of_work():
        add_staged_members([StagedMember("7", "grace", email="rosa@example.org")])
    client.submit("/register", ROSA)
    [letter] = letters()
    assert link_in(letter).startswith("/claim/")


def test_losing_a_role_signs_out(make, sign_in, app):
    from brain.base.access import HOUSE
    from brain.base.unit import unit_of_work
    from brain.members.actions import change_role

    member_id = make.moderator("Rosa")
    client = sign_in(member_id)
    assert client.get("/settings").status_code == 200
    with unit_of_work():
        change_role(HOUSE, member_id, "member")
    assert client.get("/settings").status_code == 303


def test_suspended_member_is_out_and_stays_out(make, sign_in, client):
    from datetime import timedelta

    from brain.base import clock
    from brain.base.unit import unit_of_work

    member_id = make.member("Rosa", password=PASSWORD)
    device = sign_in(member_id)
    until = clock.now() + timedelta(days=3)
    with unit_of_work():
        db.session.execute(sa.update(Member).where(Member.id == member_id).values(suspended_until=until))
    assert device.get("/settings").status_code == 303
    answer = client.submit("/sign-in", {"who": "Rosa", "password": PASSWORD})
    assert answer.status_code == 403
    assert "suspended this account until" in answer.text
    with clock.at(until + timedelta(minutes=1)):
        assert client.submit("/sign-in", {"who": "Rosa", "password": PASSWORD}).status_code == 303


def test_session_rests_no_longer_than_ninety_days(make, sign_in):
    from datetime import timedelta

    from brain.base import clock

    client = sign_in(make.member())
    with clock.at(timedelta(days=89)):
        assert client.get("/settings").status_code == 200
    with clock.at(timedelta(days=89 + 89)):
        assert client.get("/settings").status_code == 200, "each visit counts"
    with clock.at(timedelta(days=89 + 89 + 91)):
        assert client.get("/settings").status_code == 303


def test_no_letter_is_left_after_a_journey(client, letters):
    client.submit("/register", ROSA)
    client.submit(link_in(letters()[0]))
    letters()
    left = sa.select(Outbox.subscriber, Outbox.last_error).where(Outbox.subscriber.like("mail.%"))
    assert db.session.execute(left).all() == []
