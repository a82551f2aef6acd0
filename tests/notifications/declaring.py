"""Content of a test: declares itself to the engines like any slice."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from brain.app import register_derived_jobs
from brain.base import clock, events, pulse
from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.plugin import registry
from brain.plugin.contribution import Contribution
from brain.plugin.models import PluginState


@contextlib.contextmanager
def plugged_in(app, name: str, contribution: Contribution) -> Iterator[None]:
    """Add a plugin that is switched on for as long as the block runs."""
    register = app.extensions["brain"]
    before = dict(events._subscribers)
    register.plugins[name] = registry.Plugin(name, Path(name), contribution=contribution)
    with unit_of_work():
        state = {"name": name, "version": "1", "enabled": True, "reason": "", "changed_at": clock.now()}
        db.session.execute(sa.insert(PluginState).values(**state))
        pulse.beat("state")
    register_derived_jobs(app, register)
    pulse.forget()
    try:
        yield
    finally:
        del register.plugins[name]
        events.forget_subscribers()
        for subscriber in before.values():
            events.subscribe(subscriber)


@contextlib.contextmanager
def declared(app, name: str, contribution: Contribution) -> Iterator[None]:
    """Add a slice for as long as the block runs."""
    register = app.extensions["brain"]
    before = dict(events._subscribers)
    register.slices[name] = contribution
    register_derived_jobs(app, register)
    try:
        yield
    finally:
        del register.slices[name]
        events.forget_subscribers()
        for subscriber in before.values():
            events.subscribe(subscriber)
