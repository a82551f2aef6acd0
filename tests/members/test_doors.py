"""The door tells nobody who is here, and does not wear out."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from brain.base import clock
from brain.base.access import HOUSE
from brain.base.db import db
from brain.base.limits import Hits
from brain.base.settings import change_setting
from brain.base.unit import unit_of_work
from brain.mail.kept import kept_folder, kept_letters
from brain.members import passwords
from brain.members.models import Member, MemberSession
from brain.members.queries import member_count, person_named

PASSWORD = "nine cups of mint tea"


@pytest.fixture(autouse=True)
def empty_letter_box(app):
    """Begin without letters of other tests."""
    for file in kept_folder().glob("*"):
        file.unlink()


def form(name: str = "Grace Achieng", email: str = "grace@example.org", **more) -> dict:
    return {"name": name, "email": email, "password": PASSWORD, "reads": ["en"]} | more


def shape(answer) -> tuple:
    """Give what an onlooker sees of an answer, without what differs each time."""
    text = re.sub(r'value="[^"]{20,}"|Grace|Nobody|grace@\S+|nobody@\S+', "", answer.text)
    headers = {name for name, _value in answer.headers}
    return answer.status_code, answer.location, headers, text


def test_registering_a_known_address_looks_like_any_other(app, make):
    make.member("Rosa", email="rosa@example.org")
    make.work()
    known, unknown = app.test_client(), app.test_client()
    first = known.submit("/register", form("Nobody Special", "rosa@example.org"))
    second = unknown.submit("/register", form("Grace Achieng", "grace@example.org"))
    assert shape(first) == shape(second)
    pages = [
        re.sub("Nobody Special|Grace Achieng|rosa@|grace@", "", c.get("/settings").text)
        for c in (known, unknown)
    ]
    assert len(pages[0]) - len(pages[1]) < 200
    assert known.get("/settings").status_code == unknown.get("/settings").status_code == 200
    for client in (known, unknown):
        client.submit("/sign-out", form_at="/settings")
    signed = [
        c.submit("/sign-in", {"who": who, "password": PASSWORD}).status_code
        for c, who in ((known, "rosa@example.org"), (unknown, "grace@example.org"))
    ]
    assert signed == [303, 303], "signing in with it does not tell either"
    assert not [name for name in ("Nobody Special", "Grace Achieng") if person_named(name) is None]
    make.work()
    letters = {letter.to: letter.subject for letter in kept_letters()}
    assert letters["rosa@example.org"].startswith("You have an account at")
    assert letters["grace@example.org"].startswith("Confirm your address")
    assert member_count() == 1


def test_letter_to_a_known_address_confirms_nothing(make, client):
    make.member("Rosa", email="rosa@example.org")
    client.submit("/register", form("Nobody Special", "rosa@example.org"))
    make.work()
    assert "/confirm/" not in "".join(letter.text for letter in kept_letters())


def test_first_to_confirm_an_address_has_it(app, make):
    links = []
    for name in ("First Comer", "Second Comer"):
        app.test_client().submit("/register", form(name))
        make.work()
        links.append(re.search(r"http://localhost(/confirm/\S+)", kept_letters()[0].text)[1])
    own = {"password": "a pot of rooibos tea"}
    assert app.test_client().submit(links[1], own).status_code == 303
    late = app.test_client().submit(links[0], own)
    assert late.status_code == 409
    assert "Another account has this address" in late.text
    assert [m.name for m in db.session.scalars(sa.select(Member).where(Member.email.is_not(None)))] == [
        "Second Comer"
    ]


@pytest.mark.parametrize("page", ["/reset", "/claim"])
def test_asking_for_a_way_in_tells_nothing(app, make, page):
    make.member("Rosa", email="rosa@example.org")
    make.work()
    answers = [
        app.test_client().submit(page, {"email": e}) for e in ("rosa@example.org", "nobody@example.org")
    ]
    assert shape(answers[0]) == shape(answers[1])
    make.work()
    assert [letter.to for letter in kept_letters()] == ["rosa@example.org"]


def test_asking_for_a_way_in_writes_as_much_for_anybody(app, make, queries):
    make.member("Rosa", email="rosa@example.org")
    app.test_client().submit("/reset", {"email": "warm-up@example.org"})
    counts = []
    for address in ("rosa@example.org", "nobody@example.org"):
        client = app.test_client()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/reset").text)[1]
        with queries(most=50) as said:
            client.post("/reset", data={"csrf_token": token, "email": address})
        counts.append([statement.split()[0] for statement in said])
    assert counts[0] == counts[1]


def test_wrong_password_and_unknown_name_say_the_same(app, make):
    make.member("Grace", email="grace@example.org", password=PASSWORD)
    pairs = [
        ("Grace", "wrong password"),
        ("Nobody", "wrong password"),
        ("grace@example.org", "x"),
        ("nobody@example.org", "x"),
    ]
    answers = [app.test_client().submit("/sign-in", {"who": who, "password": given}) for who, given in pairs]
    assert len({shape(answer)[0:2] for answer in answers}) == 1
    said = {re.search(r'<p class="error"[^>]*>.*?</p>', answer.text)[0] for answer in answers}
    assert len(said) == 1


def test_unknown_name_costs_as_many_hashes(app, make, monkeypatch):
    make.member("Grace", email="grace@example.org", password=PASSWORD)
    verified = []
    right = PasswordHasher.verify
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda self, *given: verified.append(1) or right(self, *given)
    )
    counts = []
    for who in ("Grace", "Nobody", "grace@example.org", "nobody@example.org"):
        verified.clear()
        app.test_client().submit("/sign-in", {"who": who, "password": "wrong password"})
        counts.append(len(verified))
    assert counts == [1, 1, 2, 2]


def test_imported_or_erased_people_cannot_sign_in(app, make, client):
    from brain.members.actions import StagedMember, add_staged_members, erase_member

    with unit_of_work():
        add_staged_members([StagedMember("1", "grace")])
    gone = make.member("Rosa", password=PASSWORD)
    with unit_of_work():
        erase_member(gone)
    for who, given in (("grace", ""), ("grace", "None"), (f"member-{gone}", PASSWORD), ("Rosa", PASSWORD)):
        assert client.submit("/sign-in", {"who": who, "password": given or " "}).status_code == 422


def test_seventh_attempt_in_a_minute_waits(app, make):
    make.member("Grace", password=PASSWORD)
    with clock.at(clock.now().replace(second=0, microsecond=0)):
        client = app.test_client()
        for number in range(6):
            assert client.submit("/sign-in", {"who": f"guess {number}", "password": "x"}).status_code == 422
        late = client.submit("/sign-in", {"who": "Grace", "password": PASSWORD})
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) <= 60
    with clock.at(timedelta(minutes=2)):
        assert client.submit("/sign-in", {"who": "Grace", "password": PASSWORD}).status_code == 303


def test_account_is_guarded_from_many_addresses(app, make):
    make.member("Grace", password=PASSWORD)
    client = app.test_client()
    with clock.at(clock.now().replace(second=0, microsecond=0)):
        codes = [
            client.submit(
                "/sign-in",
                {"who": "Grace", "password": "x"},
                environ_overrides={"REMOTE_ADDR": f"192.0.2.{n}"},
            ).status_code
            for n in range(7)
        ]
    assert codes == [422] * 6 + [429]


def test_names_that_look_alike_are_one_account(app, make):
    make.member("Grace", email="grace@example.org", password=PASSWORD)
    client = app.test_client()
    typed = ("Grace", "GRACE", "Grасe", "grace@example.org", "Grace@EXAMPLE.org", " Grace ", "Grace")
    with clock.at(clock.now().replace(second=0, microsecond=0)):
        codes = [
            client.submit(
                "/sign-in", {"who": who, "password": "x"}, environ_overrides={"REMOTE_ADDR": f"192.0.2.{n}"}
            ).status_code
            for n, who in enumerate(typed)
        ]
    assert codes == [422] * 6 + [429]


def test_stranger_who_guesses_does_not_keep_the_owner_out(app, make):
    make.member("Grace", password=PASSWORD)
    home = {"REMOTE_ADDR": "198.51.100.7"}
    with clock.at(clock.now().replace(second=0, microsecond=0)):
        phone = {"who": "Grace", "password": PASSWORD}
        assert app.test_client().submit("/sign-in", phone, environ_overrides=home).status_code == 303
        for number in range(7):
            app.test_client().submit(
                "/sign-in",
                {"who": "Grace", "password": "x"},
                environ_overrides={"REMOTE_ADDR": f"192.0.2.{number}"},
            )
        elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
        assert app.test_client().submit("/sign-in", phone, environ_overrides=elsewhere).status_code == 429
        assert app.test_client().submit("/sign-in", phone, environ_overrides=home).status_code == 303


def test_right_passwords_are_no_attempts(app, make):
    """A class of a course enters behind one address."""
    make.member("Grace", password=PASSWORD)
    with clock.at(clock.now().replace(second=0, microsecond=0)):
        codes = {
            app.test_client().submit("/sign-in", {"who": "Grace", "password": PASSWORD}).status_code
            for _number in range(8)
        }
    assert codes == {303}


def test_thirty_attempts_an_hour_are_enough(app, make):
    with unit_of_work():
        change_setting(HOUSE, "members.sign_ins_a_minute", 1000)
        change_setting(HOUSE, "members.sign_ins_an_hour", 4)
    client = app.test_client()
    with clock.at(clock.now().replace(minute=0, second=0, microsecond=0)):
        codes = [client.submit("/sign-in", {"who": "Grace", "password": "x"}).status_code for _ in range(5)]
    assert codes == [422] * 4 + [429]


def test_three_registrations_a_day_from_one_address(app):
    codes = []
    for number in range(4):
        answer = app.test_client().submit("/register", form(f"Person {number}a", f"p{number}@example.org"))
        codes.append(answer.status_code)
    assert codes == [303, 303, 303, 429]


def test_wrong_entries_do_not_use_up_registrations(app):
    for _ in range(5):
        assert app.test_client().submit("/register", form(email="no address")).status_code == 422
    assert app.test_client().submit("/register", form()).status_code == 303


def test_mailbox_is_not_flooded(app, make):
    make.member("Rosa", email="rosa@example.org")
    make.work()
    with clock.at(clock.now().replace(minute=0, second=0, microsecond=0)):
        codes = [
            app.test_client()
            .submit(
                "/reset", {"email": "rosa@example.org"}, environ_overrides={"REMOTE_ADDR": f"192.0.2.{n}"}
            )
            .status_code
            for n in range(6)
        ]
        make.work()
    assert codes == [303] * 5 + [429]
    assert len(kept_letters()) == 5


def test_mailbox_is_not_flooded_by_registering_with_it(app, make):
    with clock.at(clock.now().replace(minute=0, second=0, microsecond=0)):
        codes = [
            app.test_client()
            .submit(
                "/register",
                form(f"Person {n}a", "Rosa@example.org" if n % 2 else "rosa@example.org"),
                environ_overrides={"REMOTE_ADDR": f"192.0.2.{n}"},
            )
            .status_code
            for n in range(6)
        ]
        make.work()
    assert codes == [303] * 5 + [429]
    assert len(kept_letters()) == 5


def test_long_wait_is_said_in_hours(app):
    with clock.at(clock.now().replace(hour=1, minute=0, second=0, microsecond=0)):
        for number in range(4):
            answer = app.test_client().submit(
                "/register", form(f"Person {number}a", f"p{number}@example.org")
            )
    assert "Try again in 23 hours." in answer.text


def test_counts_of_attempts_hold_no_names(app, make):
    app.test_client().submit("/sign-in", {"who": "grace@example.org", "password": "x"})
    keys = " ".join(db.session.scalars(sa.select(Hits.key)))
    assert "members.sign_in" in keys
    assert "grace" not in keys


def test_program_that_fills_in_everything_opens_no_account(client):
    answer = client.submit("/register", form(website="https://spam.example"))
    assert (answer.status_code, answer.location) == (303, "/")
    assert person_named("Grace Achieng") is None


def test_registration_can_be_closed(client):
    with unit_of_work():
        change_setting(HOUSE, "members.registration_open", False)
    assert client.submit("/register", form()).status_code == 403


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", "x" * 41),
        ("name", "admin"),
        ("name", "12345"),
        ("name", ""),
        ("email", "x" * 250 + "@example.org"),
        ("email", "rosa@"),
        ("email", "rosa@example.org\r\nBcc: all@example.org"),
        ("password", "too short"),
        ("password", "x" * 201),
        ("password", "1234567890"),
        ("password", "Grace Achieng1"),
        ("reads", "tlh"),
    ],
)
def test_entry_that_does_not_fit_is_refused_beside_its_field(client, field, text):
    answer = client.submit("/register", form(**{field: text}))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert person_named("Grace Achieng") is None


@pytest.mark.parametrize("page", ["/register", "/sign-in", "/reset", "/claim"])
def test_ten_megabytes_are_refused(client, page):
    names = ("name", "email", "password", "who")
    for name in names:
        assert 400 <= client.submit(page, {name: "x" * 10_000_000}).status_code < 500


def test_password_that_was_typed_is_not_sent_back(client):
    answer = client.submit("/register", form(email="no address"))
    assert PASSWORD not in answer.text


def test_weaker_hash_is_replaced_at_sign_in(client, make):
    member_id = make.member("Grace", password=PASSWORD)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with unit_of_work():
        db.session.execute(sa.update(Member).where(Member.id == member_id).values(password_hash=weak))
    assert client.submit("/sign-in", {"who": "Grace", "password": PASSWORD}).status_code == 303
    stored = db.session.scalar(sa.select(Member.password_hash).where(Member.id == member_id))
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_token_of_a_session_is_stored_hashed(client, make):
    make.member("Grace", password=PASSWORD)
    client.submit("/sign-in", {"who": "Grace", "password": PASSWORD})
    with client.session_transaction() as session:
        token = session["_user_id"]
    stored = db.session.scalars(sa.select(MemberSession.token_hash)).all()
    assert len(stored) == 1
    assert token not in stored


def test_session_changes_when_signing_in(client, make):
    make.member("Grace", password=PASSWORD)
    client.get("/sign-in")
    with client.session_transaction() as session:
        before = session["csrf_token"]
    client.submit("/sign-in", {"who": "Grace", "password": PASSWORD})
    with client.session_transaction() as session:
        assert session.get("csrf_token") != before


def test_cookie_stays_only_when_asked(app, make):
    make.member("Grace", password=PASSWORD)
    short = app.test_client().submit("/sign-in", {"who": "Grace", "password": PASSWORD})
    long = app.test_client().submit("/sign-in", {"who": "Grace", "password": PASSWORD, "stays": "y"})
    assert "Expires" not in short.headers["Set-Cookie"]
    assert "Expires" in long.headers["Set-Cookie"]


@pytest.mark.parametrize("page", ["/sign-out", "/confirm", "/settings/sessions", "/language"])
def test_form_without_its_token_does_nothing(sign_in, make, page):
    client = sign_in(make.member())
    assert client.post(page, data={"session": "others", "code": "ar"}).status_code == 400
    assert client.get("/settings").status_code == 200


def test_way_on_stays_on_this_site(app, make):
    make.member("Grace", password=PASSWORD)
    for way in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        client = app.test_client()
        with clock.at(timedelta(minutes=2 * len(way))):
            answer = client.submit(f"/sign-in?next={way}", {"who": "Grace", "password": PASSWORD})
        assert answer.location == "/"


def test_password_alike_on_another_keyboard_is_right():
    kept = passwords.hash_password("cafe\u0301 con leche")
    assert passwords.is_right(kept, "caf\u00e9 con leche")
    assert not passwords.is_right(None, "caf\u00e9 con leche")
    assert not passwords.is_right("not a hash", "caf\u00e9 con leche")
