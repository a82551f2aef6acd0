"""Who is told of which match, and how long it holds; work that jobs do without a request."""

from __future__ import annotations

import re
import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from brain.base import clock, jobs
from brain.base.access import HOUSE
from brain.base.db import db
from brain.base.events import Outbox
from brain.base.settings import change_setting
from brain.base.unit import unit_of_work
from brain.moderation import actions as moderation
from brain.moderation.actions import FlagDraft
from brain.plugin import lifecycle, registry
from brain.plugin.models import PluginStrike
from brain.plugin.testing import switch
from plugins.meeting_point.models import ListingRow, Suggestion

from .samples import publish

OFFERED, NEEDED = "Somebody offers what you need.", "Somebody needs what you can give."


@pytest.fixture(autouse=True)
def meeting_point(app):
    """Switch the plugin on."""
    switch("meeting_point", True)


@pytest.fixture
def put(make):
    """Publish a listing of a new member; gives (member, listing)."""

    def published(side: str = "need", **fields) -> tuple[int, int]:
        who = make.member()
        with unit_of_work():
            listing = publish(make.viewer(who), side=side, **fields)
        return who, listing

    return published


def strikes() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(PluginStrike))


def pairs() -> set[tuple[int, int]]:
    db.session.rollback()
    rows = db.session.execute(sa.select(Suggestion.need_id, Suggestion.listing_id))
    return {tuple(row) for row in rows}


def edit(client, listing: int, **fields):
    """Send the form of an own listing with changes."""
    row = db.session.get(ListingRow, listing)
    names = ("title", "summary", "body", "themes", "modalities", "sdgs", "country", "languages", "language")
    said = {name: getattr(row, name) for name in names} | {"audience": row.audience} | fields
    db.session.rollback()
    return client.submit(f"/meeting-point/{listing}/edit", said)


def test_edits_of_a_listing_that_many_were_told_of_cost_no_strike(make, put, sign_in):
    author, offer = put("offer")
    needs = [put() for _ in range(4)]
    make.work()
    for number in range(2):
        assert edit(sign_in(author), offer, title=f"Two trainers and a method {number}").status_code == 303
        make.work()
    assert strikes() == 0
    assert OFFERED in sign_in(needs[0][0]).get("/notifications").text


def test_match_is_told_again_when_its_listing_is_opened_again(make, put, sign_in):
    author, offer = put("offer")
    who, _need = put()
    make.work()
    client = sign_in(author)
    for status, is_told in (("paused", False), ("open", True)):
        client.submit(f"/meeting-point/{offer}/status", {"status": status}, form_at=f"/meeting-point/{offer}")
        make.work()
        assert (OFFERED in sign_in(who).get("/notifications").text) is is_told


def test_notice_goes_with_the_match(make, put, sign_in):
    author, offer = put("offer")
    who, _need = put()
    make.work()
    assert OFFERED in sign_in(who).get("/notifications").text
    done = edit(sign_in(author), offer, themes=["T7"], sdgs=["14"], modalities=["training"])
    assert done.status_code == 303
    make.work()
    assert pairs() == set()
    assert OFFERED not in sign_in(who).get("/notifications").text


def test_everybody_whom_a_new_listing_fits_is_told_and_its_author_of_a_few(make, put, sign_in):
    needs = [put() for _ in range(6)]
    make.work()
    author, offer = put("offer")
    make.work()
    for who, _need in needs:
        assert OFFERED in sign_in(who).get("/notifications").text
    client = sign_in(author)
    page = client.get("/notifications").text
    assert "3 listings fit yours." in page
    way = re.search(r'href="(/notifications/\d+[^"]*)"', page)[1]
    assert client.get(way).location.endswith(f"/meeting-point/{offer}")


def test_new_match_of_an_offer_takes_no_need_its_only_one(make, put, sign_in):
    author, offer = put("offer")
    for _ in range(25):
        put()
    make.work()
    before = pairs()
    assert len(before) == 25
    edit(sign_in(author), offer, title="Two trainers, a printed method and time")
    make.work()
    assert pairs() == before


