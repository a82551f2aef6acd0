"""What tests of the discussion have in common."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from brain.base import clock, shared
from brain.base.unit import unit_of_work


@pytest.fixture(autouse=True)
def _fresh_pages(monkeypatch):
    """Have visitors' shared pages compared with the pulse each time, not twice a second."""
    monkeypatch.setattr(shared, "LOOK_AGAIN", -1.0)


@pytest.fixture
def act(make):
    """Do something as a member (id), in a unit of its own, 20 s after the last act.

    `act(member, reply, thread, draft)`; times are ahead of now.
    """
    steps = count(1)

    def do(member, action, *arguments, later=timedelta(0)):
        moment = clock.now() + timedelta(seconds=20 * next(steps)) + later
        with clock.at(moment), unit_of_work():
            return action(make.viewer(member), *arguments)

    return do


@pytest.fixture
def work(make):
    """Deliver everything that was told, also ahead of the clock."""

    def deliver():
        with clock.at(timedelta(days=1)):
            return make.work()

    return deliver
