"""Fills slots and home panels with what slices and plugins declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup

from brain.base import clock, pulse
from brain.base.face import icons_of, use_icons
from brain.base.fragments import Fragments
from brain.base.http import viewer
from brain.base.i18n import language
from brain.plugin import registry
from brain.plugin.containment import guarded
from brain.plugin.contribution import HomePanel, NavItem

_STORE_BYTES = 4 * 1024 * 1024
_panels: Fragments[tuple[Markup, tuple[str, ...]]] = Fragments(_STORE_BYTES)


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


@dataclass(frozen=True)
class NavLink:
    """A link of a navigation, as this viewer sees it; `count` is what waits behind it."""

    url: str
    endpoint: str
    label: str
    count: int


def nav_links(place: str) -> list[NavLink]:
    """List the links of a navigation that the viewer may follow, in order."""
    who = viewer()
    links: list[NavLink] = []
    for owner, item in registry.nav_items(place):
        with guarded(owner, f"navigation, {item.endpoint}"):
            if not item.permission or who.can(item.permission):
                count = item.badge(who) if item.badge else 0
                url, label = _said(item)
                links.append(NavLink(url, item.endpoint, label, int(count)))
    return links


#: Addresses and labels of links, by item and language.
_links: pulse.Kept[dict[tuple[NavItem, str], tuple[str, str]]] = pulse.Kept(dict)


def _said(item: NavItem) -> tuple[str, str]:
    links, key = _links.get(), (item, language())
    found = links.get(key)
    if found is None:
        found = links[key] = url_for(item.endpoint), str(item.label)
    return found


def fill_home(place: str) -> list[Markup]:
    """Render the home panels of a place, in order."""
    pieces: list[Markup] = []
    for owner, panel in registry.home_panels():
        if panel.place != place:
            continue
        with guarded(owner, f"home panel {panel.name}"):
            pieces.append(_kept_panel(panel) if panel.is_kept else _panel(panel))
    return [piece for piece in pieces if piece]


def _panel(panel: HomePanel) -> Markup:
    """Render a panel; empty if it has nothing to show."""
    context = panel.load(viewer())
    if context is None:
        return Markup("")
    return Markup(render_template(panel.template, viewer=viewer(), **context))  # noqa: S704


def _kept_panel(panel: HomePanel) -> Markup:
    """Give the panel as it was rendered for this viewer since the last event of the site."""
    if pulse.has_moved():
        return _panel(panel)
    beats = (pulse.beats("content"), pulse.beats("state"))
    key = (panel, viewer(), language(), beats, int(clock.now().timestamp()) // 3600)
    found = _panels.get(key)
    if found is None:
        with icons_of() as icons:
            piece = _panel(panel)
        found = (piece, tuple(icons))
        _panels.put(key, found, 2 * len(piece) + 500)
    use_icons(*found[1])
    return found[0]
