"""A plugin's life: it is loaded, contained, switched on and off, across applications."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from brain.app import create_app
from brain.base import clock, events, jobs, pulse, settings
from brain.base.access import HOUSE
from brain.base.db import db
from brain.base.errors import Refusal
from brain.base.settings import SettingValue
from brain.base.unit import unit_of_work
from brain.cli import brain
from brain.config import read_config
from brain.plugin import containment, lifecycle, migrate, registry
from brain.plugin.contribution import Contribution, NavItem
from brain.plugin.models import PluginState
from brain.plugin.testing import switch
from tests.fixtures import ReadingClient

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture
def another_app(app, tmp_path):
    """Build applications on the same database, as other workers would."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    config = read_config(
        {}, env="test", var=tmp_path, database_url=url, base_url="http://localhost", plugins_dir=str(SAMPLES)
    )
    built = []

    def build():
        other = create_app(config)
        other.test_client_class = ReadingClient
        other.config["PROPAGATE_EXCEPTIONS"] = False
        built.append(other)
        return other

    yield build
    for other in built:
        with other.app_context():
            db.engine.dispose()


@pytest.fixture
def site(another_app):
    """Give an application with the sample plugins, inside its context."""
    made = another_app()
    with made.app_context():
        yield made
        db.session.remove()


@pytest.fixture
def clumsy(site):
    """Switch the clumsy plugin on; it behaves until told otherwise."""
    module = site.extensions["brain"].plugins["clumsy"].module
    module.mood.clear()
    module.mood.update(heard=[])
    switch("clumsy", True)
    return module


def test_broken_code_is_kept_out_and_named(site):
    assert "torn apart" in site.extensions["brain"].plugins["torn"].problem
    with pytest.raises(lifecycle.PluginUnfit, match="torn apart"):
        lifecycle.enable_plugin(HOUSE, "torn")


@pytest.mark.parametrize(
    ("name", "says"),
    [("quitter", "I am off"), ("oddity", "no_such_kind"), ("post", "the core uses the name")],
)
def test_plugin_that_would_end_the_boot_is_kept_out(site, name, says):
    assert says in site.extensions["brain"].plugins[name].problem
    assert site.test_client().get("/").status_code == 200


def test_plugin_of_another_version_is_not_loaded(site):
    assert "it needs brain >=7" in site.extensions["brain"].plugins["future"].problem


def test_page_of_a_plugin_comes_and_goes(site, clumsy):
    client = site.test_client()
    assert client.get("/clumsy/").text == "clumsy page"
    switch("clumsy", False)
    assert client.get("/clumsy/").status_code == 404


def test_switch_reaches_another_worker_with_its_next_request(site, clumsy, another_app):
    other = another_app()
    client = other.test_client()
    assert client.get("/clumsy/").status_code == 200
    switch("clumsy", False)
    assert client.get("/clumsy/").status_code == 404
    switch("clumsy", True)
    assert client.get("/clumsy/").status_code == 200


def test_failing_slot_is_left_out_and_counted(site, clumsy):
    clumsy.mood["slot"] = "raise"
    page = site.test_client().get("/nothing-here")
    assert page.status_code == 404
    assert "clumsy was here" not in page.text
    (report,) = [p for p in lifecycle.list_plugins(HOUSE) if p.name == "clumsy"]
    assert report.strikes == 1
    assert "clumsy at slot" in report.last_error


@pytest.mark.parametrize("mess", ["write", "ask nonsense", "refuse"])
def test_slot_that_breaks_the_page_harms_nobody(site, clumsy, mess):
    clumsy.mood["slot"] = mess
    page = site.test_client().get("/")
    assert page.status_code == 200
    assert "Latest threads" in page.text
    assert db.session.get(SettingValue, "clumsy.mess") is None
    (report,) = [p for p in lifecycle.list_plugins(HOUSE) if p.name == "clumsy"]
    assert report.strikes == 2  # the home panel and the footer


def test_slot_that_swallows_an_error_of_the_database_harms_nobody(site, clumsy):
    clumsy.mood["slot"] = "swallow nonsense"
    page = site.test_client().get("/")
    assert page.status_code == 200
    assert "Latest threads" in page.text


