"""A new password ends what somebody who knew the old one had begun."""

from __future__ import annotations

import io
import re

import pytest

from brain.base.db import db
from brain.mail.kept import kept_letters
from brain.members.models import Member

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
