"""Versions of the tables: the core's, and each plugin's in a table of its own.

A shared version table would brick core upgrades once a plugin's folder is
gone; a table for each plugin does not (tried, see docs/architecture.md).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

from brain.base.db import Base, db, writing

CORE = "brain"
logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells every step, twice
ROOT = Path(__file__).resolve().parents[2]
#: Any number will do, as long as nothing else here asks PostgreSQL for this lock.
LOCK = 7_204_113
#: Alembic keeps what it works on in its modules: one migration a process, whatever the thread.
_one_at_a_time = threading.Lock()


def version_table(owner: str) -> str:
    """Name the version table of the core or a plugin."""
    return "alembic_version" if owner == CORE else f"alembic_version_{owner}"


def versions_folder(owner: str, folder: Path | None) -> Path:
    """Give the folder of migration files of the core or a plugin's folder."""
    return ROOT / "migrations" / "versions" if folder is None else folder / "migrations" / "versions"


def owns(owner: str, table: str, plugins: frozenset[str]) -> bool:
    """Tell whether a table is the core's or this plugin's, by its prefix."""
    owners = [name for name in plugins if table.startswith(f"{name}_")]
    actual = max(owners, key=len) if owners else CORE
    return actual == owner and not table.startswith("alembic_version")


def alembic_config(owner: str, folder: Path | None, connection: sa.Connection | None) -> AlembicConfig:
    """Describe one owner's migrations to Alembic."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("version_locations", str(versions_folder(owner, folder)))
    config.set_main_option("path_separator", "os")
    config.attributes.update(
        owner=owner,
        connection=connection,
        version_table=version_table(owner),
        plugins=known_plugins(),
        target_metadata=Base.metadata,
    )
    return config


def known_plugins() -> frozenset[str]:
    """List the names of the plugins on disk, enabled or not."""
    return frozenset(current_app.extensions["brain"].plugins)


@contextmanager
def _connection() -> Iterator[sa.Connection]:
    """Give a connection that alone migrates; what it does is kept whole or not at all.

    The session lets go first: a request that has begun to write would
    otherwise wait for itself.
    """
    db.session.rollback()
    token = writing.set(True)  # SQLite: BEGIN IMMEDIATE, one writer at a time
    try:
        with _one_at_a_time, db.engine.connect() as connection, _alone(connection):
            yield connection
            connection.commit()
    finally:
        writing.reset(token)


@contextmanager
def _alone(connection: sa.Connection) -> Iterator[None]:
    """Keep other migrations waiting, and SQLite from following keys while tables are rebuilt."""
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        _pragma(connection, "foreign_keys=OFF")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK})")
        connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        if is_sqlite:
            _pragma(connection, "foreign_keys=ON")
        else:
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({LOCK})")
            connection.commit()


def _pragma(connection: sa.Connection, words: str) -> None:
    """Set a pragma past SQLAlchemy, which would begin: in a transaction this one does nothing."""
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA {words}")
    cursor.close()


def upgrade(owner: str = CORE, folder: Path | None = None) -> None:
    """Bring an owner's tables to their newest version."""
    if not has_migrations(owner, folder):
        return
    with _connection() as connection:
        command.upgrade(alembic_config(owner, folder, connection), "head")


def downgrade(owner: str, folder: Path, revision: str = "base") -> None:
    """Take an owner's tables back, by default away."""
    if not has_migrations(owner, folder):
        return
    with _connection() as connection:
        command.downgrade(alembic_config(owner, folder, connection), revision)
        if revision == "base":
            connection.execute(sa.text(f'DROP TABLE IF EXISTS "{version_table(owner)}"'))


def revise(owner: str, folder: Path | None, message: str) -> None:
    """Write a new migration from the difference to the models."""
    versions_folder(owner, folder).mkdir(parents=True, exist_ok=True)
    with _connection() as connection:
        config = alembic_config(owner, folder, connection)
        config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(rev)s_%%(slug)s")
        command.revision(
            config,
            message,
            autogenerate=True,
            version_path=str(versions_folder(owner, folder)),
            head="head" if has_migrations(owner, folder) else "base",
        )


def has_migrations(owner: str, folder: Path | None) -> bool:
    """Tell whether an owner brings tables at all."""
    return any(versions_folder(owner, folder).glob("*.py"))


def current(owner: str) -> str | None:
    """Give the version that an owner's tables have now."""
    return current_versions([owner]).get(owner)


def current_versions(owners: Iterable[str]) -> dict[str, str]:
    """Give the versions of several owners' tables; who has none is missing.

    Read in the running transaction: a second connection would wait for what
    this request has locked.
    """
    present = tables_present()
    of = {owner: version_table(owner) for owner in owners}
    selects: list[Any] = [
        sa.select(sa.literal(owner), sa.column("version_num")).select_from(sa.table(table))
        for owner, table in of.items()
        if table in present
    ]
    return {row[0]: row[1] for row in db.session.execute(sa.union_all(*selects))} if selects else {}


def tables_present() -> set[str]:
    """Name the tables that the database has now."""
    return set(sa.inspect(db.session.connection()).get_table_names())


def tables_of_nobody(absent: Iterable[str]) -> list[str]:
    """Name the tables that no model declares; those of `absent` plugins are left alone."""
    mine = {version_table(owner) for owner in (CORE, *known_plugins(), *absent)}
    known = Base.metadata.tables.keys() | mine
    return sorted(
        name
        for name in tables_present() - known
        if not any(name.startswith(f"{plugin}_") for plugin in absent)
    )


def newest(owner: str, folder: Path | None) -> str | None:
    """Give the newest version that an owner's files know."""
    if not has_migrations(owner, folder):
        return None
    return ScriptDirectory.from_config(alembic_config(owner, folder, None)).get_current_head()


def is_behind(owner: str, folder: Path | None) -> bool:
    """Tell whether an owner's tables are older than its code."""
    return current(owner) != newest(owner, folder)


def differences(owner: str) -> list[Any]:
    """List where an owner's tables differ from its models."""
    with db.engine.connect() as connection:
        options = compare_options(owner, known_plugins())
        context = MigrationContext.configure(
            connection, opts={**options, "version_table": version_table(owner)}
        )
        return list(compare_metadata(context, Base.metadata))


def compare_options(owner: str, plugins: frozenset[str]) -> dict[str, Any]:
    """Tell Alembic which tables are this owner's; used by `migrations/env.py` too.

    A table in the database that no loaded module owns is left alone: it
    belongs to a plugin whose folder is away.
    """

    def include(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
        table = thing if kind == "table" else thing.table
        if kind == "table" and reflected and other is None and name not in Base.metadata.tables:
            return False
        return owns(owner, table.name, plugins)

    return {"include_object": include, "compare_type": True, "render_as_batch": True}


def knows(owner: str, folder: Path | None, revision: str) -> bool:
    """Tell whether an owner's files know a version."""
    script = ScriptDirectory.from_config(alembic_config(owner, folder, None))
    return any(step.revision == revision for step in script.walk_revisions())