def test_link_in_the_navigation_that_fails_is_left_out_and_counted(site, clumsy):
    assert "3 waiting" in site.test_client().get("/topics").text
    for mess in ("raise", "refuse"):
        clumsy.mood["badge"] = mess
        page = site.test_client().get(f"/topics?{mess}")  # none that is kept
        assert page.status_code == 200
        assert 'href="/clumsy/"' not in page.text
        assert 'href="/topics"' in page.text
    (report,) = [p for p in lifecycle.list_plugins(HOUSE) if p.name == "clumsy"]
    assert report.strikes == 2


def test_single_declaration_where_a_list_belongs_is_named(site):
    with pytest.raises(TypeError, match="nav_items takes a list"):
        Contribution(nav_items=NavItem("main", "One", "discussion.topics"))


def test_slow_slot_is_counted(site, clumsy):
    with unit_of_work():
        settings.change_setting(HOUSE, "plugins.slow_seconds", 0.1)
    clumsy.mood["slot"] = "sleep"
    site.test_client().get("/nothing-here")
    (report,) = [p for p in lifecycle.list_plugins(HOUSE) if p.name == "clumsy"]
    assert "TooSlow" in report.last_error


def test_too_many_failures_switch_it_off_with_a_reason(site, clumsy):
    with unit_of_work():
        settings.change_setting(HOUSE, "plugins.strikes_allowed", 3)
    clumsy.mood["view"] = "raise"
    client = site.test_client()
    answers = [client.get("/clumsy/").status_code for _ in range(4)]
    assert answers == [500, 500, 500, 404]
    (report,) = [p for p in lifecycle.list_plugins(HOUSE) if p.name == "clumsy"]
    assert not report.is_enabled
    assert "clumsy at view" in report.reason


def test_decision_hook_refuses_and_its_failure_does_not(site, clumsy):
    with pytest.raises(Refusal, match="forbidden word"):
        containment.call("refuse_post", viewer=HOUSE, thread_id=1, text="a forbidden word")
    clumsy.mood["refuse_post"] = "raise"
    containment.call("refuse_post", viewer=HOUSE, thread_id=1, text="anything")


def test_event_hook_hears_after_commit_and_is_retried(site, clumsy):
    with unit_of_work():
        events.publish("post_published", post_id=5, thread_id=1)
    subscriber = events.subscriber_named("clumsy.on_post_published")
    assert subscriber is not None
    jobs.run_due()
    assert clumsy.mood["heard"] == [5]


def test_event_hook_that_fails_is_counted(site, clumsy):
    clumsy.mood["on_post_published"] = "raise"
    with unit_of_work():
        events.publish("post_published", post_id=5, thread_id=1)
    jobs.run_due()
    (report,) = [p for p in lifecycle.list_plugins(HOUSE) if p.name == "clumsy"]
    assert report.strikes == 1
    assert "clumsy at on_post_published" in report.last_error


def test_disabled_plugin_hears_nothing(site, clumsy):
    switch("clumsy", False)
    containment.call("refuse_post", viewer=HOUSE, thread_id=1, text="a forbidden word")
    assert "clumsy" not in dict(registry.active())


def test_unknown_slot_fails_when_the_template_compiles(site):
    from jinja2 import TemplateSyntaxError

    with pytest.raises(TemplateSyntaxError, match=r"unknown slot 'page\.fotter'"):
        site.jinja_env.from_string('{% slot "page.fotter" %}')
    with pytest.raises(TemplateSyntaxError, match="takes"):
        site.jinja_env.from_string('{% slot "thread.aside" topic=1 %}')
    with pytest.raises(TemplateSyntaxError, match="batch"):
        site.jinja_env.from_string('{% slot "post.footer" posts=[] %}')


def test_settings_refuse_what_does_not_fit(site):
    from brain.base.errors import Unfit

    setting = settings.setting_named("plugins.strikes_allowed")
    for odd in ("many", "0", "99999999"):
        with pytest.raises(Unfit):
            settings.parse(setting, odd)
    with pytest.raises(LookupError):
        settings.value("plugins.no_such")


