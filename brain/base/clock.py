"""The one place that asks what time it is, so that tests can say."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_frozen: ContextVar[datetime | None] = ContextVar("brain_clock", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


@contextlib.contextmanager
def at(moment: datetime | timedelta) -> Iterator[datetime]:
    """Set the clock to a moment, or so much later than now, inside a block."""
    stands = now() + moment if isinstance(moment, timedelta) else moment
    token = _frozen.set(stands)
    try:
        yield stands
    finally:
        _frozen.reset(token)
