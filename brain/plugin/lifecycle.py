"""A plugin's life: examined, enabled, disabled, upgraded, purged.

Enabling and disabling reach all workers with their next request; tables and
rows stay. Only a purge deletes, after writing everything to a file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext

from brain.base import clock, pulse, settings, storage
from brain.base.access import ADMIN_ROLES, Permission, Viewer, require
from brain.base.db import Base, db, upsert
from brain.base.errors import NotFound, Refusal
from brain.base.unit import unit_of_work
from brain.plugin import migrate, registry
from brain.plugin.models import PluginState, PluginStrike
from brain.plugin.registry import Plugin

PERMISSIONS = (Permission("plugin.manage", lazy_gettext("Switch plugins on and off"), ADMIN_ROLES),)


class PluginUnfit(Refusal):
    """The plugin cannot be switched on; the sentence says why."""

    status = 409


@dataclass(frozen=True)
class PluginReport:
    """A plugin as the admin's list shows it."""

    name: str
    title: str
    summary: str
    version: str
    license: str
    data_note: str
    is_enabled: bool
    problem: str
    reason: str
    is_behind: bool
    strikes: int
    last_error: str
    last_strike_at: datetime | None


def list_plugins(viewer: Viewer) -> list[PluginReport]:
    """List all plugins on disk with their state. Needs `plugin.manage`."""
    require(viewer, "plugin.manage")
    states = {s.name: s for s in db.session.scalars(sa.select(PluginState))}
    strikes = _strikes()
    return [
        _report(plugin, states.get(name), strikes.get(name, (0, "", None)))
        for name, plugin in sorted(registry.register().plugins.items())
    ]


def _strikes() -> dict[str, tuple[int, str, datetime | None]]:
    newest = sa.select(sa.func.max(PluginStrike.id)).group_by(PluginStrike.plugin)
    counts = sa.select(PluginStrike.plugin, sa.func.count()).group_by(PluginStrike.plugin)
    count_of = dict(db.session.execute(counts).all())
    rows = db.session.scalars(sa.select(PluginStrike).where(PluginStrike.id.in_(newest)))
    return {row.plugin: (count_of[row.plugin], f"{row.place}: {row.error}", row.at) for row in rows}


def _report(
    plugin: Plugin, state: PluginState | None, strikes: tuple[int, str, datetime | None]
) -> PluginReport:
    manifest = plugin.manifest
    return PluginReport(
        name=plugin.name,
        title=manifest.title if manifest else plugin.name,
        summary=manifest.summary if manifest else "",
        version=manifest.version if manifest else "",
        license=manifest.license if manifest else "",
        data_note=manifest.data_note if manifest else "",
        is_enabled=bool(state and state.enabled and not plugin.problem),
        problem=plugin.problem,
        reason=state.reason if state else "",
        is_behind=not plugin.problem and migrate.is_behind(plugin.name, plugin.folder),
        strikes=strikes[0],
        last_error=strikes[1],
        last_strike_at=strikes[2],
    )


def plugin_named(name: str) -> Plugin:
    """Find a plugin on disk. Raises NotFound."""
    plugin = registry.register().plugins.get(name)
    if plugin is None:
        raise NotFound
    return plugin


def examine(plugin: Plugin) -> list[str]:
    """List what would keep a plugin from working; touches nothing."""
    problems = [plugin.problem] if plugin.problem else []
    manifest = plugin.manifest
    if manifest is None:
        return problems
    absent = [name for name in manifest.requires if not registry.is_enabled(name)]
    problems += [f"{name} must be enabled first" for name in absent]
    head = migrate.newest(plugin.name, plugin.folder)
    now = migrate.current(plugin.name)
    if now is not None and head is not None and not migrate.knows(plugin.name, plugin.folder, now):
        problems.append(f"its tables are at version {now}, which this code does not know")
    return problems


