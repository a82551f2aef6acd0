"""A plugin's life: examined, enabled, disabled, upgraded, purged.

Enabling and disabling reach all workers with their next request; tables and
rows stay. Only a purge deletes, after writing everything to a file.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from brain.base import clock, events, pulse, settings, storage
from brain.base.access import ADMIN_ROLES, HOUSE, Permission, Viewer, require
from brain.base.db import Base, db, upsert
from brain.base.errors import NotFound, Refusal, words_of
from brain.base.events import Outbox
from brain.base.jobs import JobClock
from brain.base.limits import Hits
from brain.base.unit import unit_of_work
from brain.plugin import migrate, registry
from brain.plugin.containment import FAILURES
from brain.plugin.models import PluginState, PluginStrike
from brain.plugin.registry import Plugin

log = logging.getLogger("brain.plugin")
PERMISSIONS = (Permission("plugin.manage", lazy_gettext("Switch plugins on and off"), ADMIN_ROLES),)


class PluginUnfit(Refusal):
    """The plugin cannot be switched on; the sentence says why."""

    status = 409


@dataclass(frozen=True)
class PluginReport:
    """A plugin as the admin's list shows it.

    `problem` kept it from loading, `unfit` is what the doctor finds; `reason`
    says why it was switched off by itself. `strikes` are counted since it was
    switched on; `is_behind`: its tables are older than its code.
    """

    name: str
    title: str
    summary: str
    version: str
    license: str
    data_note: str
    is_enabled: bool
    problem: str
    unfit: tuple[str, ...]
    reason: str
    is_behind: bool
    strikes: int
    last_error: str
    last_strike_at: datetime | None


@dataclass(frozen=True)
class Strike:
    """One failure of a plugin: where, what, when."""

    place: str
    error: str
    at: datetime


def list_plugins(viewer: Viewer) -> list[PluginReport]:
    """List all plugins on disk with their state. Needs `plugin.manage`."""
    require(viewer, "plugin.manage")
    plugins = registry.register().plugins
    states = {s.name: s for s in db.session.scalars(sa.select(PluginState))}
    strikes = _strikes()
    versions = migrate.current_versions(plugins)
    return [
        _report(plugin, states.get(name), strikes.get(name, (0, "", None)), versions.get(name))
        for name, plugin in sorted(plugins.items())
    ]


def absent_plugins(viewer: Viewer) -> list[str]:
    """Name the plugins that the site remembers but whose folder is away."""
    require(viewer, "plugin.manage")
    names = db.session.scalars(sa.select(PluginState.name).order_by(PluginState.name))
    return [name for name in names if name not in registry.register().plugins]


def _strikes() -> dict[str, tuple[int, str, datetime | None]]:
    newest = sa.select(sa.func.max(PluginStrike.id)).group_by(PluginStrike.plugin)
    counts = sa.select(PluginStrike.plugin, sa.func.count()).group_by(PluginStrike.plugin)
    count_of = dict(db.session.execute(counts).all())
    rows = db.session.scalars(sa.select(PluginStrike).where(PluginStrike.id.in_(newest)))
    return {row.plugin: (count_of[row.plugin], f"{row.place}: {row.error}", row.at) for row in rows}


def _report(
    plugin: Plugin,
    state: PluginState | None,
    strikes: tuple[int, str, datetime | None],
    version: str | None,
) -> PluginReport:
    manifest = plugin.manifest
    return PluginReport(
        name=plugin.name,
        title=plugin.title,
        summary=plugin.said("summary"),
        version=manifest.version if manifest else "",
        license=manifest.license if manifest else "",
        data_note=plugin.said("data_note"),
        is_enabled=bool(state and state.enabled and not plugin.problem),
        problem=plugin.problem,
        unfit=tuple(_misfits(plugin, version)),
        reason=state.reason if state else "",
        is_behind=not plugin.problem and version != plugin.newest,
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
    return _misfits(plugin, migrate.current(plugin.name))


def _misfits(plugin: Plugin, now: str | None) -> list[str]:
    problems = [plugin.problem] if plugin.problem else []
    if plugin.manifest is None:
        return problems
    absent = [name for name in plugin.manifest.requires if not registry.is_enabled(name)]
    problems += [_("“%(name)s” must be switched on first.", name=name) for name in absent]
    if now is not None and not plugin.problem and not migrate.knows(plugin.name, plugin.folder, now):
        problems.append(
            _("Its tables are at version %(version)s, which its code does not know.", version=now)
        )
    return problems


def recent_strikes(viewer: Viewer, name: str, limit: int = 20) -> list[Strike]:
    """List a plugin's last failures, newest first. Needs `plugin.manage`."""
    require(viewer, "plugin.manage")
    rows = sa.select(PluginStrike.place, PluginStrike.error, PluginStrike.at)
    rows = rows.where(PluginStrike.plugin == name).order_by(PluginStrike.id.desc()).limit(limit)
    return [Strike(*row) for row in db.session.execute(rows)]


