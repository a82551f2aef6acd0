"""Settings in groups: those of one slice or plugin, by the prefix of their names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from brain.base import settings
from brain.base.access import Viewer, require
from brain.base.errors import NotFound
from brain.base.settings import Setting
from brain.plugin import registry

#: What the core's groups are called; a plugin's group has its title.
TITLES: Mapping[str, str | LazyString] = {
    "discussion": lazy_gettext("Topics and threads"),
    "mail": lazy_gettext("Mail"),
    "members": lazy_gettext("Members"),
    "moderation": lazy_gettext("Moderation"),
    "notifications": lazy_gettext("Notifications"),
    "plugins": lazy_gettext("Plugins"),
    "search": lazy_gettext("Search"),
}


@dataclass(frozen=True)
class SettingGroup:
    """The settings of one owner. `stamp` names this very state of their values."""

    owner: str
    title: str
    settings: tuple[Setting, ...]
    changed: int
    stamp: str


def setting_groups(viewer: Viewer) -> list[SettingGroup]:
    """List the groups of settings, by title; those of plugins that are off are left out."""
    require(viewer, "admin.see")
    by_owner: dict[str, list[Setting]] = {}
    for setting in settings.known_settings():
        by_owner.setdefault(setting.name.split(".")[0], []).append(setting)
    plugins = registry.register().plugins
    groups = [
        _group(owner, found)
        for owner, found in by_owner.items()
        if owner not in plugins or registry.is_enabled(owner)
    ]
    return sorted(groups, key=lambda group: group.title.casefold())


def setting_group(viewer: Viewer, owner: str) -> SettingGroup:
    """Give one group of settings. Raises NotFound."""
    for group in setting_groups(viewer):
        if group.owner == owner:
            return group
    raise NotFound


def _group(owner: str, found: list[Setting]) -> SettingGroup:
    plugin = registry.register().plugins.get(owner)
    title = plugin.title if plugin is not None else TITLES.get(owner, owner)
    values: dict[str, Any] = {setting.name: settings.value(setting.name) for setting in found}
    state = json.dumps(values, sort_keys=True).encode()
    return SettingGroup(
        owner=owner,
        title=str(title),
        settings=tuple(found),
        changed=sum(values[setting.name] != setting.default for setting in found),
        stamp=hashlib.blake2s(state, digest_size=12).hexdigest(),
    )
