"""Tables and connections: SQLite and PostgreSQL behave alike above this file."""

from __future__ import annotations

import json
import sqlite3
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry

from brain.base.gate import Gate

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment, always aware and in UTC (SQLite alone would drop the zone)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments, store the rest in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone was about to be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware moment."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonText(sa.types.TypeDecorator[Any]):
    """JSON in a text column, the same on both databases."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write compact JSON."""
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read it back."""
        return None if value is None else json.loads(value)


class Base(DeclarativeBase):
    """The parent of every table; relationships are declared `lazy="raise"`."""

    metadata = sa.MetaData(naming_convention=NAMING)


Base.registry.update_type_annotation_map({datetime: UtcDateTime})


#: True inside a unit that may write; set by `brain.base.unit` only.
writing: ContextVar[bool] = ContextVar("brain_writing", default=False)

db = SQLAlchemy(model_class=Base, session_options={"autoflush": False, "expire_on_commit": False})


def column_key(text: str) -> str:
    """Fold a text for a unique key column: SQLite's lower() knows ASCII only."""
    return text.casefold().strip()


def engine_options(url: str, threads: int) -> dict[str, Any]:
    """Choose pool and time-outs for a database address; each thread may hold a connection."""
    if url.startswith("sqlite"):
        return {
            "connect_args": {"timeout": 15, "check_same_thread": False},
            "pool_size": max(20, threads + 2),
        }
    return {
        "pool_pre_ping": True,
        "pool_size": max(10, threads + 2),
        "max_overflow": 20,
        "pool_recycle": 1800,
    }


def prepare_engine(engine: Engine) -> None:
    """Give SQLite its pragmas and explicit BEGIN; nothing for PostgreSQL.

    `BEGIN IMMEDIATE` is used inside a writing unit: with a deferred begin three
    of four concurrent read-then-write transactions fail (QUALITY section 1).
    Writers pass a gate first (`brain.base.gate`).
    """
    if engine.dialect.name != "sqlite":
        return

    @sa.event.listens_for(engine, "connect")
    def _pragmas(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        for pragma in (
            "busy_timeout=15000",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-32000",
            "mmap_size=268435456",
        ):
            connection.execute(f"PRAGMA {pragma}")

    _begin_in_turn(engine)


def _begin_in_turn(engine: Engine) -> None:
    """Begin explicitly, and have writers line up: SQLite lets in who comes at the right moment."""
    gate = Gate(Path(f"{engine.url.database}-gate"))

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not writing.get():
            connection.exec_driver_sql("BEGIN")
            return
        if not connection.info.get("in_gate"):
            connection.info["in_gate"] = gate.enter()
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    # a session gives its connection back with each commit, once that is done
    @sa.event.listens_for(engine, "checkin")
    @sa.event.listens_for(engine, "invalidate")
    def _leave(connection: sqlite3.Connection, record: ConnectionPoolEntry, *why: Any) -> None:
        if record.info.pop("in_gate", False):
            gate.leave()


def init_app(app: Flask) -> None:
    """Attach the database of this configuration."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    # what members wrote and who they are does not belong into logs
    private = {"hide_parameters": app.config.get("ENVIRONMENT") == "production"}
    options = engine_options(url, app.config.get("BRAIN_THREADS", 0)) | private
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", options)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def is_sqlite() -> bool:
    """Tell which of the two databases this is."""
    return db.engine.dialect.name == "sqlite"


def change(statement: sa.Update | sa.Delete) -> int:
    """Change rows in the running transaction; returns how many."""
    result: Any = db.session.execute(statement)
    return int(result.rowcount)


def insert_ignore(table: Any, rows: list[dict[str, Any]], keys: list[str]) -> sa.Insert:
    """Build an insert that leaves rows with the same keys as they are."""
    build = sqlite.insert if is_sqlite() else postgresql.insert
    return build(table).values(rows).on_conflict_do_nothing(index_elements=keys)


def upsert(table: Any, row: dict[str, Any], keys: list[str], changes: dict[str, Any]) -> sa.Insert:
    """Build an insert that applies `changes` where the keys exist already."""
    build = sqlite.insert if is_sqlite() else postgresql.insert
    return build(table).values(**row).on_conflict_do_update(index_elements=keys, set_=changes)
