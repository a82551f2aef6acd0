"""What admins read: the site at a glance, the log of settings, the outbox."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import format_timedelta
from flask_babel import gettext as _

import brain
from brain.base import clock, i18n, jobs, settings
from brain.base.access import Viewer, require
from brain.base.db import db
from brain.base.settings import SettingChange
from brain.members.queries import Person, people
from brain.plugin import lifecycle, migrate
from brain.plugin.lifecycle import PluginReport
from brain.plugin.manifest import API_VERSION

#: A delivery that is due for longer says that nobody delivers.
LONGEST_WAIT = timedelta(minutes=10)
LOG_SIZE = 50


@dataclass(frozen=True)
class Versions:
    """What runs here. `tables` is empty before the first migration."""

    brain: str
    api: int
    python: str
    database: str
    tables: str
    are_tables_behind: bool


@dataclass(frozen=True)
class Overview:
    """The site at a glance: what works, what waits, what needs somebody.

    `absent` plugins are remembered, but their folders are away.
    """

    plugins: list[PluginReport]
    absent: list[str]
    backlog: jobs.Backlog
    is_stuck: bool
    versions: Versions

    @property
    def troubled(self) -> list[PluginReport]:
        """List the plugins that somebody should look at."""
        return [p for p in self.plugins if is_troubled(p)]


def is_troubled(plugin: PluginReport) -> bool:
    """Tell whether a plugin cannot work, fails, or was switched off for it."""
    fails_while_on = plugin.is_enabled and bool(plugin.strikes or plugin.unfit or plugin.is_behind)
    return bool(plugin.problem or plugin.reason or fails_while_on)


def overview(viewer: Viewer) -> Overview:
    """Put together what an admin wants to know first."""
    require(viewer, "admin.see")
    backlog = jobs.backlog()
    oldest = backlog.oldest_due_at
    return Overview(
        plugins=lifecycle.list_plugins(viewer),
        absent=lifecycle.absent_plugins(viewer),
        backlog=backlog,
        is_stuck=oldest is not None and clock.now() - oldest > LONGEST_WAIT,
        versions=_versions(),
    )


def _versions() -> Versions:
    dialect = db.session.connection().dialect
    number = ".".join(str(part) for part in dialect.server_version_info or ())
    now = migrate.current(migrate.CORE)
    return Versions(
        brain=brain.__version__,
        api=API_VERSION,
        python=platform.python_version(),
        database=f"{'SQLite' if dialect.name == 'sqlite' else 'PostgreSQL'} {number}",
        tables=now or "",
        are_tables_behind=now != migrate.newest(migrate.CORE, None),
    )


def failed_count(viewer: Viewer) -> int:
    """Count the deliveries that were given up."""
    require(viewer, "admin.see")
    return jobs.backlog().failed


@dataclass(frozen=True)
class ClockRow:
    """A job that runs by the clock: how often in words, and when next."""

    name: str
    every: str
    due_at: datetime | None


@dataclass(frozen=True)
class Deliveries:
    """The outbox as an admin sees it; `failed` are the newest of `backlog.failed`."""

    failed: list[jobs.FailedDelivery]
    backlog: jobs.Backlog
    waiting: list[jobs.Queue]
    by_clock: list[ClockRow]


def deliveries(viewer: Viewer) -> Deliveries:
    """Show what was given up, what waits, and what runs by the clock."""
    require(viewer, "admin.see")
    by_clock = [ClockRow(job.name, _in_words(job.every), job.due_at) for job in jobs.clock_jobs()]
    return Deliveries(jobs.failed_deliveries(), jobs.backlog(), jobs.queues(), by_clock)


def _in_words(span: timedelta) -> str:
    return str(format_timedelta(span, threshold=1.2))


@dataclass(frozen=True)
class ChangeRow:
    """One change of a setting, in words. `who` is None for the house or somebody who left."""

    name: str
    label: str
    before: str
    after: str
    who: Person | None
    at: datetime


def setting_changes(viewer: Viewer, page: int) -> tuple[list[ChangeRow], bool]:
    """Give a page of the log of settings, newest first, and whether more follow."""
    require(viewer, "admin.see")
    rows = db.session.execute(
        sa.select(
            SettingChange.name,
            SettingChange.before,
            SettingChange.after,
            SettingChange.member_id,
            SettingChange.at,
        )
        .order_by(SettingChange.id.desc())
        .offset((page - 1) * LOG_SIZE)
        .limit(LOG_SIZE + 1)
    ).all()
    who = people(row.member_id for row in rows)
    known = {setting.name: setting for setting in settings.known_settings()}
    changes = []
    for row in rows[:LOG_SIZE]:
        setting = known.get(row.name)
        label = str(setting.label) if setting else row.name
        shown = (shown_value(setting, row.before), shown_value(setting, row.after))
        changes.append(ChangeRow(row.name, label, *shown, who.get(row.member_id), row.at))
    return changes, len(rows) > LOG_SIZE


def shown_value(setting: settings.Setting | None, value: Any) -> str:
    """Write a setting's value as a reader reads it."""
    for choice, label in setting.choices if setting else ():
        if choice == value:
            return str(label)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float):
        return i18n.number(value)
    return str(value)
