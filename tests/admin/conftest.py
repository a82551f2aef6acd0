"""A second application with the pantry, a plugin that keeps something."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from brain.app import create_app
from brain.base.db import Base, db
from brain.config import read_config
from tests.fixtures import ReadingClient, make_session_cookie

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture
def site(app, tmp_path):
    """Give an application that finds the pantry, on the test's database.

    What the pantry declares is taken out of the process again: the tables that
    other tests empty are those of the first application.
    """
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    config = read_config(
        {}, env="test", var=tmp_path, database_url=url, base_url="http://localhost", plugins_dir=str(SAMPLES)
    )
    made = create_app(config)
    made.test_client_class = ReadingClient
    made.config["PROPAGATE_EXCEPTIONS"] = False
    with made.app_context():
        yield made
        db.session.rollback()
        _take_pantry_away()
        db.engine.dispose()


def _take_pantry_away() -> None:
    with db.engine.begin() as connection:
        for name in ("pantry_jar", "alembic_version_pantry"):
            connection.execute(sa.text(f'DROP TABLE IF EXISTS "{name}"'))
    if "pantry_jar" in Base.metadata.tables:
        Base.metadata.remove(Base.metadata.tables["pantry_jar"])
    for name in [name for name in sys.modules if name.split(".")[:2] == ["plugins", "pantry"]]:
        del sys.modules[name]


@pytest.fixture
def pantry(site):
    """Give the pantry's module; it behaves until its mood says otherwise."""
    return site.extensions["brain"].plugins["pantry"].module


@pytest.fixture
def admin(site, make) -> ReadingClient:
    """Give the client of an admin."""
    return client_of(site, make.admin("Gabriela"))


def client_of(site, member_id: int) -> ReadingClient:
    """Give a client of the second application, signed in."""
    client = site.test_client()
    make_session_cookie(site, client, member_id)
    return client
