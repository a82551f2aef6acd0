"""Languages and time zones that members may name as theirs."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from brain.base.i18n import LANGUAGES, endonym

#: Languages beside those of the interface in which people of the field write, by BCP 47.
OTHERS = (
    *("am", "ber", "bm", "bn", "ca", "cs", "de", "el", "eu", "fa", "gl", "gn", "ha", "hi", "hu", "id"),
    *("ig", "it", "ja", "ko", "lg", "ln", "mg", "ms", "nah", "ne", "nl", "om", "pa", "pl", "qu", "ro"),
    *("ru", "rw", "si", "sn", "so", "sr", "st", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur"),
    *("vi", "wo", "xh", "yo", "zh", "zu"),
)
_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe")
_AREAS_LATER = ("Indian", "Pacific")


def readable_languages() -> list[tuple[str, str]]:
    """List (code, endonym) of languages to choose from: the interface's first."""
    return list(_readable())


@lru_cache(maxsize=1)
def _readable() -> tuple[tuple[str, str], ...]:
    others = sorted(((code, endonym(code)) for code in OTHERS), key=lambda pair: pair[1].casefold())
    return (*LANGUAGES.items(), *(pair for pair in others if pair[0] != pair[1]))


def is_readable(code: str) -> bool:
    """Tell whether a language can be chosen."""
    return code in dict(_readable())


@lru_cache(maxsize=1)
def timezones() -> tuple[tuple[str, str], ...]:
    """List (IANA name, words) of time zones that places have, by area."""
    areas = (*_AREAS, *_AREAS_LATER)
    named = sorted(zone for zone in available_timezones() if zone.split("/")[0] in areas and "/" in zone)
    return (("UTC", "UTC"), *((zone, zone.replace("_", " ").replace("/", " / ")) for zone in named))


def is_timezone(name: str) -> bool:
    """Tell whether a time zone can be chosen."""
    return name in dict(timezones())
