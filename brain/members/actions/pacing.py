"""How often one may try to get in, or have letters sent."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from brain.base import settings
from brain.base.limits import check_limit

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def limit_attempts(what: str, who: str) -> None:
    """Count an attempt to show that one knows a password. Raises TooSoon."""
    check_limit(f"members.sign_in.{what}.minute", who, settings.value("members.sign_ins_a_minute"), MINUTE)
    check_limit(f"members.sign_in.{what}.hour", who, settings.value("members.sign_ins_an_hour"), HOUR)


def limit_letters(what: str, who: str) -> None:
    """Count a letter that somebody asks for. Raises TooSoon."""
    check_limit(what, who, settings.value("members.letters_an_hour"), HOUR)


def digest(text: str) -> str:
    """Shorten a folded name or address for counting: neither is in the table of counts."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
