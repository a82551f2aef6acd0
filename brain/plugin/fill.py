"""Fills slots and home panels with what slices and plugins declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template
from markupsafe import Markup

from brain.base.http import viewer
from brain.plugin import registry
from brain.plugin.containment import guarded


def fill_slot(name: str, items: Sequence[Any]) -> Mapping[Any, Markup]:
    """Render every active fill of a slot: markup by item id, contained per plugin."""
    filled: dict[Any, Markup] = {}
    for owner, fill in registry.slot_fills(name):
        with guarded(owner, f"slot {name}"):
            pieces = {
                key: Markup(render_template(fill.template, viewer=viewer(), **context))  # noqa: S704
                for key, context in fill.load(items, viewer()).items()
            }
            for key, piece in pieces.items():
                filled[key] = filled.get(key, Markup("")) + piece
    return filled


def fill_home(place: str) -> list[Markup]:
    """Render the home panels of a place, in order."""
    pieces: list[Markup] = []
    for owner, panel in registry.home_panels():
        if panel.place != place:
            continue
        with guarded(owner, f"home panel {panel.name}"):
            context = panel.load(viewer())
            if context is not None:
                pieces.append(Markup(render_template(panel.template, viewer=viewer(), **context)))  # noqa: S704
    return pieces
