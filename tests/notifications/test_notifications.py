"""What members are told: once an event, in their language, only what they may see."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from brain.base import clock, events, jobs
from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.notifications import actions
from brain.notifications.models import Notification
from brain.notifications.queries import unread_count
from brain.plugin import registry


def rows_of(member_id: int) -> int:
    """Count what is stored for a member."""
    db.session.rollback()
    counted = sa.select(sa.func.count()).where(Notification.member_id == member_id)
    return db.session.scalar(counted)


def sentences(page: str) -> list[str]:
    """List what a page of notifications says."""
    return re.findall(r"<a href=\"/notifications/\d+/open\">([^<]+)</a>", page)


def opened(page: str, number: int = 0) -> str:
    """Find the way into a notification on the page."""
    return re.findall(r"/notifications/\d+/open", page)[number]


def test_member_is_told_once_however_often_an_event_is_delivered(garden, make, sign_in):
    amina = make.member("Amina")
    garden.neighbours = [amina]
    garden.bloom(7)
    make.work()
    for _again in range(2):
        with unit_of_work():
            actions.tell("garden.bloomed", {"plant_id": 7})
    assert rows_of(amina) == 1
    assert sentences(sign_in(amina).get("/notifications").text) == ["Plant 7 blooms for Amina (1)"]


def test_first_reason_wins(garden, make, sign_in):
    amina = make.member("Amina")
    garden.neighbours = garden.gardeners = [amina]
    garden.bloom(7)
    make.work()
    assert sentences(sign_in(amina).get("/notifications").text) == ["Your plant 7 blooms for Amina (1)"]


def test_nobody_is_told_of_what_they_did(garden, make):
    amina = make.member()
    garden.neighbours = [amina]
    garden.actor = amina
    garden.bloom(7)
    make.work()
    assert rows_of(amina) == 0


def test_recipient_who_is_gone_holds_up_nobody(garden, make):
    amina = make.member()
    garden.neighbours = [amina + 1000, amina]
    garden.bloom(7)
    make.work()
    assert rows_of(amina) == 1


def test_unread_rows_of_a_group_are_one_line_that_leads_to_the_oldest(garden, make, sign_in):
    amina = make.member("Amina")
    garden.neighbours, garden.group = [amina], "bed:1"
    for plant in (3, 4, 5):
        garden.bloom(plant)
    make.work()
    client = sign_in(amina)
    page = client.get("/notifications").text
    assert sentences(page) == ["Plant 3 blooms for Amina (3)"]
    assert unread_count(make.viewer(amina)) == 1
    assert client.get(opened(page)).headers["Location"] == "/garden/3"


def test_opening_marks_the_whole_group_as_read_and_news_begin_a_new_line(garden, make, sign_in):
    amina = make.member("Amina")
    garden.neighbours, garden.group = [amina], "bed:1"
    for plant in (3, 4):
        garden.bloom(plant)
    make.work()
    client = sign_in(amina)
    client.get(opened(client.get("/notifications").text))
    assert unread_count(make.viewer(amina)) == 0
    garden.bloom(5)
    make.work()
    assert sentences(client.get("/notifications").text) == [
        "Plant 5 blooms for Amina (1)",
        "Plant 3 blooms for Amina (2)",
    ]


def test_looking_at_the_page_marks_nothing_as_read(garden, make, sign_in):
    amina = make.member()
    garden.neighbours = [amina]
    garden.bloom(7)
    make.work()
    client = sign_in(amina)
    client.get("/notifications")
    assert "is-unread" in client.get("/notifications").text


def test_mark_all_as_read(garden, make, sign_in):
    amina, bela = make.member(), make.member()
    garden.neighbours = [amina, bela]
    for plant in (3, 4):
        garden.bloom(plant)
    make.work()
    client = sign_in(amina)
    assert client.submit("/notifications/read", form_at="/notifications").status_code == 303
    page = client.get("/notifications").text
    assert len(sentences(page)) == 2
    assert "is-unread" not in page
    assert unread_count(make.viewer(bela)) == 2


def test_count_stands_in_the_head_of_every_page(garden, make, sign_in):
    amina = make.member()
    garden.neighbours = [amina]
    for plant in (3, 4):
        garden.bloom(plant)
    make.work()
    assert 'aria-label="Notifications, 2 unread"' in sign_in(amina).get("/notifications").text


def test_what_may_no_longer_be_seen_is_neither_shown_nor_counted(garden, make, sign_in):
    amina = make.member("Amina")
    garden.neighbours = [amina]
    for plant in (3, 4):
        garden.bloom(plant)
    make.work()
    garden.hidden.add(3)
    client = sign_in(amina)
    assert sentences(client.get("/notifications").text) == ["Plant 4 blooms for Amina (1)"]
    assert unread_count(make.viewer(amina)) == 1


def test_count_follows_the_event_that_hides_a_thing_and_comes_back(garden, make):
    amina = make.member()
    garden.neighbours = [amina]
    garden.bloom(3)
    make.work()
    garden.hide(3)
    make.work()
    assert unread_count(make.viewer(amina)) == 0
    garden.hidden.clear()
    with unit_of_work():
        events.publish("garden.walled", plant_id=3)
    make.work()
    assert unread_count(make.viewer(amina)) == 1


def test_group_stays_when_its_oldest_is_hidden(garden, make, sign_in):
    amina = make.member("Amina")
    garden.neighbours, garden.group = [amina], "bed:1"
    for plant in (3, 4):
        garden.bloom(plant)
    make.work()
    garden.hide(3)
    make.work()
    assert sentences(sign_in(amina).get("/notifications").text) == ["Plant 4 blooms for Amina (1)"]


def test_types_of_a_slice_that_is_switched_off_are_gone(app, garden, make, sign_in):
    amina = make.member()
    garden.neighbours = [amina]
    garden.bloom(3)
    make.work()
    off = app.extensions["brain"].slices.pop("garden")
    try:
        assert "garden.neighbour" not in registry.notification_types()
        assert unread_count(make.viewer(amina)) == 0
        assert sentences(sign_in(amina).get("/notifications").text) == []
    finally:
        app.extensions["brain"].slices["garden"] = off


def test_lines_are_in_the_language_of_the_reader(garden, make, sign_in):
    mehdi = make.member(language="fr")
    garden.neighbours = [mehdi]
    garden.bloom(3)
    make.work()
    assert "fr: " in sign_in(mehdi).get("/notifications").text


def test_what_was_seen_elsewhere_is_read(garden, make):
    amina = make.member()
    garden.neighbours = [amina]
    for plant in (3, 4):
        garden.bloom(plant)
    make.work()
    with unit_of_work():
        actions.saw(make.viewer(amina), "plant", [3])
    assert unread_count(make.viewer(amina)) == 1


def test_page_is_by_day(garden, make, sign_in):
    amina = make.member()
    garden.neighbours = [amina]
    for plant, days in ((3, 9), (4, 1), (5, 0)):
        with clock.at(clock.now() - timedelta(days=days)):
            garden.bloom(plant)
            jobs.run_until_idle()
    page = sign_in(amina).get("/notifications").text
    heads = re.findall(r'<h2 class="section-head"[^>]*>([^<]+)</h2>', page)
    assert heads[:2] == ["Today", "Yesterday"]
    assert len(heads) == 3


def test_pages_of_thirty(garden, make, sign_in):
    amina = make.member()
    garden.neighbours = [amina]
    with unit_of_work():
        events.publish_many("garden.bloomed", [{"plant_id": n} for n in range(31)])
    make.work()
    client = sign_in(amina)
    assert len(sentences(client.get("/notifications").text)) == 30
    assert len(sentences(client.get("/notifications?page=2").text)) == 1


def test_page_without_news_says_so(make, sign_in):
    assert "Nothing here yet" in sign_in(make.member()).get("/notifications").text


@pytest.mark.parametrize("url", ["/notifications", "/notifications/1/open"])
def test_visitor_is_asked_to_sign_in(client, url):
    assert client.get(url).headers["Location"].startswith("/sign-in")


def test_notification_of_somebody_else_is_not_here(garden, make, sign_in):
    amina, bela = make.member(), make.member()
    garden.neighbours = [amina]
    garden.bloom(3)
    make.work()
    way = opened(sign_in(amina).get("/notifications").text)
    assert sign_in(bela).get(way).status_code == 404
    assert unread_count(make.viewer(amina)) == 1


def test_notification_whose_thing_is_gone_is_not_here(garden, make, sign_in):
    amina = make.member()
    garden.neighbours = [amina]
    garden.bloom(3)
    make.work()
    client = sign_in(amina)
    way = opened(client.get("/notifications").text)
    garden.hidden.add(3)
    assert client.get(way).status_code == 404


def test_page_keeps_its_budget(garden, make, sign_in, queries):
    amina = make.member()
    garden.neighbours = [amina]
    garden.actor = make.member()
    for plant in range(12):
        garden.bloom(plant)
    make.work()
    client = sign_in(amina)
    with queries(most=10):
        assert client.get("/notifications").status_code == 200


def test_read_ones_are_forgotten_after_half_a_year(garden, make, sign_in):
    amina = make.member()
    garden.neighbours = [amina]
    for plant in (3, 4):
        garden.bloom(plant)
    make.work()
    client = sign_in(amina)
    client.get(opened(client.get("/notifications").text))
    for days, left in ((179, 2), (181, 1)):
        with clock.at(timedelta(days=days)):
            jobs.run_until_idle()
        assert rows_of(amina) == left


def test_export_and_erasure(garden, make):
    amina, bela = make.member(), make.member()
    garden.neighbours, garden.actor = [amina], bela
    garden.bloom(3)
    make.work()
    mine = registry.member_data()["notifications"]
    assert [row["about"] for row in mine.export(amina)] == ["plant 3"]
    with unit_of_work():
        mine.erase(bela)
    assert db.session.scalars(sa.select(Notification.actor_id)).all() == [None]
    with unit_of_work():
        mine.erase(amina)
    assert mine.export(amina) == []


@pytest.mark.parametrize("role", ["visitor", "member", "moderator", "admin"])
def test_rule_and_criterion_agree_on_whose_notifications(garden, make, role):
    from brain.base.access import allowed_rows
    from brain.notifications.queries import rows_about

    amina = make.member()
    other = None if role == "visitor" else make.member(role=role)
    garden.neighbours = [amina, other] if other else [amina]
    garden.bloom(3)
    make.work()
    viewer = make.viewer(other)
    seen = set(
        db.session.scalars(sa.select(Notification.id).where(allowed_rows(viewer, "notifications.read")))
    )
    rows = [row for several in rows_about("garden.neighbour", [3]).values() for row in several]
    assert seen == {row.id for row in rows if viewer.can("notifications.read", row)}