def test_rolled_back_setting_is_forgotten(site):
    with pytest.raises(RuntimeError), unit_of_work():
        settings.change_setting(HOUSE, "plugins.strikes_allowed", 7)
        assert settings.value("plugins.strikes_allowed") == 7
        raise RuntimeError
    pulse.forget()
    assert settings.value("plugins.strikes_allowed") == 20


def test_command_of_a_plugin_answers_while_it_is_on(site, clumsy):
    run = site.test_cli_runner().invoke
    assert run(brain, ["clumsy"]).output == "clumsy speaks\n"
    switch("clumsy", False)
    refused = run(brain, ["clumsy"])
    assert refused.exit_code == 1
    assert "flask brain plugin enable clumsy" in refused.output


def test_plugin_whose_tables_cannot_be_brought_up_is_switched_off(site, clumsy, monkeypatch):
    upgrade = migrate.upgrade

    def fail_for_clumsy(owner=migrate.CORE, folder=None):
        if owner == "clumsy":
            raise LookupError("no such revision")
        upgrade(owner, folder)

    monkeypatch.setattr(migrate, "upgrade", fail_for_clumsy)
    assert "no such revision" in lifecycle.upgrade_enabled()["clumsy"]
    (report,) = [p for p in lifecycle.list_plugins(HOUSE) if p.name == "clumsy"]
    assert not report.is_enabled
    assert "no such revision" in report.reason


def test_plugin_that_requires_one_that_does_not_work_is_kept_out_too(site):
    plugins = site.extensions["brain"].plugins
    assert plugins["lower"].problem == "it requires torn"
    assert plugins["above"].problem == "it requires lower"


def test_plugin_rests_while_one_that_it_requires_is_off(site, clumsy):
    switch("leaning", True)
    assert registry.is_enabled("leaning")
    switch("clumsy", False)
    assert not registry.is_enabled("leaning")
    assert "leaning" not in dict(registry.active())
    switch("clumsy", True)
    assert registry.is_enabled("leaning")


def test_plugin_whose_folder_is_away_can_be_purged(site):
    with unit_of_work():
        db.session.execute(sa.text("CREATE TABLE lost_note (id INTEGER PRIMARY KEY, words TEXT)"))
        db.session.execute(sa.text("CREATE TABLE lost_word (id INTEGER REFERENCES lost_note (id))"))
        db.session.execute(sa.text("INSERT INTO lost_note VALUES (1, 'kept')"))
        db.session.execute(sa.text("INSERT INTO lost_word VALUES (1)"))
        db.session.execute(sa.text(f"CREATE TABLE {migrate.version_table('lost')} (version_num TEXT)"))
        db.session.add(PluginState(name="lost", enabled=True, version="1.0", changed_at=clock.now()))
    run = site.test_cli_runner()
    assert run.invoke(brain, ["plugin", "purge", "nowhere", "--yes"]).exit_code == 1
    done = run.invoke(brain, ["plugin", "purge", "lost", "--yes"])
    assert done.exit_code == 0, done.output
    assert "The folder of this plugin is away." in done.output
    assert "lost_note: 1 rows" in done.output
    kept = Path(re.search(r"Written to (\S+)", done.output)[1])
    assert json.loads(kept.read_text())["lost_note"] == [{"id": 1, "words": "kept"}]
    assert not [name for name in migrate.tables_present() if "lost" in name]
    assert db.session.get(PluginState, "lost") is None


def test_table_that_no_model_declares_is_named(site):
    assert migrate.tables_of_nobody([]) == []
    with unit_of_work():
        db.session.execute(sa.text("CREATE TABLE stray (id INTEGER)"))
        db.session.execute(sa.text("CREATE TABLE lost_note (id INTEGER)"))
    try:
        assert migrate.tables_of_nobody([]) == ["lost_note", "stray"]
        assert migrate.tables_of_nobody(["lost"]) == ["stray"]
    finally:
        with unit_of_work():
            db.session.execute(sa.text("DROP TABLE stray"))
            db.session.execute(sa.text("DROP TABLE lost_note"))
