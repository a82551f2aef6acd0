"""Tables of a plugin are brought up and down by one, with rows kept."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.plugin import migrate

HEAD = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {before!r}
"""
SHELVES = """
def upgrade():
    op.create_table("larder_shelf", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table(
        "larder_jar",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("shelf_id", sa.Integer, sa.ForeignKey("larder_shelf.id", ondelete="CASCADE")),
    )
    op.execute("INSERT INTO larder_shelf (id) VALUES (1)")
    op.execute("INSERT INTO larder_jar (id, shelf_id) VALUES (1, 1)")


def downgrade():
    op.drop_table("larder_jar")
    op.drop_table("larder_shelf")
"""
REBUILT = """
def upgrade():
    with op.batch_alter_table("larder_shelf", recreate="auto") as shelf:
        shelf.add_column(sa.Column("width_cm", sa.Integer, nullable=False, server_default="40"))
        shelf.create_check_constraint("ck_larder_shelf_width", "width_cm > 0")


def downgrade():
    with op.batch_alter_table("larder_shelf") as shelf:
        shelf.drop_constraint("ck_larder_shelf_width", type_="check")
        shelf.drop_column("width_cm")
"""
BREAKING = """
def upgrade():
    op.create_table("larder_lid", sa.Column("id", sa.Integer, primary_key=True))
    raise RuntimeError("the lid broke")


def downgrade():
    op.drop_table("larder_lid")
"""


def write_step(folder, revision: str, before: str | None, body: str) -> None:
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    (versions / f"{revision}.py").write_text(HEAD.format(revision=revision, before=before) + body)


def tables() -> set[str]:
    db.session.rollback()
    return {name for name in migrate.tables_present() if "larder" in name}


def test_rebuilding_a_table_keeps_the_rows_that_point_at_it(app, tmp_path):
    write_step(tmp_path, "a1", None, SHELVES)
    write_step(tmp_path, "a2", "a1", REBUILT)
    try:
        migrate.upgrade("larder", tmp_path)
        assert db.session.scalar(sa.text("SELECT count(*) FROM larder_jar")) == 1
        assert db.session.scalar(sa.text("SELECT width_cm FROM larder_shelf")) == 40
    finally:
        migrate.downgrade("larder", tmp_path)
    assert tables() == set()


def test_step_that_fails_leaves_nothing_behind(app, tmp_path):
    write_step(tmp_path, "a1", None, BREAKING)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="the lid broke"):
            migrate.upgrade("larder", tmp_path)
        assert tables() == set()


def test_versions_are_read_while_this_request_writes(app):
    with unit_of_work():
        db.session.execute(sa.text("DELETE FROM pulse"))
        assert migrate.current_versions(["larder", migrate.CORE]).get("larder") is None
