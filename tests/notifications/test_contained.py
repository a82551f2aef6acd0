"""A plugin that fails at its own news takes no page down, and loses none of it."""

from __future__ import annotations

import pytest

from brain.notifications.queries import unread_count
from tests.notifications.conftest import Garden
from tests.notifications.declaring import plugged_in
from tests.notifications.test_notifications import rows_of, sentences


@pytest.fixture
def weeds(app):
    """Give a garden that is a plugin."""
    wild = Garden()
    with plugged_in(app, "garden", wild.contribution()):
        yield wild


def test_page_stands_without_its_lines_and_keeps_the_rows(weeds, make, sign_in):
    amina = make.member("Amina")
    weeds.neighbours = [amina]
    weeds.bloom(3)
    make.work()
    weeds.hidden = None
    client = sign_in(amina)
    for _ in range(2):
        page = client.get("/notifications")
        assert page.status_code == 200
        assert sentences(page.text) == []
    weeds.hidden = set()
    assert sentences(client.get("/notifications").text) == ["Plant 3 blooms for Amina (1)"]
    assert unread_count(make.viewer(amina)) == 1


def test_other_reasons_are_told_when_one_fails(weeds, make):
    amina = make.member()
    weeds.gardeners, weeds.neighbours = None, [amina]
    weeds.bloom(3)
    make.work()
    assert rows_of(amina) == 1
