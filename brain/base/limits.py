"""How often something may be done: fixed windows by member or address.

Counted in the database, or in Redis when `BRAIN_REDIS_URL` is set. If Redis
does not answer the site goes on without counting: a limit is not worth an
outage.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import lru_cache

import redis
import sqlalchemy as sa
from flask import current_app, request
from sqlalchemy.orm import Mapped, mapped_column

from brain.base import clock
from brain.base.db import Base, change, db, upsert
from brain.base.errors import TooSoon
from brain.base.unit import after_unit

log = logging.getLogger("brain.limits")


class Hits(Base):
    """How many times a key was used in the window that began then."""

    __tablename__ = "hits"

    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    began_at: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


def check_limit(what: str, who: str, allowed: int, window: timedelta) -> None:
    """Count one use and refuse the one too many.

    Raises TooSoon with the time left in the window. The count stands even
    when the request is refused for another reason.
    """
    see_limit(what, who, allowed, window)
    count_use(what, who, window)


def see_limit(what: str, who: str, allowed: int, window: timedelta) -> None:
    """Refuse where the limit is reached, and count nothing. Raises TooSoon."""
    began, ends = _window(window)
    if _used(_key(what, who), began) >= allowed:
        raise TooSoon(ends - clock.now())


def count_use(what: str, who: str, window: timedelta) -> None:
    """Count one use; it stands even when the request is refused."""
    _use(_key(what, who), _window(window)[0], window)


def _key(what: str, who: str) -> str:
    return f"{what}:{who}"[:200]


def address() -> str:
    """Give the address of the client, as the trusted proxy says it; at most 45 characters."""
    return (request.remote_addr or "unknown")[:45]


def forget_old_hits(older_than: timedelta = timedelta(days=2)) -> int:
    """Delete counts of windows long past; returns how many."""
    return change(sa.delete(Hits).where(Hits.began_at < clock.now() - older_than))


def _window(length: timedelta) -> tuple[datetime, datetime]:
    seconds = int(length.total_seconds())
    moment = clock.now()
    began = datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, tz=moment.tzinfo)
    return began, began + length


def _used(key: str, began: datetime) -> int:
    store = _redis()
    if store is not None:
        try:
            return int(store.get(_redis_key(key, began)) or 0)
        except redis.RedisError:
            log.warning("Redis does not answer: limits are not counted")
            return 0
    count = db.session.scalar(sa.select(Hits.count).where(Hits.key == key, Hits.began_at == began))
    return count or 0


def _use(key: str, began: datetime, window: timedelta) -> None:
    store = _redis()
    if store is not None:
        try:
            with store.pipeline() as line:
                line.incr(_redis_key(key, began))
                line.expire(_redis_key(key, began), window)
                line.execute()
        except redis.RedisError:
            log.warning("Redis does not answer: limits are not counted")
        return
    after_unit(lambda: _write(key, began))


def _write(key: str, began: datetime) -> None:
    row = {"key": key, "began_at": began, "count": 1}
    db.session.execute(upsert(Hits, row, ["key", "began_at"], {"count": Hits.count + 1}))


def _redis_key(key: str, began: datetime) -> str:
    return f"brain:hits:{key}:{int(began.timestamp())}"


def _redis() -> redis.Redis | None:
    url = current_app.config.get("BRAIN_REDIS_URL")
    return _redis_at(url) if url else None


@lru_cache(maxsize=8)
def _redis_at(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)
