"""Content of a test: declares itself to the engines like any slice."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from brain.app import register_derived_jobs
from brain.base import clock, pulse
from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.plugin import registry
from brain.plugin.contribution import Contribution
from brain.plugin.models import PluginState
from tests.fixtures import declarations_kept


@contextlib.contextmanager
def plugged_in(app, name: str, contribution: Contribution) -> Iterator[None]:
    """Add a plugin that is switched on for as long as the block runs."""
    register = app.extensions["brain"]
    register.plugins[name] = registry.Plugin(name, Path(name), contribution=contribution)
    with unit_of_work():
        state = {"name": name, "version": "1", "enabled": True, "reason": "", "changed_at": clock.now()}
        db.session.execute(sa.insert(PluginState).values(**state))
        pulse.beat("state")
    with declarations_kept(app):
        register_derived_jobs(app, register)
        pulse.forget()
        try:
            yield
        finally:
            del register.plugins[name]


@contextlib.contextmanager
def declared(app, name: str, contribution: Contribution) -> Iterator[None]:
    """Add a slice for as long as the block runs."""
    register = app.extensions["brain"]
    register.slices[name] = contribution
    with declarations_kept(app):
        register_derived_jobs(app, register)
        try:
            yield
        finally:
            del register.slices[name]
