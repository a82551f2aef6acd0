"""Settings are changed on generated pages, and whoever does so is written down."""

from __future__ import annotations

import re

import pytest

from brain.base import settings
from brain.base.access import HOUSE
from brain.base.settings import Setting
from brain.base.unit import unit_of_work
from brain.plugin.testing import switch
from tests.admin.conftest import client_of

PLUGINS = "/admin/settings/plugins"
FIRM = {"plugins.strikes_allowed": "20", "plugins.slow_seconds": "2.0"}


def save(client, path: str = PLUGINS, **more):
    """Send a group's form as it stands, with some values changed."""
    page = client.get(path).text
    stamp = re.search(r'name="stamp"[^>]*value="([^"]+)"', page)
    assert stamp is not None
    return client.submit(path, {"stamp": stamp[1], **FIRM, **more})


@pytest.fixture
def choosy(site):
    """Have settings of every type, as a slice would declare them."""
    settings.register_settings(
        [
            Setting("choosy.is_open", bool, True, "Open to all", hint="A hint."),
            Setting("choosy.order", str, "new", "Order", choices=(("new", "Newest"), ("old", "Oldest"))),
            Setting("choosy.words", str, "Welcome", "Words of welcome"),
            Setting("choosy.share", float, 0.5, "Share"),
        ]
    )


def test_groups_are_listed_with_how_much_was_changed(admin):
    with unit_of_work():
        settings.change_setting(HOUSE, "plugins.strikes_allowed", 7)
    page = admin.get("/admin/settings").text
    row = re.search(r'<tr><th scope="row"><a href="/admin/settings/plugins">.*?</tr>', page, re.S)
    assert row is not None
    assert re.findall(r'<td class="num">(\d+)</td>', row[0]) == ["2", "1"]


def test_form_shows_label_unit_default_and_present_value(admin):
    page = admin.get(PLUGINS).text
    assert "Time after which a plugin&#39;s part of a page counts as a failure" in page
    assert "Unit: seconds. Default: 2." in page
    assert re.search(r'name="plugins.slow_seconds"[^>]*value="2.0"', page)


def test_changed_value_counts_at_once_and_is_said(admin):
    answer = save(admin, **{"plugins.strikes_allowed": "7"})
    assert (answer.status_code, answer.location) == (303, PLUGINS)
    assert "1 setting was changed." in admin.get(PLUGINS).text
    assert settings.value("plugins.strikes_allowed") == 7
    assert settings.value("plugins.slow_seconds") == 2.0


def test_change_is_logged_with_who_and_both_values(admin):
    save(admin, **{"plugins.strikes_allowed": "7"})
    with unit_of_work():
        settings.change_setting(HOUSE, "plugins.strikes_allowed", 1000)
    page = admin.get("/admin/settings/log").text
    rows = re.findall(r"<tr><td>.*?</tr>", page, re.S)
    assert len(rows) == 2
    assert "The site itself" in rows[0]
    assert '<td dir="auto">7</td><td dir="auto">1,000</td>' in rows[0]
    assert '<a class="plain" href="/member/Gabriela"><bdi>Gabriela</bdi></a>' in rows[1]
    assert '<td dir="auto">20</td><td dir="auto">7</td>' in rows[1]


def test_log_is_shown_in_pages(admin):
    with unit_of_work():
        for number in range(51):
            settings.change_setting(HOUSE, "plugins.strikes_allowed", 100 + number)
    assert admin.get("/admin/settings/log").text.count("<tr><td>") == 50
    assert admin.get("/admin/settings/log?page=2").text.count("<tr><td>") == 1


def test_every_objection_stands_beside_its_field_and_nothing_is_stored(admin):
    answer = save(admin, **{"plugins.strikes_allowed": "0", "plugins.slow_seconds": "soon"})
    assert answer.status_code == 422
    assert "Enter a number from 1 to 10,000." in answer.text
    assert "Enter a number." in answer.text
    assert re.search(r'name="plugins.slow_seconds"[^>]*value="soon"', answer.text)
    assert settings.value("plugins.strikes_allowed") == 20


def test_good_values_wait_for_the_bad_ones(admin):
    save(admin, **{"plugins.strikes_allowed": "9", "plugins.slow_seconds": "soon"})
    assert settings.value("plugins.strikes_allowed") == 20


def test_settings_that_changed_meanwhile_are_not_written_over(admin):
    page = admin.get(PLUGINS).text
    stamp = re.search(r'name="stamp"[^>]*value="([^"]+)"', page)
    assert stamp is not None
    with unit_of_work():
        settings.change_setting(HOUSE, "plugins.slow_seconds", 5.0)
    late = admin.submit(PLUGINS, {"stamp": stamp[1], **FIRM, "plugins.strikes_allowed": "9"})
    assert late.status_code == 422
    assert "Somebody changed these settings meanwhile." in late.text
    assert settings.value("plugins.slow_seconds") == 5.0
    assert settings.value("plugins.strikes_allowed") == 20


def test_every_type_of_setting_has_its_field(admin, choosy):
    page = admin.get("/admin/settings/choosy").text
    assert re.search(r'<input[^>]*name="choosy.is_open"[^>]*type="checkbox"', page)
    assert '<option selected value="new">Newest</option>' in page
    assert "A hint. Default: Yes." in page
    assert "Default: Newest." in page


def test_every_type_of_setting_is_stored_as_its_type(admin, choosy):
    answer = save(
        admin,
        "/admin/settings/choosy",
        **{"choosy.order": "old", "choosy.words": "  مرحبا  ", "choosy.share": "0.25"},
    )
    assert answer.status_code == 303
    names = ("is_open", "order", "words", "share")
    assert [settings.value(f"choosy.{name}") for name in names] == [False, "old", "مرحبا", 0.25]


def test_choice_that_is_not_offered_is_refused(admin, choosy):
    answer = save(admin, "/admin/settings/choosy", **{"choosy.order": "odd", "choosy.share": "1"})
    assert answer.status_code == 422
    assert settings.value("choosy.order") == "new"


def test_settings_of_a_plugin_come_and_go_with_it(site, admin):
    assert admin.get("/admin/settings/pantry").status_code == 404
    switch("pantry", True)
    page = admin.get("/admin/settings/pantry").text
    assert "Settings: Pantry" in page
    assert (
        "A pantry holds at least one jar."
        in save(admin, "/admin/settings/pantry", **{"pantry.jars_most": "0"}).text
    )
    assert save(admin, "/admin/settings/pantry", **{"pantry.jars_most": "3"}).status_code == 303
    assert settings.value("pantry.jars_most") == 3


def test_every_group_of_the_core_has_a_title(admin):
    page = admin.get("/admin/settings").text
    titles = re.findall(r'/admin/settings/(\w+)"><span dir="auto">([^<]+)</span>', page)
    assert titles
    assert [owner for owner, title in titles if owner == title] == []


@pytest.mark.parametrize("path", ["/admin/settings", PLUGINS, "/admin/settings/log"])
def test_pages_are_not_there_for_others(site, make, path):
    assert site.test_client().get(path).status_code == 404
    for member_id in (make.member(), make.moderator()):
        client = client_of(site, member_id)
        assert client.get(path).status_code == 404


def test_others_cannot_change_a_setting(site, make):
    client = client_of(site, make.moderator())
    answer = client.submit(PLUGINS, {**FIRM, "plugins.strikes_allowed": "9"}, form_at="/settings")
    assert answer.status_code == 404
    assert settings.value("plugins.strikes_allowed") == 20
