"""What admins may change about the Meeting Point."""

from __future__ import annotations

from flask_babel import lazy_gettext

from brain.base.settings import Setting

SETTINGS = (
    Setting(
        "meeting_point.least_score",
        int,
        30,
        lazy_gettext("Least score at which a match is shown"),
        unit=lazy_gettext("of 100"),
        check=lambda n: None if 1 <= n <= 100 else lazy_gettext("Enter a number from 1 to 100."),
    ),
    Setting(
        "meeting_point.matches_shown",
        int,
        5,
        lazy_gettext("Matches shown beside a listing"),
        check=lambda n: None if 1 <= n <= 20 else lazy_gettext("Enter a number from 1 to 20."),
    ),
    Setting(
        "meeting_point.months_open",
        int,
        12,
        lazy_gettext("Time after which a listing expires"),
        unit=lazy_gettext("months"),
        check=lambda n: None if 1 <= n <= 36 else lazy_gettext("Enter a number from 1 to 36."),
    ),
)
