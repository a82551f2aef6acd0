"""A plugin that fails at its own things takes no page of moderation down."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from brain.base import clock, jobs, settings
from brain.base.access import HOUSE
from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.plugin.models import PluginStrike
from tests.moderation.conftest import Garden
from tests.notifications.declaring import plugged_in


@pytest.fixture
def weeds(app):
    """Give a garden that is a plugin, and fails once it is told to."""
    wild = Garden()
    with plugged_in(app, "garden", wild.contribution()):
        yield wild


def break_down(weeds: Garden) -> None:
    """Let the garden find in its beds what it cannot read."""
    weeds.plants = dict.fromkeys(weeds.plants, "weed")


def hide_at(weight: float) -> None:
    """Say from which weight on a thing is hidden."""
    with unit_of_work():
        settings.change_setting(HOUSE, "moderation.hide_at", weight)


def strikes() -> int:
    """Count what was noted against plugins."""
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(PluginStrike))


def test_queue_and_case_stand_without_the_thing(weeds, make, flag, sign_in):
    flag(make.member(), weeds.plant(make.member()))
    break_down(weeds)
    client = sign_in(make.moderator())
    assert "No longer there" in client.get("/review").text
    assert client.get("/review/1").status_code == 200
    assert strikes() == 2


def test_report_of_it_is_not_possible(weeds, make, sign_in):
    number = weeds.plant(make.member())
    break_down(weeds)
    assert sign_in(make.member()).get(f"/report/garden.plant/{number}").status_code == 404


def test_report_is_kept_when_hiding_fails(weeds, make, flag, cases, monkeypatch):
    hide_at(1.0)
    number = weeds.plant(make.member())
    monkeypatch.setattr(weeds, "_open", lambda viewer, number: 1 / 0)
    assert flag(make.member(), number)
    assert (cases()[0].score, cases()[0].is_hidden) == (1.0, False)
    assert strikes() == 1


def test_other_cases_are_tended(weeds, make, flag, cases):
    hide_at(1.0)
    flag(make.member(), weeds.plant(make.member()))
    hide_at(100.0)
    flag(make.member(), weeds.plant(make.member()))
    break_down(weeds)
    with clock.at(timedelta(days=61)):
        jobs.run_until_idle()
    assert [case.status for case in cases()] == ["open", "settled"]
    assert strikes() == 1
