"""Admins look after plugins on pages: a list, one plugin, on, off, upgrade, purge."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from brain.base import settings
from brain.base.access import HOUSE
from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.plugin import containment, lifecycle, migrate
from tests.admin.conftest import client_of

LIST = "/admin/plugins"


def press(client, act: str, **fields):
    """Press a button of the pantry's page."""
    return client.submit(f"/admin/plugins/pantry/{act}", fields, form_at="/admin/plugins/pantry")


def tables() -> set[str]:
    db.session.rollback()
    return {name for name in sa.inspect(db.engine).get_table_names() if "pantry" in name}


def test_plugin_is_listed_with_state_version_and_licence(admin):
    page = admin.get(LIST).text
    row = re.search(r'<tr><th scope="row"><a href="/admin/plugins/pantry">.*?</tr>', page, re.S)
    assert row is not None
    for words in ("Pantry", "1.2", "BSD-3-Clause", "Off", "Switch on"):
        assert words in row[0]


def test_plugin_is_switched_on_from_the_page(site, admin):
    answer = press(admin, "enable")
    assert (answer.status_code, answer.location) == (303, "/admin/plugins")
    page = admin.get(LIST).text
    assert "“Pantry” is switched on." in page
    assert "Switch off" in page
    assert tables() == {"pantry_jar", "alembic_version_pantry"}
    assert "Figs" in admin.get("/pantry/").text


def test_plugin_is_switched_off_from_the_page_and_keeps_its_rows(site, admin):
    press(admin, "enable")
    assert press(admin, "disable").status_code == 303
    assert admin.get("/pantry/").status_code == 404
    assert "From the pantry" not in admin.get("/admin").text
    press(admin, "enable")
    assert admin.get("/pantry/").text.count("<li>Figs</li>") == 1


def test_plugin_that_fails_to_start_stays_off_and_says_why(site, admin, pantry):
    pantry.mood["on_enable"] = "raise"
    answer = press(admin, "enable")
    assert answer.status_code == 409
    assert "RuntimeError: the shelf broke" in answer.text
    assert admin.get("/pantry/").status_code == 404


def test_plugin_left_behind_by_its_code_is_brought_up_to_date(site, admin):
    press(admin, "enable")
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE pantry_jar"))
        connection.execute(sa.text("DELETE FROM alembic_version_pantry"))
    assert "Tables are too old" in admin.get(LIST).text
    assert press(admin, "upgrade").status_code == 303
    assert migrate.current("pantry") == "a1"
    assert "Tables are too old" not in admin.get(LIST).text


def test_plugin_with_tables_from_the_future_is_not_fit(site, admin):
    press(admin, "enable")
    press(admin, "disable")
    with unit_of_work():
        db.session.execute(sa.text("UPDATE alembic_version_pantry SET version_num = 'b2'"))
    page = admin.get("/admin/plugins/pantry").text
    assert "Its tables are at version b2, which its code does not know." in page
    assert "Switch on" not in page
    with pytest.raises(lifecycle.PluginUnfit, match="b2"):
        lifecycle.enable_plugin(HOUSE, "pantry")
    with pytest.raises(lifecycle.PluginUnfit, match="b2"):
        lifecycle.purge_plugin(HOUSE, "pantry")


def test_failures_are_shown_with_their_place(site, admin):
    press(admin, "enable")
    with unit_of_work():
        containment.strike("pantry", "slot page.footer", RuntimeError("no light in here"))
    assert "failed 1 time since" in admin.get("/admin").text
    page = admin.get("/admin/plugins/pantry").text
    assert "slot page.footer" in page
    assert "RuntimeError: no light in here" in page


def test_purge_shows_what_is_lost_and_asks_for_the_name(site, admin):
    press(admin, "enable")
    press(admin, "disable")
    page = admin.get("/admin/plugins/pantry/purge").text
    assert re.search(r"pantry_jar</code></th><td class=\"num\">1<", page)
    assert "All jars." in page
    answer = admin.submit("/admin/plugins/pantry/purge", {"name": "pantri"})
    assert answer.status_code == 422
    assert "Type “pantry”, exactly like this." in answer.text
    assert tables() == {"pantry_jar", "alembic_version_pantry"}


def test_purge_leaves_nothing_but_the_file_it_names(site, admin, tmp_path):
    press(admin, "enable")
    with unit_of_work():
        settings.change_setting(HOUSE, "pantry.jars_most", 5)
        containment.strike("pantry", "slot page.footer", RuntimeError("dark"))
    press(admin, "disable")
    assert admin.submit("/admin/plugins/pantry/purge", {"name": "pantry"}).status_code == 303
    said = admin.get(LIST).text
    (kept,) = (tmp_path / "files" / "purged").iterdir()
    assert f"written to {kept}" in said
    assert json.loads(kept.read_text())["pantry_jar"][0]["label"] == "Figs"
    assert tables() == set()
    left = [
        db.session.scalar(sa.text(f"SELECT count(*) FROM {table} WHERE {column} LIKE 'pantry%'"))
        for table, column in (("plugin_state", "name"), ("plugin_strike", "plugin"), ("setting", "name"))
    ]
    assert left == [0, 0, 0]


def test_purge_of_a_plugin_whose_code_is_torn_keeps_a_copy_too(site, admin, tmp_path):
    press(admin, "enable")
    press(admin, "disable")
    plugin = site.extensions["brain"].plugins["pantry"]
    plugin.problem, plugin.module = "ImportError: torn", None
    table = lifecycle.tables_of("pantry")[0]
    table.metadata.remove(table)
    admin.submit("/admin/plugins/pantry/purge", {"name": "pantry"})
    (kept,) = (tmp_path / "files" / "purged").iterdir()
    assert "Figs" in kept.read_text()
    assert tables() == set()


def test_plugin_that_is_on_cannot_be_purged(site, admin):
    press(admin, "enable")
    assert 'name="name"' not in admin.get("/admin/plugins/pantry/purge").text
    answer = admin.submit("/admin/plugins/pantry/purge", {"name": "pantry"}, form_at="/admin/plugins/pantry")
    assert answer.status_code == 409
    assert "Switch the plugin off first." in answer.text
    assert "pantry_jar" in tables()


def test_absent_plugin_is_named_and_its_rows_are_said_to_be_kept(site, admin):
    press(admin, "enable")
    site.extensions["brain"].plugins.pop("pantry")
    assert "The folder of “pantry” is away." in admin.get("/admin").text
    assert "The folder of “pantry” is away." in admin.get(LIST).text


def test_list_takes_the_same_few_statements_however_many_plugins(site, admin, queries):
    with queries(most=14):
        assert admin.get(LIST).status_code == 200


@pytest.mark.parametrize("path", [LIST, "/admin/plugins/pantry", "/admin/plugins/pantry/purge"])
def test_pages_are_not_there_for_others(site, make, path):
    assert site.test_client().get(path).status_code == 404
    for member_id in (make.member(), make.moderator()):
        assert client_of(site, member_id).get(path).status_code == 404


def test_plugin_that_nobody_knows_is_not_found(admin):
    assert admin.get("/admin/plugins/attic").status_code == 404
    assert admin.get("/admin/plugins/attic/purge").status_code == 404


def test_two_admins_may_press_the_same_button_at_once(site, admin, make):
    another = client_of(site, make.admin("Hassan"))
    db.session.rollback()
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda client: press(client, "enable").status_code, [admin, another]))
    assert answers == [303, 303]
    assert tables() == {"pantry_jar", "alembic_version_pantry"}
