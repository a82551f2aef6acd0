"""Real servers for the tests: PostgreSQL, Redis and a mail server that collects.

The test run's controller calls `start_services` once; its workers find the
addresses in the environment. A test asks for one by `needed`, which skips
where the machine has none, or fails where a skip is not allowed.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, ExitStack

import pytest

from tests.services.kept import Unavailable
from tests.services.mail import Received, SmtpSink, smtp_sink
from tests.services.postgresql import fresh_database, postgresql, postgresql_answers
from tests.services.redis import redis, redis_answers, worker_redis

__all__ = [
    "Received",
    "SmtpSink",
    "Unavailable",
    "absent",
    "fresh_database",
    "needed",
    "postgresql",
    "redis",
    "smtp_sink",
    "start_services",
    "stop_services",
    "worker_redis",
]

KINDS = {"postgresql": (postgresql, postgresql_answers), "redis": (redis, redis_answers)}

_running = ExitStack()


def url_name(kind: str) -> str:
    """Name the environment variable that holds a server's address."""
    return f"BRAIN_TEST_{kind.upper()}_URL"


def reason_name(kind: str) -> str:
    """Name the environment variable that says why a server is missing."""
    return f"BRAIN_TEST_{kind.upper()}_ABSENT"


def start_services() -> None:
    """Start PostgreSQL and Redis and put their addresses in the environment.

    A server that the environment already names is used if it answers, so
    that several runs, or a developer's own server, can be shared.
    """
    for kind, (start, answers) in KINDS.items():
        if answers(os.environ.get(url_name(kind), "")):
            continue
        _start(kind, start())


def _start(kind: str, server: AbstractContextManager[str]) -> None:
    try:
        os.environ[url_name(kind)] = _running.enter_context(server)
    except Unavailable as reason:
        os.environ[reason_name(kind)] = str(reason)
    else:
        _running.callback(os.environ.pop, url_name(kind), None)


def stop_services() -> None:
    """Stop what `start_services` started here, newest first."""
    _running.close()


def needed(kind: str) -> str:
    """Give the address of a running server, or leave the test without one.

    `kind` is `postgresql` or `redis`.
    """
    url = os.environ.get(url_name(kind))
    return url or absent(os.environ.get(reason_name(kind)) or f"no {kind} server was started")


def absent(reason: str) -> str:
    """Skip the test for want of something; fail where BRAIN_TEST_NO_SKIP=1.

    Never returns. Browser tests call it too when there is no Chromium.
    """
    if os.environ.get("BRAIN_TEST_NO_SKIP") == "1":
        pytest.fail(f"a skip is not allowed here: {reason}", pytrace=False)
    pytest.skip(reason)
