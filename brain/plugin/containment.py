"""A plugin cannot take the site down: failures are caught, counted, shown.

Too many strikes within an hour switch the plugin off; admins are told why.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import has_request_context
from flask_babel import lazy_gettext

from brain.base import clock, pulse, settings
from brain.base.db import change, db, writing
from brain.base.errors import Refusal, words_of
from brain.base.jobs import JobTimedOut
from brain.base.settings import Setting
from brain.base.unit import after_unit, shield, unit_of_work
from brain.plugin import registry
from brain.plugin.models import PluginState, PluginStrike

log = logging.getLogger("brain.plugin")

SETTINGS = (
    Setting(
        "plugins.strikes_allowed",
        int,
        20,
        lazy_gettext("Failures of a plugin within an hour before it is switched off"),
        check=lambda n: None if 1 <= n <= 10_000 else lazy_gettext("Enter a number from 1 to 10,000."),
    ),
    Setting(
        "plugins.slow_seconds",
        float,
        2.0,
        lazy_gettext("Time after which a plugin's part of a page counts as a failure"),
        unit=lazy_gettext("seconds"),
        check=lambda n: None if 0.05 <= n <= 60 else lazy_gettext("Enter a number from 0.05 to 60."),
    ),
)


#: What code may raise instead of an error: neither may end a request, a job or the server.
FAILURES = (Exception, SystemExit, asyncio.CancelledError)


class TooSlow(Exception):
    """A plugin's part took longer than the site allows."""


@contextlib.contextmanager
def contained(plugin: str, place: str) -> Iterator[None]:
    """Run a plugin's code: a failure is undone and counted, the page goes on.

    A Refusal is a failure like others: only decision hooks may say no (`call`).
    """
    started = time.monotonic()
    try:
        with shield():
            yield
    except FAILURES as error:
        _log_failure("plugin %s failed at %s", plugin, place)
        strike(plugin, place, error)
    except JobTimedOut as error:
        # the job that asked is out of time, whoever it is: the plugin is to blame
        strike(plugin, place, error)
        raise
    else:
        took = time.monotonic() - started
        if took > settings.value("plugins.slow_seconds"):
            strike(plugin, place, TooSlow(f"took {took:.1f} s"))


@contextlib.contextmanager
def guarded(owner: str, place: str) -> Iterator[None]:
    """Contain plugins; a core slice that fails is our own bug and shows."""
    if owner in registry.register().slices:
        yield
    else:
        with contained(owner, place):
            yield


def _log_failure(sentence: str, *values: Any) -> None:
    """Write a failure down with its traceback, which may fail to be written itself."""
    try:
        log.exception(sentence, *values)
    except Exception:
        log.error(sentence, *values)  # its traceback cannot be said


def strike(plugin: str, place: str, error: BaseException) -> None:
    """Count a failure, after this unit; switch the plugin off at the limit."""
    row = {
        "plugin": plugin,
        "place": place[:120],
        "error": words_of(error),
        "at": clock.now(),
    }
    if has_request_context():
        after_unit(lambda: _write_strike(row))
    elif writing.get():
        _write_strike(row)
    else:
        with unit_of_work():
            _write_strike(row)


def _write_strike(row: dict[str, Any]) -> None:
    db.session.execute(sa.insert(PluginStrike).values(**row))
    count = db.session.scalar(
        sa.select(sa.func.count()).where(
            PluginStrike.plugin == row["plugin"], PluginStrike.at > clock.now() - timedelta(hours=1)
        )
    )
    if (count or 0) >= settings.value("plugins.strikes_allowed"):
        switched_off = change(
            sa.update(PluginState)
            .where(PluginState.name == row["plugin"], PluginState.enabled)
            .values(enabled=False, changed_at=clock.now(), changed_by=None, reason=row["error"][:500])
        )
        if switched_off:
            log.error("plugin %s failed %s times within an hour and was switched off", row["plugin"], count)
            pulse.beat("state")
            pulse.beat("content")


def call(hook: str, **arguments: Any) -> None:
    """Call a hook of every plugin that is switched on, each contained.

    Raises only a Refusal (decision hooks).
    """
    for name, function in implementations(hook):
        refusal: Refusal | None = None
        with contained(name, hook):
            try:
                function(**arguments)
            except Refusal as said:
                refusal = said
        if refusal is not None:
            raise refusal


def implementations(hook: str) -> list[tuple[str, Callable[..., Any]]]:
    """List (plugin, function) of a hook for plugins that are switched on."""
    caller = getattr(registry.register().hooks.hook, hook)
    return [
        (implementation.plugin_name, _with_its_arguments(implementation))
        for implementation in caller.get_hookimpls()
        if registry.is_enabled(implementation.plugin_name)
    ]


def _with_its_arguments(implementation: Any) -> Callable[..., Any]:
    wanted: Sequence[str] = implementation.argnames

    def run(**arguments: Any) -> Any:
        return implementation.function(*[arguments[name] for name in wanted])

    return run
