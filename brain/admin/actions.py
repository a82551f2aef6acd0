"""What admins change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext

from brain.admin.groups import SettingGroup
from brain.base import jobs, settings
from brain.base.access import Viewer, require
from brain.base.errors import Unfit


def change_settings(viewer: Viewer, group: SettingGroup, texts: Mapping[str, str], stamp: str) -> int:
    """Store what differs of a group's settings; returns how many changed.

    `texts` holds one for each setting, `stamp` is the state that the form
    showed. Raises Unfit with every objection, or if that state has moved on.
    """
    require(viewer, "admin.change_settings")
    if stamp != group.stamp:
        raise Unfit(
            {"": lazy_gettext("Somebody changed these settings meanwhile. Compare, then save again.")}
        )
    wanted: dict[str, Any] = {}
    problems = {}
    for setting in group.settings:
        try:
            wanted[setting.name] = settings.parse(setting, texts[setting.name])
        except Unfit as error:
            problems.update(error.problems)
    if problems:
        raise Unfit(problems)
    changed = {name: value for name, value in wanted.items() if value != settings.value(name)}
    for name, value in changed.items():
        settings.change_setting(viewer, name, value)
    return len(changed)


def retry_delivery(viewer: Viewer, delivery_id: int) -> None:
    """Give a delivery that was given up another round of attempts."""
    require(viewer, "admin.retry_deliveries")
    jobs.retry_delivery(delivery_id)


def retry_deliveries(viewer: Viewer) -> int:
    """Give all deliveries that were given up another round; returns how many."""
    require(viewer, "admin.retry_deliveries")
    return jobs.retry_deliveries()
