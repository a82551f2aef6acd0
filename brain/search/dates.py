"""Days as people type them: 2026-03-31, 2026-03, 2026, 7 (days ago), yesterday."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_DAYS_AGO = re.compile(r"(\d{1,3})d?")
_NAMED = {"today": 0, "yesterday": 1}


def day_began(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Give when a typed day, month or year began in a time zone.

    None for what is no date. The moment is aware, in UTC.
    """
    day = _day(text.strip().lower(), now.astimezone(zone).date())
    return None if day is None else datetime.combine(day, time.min, zone).astimezone(UTC)


def _day(text: str, today: date) -> date | None:
    try:
        if text in _NAMED:
            return today - timedelta(days=_NAMED[text])
        if found := _DAYS_AGO.fullmatch(text):
            return today - timedelta(days=int(found[1]))
        if found := _DATE.fullmatch(text):
            year, month, day = (int(part or 1) for part in found.groups())
            # a year from each end is left for the time zone
            return date(year, month, day) if 2 <= year <= 9998 else None
    except ValueError:
        return None
    return None
