"""The unit of work: the only place that commits.

A request, a job and a command are each one unit. An exception or a status of
400 and above rolls back. A GET changes no content; what it *observed* (views,
read up to) is recorded after the response in a small unit of its own.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, g, request
from psycopg.pq import TransactionStatus
from sqlalchemy.orm import ORMExecuteState, Session

from brain.base.db import db, is_sqlite, writing

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
log = logging.getLogger("brain.unit")


class ReadChangedRows(RuntimeError):
    """A GET request tried to change content: a programming error."""


class TransactionBroken(RuntimeError):
    """A statement failed before, and nothing can be asked in this transaction: a programming error."""


def is_writing() -> bool:
    """Tell whether the present unit may write (SQLite then locks at BEGIN)."""
    return writing.get()


class ChangesWouldBeLost(RuntimeError):
    """A unit of work began while another had changes: a programming error."""


def _has_changes() -> bool:
    session = db.session
    return bool(session.new or session.dirty or session.deleted or session.info.get("wrote"))


def drop_changes() -> None:
    """Forget what a piece of code changed and never committed (jobs with units of their own)."""
    db.session.rollback()
    db.session.info.pop("wrote", None)


@contextlib.contextmanager
def unit_of_work() -> Iterator[None]:
    """Commit at the end of the block, or roll back if it raises.

    Raises ChangesWouldBeLost inside another unit that has changed something.
    """
    if _has_changes():
        raise ChangesWouldBeLost
    token = writing.set(True)
    db.session.rollback()  # a read transaction of before cannot become a writing one
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        writing.reset(token)
        db.session.info.pop("wrote", None)
        # what this unit changed is settled: values may be kept in memory again
        g.pop("pulse", None)
        g.pop("pulse_moved", None)


def only_read() -> None:
    """Let a request that may write be one that reads: it changes nothing, and holds up nobody.

    Raises ChangesWouldBeLost when it has changed something.
    """
    if _has_changes():
        raise ChangesWouldBeLost
    db.session.rollback()
    writing.set(False)


@contextlib.contextmanager
def savepoint() -> Iterator[None]:
    """Undo only this block if it raises (plugin code, duplicate keys)."""
    with db.session.begin_nested():
        yield


def _is_broken() -> bool:
    """Tell whether PostgreSQL refuses to go on in this transaction; asks no statement."""
    if is_sqlite() or not db.session().in_transaction():
        return False
    raw: Any = db.session.connection().connection.driver_connection
    return bool(raw.info.transaction_status == TransactionStatus.INERROR)


@contextlib.contextmanager
def shield() -> Iterator[None]:
    """Undo only this block if it raises, at no cost where the unit reads.

    In a reading unit there is nothing of others to keep: the transaction
    begins anew. There the block may change no rows (ReadChangedRows), nor
    leave a transaction in which nothing can be asked any more (TransactionBroken).
    """
    if is_writing():
        with savepoint():
            yield
        return
    try:
        yield
        if _has_changes():
            raise ReadChangedRows("rows were changed while a page was read")
        if _is_broken():
            raise TransactionBroken("a statement failed and its error was swallowed")
    except BaseException:
        drop_changes()
        raise


def after_response(observe: Callable[[], None]) -> None:
    """Record what a request observed, once its answer has left.

    Runs in a unit of its own; a failure there is logged and harms nobody.
    """
    g.setdefault("observations", []).append(observe)


def after_unit(note: Callable[[], None]) -> None:
    """Write something down even if the request is refused and rolled back.

    Runs in a unit of its own before the answer leaves: counts of attempts.
    """
    g.setdefault("notes", []).append(note)


@sa.event.listens_for(Session, "do_orm_execute")
def _note_bulk_writes(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        state.session.info["wrote"] = True


@sa.event.listens_for(Session, "after_flush")
def _note_flush(session: Session, context: Any) -> None:
    if session.new or session.dirty or session.deleted:
        session.info["wrote"] = True


class UnitFlask(Flask):
    """Flask whose every request is one unit of work."""

    def full_dispatch_request(self) -> Response:
        """Answer the request, then commit or roll back by its outcome."""
        token = writing.set(request.method not in SAFE_METHODS)
        db.session.info.pop("wrote", None)
        try:
            response = super().full_dispatch_request()
            self._end_unit(response)
        except BaseException:
            db.session.rollback()
            raise
        finally:
            writing.reset(token)
            db.session.info.pop("wrote", None)  # the commit's own flush notes it again
            self._write_notes()
        self._observe_later(response)
        return response

    def handle_user_exception(self, e: Exception) -> Any:
        """Roll back first: the error page reads from the database again."""
        db.session.rollback()
        return super().handle_user_exception(e)

    def handle_exception(self, e: Exception) -> Response:
        """Roll back before the 500 page is made; write what the failure left to note."""
        db.session.rollback()
        try:
            return super().handle_exception(e)
        finally:
            self._write_notes()

    def _end_unit(self, response: Response) -> None:
        session = db.session
        wrote = _has_changes()
        session.info.pop("wrote", None)
        if request.method in SAFE_METHODS:
            session.rollback()
            if wrote and response.status_code < 500:
                raise ReadChangedRows(f"{request.method} {request.endpoint} changed rows")
        elif response.status_code < 400:
            session.commit()
        else:
            session.rollback()

    def _write_notes(self) -> None:
        notes = g.pop("notes", [])
        if notes:
            with unit_of_work():
                for note in notes:
                    note()

    def _observe_later(self, response: Response) -> None:
        observations = g.pop("observations", [])
        if not observations or response.status_code >= 400:
            return
        app: Flask = self

        def run() -> None:
            with app.app_context():
                try:
                    with unit_of_work():
                        for observe in observations:
                            observe()
                except sa.exc.SQLAlchemyError:
                    log.warning("what a reader observed was not recorded", exc_info=True)

        response.call_on_close(run)
