"""Plugins with mistakes in them: each is named and kept out, and the site goes on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from textwrap import dedent
from typing import Any

import pytest
import sqlalchemy as sa

from brain.app import create_app
from brain.base import events, jobs, pulse
from brain.base.access import HOUSE
from brain.base.db import Base, db
from brain.base.errors import words_of
from brain.base.events import Outbox, Subscriber
from brain.base.unit import unit_of_work
from brain.config import read_config
from brain.plugin import containment, lifecycle
from brain.plugin.models import PluginStrike
from brain.plugin.testing import switch
from tests.fixtures import ReadingClient

MANIFEST = """
name = "{name}"
title = "Wrong"
summary = "Has a mistake."
version = "1.0"
api = 1
brain = ">=1.0,<2"
license = "BSD-3-Clause"
data_note = "Nothing."
"""
CODE = """
from datetime import timedelta
from flask import Blueprint
from brain.base.jobs import Job
from brain.base.slots import SlotFill
from brain.plugin.contribution import *

blueprint = Blueprint("{name}", __name__)
{before}

def contribute():
    return Contribution({parts})
"""
NUMBERS = iter(range(1, 1000))


@pytest.fixture
def wrong(app, tmp_path) -> Iterator[Callable[..., tuple[Any, str]]]:
    """Build an application with one plugin more; gives both."""
    built = []

    def build(parts: str = "", before: str = "", files: dict[str, bytes] | None = None):
        name = f"wrong{next(NUMBERS)}"
        folder = tmp_path / "plugins" / name
        for path, content in (files or {}).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "plugin.toml").write_text(MANIFEST.format(name=name))
        code = CODE.format(name=name, parts=parts, before=dedent(before).replace("NAME", name))
        (folder / "__init__.py").write_text(code)
        config = read_config(
            {},
            env="test",
            var=tmp_path,
            database_url=app.config["SQLALCHEMY_DATABASE_URI"],
            base_url="http://localhost",
            plugins_dir=str(tmp_path / "plugins"),
        )
        made = create_app(config)
        made.test_client_class = ReadingClient
        made.config["PROPAGATE_EXCEPTIONS"] = False
        built.append(made)
        return made, name

    yield build
    for made in built:
        with made.app_context():
            db.session.remove()
            db.engine.dispose()


def problem_of(made, name: str) -> str:
    return made.extensions["brain"].plugins[name].problem


def is_well(made) -> None:
    """See that pages are answered and jobs are run."""
    assert made.test_client().get("/").status_code == 200
    with made.app_context():
        jobs.run_due()
        db.session.rollback()


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ("jobs=[Job('NAME.j', every=60)]", "`every` is a timedelta"),
        ("jobs=[Job('NAME.j', timeout=60)]", "`timeout` is a timedelta"),
        ("jobs=[Job('NAME.j', batch=0)]", "from 1 on"),
        ("nav_items=[NavItem('main', 'Wrong', 'discussion.topics', order='7')]", "order"),
        ("nav_items=[None]", "nav_items holds None"),
        ("slot_fills=[SlotFill('page.footer', 'a.html', 7)]", "load"),
        ("derived_jobs=lambda everybody: 1 / 0", "ZeroDivisionError"),
        ("letters='abc'", "takes a list"),
    ],
)
def test_wrong_declaration_is_named_when_it_is_loaded(wrong, parts, says):
    made, name = wrong(parts.replace("NAME", "wrong"))
    assert says in problem_of(made, name)
    is_well(made)


def test_models_that_cannot_be_mapped_fail_no_query(wrong):
    models = b"""
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship
from brain.base.db import Base

class Thing(Base):
    __tablename__ = __name__.split(".")[-2] + "_thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    other = relationship("NoSuchModelAnywhere")
"""
    made, name = wrong(files={"models.py": models})
    assert "NoSuchModelAnywhere" in problem_of(made, name)
    assert f"{name}_thing" not in Base.metadata.tables
    is_well(made)
    sa.orm.configure_mappers()


def test_damaged_catalogue_is_kept_out(wrong):
    made, name = wrong(files={"translations/en/LC_MESSAGES/messages.mo": b"garbage"})
    assert "magic" in problem_of(made, name)
    is_well(made)


@pytest.mark.parametrize(
    "hook", ["before_app_request", "after_app_request", "teardown_app_request", "app_context_processor"]
)
def test_hook_on_every_page_is_no_page_of_a_plugin(wrong, hook):
    made, name = wrong(
        "blueprints=[blueprint]", f"@blueprint.{hook}\ndef everywhere(*given):\n    return 1 / 0"
    )
    assert "acts on every page" in problem_of(made, name)
    is_well(made)


def test_handler_of_the_sites_errors_is_no_page_of_a_plugin(wrong):
    made, name = wrong(
        "blueprints=[blueprint]", "@blueprint.app_errorhandler(404)\ndef lost(error):\n    1 / 0"
    )
    assert "errors" in problem_of(made, name)
    assert made.test_client().get("/nowhere").status_code == 404


def test_migration_that_cannot_be_read_is_named(wrong, make):
    made, name = wrong(files={"migrations/versions/1_wrong.py": b"def (:"})
    assert "SyntaxError" in problem_of(made, name)
    with made.app_context():
        assert name in {report.name for report in lifecycle.list_plugins(HOUSE)}


class Unsayable(Exception):
    """An error that cannot be said."""

    def __str__(self) -> str:
        raise RuntimeError("not even this")


FAILURES = [
    SystemExit(1),
    asyncio.CancelledError(),
    Unsayable(),
    ValueError("a \0 and half a pair \ud800"),
]


@pytest.fixture
def quiet(caplog) -> None:
    """Keep tracebacks out of the report, which cannot hold half a pair either."""
    caplog.set_level(logging.CRITICAL, "brain")


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_whatever_a_part_of_a_page_raises_is_counted(app, quiet, failure):
    with containment.contained("clumsy", "a place"):
        raise failure
    strike = db.session.scalars(sa.select(PluginStrike)).one()
    assert strike.error.startswith(type(failure).__name__)
    assert words_of(failure).isprintable() or "\n" in words_of(failure)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_whatever_a_job_raises_the_worker_goes_on(app, make, quiet, failure):
    told = []

    def fail(many: Any) -> None:
        raise failure

    events.subscribe(Subscriber("test.fails", ("happened",), fail, failed=told.append))
    heard: list[Any] = []
    events.subscribe(Subscriber("test.hears", ("happened",), heard.extend))
    with unit_of_work():
        events.publish("happened", number=1)
    make.work()
    assert heard == [{"number": 1}]
    assert told == [failure]
    row = db.session.scalars(sa.select(Outbox).where(Outbox.subscriber == "test.fails")).one()
    assert (row.attempts, row.leased_until) == (1, None)
    assert row.last_error.startswith(type(failure).__name__)


def test_source_that_cannot_say_what_changed_keeps_no_other_from_being_found(wrong, make, tmp_path):
    before = """
    def broken(ids):
        return 1 / 0

    source = SearchSource("NAME.thing", "Things", {"post_published": broken}, lambda after, limit: [],
                          lambda ids: [], lambda ids, viewer: {})
    """
    made, name = wrong("search_sources=[source]", before)
    assert problem_of(made, name) == ""
    with made.app_context():
        switch(name, True)
        make.thread(text="quebracho")
        jobs.run_until_idle()
        assert "quebracho" in made.test_client().get("/search?q=quebracho").text
        strikes = sa.select(sa.func.count()).where(PluginStrike.plugin == name)
        assert db.session.scalar(strikes) == 1
        pulse.forget_kept()
