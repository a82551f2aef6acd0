"""Settings of moderation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from brain.base.settings import Setting


def _between(least: float, most: float) -> Callable[[Any], LazyString | None]:
    sentence = lazy_gettext("Enter a number from %(least)s to %(most)s.", least=least, most=most)
    return lambda n: None if least <= n <= most else sentence


SETTINGS = (
    Setting(
        "moderation.hide_at",
        float,
        8.3,
        lazy_gettext("Weight of reports from which a thing is hidden until a moderator has looked"),
        hint=lazy_gettext(
            "A report of a member weighs 1, of a moderator 6; more if earlier ones were right."
        ),
        check=_between(1, 10_000),
    ),
    Setting(
        "moderation.flags_a_day",
        int,
        20,
        lazy_gettext("Reports that a member may make in a day"),
        check=_between(1, 1000),
    ),
    Setting(
        "moderation.pause_hours",
        int,
        24,
        lazy_gettext("Time before a member may report again what a moderator has left as it is"),
        unit=lazy_gettext("hours"),
        check=_between(0, 8760),
    ),
    Setting(
        "moderation.remind_hours",
        int,
        48,
        lazy_gettext("Time after which moderators are reminded of a case"),
        unit=lazy_gettext("hours"),
        check=_between(1, 8760),
    ),
    Setting(
        "moderation.ignore_days",
        int,
        60,
        lazy_gettext("Time after which a case that nobody settled is closed without a decision"),
        unit=lazy_gettext("days"),
        check=_between(1, 3650),
    ),
)
