"""Languages of the interface, their direction, and words for dates and places.

Every member-visible string goes through `_()` or `ngettext`; English is the
source. Locale: URL (`?lang=`) > account > cookie > Accept-Language > site.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date as calendar_date
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import babel.dates
import babel.numbers
from babel import Locale, UnknownLocaleError
from babel.support import NullTranslations
from flask import Flask, g, has_app_context, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, get_translations
from flask_babel import gettext as _
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from brain.base import clock

#: Interface languages, by endonym, in the order of the footer.
LANGUAGES: dict[str, str] = {
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "pt": "Português",
    "ar": "العربية",
}
RTL = frozenset({"ar", "fa", "he", "ur", "ps", "ckb", "dv", "yi"})
COOKIE = "language"
DOMAIN = "messages"


def is_language(code: str | None) -> bool:
    """Tell whether the interface speaks this language."""
    return code in LANGUAGES


def direction(code: str) -> str:
    """Give `rtl` or `ltr` for a BCP 47 code."""
    return "rtl" if code.split("-", maxsplit=1)[0] in RTL else "ltr"


def chosen_language() -> str:
    """Decide the language of this request (BCP 47)."""
    if not has_request_context():
        return "en"
    asked = request.args.get("lang")
    if is_language(asked):
        return str(asked)
    viewer = g.get("viewer")
    if viewer is not None and viewer.is_member and is_language(viewer.language):
        return str(viewer.language)
    kept = request.cookies.get(COOKIE)
    if is_language(kept):
        return str(kept)
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"


@dataclass(frozen=True, slots=True)
class _Voice:
    """What is spoken now: Flask-Babel finds its way there anew each time, at five times the cost."""

    code: str
    catalogue: NullTranslations
    zone: ZoneInfo


def _voice() -> _Voice:
    """Give the voice of this request or `speaking` block, found once."""
    try:
        found: _Voice = g.voice
    except AttributeError:
        found = g.voice = _new_voice()
    return found


def _new_voice() -> _Voice:
    locale = get_locale()
    told = g.get("told_zone", "")
    viewer = g.get("viewer") if has_request_context() else None
    zone = told or (viewer.timezone if viewer is not None else "UTC")
    return _Voice(locale.language if locale is not None else "en", get_translations(), timezone_named(zone))


def language() -> str:
    """Give the language that is being spoken now (request, or `speaking`)."""
    return _voice().code if has_app_context() else "en"


@contextmanager
def speaking(code: str, timezone: str = "") -> Iterator[None]:
    """Speak a reader's language, and tell their time, inside a block.

    For mails and notices: their reader is not the one who is served now.
    """
    before = g.get("told_zone", "")
    g.told_zone = timezone or before
    g.pop("voice", None)
    try:
        with force_locale(code if is_language(code) else "en"):
            yield
    finally:
        g.told_zone = before
        g.pop("voice", None)


def init_app(app: Flask, catalogue_folders: Sequence[Path]) -> None:
    """Attach translations of the core and of each plugin's folder."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(str(folder) for folder in catalogue_folders)
    app.config["BABEL_DOMAIN"] = DOMAIN
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    make_babel: Any = Babel
    make_babel(app, locale_selector=chosen_language, timezone_selector=lambda: _timezone().key)
    _speak_quickly(app)
    app.jinja_env.globals.update(
        LANGUAGES=LANGUAGES,
        direction=direction,
        endonym=endonym,
        language=language,
        number=number,
    )
    app.jinja_env.filters.update(ago=ago, moment=moment, day=day, iso=iso, number=number)


def _speak_quickly(app: Flask) -> None:
    """Let templates look the catalogue up once a page, and write counts as the reader does."""

    def say(text: str) -> str:
        return str(_voice().catalogue.ugettext(text))

    def say_count(one: str, many: str, count: int) -> str:
        return str(_voice().catalogue.ungettext(one, many, count))

    @pass_eval_context
    def say_count_as_read(context: EvalContext, one: str, many: str, count: int, **values: Any) -> str:
        text = say_count(one, many, count)
        return (Markup(text) if context.autoescape else text) % {"num": number(count), **values}  # noqa: S704

    environment: Any = app.jinja_env  # its i18n extension adds methods
    environment.install_gettext_callables(say, say_count, newstyle=True)
    environment.globals["ngettext"] = say_count_as_read
    # the extension's `_` looks `gettext` up and calls it: two dozen times a page
    environment.globals["_"] = environment.globals["gettext"]


