"""Two counters that tell workers when what they keep in memory is old.

`state` moves when settings or plugins change; `content` moves with every
write that public pages show. Each is read once a request (one small query),
so that enabling a plugin reaches all workers with their next request.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

import sqlalchemy as sa
from flask import g
from sqlalchemy.orm import Mapped, mapped_column

from brain.base.db import Base, db, upsert

Value = TypeVar("Value")


class Pulse(Base):
    """A counter by name."""

    __tablename__ = "pulse"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    beats: Mapped[int] = mapped_column(default=0)


_cells = Pulse.__table__.c
#: Asked with every request: put together once, of the table's own columns, past the mapper.
_ALL: sa.Select[Any] = sa.select(_cells.name, _cells.beats)


class Forgetful(Protocol):
    """Something that keeps values in this process and can drop them."""

    def forget(self) -> None:
        """Drop what is kept."""


_everything_kept: list[Forgetful] = []


def forget_with(kept: Forgetful) -> None:
    """Have something forgotten together with all that this process keeps."""
    _everything_kept.append(kept)


def beat(name: str) -> None:
    """Move a counter on, in this transaction."""
    db.session.execute(upsert(Pulse, {"name": name, "beats": 1}, ["name"], {"beats": Pulse.beats + 1}))
    if "pulse" in g:
        g.pulse[name] = g.pulse.get(name, 0) + 1
    g.setdefault("pulse_moved", set()).add(name)


def beats(name: str) -> int:
    """Read a counter; all are read together, once a request."""
    try:
        counters: dict[str, int] = g.pulse
    except AttributeError:
        counters = g.pulse = dict(map(tuple, db.session.execute(_ALL)))
    return counters.get(name, 0)


def has_moved() -> bool:
    """Tell whether this very unit beat a pulse: what it reads may yet be rolled back."""
    return "pulse_moved" in g


def forget() -> None:
    """Read the counters anew at the next question (long-running workers)."""
    g.pop("pulse", None)
    g.pop("pulse_moved", None)


def forget_kept() -> None:
    """Drop what this process keeps (a new application, a new database)."""
    for kept in _everything_kept:
        kept.forget()


class Kept(Generic[Value]):
    """A value kept in this process for as long as a counter stands (`state`)."""

    def __init__(self, read: Callable[[], Value], name: str = "state") -> None:
        self._read = read
        self._name = name
        self._kept: tuple[int, Value] | None = None
        forget_with(self)

    def get(self) -> Value:
        """Give the value, read from the database only when it may be old."""
        now = beats(self._name)
        kept = self._kept
        moved_here = "pulse_moved" in g and self._name in g.pulse_moved
        if kept is not None and kept[0] == now and not moved_here:
            return kept[1]
        fresh = self._read()
        # what this very transaction changed may yet be rolled back: not kept
        if not moved_here:
            self._kept = (now, fresh)
        return fresh

    def forget(self) -> None:
        """Read again at the next question."""
        self._kept = None
