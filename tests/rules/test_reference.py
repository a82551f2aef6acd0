"""The page of hooks, slots and declarations says what the code says."""

from __future__ import annotations

from brain.base.slots import SLOTS
from brain.plugin.hooks import EVENT_HOOKS
from brain.plugin.reference import reference
from tests.rules.sources import ROOT


def test_page_of_hooks_is_as_the_code_says() -> None:
    kept = (ROOT / "docs" / "hooks.md").read_text("utf-8")
    assert kept == reference(), "run: flask --app wsgi brain plugin reference"


def test_every_slot_says_what_it_is_for() -> None:
    assert [name for name, spec in SLOTS.items() if not spec.meaning] == []


def test_every_event_hook_stands_among_the_events() -> None:
    events = reference().split("### Events")[1].split("###")[0]
    assert [name for name in EVENT_HOOKS.values() if f"`{name}(" not in events] == []
