"""Commands about people."""

from __future__ import annotations

import pytest

from brain.base.unit import unit_of_work
from brain.cli import brain
from brain.members.actions import Registration, register
from brain.members.queries import person_named, viewer_of


@pytest.fixture
def run(app):
    """Run a command of ours, as somebody would at the server."""

    def command(*words: str):
        return app.test_cli_runner().invoke(brain, ["member", *words], catch_exceptions=False)

    return command


def test_admin_is_added_and_may_sign_in(run, client):
    password = "nine cups of mint tea"
    done = run("add", "Rosa", "rosa@example.org", "--role", "admin", "--password", password)
    assert done.exit_code == 0, done.output
    assert viewer_of(person_named("Rosa").id).role == "admin"
    assert client.submit("/sign-in", {"who": "Rosa", "password": password}).status_code == 303


def test_name_that_is_taken_is_refused_in_words(run, make):
    make.member("Rosa")
    done = run("add", "ROSA", "other@example.org", "--password", "nine cups of mint tea")
    assert done.exit_code == 1
    assert "Another member has this name" in done.output


def test_role_is_changed(run, make):
    member_id = make.member("Rosa")
    assert run("role", "rosa", "moderator").exit_code == 0
    assert viewer_of(member_id).role == "moderator"
    assert run("role", "nobody", "moderator").exit_code == 1
    assert run("role", "Rosa", "emperor").exit_code == 2


def test_address_is_confirmed_by_hand(run, app):
    with app.test_request_context("/register"), unit_of_work():
        draft = Registration("Wai Ting", "wai@example.org", "nine cups of mint tea", ("en",), "en")
        member_id = register(draft)
    assert run("confirm", "Wai Ting").exit_code == 0
    assert viewer_of(member_id).confirmed
    again = run("confirm", "Wai Ting")
    assert again.exit_code == 1
