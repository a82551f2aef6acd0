"""Who contributed what: the one register that engines read.

Filled once at boot by `brain.plugin.loader` (plugins) and `brain.app` (core
slices). What a switched-off plugin declared is left out of every answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pluggy
import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext

from brain.base import pulse
from brain.base.db import db
from brain.plugin.contribution import (
    Contribution,
    FlagTarget,
    HomePanel,
    Letter,
    MemberData,
    NavItem,
    NotificationType,
    ProfileField,
    SearchSource,
)
from brain.plugin.hooks import PROJECT, Hooks
from brain.plugin.manifest import Manifest
from brain.plugin.models import PluginState


@dataclass
class Plugin:
    """A plugin on disk. `problem` says why it was not loaded."""

    name: str
    folder: Path
    manifest: Manifest | None = None
    module: Any = None
    contribution: Contribution = field(default_factory=Contribution)
    problem: str = ""
    #: The version to which its migration files bring its tables; None without any.
    newest: str | None = None

    @property
    def title(self) -> str:
        """Give its title in the reader's language, its name where the manifest cannot be read."""
        return gettext(self.manifest.title) if self.manifest else self.name

    def said(self, part: Literal["summary", "data_note"]) -> str:
        """Give a text of its manifest in the reader's language, empty where there is none."""
        text: str = getattr(self.manifest, part, "")
        return gettext(text) if text else ""  # the catalogues' own head stands under the empty text


def _new_hooks() -> pluggy.PluginManager:
    hooks = pluggy.PluginManager(PROJECT)
    hooks.add_hookspecs(Hooks)
    return hooks


@dataclass
class Register:
    """All slices and plugins of one application."""

    slices: dict[str, Contribution] = field(default_factory=dict)
    plugins: dict[str, Plugin] = field(default_factory=dict)
    hooks: pluggy.PluginManager = field(default_factory=_new_hooks)
    memo: dict[str, tuple[tuple[Any, ...], list[tuple[str, Any]]]] = field(default_factory=dict)


def _read_switched_on() -> frozenset[str]:
    """Name the plugins that are on and work: those they require do as well."""
    names = set(db.session.scalars(sa.select(PluginState.name).where(PluginState.enabled)))
    plugins = register().plugins
    on = {name for name in names if name in plugins and not plugins[name].problem}
    while left := {name for name in on if not set(_required(plugins[name])) <= on}:
        on -= left
    return frozenset(on)


def _required(plugin: Plugin) -> Sequence[str]:
    return plugin.manifest.requires if plugin.manifest else ()


_switched_on = pulse.Kept[frozenset[str]](_read_switched_on)


def register() -> Register:
    """Give the register of the running application."""
    found: Register = current_app.extensions["brain"]
    return found


def is_enabled(name: str) -> bool:
    """Tell whether a plugin is loaded and switched on now, in all workers."""
    return name in _switched_on.get()


def active() -> Iterator[tuple[str, Contribution]]:
    """Walk the contributions that count now: core slices, then plugins by name."""
    here = register()
    yield from here.slices.items()
    on = _switched_on.get()
    for name, plugin in here.plugins.items():
        if name in on:
            yield name, plugin.contribution


def declared(kind: str) -> list[tuple[str, Any]]:
    """List (owner, item) of one part of the contributions that count now.

    Kept until a plugin is switched on or off: a page asks a dozen times.
    """
    here = register()
    state = (_switched_on.get(), *here.slices.values(), *here.plugins.values())
    kept = here.memo.get(kind)
    if kept is None or kept[0] != state:
        found = [(owner, item) for owner, c in active() for item in getattr(c, kind)]
        kept = here.memo[kind] = (state, found)
    return kept[1]


def nav_items(place: str) -> list[tuple[str, NavItem]]:
    """List the links of a navigation with their owners, in order."""
    items = [(owner, item) for owner, item in declared("nav_items") if item.place == place]
    return sorted(items, key=lambda pair: pair[1].order)


def profile_fields() -> list[ProfileField]:
    """List the fields that members fill in about themselves."""
    return [item for _owner, item in declared("profile_fields")]


def search_sources() -> dict[str, SearchSource]:
    """Give the search sources by kind, in order of display."""
    sources = [item for _owner, item in declared("search_sources")]
    return {source.kind: source for source in sorted(sources, key=lambda s: (s.order, s.kind))}


def notification_types() -> dict[str, NotificationType]:
    """Give the notification types by name."""
    types = [item for _owner, item in declared("notification_types")]
    return {kind.name: kind for kind in sorted(types, key=lambda t: (t.order, t.name))}


def letters() -> dict[str, Letter]:
    """Give the letters by name."""
    return {item.name: item for _owner, item in declared("letters")}


def flag_targets() -> dict[str, FlagTarget]:
    """Give the kinds of thing that can be reported, by kind."""
    return {item.kind: item for _owner, item in declared("flag_targets")}


def home_panels() -> list[tuple[str, HomePanel]]:
    """List the panels of the home page with their owners, in order."""
    return sorted(declared("home_panels"), key=lambda pair: pair[1].order)


def slot_fills(slot: str) -> list[tuple[str, Any]]:
    """List (owner, fill) of a slot."""
    return [(owner, fill) for owner, fill in declared("slot_fills") if fill.slot == slot]


def member_data() -> dict[str, MemberData]:
    """Give what each slice and plugin (also switched-off ones) keeps of members."""
    here = register()
    found = [c.member_data for c in here.slices.values()]
    found += [p.contribution.member_data for p in here.plugins.values()]
    return {item.name: item for items in found for item in items}
