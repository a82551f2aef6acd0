"""Any plugin's folder can be taken away: the product works on, beside the tables it left."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.config import ROOT
from brain.members.actions import NewMember, add_member
from brain.plugin.manifest import read_manifest
from tests.journeys.client import signed_in
from tests.journeys.copied import CopiedSite

PLUGINS = sorted(path.parent.name for path in (ROOT / "plugins").glob("*/plugin.toml"))
#: Tests of the core that must hold without the plugin, short ones.
SMOKE = ("tests/test_boot.py", "tests/plugin")
PAGES = ("/", "/topics", "/members", "/feed.atom", "/admin", "/admin/plugins", "/settings")

pytestmark = pytest.mark.slow


@pytest.fixture
def site(tmp_path: Path) -> CopiedSite:
    """Give a copy of the product, with a database of its own; nested tests share our servers."""
    made = CopiedSite(tmp_path, f"sqlite:///{tmp_path / 'brain.db'}")
    shared = {name: text for name, text in os.environ.items() if name.startswith("BRAIN_TEST_")}
    made.settings |= {**shared, "BRAIN_TEST_DATABASE": "sqlite"}
    return made


@pytest.mark.parametrize("name", PLUGINS)
def test_product_works_without(name: str, site: CopiedSite) -> None:
    site.flask("upgrade")
    for needed in (*read_manifest(site.plugin_folder(name)).requires, name):
        site.flask("plugin", "enable", needed)
    kept = tables(site)
    shutil.rmtree(site.plugin_folder(name))

    site.flask("upgrade")
    assert "tables and models agree" in site.flask("check-migrations")
    assert tables(site) >= kept
    pages_answer(site, name)
    site.run(
        "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", "--basetemp", str(site.folder / "nested"), *SMOKE
    )


def tables(site: CopiedSite) -> set[str]:
    """Name the tables that the database holds."""
    with site.opened():
        return set(sa.inspect(db.engine).get_table_names())


def pages_answer(site: CopiedSite, name: str) -> None:
    """Read pages of the core as an admin, who is told what is away."""
    with site.opened() as app:
        with unit_of_work():
            admin_id = add_member(NewMember(name="Gabriela", email="gabriela@example.org", role="admin"))
        admin = signed_in(site, app, admin_id)
    site.start_web()
    try:
        answers = {path: admin.get(path) for path in PAGES}
    finally:
        site.stop_everything()
    assert {path: answer.status for path, answer in answers.items()} == dict.fromkeys(PAGES, 200)
    assert f"The folder of “{name}” is away." in answers["/admin"].text
