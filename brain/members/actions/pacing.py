"""How often one may try to get in, or have letters sent."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from brain.base import settings
from brain.base.limits import check_limit, count_use, see_limit

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def limit_attempts(what: str, who: str) -> None:
    """Refuse who has failed too often to show that they know a password. Raises TooSoon."""
    see_limit(f"members.sign_in.{what}.minute", who, settings.value("members.sign_ins_a_minute"), MINUTE)
    see_limit(f"members.sign_in.{what}.hour", who, settings.value("members.sign_ins_an_hour"), HOUR)


def count_failure(what: str, who: str) -> None:
    """Count a wrong password: right ones cost nothing, so a class behind one address gets in."""
    count_use(f"members.sign_in.{what}.minute", who, MINUTE)
    count_use(f"members.sign_in.{what}.hour", who, HOUR)


def limit_letters(what: str, who: str) -> None:
    """Count a letter that somebody asks for. Raises TooSoon."""
    check_limit(what, who, settings.value("members.letters_an_hour"), HOUR)


def digest(text: str) -> str:
    """Shorten a folded name or address for counting: neither is in the table of counts."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
