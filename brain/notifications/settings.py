"""Settings of notifications."""

from __future__ import annotations

from flask_babel import lazy_gettext

from brain.base.settings import Setting

SETTINGS = (
    Setting(
        "notifications.keep_days",
        int,
        180,
        lazy_gettext("How long notifications stay after they were read"),
        unit=lazy_gettext("days"),
        check=lambda n: None if 1 <= n <= 36_500 else lazy_gettext("Enter a number from 1 to 36,500."),
    ),
)
