"""Offers and needs through the doors that members use."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from brain.base import clock
from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.plugin.testing import switch
from plugins.meeting_point.models import ListingRow

from .samples import FORM, publish


@pytest.fixture(autouse=True)
def meeting_point(app):
    """Switch the plugin on."""
    switch("meeting_point", True)


def submit_need(client, **changes):
    """Send the form of a need."""
    fields = {**FORM, "lacks": ["travel"], **changes}
    page = client.get("/meeting-point/new/need").text
    draft_key = re.search(r'name="draft_key"[^>]*value="([^"]+)"', page)[1]
    return client.submit("/meeting-point/new/need", {**fields, "draft_key": draft_key})


def test_need_is_published_matched_and_explained_in_the_readers_language(make, sign_in, client):
    with unit_of_work():
        offer = publish(make.viewer(make.member("Amina")), title="Tenir ensemble un registre de prêts")
    make.work()
    answer = submit_need(sign_in(make.member("Moussa")))
    assert answer.status_code == 303
    make.work()
    page = client.get(answer.location, headers={"Accept-Language": "en"}).text
    assert "Tenir ensemble un registre de prêts" in page
    assert "Both concern" in page
    assert "Common language: French." in page
    arabic = client.get(answer.location, headers={"Accept-Language": "ar"}).text
    assert '<html lang="ar" dir="rtl"' in arabic
    other_side = client.get(f"/meeting-point/{offer}").text
    assert FORM["title"] in other_side


def test_both_sides_are_notified_of_a_match_once(make, sign_in):
    amina, moussa = make.member("Amina"), make.member("Moussa")
    with unit_of_work():
        publish(make.viewer(amina))
    make.work()
    with unit_of_work():
        publish(make.viewer(moussa), side="need", title="Who has kept a register of loans together")
    make.work()
    assert "Somebody needs what you can give." in sign_in(amina).get("/notifications").text
    page = sign_in(moussa).get("/notifications").text
    assert page.count("Somebody offers what you need.") == 1


def test_form_that_does_not_fit_is_shown_again_and_loses_nothing(make, sign_in):
    answer = submit_need(sign_in(make.member()), title="Short", themes=[])
    assert answer.status_code == 422
    assert "Nous cherchons des personnes" in answer.text
    assert "Choose at least one." in answer.text
    assert "too short" in answer.text


def test_form_of_a_need_knows_the_members_country_and_what_may_be_left_out(make, sign_in):
    page = sign_in(make.member(country="KE")).get("/meeting-point/new/need").text
    assert re.search(r'<option selected value="KE"', page)
    legends = {re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<legend>(.*?)</legend>", page)}
    assert {"Themes", "Working languages", "What is lacking (optional)"} <= legends
    boxes = re.findall(r'<input[^>]*type="checkbox"[^>]*>', page)
    assert boxes
    assert not [box for box in boxes if "required" in box], "a browser would ask for each of them"
    nowhere = sign_in(make.member(country="")).get("/meeting-point/new/need").text
    assert re.search(r'<option selected value="">Choose a country<', nowhere)


def test_country_has_to_be_chosen(make, sign_in):
    assert submit_need(sign_in(make.member()), country="").status_code == 422


def test_who_waits_is_offered_no_form(client):
    asked = {"name": "Wai Ting", "email": "wai@example.org", "password": "a pot of tea", "reads": ["en"]}
    assert client.submit("/register", asked).status_code == 303
    assert "/meeting-point/new/" not in client.get("/meeting-point/").text
    refused = client.get("/meeting-point/new/need")
    assert refused.status_code == 403
    assert "Confirm your e-mail address first" in refused.text


@pytest.mark.parametrize(("field", "length"), [("title", 101), ("summary", 501), ("body", 4001)])
def test_too_long_is_refused(make, sign_in, field, length):
    assert submit_need(sign_in(make.member()), **{field: "x" * length}).status_code == 422


def test_invented_codes_are_refused(make, sign_in):
    client = sign_in(make.member())
    for field, code in (("themes", "T99"), ("country", "XX"), ("sdgs", "99.9"), ("audience", "group:1")):
        value = code if field in ("country", "audience") else [code]
        assert submit_need(client, **{field: value}).status_code == 422


def test_sending_a_form_twice_makes_one_listing(make, sign_in, client):
    member = sign_in(make.member())
    page = member.get("/meeting-point/new/need").text
    draft_key = re.search(r'name="draft_key"[^>]*value="([^"]+)"', page)[1]
    fields = {**FORM, "draft_key": draft_key}
    first = member.submit("/meeting-point/new/need", fields)
    second = member.submit("/meeting-point/new/need", fields)
    assert first.location == second.location
    assert client.get("/meeting-point/").text.count(FORM["title"]) == 1


def test_list_is_filtered(make, client):
    author = make.viewer(make.member())
    with unit_of_work():
        publish(author, title="A visit to three community banks", themes=("T3",), country="BR")
        publish(author, side="need", title="Who has run a seed house together", themes=("T5",), sdgs=("2.5",))
    for query, shown, hidden in (
        ("?side=need", "seed house", "community banks"),
        ("?theme=T3", "community banks", "seed house"),
        ("?sdg=2", "seed house", "community banks"),
        ("?country=BR", "community banks", "seed house"),
    ):
        page = client.get(f"/meeting-point/{query}").text
        assert shown in page, query
        assert hidden not in page, query
    assert "Nothing fits all of this" in client.get("/meeting-point/?theme=T3&side=need").text
    assert client.get("/meeting-point/?theme=%00%27&side=x").status_code == 200


def test_members_only_listing_is_hidden_from_visitors_everywhere(make, sign_in, client):
    with unit_of_work():
        listing = publish(make.viewer(make.member()), title="Canary of the members only", audience="members")
    make.work()
    assert client.get(f"/meeting-point/{listing}").status_code == 404
    for page in ("/meeting-point/", "/", "/search?q=canary"):
        assert "Canary of the members only" not in client.get(page).text, page
    member = sign_in(make.member())
    assert "Canary of the members only" in member.get("/meeting-point/").text


def test_only_the_author_may_change_a_listing(make, sign_in):
    author = make.member()
    with unit_of_work():
        listing = publish(make.viewer(author))
    stranger = sign_in(make.member())
    assert stranger.get(f"/meeting-point/{listing}/edit").status_code == 404
    form = f"/meeting-point/{listing}/edit"
    answer = sign_in(author).submit(form, {**FORM, "title": "Changed by its own author"})
    assert answer.status_code == 303
    assert "Changed by its own author" in sign_in(author).get(f"/meeting-point/{listing}").text


def test_closed_listing_leaves_lists_and_matches(make, sign_in, client):
    author = make.member()
    needy = make.viewer(make.member())
    with unit_of_work():
        offer = publish(make.viewer(author), title="Soon to be closed by its author")
        need = publish(needy, side="need")
    make.work()
    assert "Soon to be closed" in client.get(f"/meeting-point/{need}").text
    page = f"/meeting-point/{offer}"
    assert sign_in(author).submit(f"{page}/status", {"status": "closed"}, form_at=page).status_code == 303
    make.work()
    assert "Soon to be closed" not in client.get(f"/meeting-point/{need}").text
    assert "Soon to be closed" not in client.get("/meeting-point/").text


def test_listing_is_found_by_search_and_gone_when_the_plugin_is_off(make, client):
    with unit_of_work():
        publish(make.viewer(make.member()), title="Quipus for keeping accounts together")
    make.work()
    assert "<mark>Quipus</mark> for keeping accounts" in client.get("/search?q=quipus").text
    switch("meeting_point", False)
    assert "for keeping accounts" not in client.get("/search?q=quipus").text


def test_reported_listing_is_hidden_and_restored_by_moderators(make, sign_in, client):
    with unit_of_work():
        listing = publish(make.viewer(make.member()), title="An offer with a price tag on it")
    reporter = sign_in(make.member())
    answer = reporter.submit(f"/report/listing/{listing}", {"reason": "spam", "note": "It asks for money."})
    assert answer.status_code == 303
    queue = sign_in(make.moderator()).get("/review").text
    assert "An offer with a price tag on it" in queue


def test_profile_shows_the_members_listings(make, client):
    with unit_of_work():
        publish(make.viewer(make.member("Amina")), title="Shown upon her own profile page")
    assert "Shown upon her own profile page" in client.get("/member/Amina").text


def test_text_of_members_cannot_carry_markup(make, client):
    with unit_of_work():
        listing = publish(
            make.viewer(make.member()),
            title='<script>alert("t")</script> and more',
            body="<img src=x onerror=alert(1)> [x](javascript:alert(1)) and enough words to publish it.",
        )
    page = client.get(f"/meeting-point/{listing}").text
    assert "<script>alert" not in page
    assert "onerror=alert(1)>" not in page
    assert 'href="javascript' not in page


def test_admins_read_what_the_plugin_is_in_their_language(make, sign_in):
    page = sign_in(make.admin()).get("/admin/plugins/meeting_point?lang=ar").text
    assert "نقطة اللقاء" in page
    assert "Offers, needs and facilitators" not in page


def test_edit_keeps_what_the_form_does_not_ask_for(make, sign_in):
    author = make.member()
    with unit_of_work():
        listing = publish(make.viewer(author), capacity=3, places_include=("UG",))
    form = f"/meeting-point/{listing}/edit"
    assert sign_in(author).submit(form, {**FORM, "title": "Changed by its own author"}).status_code == 303
    row = db.session.get_one(ListingRow, listing)
    assert (row.title, row.capacity, row.places_include) == ("Changed by its own author", 3, ["UG"])


def test_form_sent_many_times_at_once_is_one_listing(make, sign_in):
    author = make.member()
    clients = [sign_in(author) for _ in range(4)]
    pages = [client.get("/meeting-point/new/need").text for client in clients]
    tokens = [re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1] for page in pages]
    db.session.remove()

    def send(client, token):
        fields = {**FORM, "draft_key": "same", "csrf_token": token}
        return client.post("/meeting-point/new/need", data=fields)

    with ThreadPoolExecutor(4) as several:
        answers = list(several.map(send, clients, tokens))
    assert [answer.status_code for answer in answers] == [303] * 4
    assert len({answer.location for answer in answers}) == 1


def test_expired_listing_leaves_the_list_and_says_so(make, sign_in, client):
    author = make.member()
    with unit_of_work():
        listing = publish(make.viewer(author), title="Open for a year and no longer")
    page = f"/meeting-point/{listing}"
    assert "Open until" in client.get(page).text
    with clock.at(timedelta(days=400)):
        assert "Open for a year" not in client.get("/meeting-point/?late").text
        own = sign_in(author).get(page).text
        assert "Expired" in own
        assert "Open it again" in own


def test_author_is_told_when_a_listing_has_reached_its_day(make, sign_in):
    author = make.member()
    with unit_of_work():
        listing = publish(make.viewer(author), title="Open for a year and no longer")
    with clock.at(timedelta(days=400)):
        make.work()
        client = sign_in(author)
        page = client.get("/notifications").text
        assert "has reached its day and is closed" in page
        assert "Open for a year and no longer" in page
        client.submit(
            f"/meeting-point/{listing}/status", {"status": "open"}, form_at=f"/meeting-point/{listing}"
        )
        make.work()
        assert "has reached its day" not in client.get("/notifications").text


@pytest.mark.parametrize(
    ("capacity", "says"),
    [
        ("0", "Enter a number from 1 to 50."),
        ("51", "Enter a number from 1 to 50."),
        ("x", "Enter a whole number."),
    ],
)
def test_offer_says_how_many_partners_it_takes(make, sign_in, capacity, says):
    client = sign_in(make.member("Amina"))
    fields = {**FORM, "draft_key": "c", "capacity": capacity}
    refused = client.submit("/meeting-point/new/offer", fields)
    assert refused.status_code == 422
    assert says in refused.text
    done = client.submit("/meeting-point/new/offer", fields | {"capacity": "3"})
    assert re.search(r"Partners at most</dt>\s*<dd>3</dd>", client.get(done.location).text)


def test_used_draft_key_with_other_words_is_another_listing(make, sign_in):
    client = sign_in(make.member("Amina"))
    fields = {**FORM, "draft_key": "same", "capacity": "1"}
    first, again, other = (
        client.submit("/meeting-point/new/offer", fields | {"title": title}).location
        for title in (FORM["title"], FORM["title"], f"{FORM['title']} et rural")
    )
    assert first == again != other


def test_notice_of_a_match_goes_with_the_listing(make, sign_in):
    amina, moussa = make.member("Amina"), make.member("Moussa")
    with unit_of_work():
        offer = publish(make.viewer(amina))
        publish(make.viewer(moussa), side="need", title="Who has kept a register of loans together")
    make.work()
    assert "Somebody offers what you need." in sign_in(moussa).get("/notifications").text
    page = f"/meeting-point/{offer}"
    sign_in(amina).submit(f"{page}/status", {"status": "closed"}, form_at=page)
    make.work()
    shown = sign_in(moussa).get("/notifications").text
    assert "Somebody offers what you need." not in shown
    assert "1 unread" not in shown


@pytest.mark.parametrize("goal", ["%25", "_"])
def test_goal_is_no_pattern(make, client, goal):
    with unit_of_work():
        publish(make.viewer(make.member()), title="A visit to three community banks")
    assert "community banks" not in client.get(f"/meeting-point/?sdg={goal}").text
