"""What the Meeting Point puts into other pages: home, profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from brain.base.access import Viewer
from brain.base.slots import SlotFill
from brain.plugin.contribution import HomePanel

from . import queries
from .sentences import explain, strength


def _profile_tab(items: Sequence[Any], viewer: Viewer) -> Mapping[Any, Mapping[str, Any]]:
    filled = {}
    for member in items:
        listings = queries.listings_of(viewer, member.id)
        if listings:
            filled[member.id] = {"listings": listings}
    return filled


def _home(viewer: Viewer) -> Mapping[str, Any] | None:
    best = queries.best_match_for(viewer) if viewer.is_member else None
    newest = queries.newest(viewer)
    if best is None and not newest:
        return None
    match = best[1] if best else None
    return {
        "listings": newest,
        "match": match,
        "own_id": best[0] if best else None,
        "why": explain(match.parts)[:2] if match else [],
        "word": strength(match.score) if match else "",
    }


SLOT_FILLS = (SlotFill("profile.tabs", "meeting_point/_profile.html", _profile_tab),)
PANELS = (
    HomePanel("meeting_point.home", "meeting_point/_home.html", _home, place="aside", order=10, is_kept=True),
)