def enable_plugin(viewer: Viewer, name: str) -> None:
    """Switch a plugin on, bringing its tables up first.

    Raises PluginUnfit, before anything is touched, if it cannot work.
    """
    require(viewer, "plugin.manage")
    plugin = plugin_named(name)
    problems = examine(plugin)
    if problems:
        raise PluginUnfit("; ".join(problems))
    db.session.rollback()
    migrate.upgrade(plugin.name, plugin.folder)
    with unit_of_work():
        store_state(viewer, plugin, True)
        start = getattr(plugin.module, "on_enable", None)
        if start is not None:
            start()


def disable_plugin(viewer: Viewer, name: str) -> None:
    """Switch a plugin off; its tables and rows stay."""
    require(viewer, "plugin.manage")
    plugin = plugin_named(name)
    dependants = [
        p.name
        for p in registry.register().plugins.values()
        if p.manifest and name in p.manifest.requires and registry.is_enabled(p.name)
    ]
    if dependants:
        raise PluginUnfit(lazy_gettext("Needed by: %(names)s", names=", ".join(dependants)))
    db.session.rollback()
    with unit_of_work():
        store_state(viewer, plugin, False)


def store_state(viewer: Viewer, plugin: Plugin, enabled: bool) -> None:
    """Remember that a plugin is on or off, and tell every worker."""
    changes = {
        "enabled": enabled,
        "version": plugin.manifest.version if plugin.manifest else "",
        "changed_at": clock.now(),
        "changed_by": viewer.id,
        "reason": "",
    }
    db.session.execute(upsert(PluginState, {"name": plugin.name, **changes}, ["name"], changes))
    if enabled:
        db.session.execute(sa.delete(PluginStrike).where(PluginStrike.plugin == plugin.name))
    pulse.beat("state")
    pulse.beat("content")


def upgrade_plugin(viewer: Viewer, name: str) -> None:
    """Bring a plugin's tables to the version of its code."""
    require(viewer, "plugin.manage")
    plugin = plugin_named(name)
    if plugin.problem:
        raise PluginUnfit(plugin.problem)
    db.session.rollback()
    migrate.upgrade(plugin.name, plugin.folder)


def tables_of(name: str) -> Sequence[sa.Table]:
    """List a plugin's tables as its models declare them."""
    plugins = migrate.known_plugins()
    return [t for t in Base.metadata.sorted_tables if migrate.owns(name, t.name, plugins)]


def count_rows(viewer: Viewer, name: str) -> dict[str, int]:
    """Count what a purge would delete, by table."""
    require(viewer, "plugin.manage")
    plugin_named(name)
    present = set(sa.inspect(db.engine).get_table_names())
    return {
        t.name: db.session.scalar(sa.select(sa.func.count()).select_from(t)) or 0
        for t in tables_of(name)
        if t.name in present
    }


def purge_plugin(viewer: Viewer, name: str) -> Path:
    """Delete everything a plugin stored, after writing it to a JSON file.

    Returns the file's path. The plugin must be disabled.
    """
    require(viewer, "plugin.manage")
    plugin = plugin_named(name)
    if registry.is_enabled(name):
        raise PluginUnfit(lazy_gettext("Switch the plugin off first."))
    kept = export_plugin(name)
    clean = getattr(plugin.module, "before_purge", None)
    db.session.rollback()
    with unit_of_work():
        if clean is not None:
            clean()
        prefix = f"{name}."
        db.session.execute(
            sa.delete(settings.SettingValue).where(settings.SettingValue.name.startswith(prefix))
        )
        db.session.execute(sa.delete(PluginStrike).where(PluginStrike.plugin == name))
        db.session.execute(sa.delete(PluginState).where(PluginState.name == name))
        pulse.beat("state")
        pulse.beat("content")
    migrate.downgrade(plugin.name, plugin.folder)
    return kept


def export_plugin(name: str) -> Path:
    """Write all rows of a plugin's tables to a JSON file; returns its path."""
    present = set(sa.inspect(db.engine).get_table_names())
    rows: dict[str, Any] = {
        t.name: [dict(row) for row in db.session.execute(sa.select(t)).mappings()]
        for t in tables_of(name)
        if t.name in present
    }
    text = json.dumps(rows, ensure_ascii=False, indent=1, default=str)
    return storage.put(f"purged/{name}-{clock.now():%Y%m%d-%H%M%S}.json", text.encode())
