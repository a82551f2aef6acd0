"""Members' pages: what each reader sees, in both directions, within its budget."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import url_for

from brain.base import clock
from brain.base.access import VISITOR, allowed_rows, permission_named
from brain.base.db import db
from brain.base.i18n import LANGUAGES
from brain.base.unit import unit_of_work
from brain.members.actions import (
    Registration,
    SettingsDraft,
    StagedMember,
    add_group,
    add_staged_members,
    change_settings,
    erase_member,
    export_member,
    join_group,
    register,
)
from brain.members.jobs import forget_old
from brain.members.models import Member, MemberSession
from brain.members.queries import people, profile, viewer_of
from brain.members.sessions import open_session
from brain.plugin.contribution import ProfileField

PASSWORD = "nine cups of mint tea"
FIELDS = (
    ProfileField("test.work", "line", "Works with", audience="public", most=40),
    ProfileField("test.link", "url", "Own page"),
    ProfileField("test.speaks", "languages", "Speaks"),
    ProfileField("test.from", "country", "Comes from"),
)


@pytest.fixture
def waiting(app):
    """Give somebody who has registered and not confirmed."""
    with app.test_request_context("/register"), unit_of_work():
        return register(Registration("Wai Ting", "wai@example.org", PASSWORD, ("en",), "en"))


@pytest.fixture
def fields(app):
    """Declare profile fields, as a plugin would."""
    slices = app.extensions["brain"].slices
    before = slices["members"]
    slices["members"] = dataclasses.replace(before, profile_fields=FIELDS)
    yield FIELDS
    slices["members"] = before


def settings_form(**changes) -> dict:
    told = {"about": "", "country": "", "reads": ["en"], "language": "en", "timezone": "UTC", "theme": ""}
    return told | changes


PAGES = ("/sign-in", "/register", "/reset", "/claim")
OWN_PAGES = (
    "/settings",
    "/settings/address",
    "/settings/password",
    "/settings/sessions",
    "/members",
    "/member/Grace",
)


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("page", [*PAGES, *OWN_PAGES])
def test_page_reads_in_every_language(app, make, sign_in, page, language):
    member_id = make.member("Grace", country="KE", reads=("en", "sw"), language=language)
    client = app.test_client() if page in PAGES else sign_in(member_id)
    answer = client.get(f"{page}?lang={language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in answer.text
    assert answer.text.count("<h1") == 1


@pytest.mark.parametrize("page", [*OWN_PAGES[:5], "/me"])
def test_visitor_is_sent_to_sign_in(client, page):
    answer = client.get(page)
    assert answer.status_code == 303
    assert answer.location == f"/sign-in?next={page.replace('/', '%2F')}" or answer.location.startswith(
        "/sign-in?next="
    )


def test_names_of_any_script_have_an_address(app, make, client):
    for name in ("كريم أوحساين", "Leïla Haddad", "O'Brien", "박지우", "J. P. Silva", "ana_2"):
        make.member(name)
        with app.test_request_context():
            address = url_for("members.profile", name=name)
        assert f"<bdi>{name}</bdi>".replace("'", "&#39;") in client.get(address).text


def test_name_that_looks_the_same_leads_to_the_right_page(make, client):
    make.member("Grace Achieng")
    answer = client.get("/member/grace achieng")
    assert (answer.status_code, answer.location) == (302, "/member/Grace%20Achieng")
    assert client.get("/member/nobody").status_code == 404
    assert client.get("/member/" + "x" * 5000).status_code == 404


def test_who_waits_is_hidden_like_somebody_missing(app, make, waiting, sign_in):
    hidden, missing = "/member/Wai%20Ting", "/member/Nobody%20Here"
    for client in (app.test_client(), sign_in(make.member())):
        answers = [client.get(page) for page in (hidden, missing)]
        assert [answer.status_code for answer in answers] == [404, 404]
        shown = [re.sub(r'(Wai|Nobody)[^"]*|value="[^"]{20,}"', "", answer.text) for answer in answers]
        assert shown[0] == shown[1]
    assert sign_in(waiting).get(hidden).status_code == 200
    assert sign_in(make.moderator()).get(hidden).status_code == 200


def test_who_waits_reads_what_is_public_only(waiting, sign_in):
    viewer = viewer_of(waiting)
    assert (viewer.confirmed, viewer.tokens) == (False, {"public", f"member:{waiting}"})
    client = sign_in(waiting)
    refused = client.get("/members")
    assert refused.status_code == 403
    assert "Confirm your e-mail address first" in refused.text
    assert 'action="/confirm"' in client.get("/settings").text


def test_profile_shows_fields_to_their_audience(make, sign_in, client, fields):
    member_id = make.member("Grace")
    told = {
        "field-test.work": "Savings groups <b>",
        "field-test.link": "https://grace.example/",
        "field-test.speaks": ["sw", "en"],
        "field-test.from": "KE",
    }
    own = sign_in(member_id)
    assert (
        own.submit(
            "/settings", settings_form(about="I save, **together**.", country="KE", **told)
        ).status_code
        == 303
    )
    page = own.get("/member/Grace").text
    assert "<strong>together</strong>" in page
    assert "Savings groups &lt;b&gt;" in page
    assert 'href="https://grace.example/"' in page
    assert "Swahili · English" in page
    assert page.count("Kenya") == 2
    outside = client.get("/member/Grace").text
    assert "Savings groups" in outside
    assert "grace.example" not in outside
    assert "Swahili · English" not in outside


def test_address_that_is_no_web_address_is_not_linked(make, sign_in, fields):
    own = sign_in(make.member("Grace"))
    answer = own.submit("/settings", settings_form(**{"field-test.link": "javascript:alert(1)"}))
    assert answer.status_code == 422
    assert "javascript:alert" not in own.get("/member/Grace").text


def test_fields_of_a_plugin_that_is_off_stay(make, fields, app):
    member_id = make.member("Grace")
    viewer = viewer_of(member_id)
    with unit_of_work():
        db.session.get(Member, member_id).fields = {"gone.kept": "x", "test.work": "y"}
    draft = SettingsDraft("", "", ("en",), "en", "UTC", "", {"test.work": "z", "foreign.name": "no"})
    with unit_of_work():
        change_settings(viewer, draft)
    assert db.session.get(Member, member_id).fields == {"gone.kept": "x", "test.work": "z"}


def test_settings_are_kept_and_work_at_once(make, sign_in):
    client = sign_in(make.member("Grace"))
    told = settings_form(
        country="KE", reads=["sw", "fr"], language="fr", timezone="Africa/Nairobi", theme="dark"
    )
    assert client.submit("/settings", told).location == "/settings"
    page = client.get("/settings").text
    assert '<html lang="fr"' in page
    assert 'data-theme="dark"' in page
    assert '<option selected value="Africa/Nairobi">' in page
    assert 'checked id="reads-' in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"about": "x" * 2001},
        {"country": "XX"},
        {"reads": []},
        {"reads": ["tlh"]},
        {"language": "tlh"},
        {"timezone": "Mars/Olympus"},
        {"theme": "pink"},
        {"field-test.work": "x" * 41},
        {"field-test.from": "XX"},
    ],
)
def test_setting_that_does_not_fit_is_refused(make, sign_in, fields, wrong):
    client = sign_in(make.member("Grace"))
    assert client.submit("/settings", settings_form(**wrong)).status_code == 422


def test_directory_lists_by_name_and_filters(make, sign_in):
    me = make.member("Zoë", country="KE", reads=("en",))
    for name, country, reads in (
        ("Émile", "SN", ("fr", "wo")),
        ("ada", "KE", ("en", "sw")),
        ("كريم", "MA", ("ar",)),
    ):
        make.member(name, country=country, reads=reads)
    client = sign_in(me)

    def listed(query: str = "") -> list[str]:
        text = client.get(f"/members{query}").text
        places = {name: text.find(f"<bdi>{name}</bdi></a>") for name in ("Zoë", "Émile", "ada", "كريم")}
        return sorted((name for name, place in places.items() if place >= 0), key=lambda name: places[name])

    assert listed() == ["ada", "Émile", "Zoë", "كريم"]
    assert listed("?country=KE") == ["ada", "Zoë"]
    assert listed("?reads=wo") == ["Émile"]
    assert listed("?q=emi") == ["Émile"]
    assert listed("?country=KE&reads=sw") == ["ada"]
    assert listed("?country='--&reads=%25") == ["ada", "Émile", "Zoë", "كريم"]
    assert listed("?q=%25") == []


def test_directory_has_pages_of_thirty(make, sign_in):
    ids = [make.member(f"Person {number:03}") for number in range(35)]
    client = sign_in(ids[0])
    first, second = client.get("/members").text, client.get("/members?page=2").text
    assert first.count('class="sheet person"') == 30
    assert second.count('class="sheet person"') == 5
    assert "35 members" in first
    assert client.get("/members?page=99").text.count('class="sheet person"') == 5


def test_visitor_chooses_a_language_by_cookie(client):
    answer = client.get("/language/es?next=/sign-in?lang=en%26a=b")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?a=b"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("language=es;")
    assert "Max-Age=31536000" in cookie
    assert '<html lang="es"' in client.get("/sign-in").text
    assert client.get("/language/tlh").status_code == 404
    assert client.get("/language/es?next=//evil.example").location == "/"


def test_member_chooses_a_language_by_a_button(make, sign_in):
    member_id = make.member("Grace")
    client = sign_in(member_id)
    asked = client.get("/language/ar?next=/members")
    assert '<html lang="ar" dir="rtl"' in asked.text
    assert 'name="next" value="/members"' in asked.text
    assert db.session.get(Member, member_id).language == "en"
    answer = client.submit(
        "/language", {"code": "ar", "next": "/members"}, form_at="/language/ar?next=/members"
    )
    assert answer.location == "/members"
    assert '<html lang="ar" dir="rtl"' in client.get("/members").text
    assert viewer_of(member_id).language == "ar"


def test_devices_are_named_in_words(make, client):
    make.member("Grace", password=PASSWORD)
    agent = "Mozilla/5.0 (Android 13; Mobile; rv:120.0) Gecko/120.0 Firefox/120.0"
    client.submit("/sign-in", {"who": "Grace", "password": PASSWORD}, headers={"User-Agent": agent})
    assert "Firefox on Android" in client.get("/settings/sessions").text


def test_devices_of_others_are_out_of_reach(make, sign_in):
    victim, other = make.member(), make.member()
    sign_in(victim)
    session_id = db.session.scalar(sa.select(MemberSession.id).where(MemberSession.member_id == victim))
    client = sign_in(other)
    for which in (str(session_id), "999999", "x", "", "9" * 30, "٣"):
        assert client.submit("/settings/sessions", {"session": which}).status_code == 404
    assert db.session.get(MemberSession, session_id) is not None


def test_use_of_a_session_is_noted_every_ten_minutes(make, sign_in, queries):
    client = sign_in(make.member())
    client.get("/settings")
    began = db.session.scalar(sa.select(MemberSession.seen_at))
    with clock.at(timedelta(minutes=9)):
        client.get("/settings")
        assert db.session.scalar(sa.select(MemberSession.seen_at)) == began
    with clock.at(timedelta(minutes=11)) as later:
        client.get("/settings")
        db.session.rollback()
        assert db.session.scalar(sa.select(MemberSession.seen_at)) == later
        assert db.session.scalar(sa.select(Member.seen_at)) == later


def test_visitor_costs_no_query_and_no_session(app, client, queries):
    from brain.members.sessions import current_viewer

    with app.test_request_context("/"), queries(most=0):
        assert current_viewer() is VISITOR
    client.get("/sign-in")
    with client.session_transaction() as session:
        assert "_user_id" not in session


def test_member_costs_one_query(app, make, sign_in, queries):
    member_id = make.member()
    with unit_of_work():
        for number in range(3):
            join_group(member_id, add_group(f"group-{number}", {"en": f"Group {number}"}))
        token = open_session(member_id, "test", "127.0.0.1")
    from flask import session

    from brain.members.sessions import current_viewer

    cookie = {"Cookie": f"{app.config['SESSION_COOKIE_NAME']}=x"}
    with app.test_request_context("/", headers=cookie):
        session["_user_id"] = token
        with queries(most=1):
            viewer = current_viewer()
            assert current_viewer() == viewer
    assert len(viewer.tokens) == 6


@pytest.mark.parametrize(
    ("page", "most"), [("/member/Grace", 4), ("/members", 5), ("/settings", 4), ("/settings/sessions", 4)]
)
def test_page_stays_within_its_queries(make, sign_in, queries, page, most):
    member_id = make.member("Grace", country="KE")
    for number in range(30):
        make.member(f"Person {number}")
    client = sign_in(member_id)
    client.get(page)
    with queries(most=most):
        client.get(page)


GRID = ("visitor", "waiting", "member", "moderator", "admin")


@pytest.mark.parametrize("name", ["members.see_profile", "members.see_directory", "members.change_account"])
@pytest.mark.parametrize("role", GRID)
def test_rule_and_criterion_agree(make, waiting, name, role):
    with unit_of_work():
        staged = add_staged_members([StagedMember("1", "staged one")])["1"]
    ids = {"member": make.member(), "moderator": make.moderator(), "admin": make.admin(), "waiting": waiting}
    erased = make.member()
    with unit_of_work():
        erase_member(erased)
    viewer = VISITOR if role == "visitor" else viewer_of(ids[role])
    permission = permission_named(name)
    by_sql = set(db.session.scalars(sa.select(Member.id).where(allowed_rows(viewer, name))))
    for member in db.session.scalars(sa.select(Member)):
        by_rule = viewer.role in permission.granted_to and permission.rule(viewer, member)
        if name == "members.see_directory":
            by_rule = by_rule and member.confirmed_at is not None
        assert by_rule == (member.id in by_sql), (role, member.name)
    assert len({*ids.values(), staged, erased}) == 6


def test_erased_member_leaves_nothing(make, sign_in, app):
    member_id = make.member(
        "Grace Achieng", email="grace@example.org", country="KE", about="I save.", password=PASSWORD
    )
    with unit_of_work():
        join_group(member_id, add_group("agadir", {"en": "Agadir"}))
    device = sign_in(member_id)
    told = json.dumps(export_member(member_id))
    assert "grace@example.org" in told
    assert "argon2" not in told
    with unit_of_work():
        erase_member(member_id)
    assert device.get("/settings").status_code == 303
    with db.engine.connect() as connection:
        rest = "\n".join(
            str(row)
            for name in ("member", "member_session", "membership")
            for row in connection.execute(sa.text(f"SELECT * FROM {name}"))
        )
    assert not any(word in rest.casefold() for word in ("grace", "achieng", "i save", "127.0.0.1", "argon2"))
    assert people([member_id])[member_id].name == f"member-{member_id}"
    assert profile(VISITOR, f"member-{member_id}").about == ""


def test_time_takes_away_what_is_kept_no_longer(make, waiting, sign_in):
    member_id = make.member()
    with unit_of_work():
        open_session(member_id, "test", "192.0.2.1")
    with clock.at(timedelta(days=13)), unit_of_work():
        forget_old({})
    assert db.session.scalar(sa.select(Member.id).where(Member.id == waiting)) == waiting
    with clock.at(timedelta(days=31)), unit_of_work():
        forget_old({})
    assert db.session.scalar(sa.select(Member.id).where(Member.id == waiting)) is None
    assert db.session.scalar(sa.select(Member.id).where(Member.id == member_id)) == member_id
    assert db.session.scalars(sa.select(MemberSession.address)).all() == [""]
    with clock.at(timedelta(days=91)), unit_of_work():
        forget_old({})
    assert db.session.scalars(sa.select(MemberSession.id)).all() == []


def test_erased_and_staged_people_outlast_the_cleaning(make):
    erased = make.member()
    with unit_of_work():
        erase_member(erased)
        staged = add_staged_members([StagedMember("1", "grace")])["1"]
    with clock.at(timedelta(days=400)), unit_of_work():
        forget_old({})
    assert set(people([erased, staged])) == {erased, staged}
