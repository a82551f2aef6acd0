"""Accounts stay with, or come to, who reads their mail."""

from __future__ import annotations

import io
import re

import pytest

from brain.base.access import HOUSE
from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.mail.kept import kept_letters
from brain.members.actions import change_role
from brain.members.models import Member
from brain.members.queries import person_named

PASSWORD = "correct horse battery"


def link_to(address: str, page: str) -> str:
    """Give the path of the last link to a page in letters to an address."""
    texts = [letter.text for letter in kept_letters() if letter.to == address]
    links = [found[0] for text in texts if (found := re.search(rf"/{page}/[^\s\"<]+", text))]
    return links[0]


@pytest.fixture
def rosa(make) -> int:
    return make.member("Rosa", email="rosa@takeover.example", password=PASSWORD)


def test_change_of_address_dies_with_the_old_password(app, make, rosa):
    thief, owner = app.test_client(), app.test_client()
    assert thief.submit("/sign-in", {"who": "Rosa", "password": PASSWORD}).status_code == 303
    wanted = {"email": "thief@takeover.example", "password": PASSWORD}
    assert thief.submit("/settings/address", wanted).status_code == 303
    make.work()
    owner.submit("/reset", {"email": "rosa@takeover.example"})
    make.work()
    new = {"password": "another long pass phrase"}
    assert owner.submit(link_to("rosa@takeover.example", "reset"), new).status_code == 303
    link = link_to("thief@takeover.example", "confirm")
    assert app.test_client().get(link).status_code == 410
    db.session.rollback()
    assert db.session.get_one(Member, rosa).email == "rosa@takeover.example"


def registered(app, make, address):
    """Register with an address; gives the client, signed in, and the link in the letter."""
    client = app.test_client()
    draft = {"name": "Rosa Cuautle", "email": address, "password": PASSWORD, "reads": ["es"]}
    assert client.submit("/register", draft).status_code == 303
    make.work()
    return client, link_to(address, "confirm")


def test_who_registers_with_anothers_address_is_out_once_its_owner_confirms(app, make):
    stranger, link = registered(app, make, "owner@takeover.example")
    owner = app.test_client()
    page = owner.get(link).text
    assert "Rosa Cuautle" in page
    assert "choose its password" in page
    refused = owner.submit(link, {"password": "short"})
    assert refused.status_code == 422
    assert "at least 10 characters" in refused.text
    assert stranger.get("/settings").status_code == 200
    answer = owner.submit(link, {"password": "a pot of rooibos tea"})
    assert (answer.status_code, answer.location) == (303, "/")
    assert owner.get("/settings").status_code == 200
    assert stranger.get("/settings").status_code == 303, "signed out"
    signed = stranger.submit("/sign-in", {"who": "Rosa Cuautle", "password": PASSWORD})
    assert signed.status_code == 422, "and the old password opens nothing"


def test_who_confirms_where_they_registered_is_asked_nothing(app, make):
    client, link = registered(app, make, "own@takeover.example")
    assert 'type="password"' not in client.get(link).text
    assert client.submit(link).status_code == 303
    assert client.get("/settings").status_code == 200


def test_letter_names_the_account(app, make):
    registered(app, make, "named@takeover.example")
    assert "Rosa Cuautle" in next(kept.text for kept in kept_letters() if kept.to == "named@takeover.example")


def test_confirming_for_somebody_else_does_not_greet_the_wrong_person(app, make, rosa, sign_in):
    client = app.test_client()
    client.submit("/sign-in", {"who": "Rosa", "password": PASSWORD})
    client.submit("/settings/address", {"email": "new@takeover.example", "password": PASSWORD})
    make.work()
    other = sign_in(make.member("Amina"))
    other.submit(link_to("new@takeover.example", "confirm"))
    page = other.get("/").text
    assert "The address of Rosa is confirmed." in page
    assert "Your address is confirmed" not in page


def test_role_that_waits_for_a_confirmation_opens_nothing(app, make):
    client, _link = registered(app, make, "boss@takeover.example")
    with unit_of_work():
        change_role(HOUSE, person_named("Rosa Cuautle").id, "admin")
    assert client.get("/admin").status_code == 404
    assert client.get("/review").status_code == 404


@pytest.mark.parametrize(
    ("page", "field"),
    [("/register", "name"), ("/sign-in", "who"), ("/sign-in", "password"), ("/reset", "email")],
)
def test_file_in_place_of_a_text_is_no_text(app, page, field):
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).text)[1]
    sent = {"csrf_token": token, field: (io.BytesIO(b"x"), "a.txt")}
    assert client.post(page, data=sent, content_type="multipart/form-data").status_code == 422


def test_device_beyond_all_numbers_is_not_there(sign_in, make):
    client = sign_in(make.member())
    answer = client.submit("/settings/sessions", {"session": str(2**31)})
    assert answer.status_code == 404