def enable_plugin(viewer: Viewer, name: str) -> None:
    """Switch a plugin on, bringing its tables up first.

    Raises PluginUnfit, before anything is touched, if it cannot work.
    """
    require(viewer, "plugin.manage")
    plugin = plugin_named(name)
    problems = examine(plugin)
    if problems:
        raise PluginUnfit(" ".join(problems))
    with _its_failure_told(name):
        migrate.upgrade(plugin.name, plugin.folder)
        with unit_of_work():
            store_state(viewer, plugin, True)
            start = getattr(plugin.module, "on_enable", None)
            if start is not None:
                start()


@contextlib.contextmanager
def _its_failure_told(name: str) -> Iterator[None]:
    """Turn what a plugin's own code raised into a refusal that names it."""
    try:
        yield
    except Refusal:
        raise
    except FAILURES as error:
        log.error("plugin %s: its migration or hook failed: %s", name, words_of(error), exc_info=True)
        raise PluginUnfit(words_of(error)) from error


def disable_plugin(viewer: Viewer, name: str) -> None:
    """Switch a plugin off; its tables and rows stay."""
    require(viewer, "plugin.manage")
    plugin = plugin_named(name)
    dependants = [other.name for other in _dependants(name) if registry.is_enabled(other.name)]
    if dependants:
        raise PluginUnfit(lazy_gettext("Needed by: %(names)s", names=", ".join(dependants)))
    with unit_of_work():
        store_state(viewer, plugin, False)


def _dependants(name: str) -> list[Plugin]:
    """List the plugins that require this one."""
    plugins = registry.register().plugins.values()
    return [plugin for plugin in plugins if plugin.manifest and name in plugin.manifest.requires]


def store_state(viewer: Viewer, plugin: Plugin, enabled: bool, reason: str = "") -> None:
    """Remember that a plugin is on or off, and tell every worker; `reason` if nobody wished it."""
    changes = {
        "enabled": enabled,
        "version": plugin.manifest.version if plugin.manifest else "",
        "changed_at": clock.now(),
        "changed_by": viewer.id,
        "reason": reason[:500],
    }
    db.session.execute(upsert(PluginState, {"name": plugin.name, **changes}, ["name"], changes))
    if enabled:
        db.session.execute(sa.delete(PluginStrike).where(PluginStrike.plugin == plugin.name))
    pulse.beat("state")
    pulse.beat("content")


def upgrade_enabled() -> dict[str, str]:
    """Bring the tables of all plugins that are on up to date.

    One that cannot be is switched off, so that the site goes on without it;
    gives those by name, with what was wrong.
    """
    wrong: dict[str, str] = {}
    for name in [name for name in registry.register().plugins if registry.is_enabled(name)]:
        try:
            upgrade_plugin(HOUSE, name)
        except PluginUnfit as problem:
            wrong[name] = str(problem)
            with unit_of_work():
                store_state(HOUSE, plugin_named(name), False, wrong[name])
    return wrong


def upgrade_plugin(viewer: Viewer, name: str) -> None:
    """Bring a plugin's tables to the version of its code."""
    require(viewer, "plugin.manage")
    plugin = plugin_named(name)
    if plugin.problem:
        raise PluginUnfit(plugin.problem)
    with _its_failure_told(name):
        migrate.upgrade(plugin.name, plugin.folder)


