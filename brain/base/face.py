"""Small pieces that templates print by the dozen: icons, petals, static addresses.

They are functions and not template macros because a thread page prints some
sixty icons, and a macro call costs ten times as much as a kept piece of markup.
Templates reach them through `macros.html` (`icon`, `av`, `lang`) or `face`.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app, g, get_flashed_messages, request
from flask_babel import ngettext
from markupsafe import Markup

from brain.base.i18n import ago, direction, endonym, iso, language
from brain.base.icons import ICONS, MARK


@lru_cache(maxsize=256)
def _icon(name: str, classes: str) -> Markup:
    if name not in ICONS:
        raise LookupError(f"no icon is named {name!r}; known are {', '.join(sorted(ICONS))}")
    more = f" {classes}" if classes else ""
    return Markup('<svg class="icon{}" aria-hidden="true"><use href="#i-{}"/></svg>').format(more, name)


def icon(name: str, classes: str = "") -> Markup:
    """Print an icon and have its shape at the end of this page.

    `classes` may be `flip`: mirrored where one reads from right to left.
    Raises LookupError for an icon that nobody drew.
    """
    use_icons(name)
    return _icon(name, classes)


def use_icons(*names: str) -> str:
    """Have shapes at the end of this page for icons in pieces kept from before."""
    try:
        g.icons.update(names)
    except AttributeError:
        g.icons = set(names)
    return ""


@contextlib.contextmanager
def icons_of() -> Iterator[set[str]]:
    """Collect the icons that the block uses, for a piece that is kept; they are not used yet."""
    before = set(g.get("icons", ()))
    used: set[str] = set()
    g.icons = used
    try:
        yield used
    finally:
        g.icons = before


def sprite() -> Markup:
    """Print the shapes of the icons that this page has used."""
    return _sprite(frozenset(g.get("icons", ())))


@lru_cache(maxsize=256)
def _sprite(names: frozenset[str]) -> Markup:
    if not names:
        return Markup("")
    symbol = Markup('<symbol id="i-{}" viewBox="0 0 24 24">{}</symbol>')
    shapes = Markup("").join(symbol.format(name, ICONS[name]) for name in sorted(names))
    return Markup('<svg width="0" height="0" class="sprite" aria-hidden="true">{}</svg>').format(shapes)


@lru_cache(maxsize=1)
def mark() -> Markup:
    """Print the mark: four petals that meet."""
    return Markup('<svg viewBox="0 0 40 40" aria-hidden="true">{}</svg>').format(MARK)


@lru_cache(maxsize=4096)
def petal(letters: str, hue: int, size: str = "") -> Markup:
    """Print initials on one of five quiet colours; size is s, l or empty."""
    more = f" av-{size}" if size else ""
    return Markup('<span class="av av-{}{}" aria-hidden="true">{}</span>').format(hue, more, letters)


def av(person: Any, size: str = "") -> Markup:
    """Print the petal of a Person (`initials`, `hue`), or of somebody who left (None)."""
    return petal("·", 1, size) if person is None else petal(person.initials, person.hue, size)


@lru_cache(maxsize=512)
def lang(code: str) -> Markup:
    """Print a language's name in itself: shown where it is not the reader's."""
    return Markup('<span class="lang" lang="{}" dir="{}">{}</span>').format(
        code, direction(code), endonym(code)
    )


def when(at: datetime) -> Markup:
    """Print a moment: how long ago in words, the exact one for machines."""
    return _when(iso(at), ago(at))


@lru_cache(maxsize=4096)
def _when(exact: str, words: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(exact, words)


def replies(count: int) -> str:
    """Count replies in words."""
    return _replies(count, language())


@lru_cache(maxsize=4096)
def _replies(count: int, code: str) -> str:
    return ngettext("%(num)s reply", "%(num)s replies", count)


def asset(name: str) -> str:
    """Give the address of a static file of ours, with a stamp of what it holds."""
    stamp = _stamps.get(name)
    if stamp is None or current_app.config["ENVIRONMENT"] == "development":
        stamp = _stamps[name] = _stamp_of(Path(str(current_app.static_folder)), name)
    return f"/static/{name}?v={stamp}"


_stamps: dict[str, str] = {}


def _stamp_of(folder: Path, name: str) -> str:
    """Digest a file; a script's stamp covers all scripts, since it loads others."""
    files = [folder / name]
    if name.endswith(".js"):
        files = sorted((folder / "js").glob("*.js"))
    digest = hashlib.blake2s(digest_size=5)
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def flashes() -> list[tuple[str, str]]:
    """List (kind, sentence) said to this reader; visitors have no session to read."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return []
    return cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True))


SHAPES = {
    "HiddenField": "hidden",
    "CSRFTokenField": "hidden",
    "BooleanField": "box",
    "SelectMultipleField": "boxes",
    "RadioField": "boxes",
    "StringField": "words",
    "TextAreaField": "text",
}


def shape(field: Any) -> str:
    """Say how a form's field is laid out: hidden, box, boxes, words, text or plain."""
    names = (kind.__name__ for kind in type(field).__mro__)
    return next((SHAPES[name] for name in names if name in SHAPES), "plain")


def here() -> str:
    """Give the path of this page to come back to; the home page after a POST."""
    return request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else "/"


class Face:
    """What templates know as `face`."""

    icon = staticmethod(icon)
    use_icons = staticmethod(use_icons)
    sprite = staticmethod(sprite)
    mark = staticmethod(mark)
    petal = staticmethod(petal)
    av = staticmethod(av)
    lang = staticmethod(lang)
    when = staticmethod(when)
    replies = staticmethod(replies)
    flashes = staticmethod(flashes)
    shape = staticmethod(shape)
    here = staticmethod(here)


def init_app(app: Flask) -> None:
    """Make `face` and `asset` known to templates."""
    _stamps.clear()
    app.jinja_env.globals.update(face=Face, asset=asset)
