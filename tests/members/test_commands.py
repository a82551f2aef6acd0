"""Commands about people."""

from __future__ import annotations

import pytest

from brain.base.unit import unit_of_work
from brain.cli import brain
from brain.mail.kept import kept_letters
from brain.members.actions import Registration, register
from brain.members.queries import person_named, viewer_of


@pytest.fixture
def run(app):
    """Run a command of ours, as somebody would at the server."""

    def command(*words: str, group: str = "member"):
        return app.test_cli_runner().invoke(brain, [group, *words], catch_exceptions=False)

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


def test_new_role_is_told_to_its_member(run, make):
    member_id = make.member("Fatou", email="fatou@roles.example", language="fr")
    make.work()
    for role in ("moderator", "moderator", "member"):
        run("role", "Fatou", role)
    make.work()
    told = [letter for letter in kept_letters() if letter.to == "fatou@roles.example"]
    assert [letter.language for letter in told] == ["fr", "fr"], "nothing is told when nothing changed"
    assert viewer_of(member_id).role == "member"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--password", "x"], "at least 10 characters"),
        (["--password", "rosa", "--language", "en"], "at least 10 characters"),
        (["--password", "nine cups of mint tea", "--language", "xx"], "xx is none of our languages"),
    ],
)
def test_added_member_fits_like_any_other(run, more, says):
    done = run("add", "Rosa", "rosa@example.org", *more)
    assert done.exit_code == 1
    assert says in done.output
    assert person_named("Rosa") is None


def test_groups_are_made_and_filled(run, make):
    rosa = make.member("Rosa")
    assert run("set", "savers", "en=Savers", "fr=Épargnants", group="group").exit_code == 0
    assert run("join", "savers", "Rosa", group="group").exit_code == 0
    assert run("list", group="group").output == "savers\tSavers\t1\n"
    [token] = [token for token in viewer_of(rosa).tokens if token.startswith("group:")]
    assert run("leave", "savers", "Rosa", group="group").exit_code == 0
    assert token not in viewer_of(rosa).tokens


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["set", "Big Group", "en=Big"], "small letters"),
        (["set", "big", "Big"], "en=Savers"),
        (["set", "big", "xx=Big"], "en=Savers"),
        (["join", "nowhere", "Rosa"], "No group has the key nowhere"),
    ],
)
def test_groups_that_do_not_fit_are_refused_in_words(run, make, words, says):
    make.member("Rosa")
    done = run(*words, group="group")
    assert done.exit_code == 1
    assert says in done.output


def test_address_is_confirmed_by_hand(run, app):
    with app.test_request_context("/register"), unit_of_work():
        draft = Registration("Wai Ting", "wai@example.org", "nine cups of mint tea", ("en",), "en")
        member_id = register(draft)
    assert run("confirm", "Wai Ting").exit_code == 0
    assert viewer_of(member_id).confirmed
    again = run("confirm", "Wai Ting")
    assert again.exit_code == 1
    assert "No address of this member waits" in again.output