def endonym(code: str) -> str:
    """Name a language in itself: `ar` is العربية."""
    known = LANGUAGES.get(code)
    return known if known is not None else _endonym_of(code)


@lru_cache(maxsize=512)
def _endonym_of(code: str) -> str:
    try:
        name = Locale.parse(code, sep="-").get_display_name()
    except (ValueError, UnknownLocaleError):
        return code
    return name[:1].upper() + name[1:] if name else code


def language_name(code: str) -> str:
    """Name a language in the reader's language."""
    return str(_locale(language()).languages.get(code, code))


def country_name(code: str) -> str:
    """Name a country (ISO 3166-1 alpha-2) in the reader's language."""
    return str(_locale(language()).territories.get(code, code))


def countries() -> list[tuple[str, str]]:
    """List (code, name) of all countries, sorted by name for the reader."""
    return list(_countries_in(language()))


@lru_cache(maxsize=64)
def _countries_in(code: str) -> tuple[tuple[str, str], ...]:
    names = _locale(code).territories
    no_countries = {"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB"}
    pairs = [(c, n) for c, n in names.items() if len(c) == 2 and c.isalpha() and c not in no_countries]
    return tuple(sorted(pairs, key=lambda pair: pair[1].casefold()))


@lru_cache(maxsize=64)
def _locale(code: str) -> Locale:
    return Locale.parse(code, sep="-")


def _timezone() -> ZoneInfo:
    return _voice().zone if has_app_context() else timezone_named("UTC")


@lru_cache(maxsize=256)
def timezone_named(name: str) -> ZoneInfo:
    """Find a time zone by IANA name; UTC for an unknown one."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")


def iso(when: datetime) -> str:
    """Write a moment for a `datetime` attribute."""
    return when.strftime("%Y-%m-%dT%H:%MZ")


def ago(when: datetime) -> str:
    """Say how long ago, in words; from 30 days on the date itself."""
    passed = clock.now() - when
    if passed >= timedelta(days=30):
        return day(when)
    seconds = max(0, int(passed.total_seconds()))
    if seconds < 60:
        return _("just now")
    step = 60 if seconds < 3600 else 3600 if seconds < 86400 else 86400
    return _passed(seconds // step * step, language())


@lru_cache(maxsize=4096)
def _passed(seconds: int, code: str) -> str:
    return babel.dates.format_timedelta(
        timedelta(seconds=-seconds), add_direction=True, locale=code, threshold=1
    )


def day(when: datetime) -> str:
    """Write a day as the reader writes it, in the reader's time zone."""
    if not has_app_context():
        return _day_of(when.toordinal(), "en")
    voice = _voice()
    return _day_of(when.astimezone(voice.zone).toordinal(), voice.code)


def date(when: calendar_date) -> str:
    """Write a day of the calendar as the reader writes it."""
    return _day_of(when.toordinal(), language())


@lru_cache(maxsize=8192)
def _day_of(ordinal: int, code: str) -> str:
    return babel.dates.format_date(datetime.fromordinal(ordinal), "medium", locale=code)


def moment(when: datetime) -> str:
    """Write a day and time as the reader writes it, in the reader's time zone."""
    return babel.dates.format_datetime(when, "medium", tzinfo=_timezone(), locale=language())


def listed(items: Iterable[str]) -> str:
    """Join the items of a list as the language spoken now does: `، ` in Arabic."""
    return ("، " if direction(language()) == "rtl" else ", ").join(items)


def number(value: float) -> str:
    """Write a number as the reader writes it."""
    return _number_of(value, language())


@lru_cache(maxsize=8192)
def _number_of(value: float, code: str) -> str:
    return babel.numbers.format_decimal(value, locale=code)