def test_least_score_holds_for_what_was_found_before(make, put, client):
    put("offer", title="Two trainers and a printed method")
    _who, need = put(title="Who has kept a register of loans together")
    make.work()
    assert "Two trainers" in client.get(f"/meeting-point/{need}").text
    with unit_of_work():
        change_setting(HOUSE, "meeting_point.least_score", 100)
    assert "Two trainers" not in client.get(f"/meeting-point/{need}?again").text


def test_author_reads_why_a_listing_is_hidden_in_words(make, put, sign_in):
    author, offer = put("offer")
    with unit_of_work():
        moderation.hide_thing(
            make.viewer(make.moderator()), "listing", offer, moderation.Reason("advertising")
        )
    page = sign_in(author).get(f"/meeting-point/{offer}").text
    assert "It advertises, or says the same in many places." in page
    assert ">advertising<" not in page


def test_case_about_a_listing_closes_itself_and_shows_it_again(make, put, client):
    _author, offer = put("offer", title="Two trainers and a printed method")
    for _ in range(2):
        with unit_of_work():
            moderation.raise_flag(make.viewer(make.moderator()), "listing", offer, FlagDraft("spam"))
    assert client.get(f"/meeting-point/{offer}").status_code == 404
    with clock.at(timedelta(days=70)):
        make.work()
    assert strikes() == 0
    assert "Two trainers" in client.get(f"/meeting-point/{offer}?again").text


def test_cases_of_a_purged_plugin_are_not_those_of_its_next_things(make, put, sign_in):
    _author, offer = put("offer")
    with unit_of_work():
        moderation.raise_flag(make.viewer(make.member()), "listing", offer, FlagDraft("spam"))
    moderator = sign_in(make.moderator())
    assert "/review/1" in moderator.get("/review").text
    with unit_of_work():
        lifecycle._forget("meeting_point")
    make.work()
    switch("meeting_point", True)
    assert "/review/1" not in moderator.get("/review").text
    assert moderator.get("/review/1").status_code == 404


def test_listings_that_nobody_matched_are_matched_when_the_plugin_is_on_again(make, put):
    put("offer")
    put()
    switch("meeting_point", False)
    make.work()
    assert pairs() == set()
    switch("meeting_point", True)
    with unit_of_work():
        registry.register().plugins["meeting_point"].module.on_enable()
    make.work()
    assert len(pairs()) == 1


def test_opening_what_is_open_has_nothing_matched_anew(make, put, sign_in):
    author, offer = put("offer")
    make.work()
    client, page = sign_in(author), f"/meeting-point/{offer}"
    for _ in range(3):
        client.submit(f"{page}/status", {"status": "open"}, form_at=page)
    waiting = sa.select(sa.func.count()).select_from(Outbox).where(Outbox.event.like("meeting_point.%"))
    assert db.session.scalar(waiting) == 0
    codes = [
        client.submit(f"{page}/status", {"status": status}, form_at=page).status_code
        for status in ("paused", "open") * 35
    ]
    assert codes[:60] == [303] * 60
    assert codes[60:] == [429, 303] * 5, "what is open already stays so"


def test_workers_who_match_at_once_lose_nothing(app, make):
    people = [make.viewer(make.member()) for _ in range(16)]
    with unit_of_work():
        for number, who in enumerate(people):
            publish(who, side="need" if number % 2 else "offer", title=f"Listing number {number} of a series")
    db.session.remove()
    ends = time.monotonic() + 60

    def work() -> None:
        with app.app_context():
            while time.monotonic() < ends and (jobs.run_due() or _waits()):
                pass
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert strikes() == 0
    assert len(pairs()) == 64


def _waits() -> bool:
    db.session.rollback()
    return bool(db.session.scalar(sa.select(sa.func.count()).select_from(Outbox)))


def test_second_page_of_a_short_list_is_not_there(put, client):
    put("offer")
    assert client.get("/meeting-point/?page=2").status_code == 404


def test_ids_stand_in_their_order(make, put):
    for _ in range(12):
        put()
    _author, offer = put("offer")
    make.work()
    assert sorted(need for need, listing in pairs() if listing == offer) == list(range(1, 13))
