"""What admins may change about the door."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from brain.base.settings import Setting


def _between(least: int, most: int, value: int) -> LazyString | None:
    if least <= value <= most:
        return None
    return lazy_gettext("Enter a number from %(least)s to %(most)s.", least=least, most=most)


SETTINGS = (
    Setting(
        "members.registration_open",
        bool,
        True,
        lazy_gettext("Anybody may register"),
    ),
    Setting(
        "members.registrations_a_day",
        int,
        3,
        lazy_gettext("Registrations from one internet address a day"),
        check=lambda value: _between(1, 1000, value),
    ),
    Setting(
        "members.sign_ins_a_minute",
        int,
        6,
        lazy_gettext("Failed attempts to sign in a minute, from one internet address or for one account"),
        check=lambda value: _between(1, 1000, value),
    ),
    Setting(
        "members.sign_ins_an_hour",
        int,
        30,
        lazy_gettext("Failed attempts to sign in an hour, from one internet address or for one account"),
        check=lambda value: _between(1, 10_000, value),
    ),
    Setting(
        "members.letters_an_hour",
        int,
        5,
        lazy_gettext("Letters with links that one internet address, or one mailbox, may ask for an hour"),
        check=lambda value: _between(1, 1000, value),
    ),
    Setting(
        "members.unconfirmed_days",
        int,
        14,
        lazy_gettext("Time after which an account without a confirmed address is deleted"),
        unit=lazy_gettext("days"),
        check=lambda value: _between(1, 365, value),
    ),
)