def tables_of(name: str) -> Sequence[sa.Table]:
    """List a plugin's tables as its models declare them."""
    plugins = migrate.known_plugins()
    return [t for t in Base.metadata.sorted_tables if migrate.owns(name, t.name, plugins)]


def stored_tables(name: str) -> list[sa.Table]:
    """List the tables that the database holds of a plugin, whether its code loads or not."""
    plugins = migrate.known_plugins() | {name}
    tables = [table for table in sorted(migrate.tables_present()) if migrate.owns(name, table, plugins)]
    connection, found = db.session.connection(), sa.MetaData()
    return [
        Base.metadata.tables[table]
        if table in Base.metadata.tables
        else sa.Table(table, found, autoload_with=connection, resolve_fks=False)
        for table in tables
    ]


def count_rows(viewer: Viewer, name: str) -> dict[str, int]:
    """Count what a purge would delete, by table. Raises NotFound."""
    require(viewer, "plugin.manage")
    _known_somehow(name)
    return {
        table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in stored_tables(name)
    }


def purge_plugin(viewer: Viewer, name: str) -> Path:
    """Delete everything a plugin stored, after writing it to a JSON file.

    Returns the file's path. The plugin must be disabled; if its folder is
    away, its tables are dropped as they are found.
    """
    require(viewer, "plugin.manage")
    if not _known_somehow(name):
        return _purge_absent(name)
    plugin = plugin_named(name)
    if registry.is_enabled(name):
        raise PluginUnfit(lazy_gettext("Switch the plugin off first."))
    if needed_by := [other.name for other in _dependants(name) if stored_tables(other.name)]:
        raise PluginUnfit(lazy_gettext("Needed by: %(names)s", names=", ".join(needed_by)))
    now = migrate.current(name)
    if now is not None and not migrate.knows(name, plugin.folder, now):
        raise PluginUnfit(" ".join(_misfits(plugin, now)))
    kept = export_plugin(name)
    clean = getattr(plugin.module, "before_purge", None)
    with _its_failure_told(name):
        if clean is not None:
            with unit_of_work():
                clean()
        migrate.downgrade(plugin.name, plugin.folder)
    with unit_of_work():
        _forget(name)
    return kept


def _known_somehow(name: str) -> bool:
    """Tell whether a plugin is on disk; raises NotFound if the site does not remember it either."""
    if name in registry.register().plugins:
        return True
    if db.session.get(PluginState, name) is None:
        raise NotFound
    return False


def _purge_absent(name: str) -> Path:
    """Purge a plugin whose folder is away: its files cannot say how its tables go."""
    kept = export_plugin(name)
    tables = stored_tables(name)
    db.session.rollback()
    with db.engine.begin() as connection:
        for table in [*(table.name for table in reversed(tables)), migrate.version_table(name)]:
            quoted = connection.dialect.identifier_preparer.quote(table)
            cascade = "" if connection.dialect.name == "sqlite" else " CASCADE"
            connection.execute(sa.text(f"DROP TABLE IF EXISTS {quoted}{cascade}"))
    with unit_of_work():
        _forget(name)
    return kept


def _forget(name: str) -> None:
    """Delete what the core keeps of a plugin: settings, failures, deliveries, counts, its state."""
    for column in (settings.SettingValue.name, Outbox.subscriber, JobClock.name, Hits.key):
        own = column.startswith(f"{name}.", autoescape=True)
        db.session.execute(sa.delete(column.class_).where(own).execution_options(synchronize_session=False))
    db.session.execute(sa.delete(PluginStrike).where(PluginStrike.plugin == name))
    db.session.execute(sa.delete(PluginState).where(PluginState.name == name))
    pulse.beat("state")
    # engines drop what they keep of its things: the ids of new ones begin at 1 again
    events.publish("plugin.purged", name=name, at=clock.now().isoformat())


def export_plugin(name: str) -> Path:
    """Write all rows of a plugin's tables to a JSON file; returns its path."""
    rows: dict[str, Any] = {
        table.name: [dict(row) for row in db.session.execute(sa.select(table)).mappings()]
        for table in stored_tables(name)
    }
    text = json.dumps(rows, ensure_ascii=False, indent=1, default=str)
    return storage.put(f"purged/{name}-{clock.now():%Y%m%d-%H%M%S}.json", text.encode())
