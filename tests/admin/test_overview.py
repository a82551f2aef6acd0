"""The first page and the page of jobs tell an admin what needs somebody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from brain.base import clock, events, jobs
from brain.base.db import db
from brain.base.events import Outbox
from brain.base.jobs import Job
from brain.base.unit import unit_of_work
from tests.admin.conftest import client_of

HOME = "/admin"
JOBS = "/admin/jobs"


@pytest.fixture
def breaking(site) -> list[int]:
    """Have a job that breaks until its list is emptied, and gives up at once."""
    heard = [1]

    def run(ids):
        if heard:
            raise ConnectionError("the index is <away>")

    jobs.register_job(Job("larder.tell", run, on_events=("larder.filled",), attempts=1))
    return heard


def fill(times: int = 1) -> None:
    with unit_of_work():
        events.publish_many("larder.filled", [{"number": number} for number in range(times)])
    jobs.run_due()


def test_overview_says_what_runs_here(admin):
    page = admin.get(HOME).text
    assert re.search(r"(SQLite|PostgreSQL) \d+\.", page)
    assert "Nobody" not in page
    assert "<h1>Administration</h1>" in page


def test_member_menu_leads_admins_here_and_nobody_else(site, admin, make):
    assert 'href="/admin"' in admin.get("/admin/plugins").text
    assert 'href="/admin"' not in client_of(site, make.moderator()).get("/settings").text


def test_delivery_that_was_given_up_is_shown_with_its_reason(admin, breaking):
    fill()
    assert "Look at them" in admin.get(HOME).text
    page = admin.get(JOBS).text
    assert "<code>larder.tell</code>" in page
    assert "ConnectionError: the index is &lt;away&gt;" in page


def test_delivery_is_tried_again_from_the_page(admin, breaking):
    fill()
    breaking.clear()
    (failed,) = jobs.failed_deliveries()
    answer = admin.submit(f"/admin/jobs/{failed.id}/retry", form_at=JOBS)
    assert answer.status_code == 303
    assert jobs.failed_deliveries() == []
    jobs.run_due()
    assert events.waiting("larder.tell") == 0
    assert "Nothing was given up." in admin.get(JOBS).text


def test_all_deliveries_are_tried_again_at_once(admin, breaking):
    fill(3)
    breaking.clear()
    assert admin.submit("/admin/jobs/retry", form_at=JOBS).status_code == 303
    assert "3 deliveries will be tried again." in admin.get(JOBS).text
    jobs.run_due()
    assert jobs.backlog().failed == 0


def test_waiting_deliveries_are_counted_by_subscriber(admin, breaking):
    with unit_of_work():
        events.publish_many("larder.filled", [{"number": 1}, {"number": 2}])
    page = admin.get(JOBS).text
    assert re.search(r'<code>larder.tell</code></th><td class="num">2</td>', page)


def test_deliveries_that_nobody_takes_are_told(admin, breaking):
    with unit_of_work():
        events.publish("larder.filled", number=1)
    assert "nobody takes them" not in admin.get(HOME).text
    with unit_of_work():
        late = clock.now() - timedelta(minutes=11)
        db.session.execute(sa.update(Outbox).values(due_at=late))
    assert "nobody takes them" in admin.get(HOME).text


def test_jobs_by_the_clock_say_how_often_and_when(site, admin):
    jobs.register_job(Job("larder.sweep", lambda ids: None, every=timedelta(hours=2)))
    page = admin.get(JOBS).text
    assert "As soon as the job worker runs" in page
    jobs.run_due()
    page = admin.get(JOBS).text
    assert re.search(r"<code>larder.sweep</code></th><td>2 hours</td><td>\w{3} \d", page)


@pytest.mark.parametrize("path", [HOME, JOBS, "/admin/plugins", "/admin/settings", "/admin/settings/log"])
def test_pages_read_from_right_to_left(admin, path):
    page = admin.get(f"{path}?lang=ar").text
    assert '<html lang="ar" dir="rtl"' in page


@pytest.mark.parametrize(
    ("path", "most"), [(HOME, 16), (JOBS, 12), ("/admin/settings", 9), ("/admin/settings/log", 9)]
)
def test_pages_take_few_statements(admin, queries, path, most):
    with queries(most=most):
        assert admin.get(path).status_code == 200


@pytest.mark.parametrize("path", [HOME, JOBS])
def test_pages_are_not_there_for_others(site, make, path):
    assert site.test_client().get(path).status_code == 404
    for member_id in (make.member(), make.moderator()):
        assert client_of(site, member_id).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/admin/jobs/1/retry", "/admin/jobs/retry", "/admin/plugins/pantry/enable"])
def test_others_cannot_press_the_buttons(site, make, path):
    client = client_of(site, make.moderator())
    assert client.submit(path, form_at="/settings").status_code == 404


@pytest.mark.parametrize(
    ("path", "entry"),
    [("/admin", "Overview"), ("/admin/plugins/pantry", "Plugins"), ("/admin/settings/log", "Settings")],
)
def test_navigation_says_where_one_is(admin, path, entry):
    current = re.findall(r'aria-current="\w+">([^<\n]+)', admin.get(path).text.split('class="side-nav')[1])
    assert current[0] == entry
