"""Content of a test: declares itself to the engines like any slice."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from brain.app import register_derived_jobs
from brain.base import events
from brain.plugin.contribution import Contribution


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
