"""Fixtures for all tests: one application a worker, an empty database a test.

`BRAIN_TEST_DATABASE` chooses sqlite (default) or postgresql. Fixtures are
nouns; `make` builds what a test is about and defaults the rest.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import has_app_context
from flask.testing import FlaskClient

from brain.app import create_app
from brain.base import pulse
from brain.base.db import Base, db
from brain.base.known import EXTENSION
from brain.base.unit import unit_of_work
from brain.config import read_config
from tests import services
from tests.factories import Make

DATABASE = os.environ.get("BRAIN_TEST_DATABASE", "sqlite")


def pytest_configure(config: pytest.Config) -> None:
    """Start the real servers once, in the controlling process."""
    if not hasattr(config, "workerinput"):
        services.start_services()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    if not hasattr(config, "workerinput"):
        services.stop_services()


class ReadingClient(FlaskClient):
    """A client that reads and closes each answer, as browsers do.

    Closing lets what a page observed (reading marks) be recorded.
    """

    def open(self, *args, **kwargs):
        """Make the request and read the whole answer.

        Each request has a context of its own, as on a server: what the last one
        kept in `g` (who is signed in, the pulse) is not there any more.
        """
        kwargs.setdefault("buffered", True)
        if has_app_context():
            db.session.rollback()  # what the test reads next is what the request left
        with self.application.app_context():
            response = super().open(*args, **kwargs)
            response.get_data()
            response.close()
        return response

    def submit(self, url: str, fields: dict | None = None, *, form_at: str | None = None, **more):
        """Send a form with the token of the page it stands on, as a member would."""
        page = self.get(form_at or url).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        token = token or re.search(r'value="([^"]+)"[^>]*name="csrf_token"', page)
        assert token, f"no form on {form_at or url}"
        return self.post(url, data={"csrf_token": token[1], **(fields or {})}, **more)


@pytest.fixture(scope="session")
def worker_database(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> str:
    """Give the address of this worker's own database."""
    if DATABASE == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('database')}/test.db"
    return services.fresh_database(services.needed("postgresql"), f"brain_{worker_id}")


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """Name the xdist worker; `main` without xdist."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory, worker_database: str):
    """Build the application once a worker, with every plugin's tables."""
    config = read_config(
        {},
        env="test",
        var=tmp_path_factory.mktemp("var"),
        database_url=worker_database,
        base_url="http://localhost",
        log_level="WARNING",
    )
    app = create_app(config)
    app.testing = True
    app.config.update(PROPAGATE_EXCEPTIONS=False)
    app.test_client_class = ReadingClient
    with app.app_context():
        Base.metadata.drop_all(db.engine)
        Base.metadata.create_all(db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(application):
    """Give the application with an empty database; all plugins are off."""
    pulse.forget_kept()
    with application.app_context(), declarations_kept(application):
        yield application
        db.session.rollback()
        db.session.remove()
    with application.app_context():
        _empty_database()
    # ids begin anew: an index of the last test would speak of other things
    shutil.rmtree(Path(application.config["BRAIN_VAR"]) / "search", ignore_errors=True)
    pulse.forget_kept()


@contextlib.contextmanager
def declarations_kept(app) -> Iterator[None]:
    """Forget at the end what was declared inside the block: permissions, subscribers, jobs."""
    before = {kind: dict(things) for kind, things in app.extensions[EXTENSION].items()}
    try:
        yield
    finally:
        app.extensions[EXTENSION] = before


def _empty_database() -> None:
    tables = Base.metadata.sorted_tables
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            names = ", ".join(f'"{t.name}"' for t in tables)
            connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
            return
        for table in reversed(tables):
            if table.name == "topic":
                connection.execute(sa.update(table).values(parent_id=None))
            connection.execute(sa.delete(table))


@pytest.fixture
def client(app) -> ReadingClient:
    """Give a visitor's client."""
    return app.test_client()


@pytest.fixture
def make(app) -> Make:
    """Build members, topics, threads for a test."""
    return Make(app)


@pytest.fixture
def sign_in(app):
    """Give a client that is signed in as this member (id)."""

    def as_member(member_id: int) -> ReadingClient:
        client = app.test_client()
        make_session_cookie(app, client, member_id)
        return client

    return as_member


def make_session_cookie(app, client: FlaskClient, member_id: int) -> None:
    """Put a fresh session row and its cookie in place."""
    from brain.members.sessions import open_session

    with app.test_request_context(), unit_of_work():
        token = open_session(member_id, device="test", address="127.0.0.1")
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True


@pytest.fixture
def queries(app):
    """Count statements: `with queries(most=6):` fails on one more."""

    @contextlib.contextmanager
    def budget(most: int) -> Iterator[list[str]]:
        said: list[str] = []

        def note(connection, cursor, statement, parameters, context, executemany):
            if (
                not statement.lstrip()
                .upper()
                .startswith(("SAVEPOINT", "RELEASE", "ROLLBACK TO", "PRAGMA", "BEGIN"))
            ):
                said.append(statement)

        sa.event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield said
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", note)
        assert len(said) <= most, f"{len(said)} statements, at most {most}:\n" + "\n".join(said)

    return budget


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of third-party material, or skip saying so."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not (folder / "data").is_dir():
        services.absent("the shared test material is not beside this checkout")
    return folder
