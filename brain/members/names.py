"""Names of members: which are fit, which look the same, how they are shortened.

Two names are the same when they look the same: `name_key` folds width and
form (NFKC), case, and letters that other letters are drawn like (Unicode
TR39, as the package confusable-homoglyphs carries it).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import confusable_homoglyphs
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

LEAST = 2
MOST = 40
MOST_KEY = 120
MARKS_IN_A_ROW = 3
HUES = 5
PUNCTUATION = "._-'"

#: Drawn as nothing though Unicode calls some of them letters or marks.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
_APOSTROPHES = re.compile("[\u2018\u2019\u201b\u02bc\uff07]")
_LEFT_TO_RIGHT = r"\u200e"
#: Who was erased is called so, with their number.
ERASED = "member-"

KEPT = lazy_gettext("This name is kept for the house. Choose another one.")
#: Words that speak for the house wherever they stand in a name.
OFFICES = (
    *("admin", "admins", "administrator", "administrators", "administration", "moderator", "moderators"),
    *("moderation", "staff", "postmaster", "webmaster", "administrador", "administradora", "administración"),
    *("administração", "administrateur", "administratrice", "moderador", "moderadora", "moderadores"),
    *("moderación", "moderação", "modérateur", "modératrice", "modérateurs", "modération"),
    *("مدير", "مديرة", "مشرف", "مشرفة", "مشرفون", "إدارة"),
)
#: Names that would speak for the house or for a group.
RESERVED = (
    *("root", "system", "house", "host", "mod", "mods", "team", "support", "help"),
    *("all", "here", "everyone", "everybody", "channel", "group", "groups", "members", "member"),
    *("anonymous", "nobody", "visitor", "guest", "deleted", "unknown", "none", "null", "undefined"),
    *("me", "you", "abuse", "security", "noreply", "no-reply", "mailer-daemon"),
    *("collective brain", "meeting point", "sistema", "système", "equipo", "équipe", "equipe"),
    *("todos", "tous", "الجميع"),
)
_ARTICLE = "ال"


def clean_name(text: str) -> str:
    """Write a name as it is kept: NFKC, plain apostrophes, nothing invisible."""
    text = unicodedata.normalize("NFKC", text.replace("\x00", ""))
    text = _APOSTROPHES.sub("'", _INVISIBLE.sub("", text))
    kept = [letter for letter in text if letter.isspace() or unicodedata.category(letter)[0] != "C"]
    return " ".join("".join(kept).split())


def objection_to(name: str) -> LazyString | None:
    """Say what is wrong with a cleaned name, or None when it is fit."""
    if not LEAST <= len(name) <= MOST:
        return lazy_gettext("Choose a name of %(least)s to %(most)s characters.", least=LEAST, most=MOST)
    if not all(_is_allowed(letter) for letter in name) or _has_stacked_marks(name):
        return lazy_gettext("A name holds letters, digits, spaces and the signs . _ - ' only.")
    if not any(unicodedata.category(letter).startswith("L") for letter in name):
        return lazy_gettext("A name needs at least one letter.")
    if unicodedata.category(name[0])[0] not in "LN":
        return lazy_gettext("A name begins with a letter or a digit.")
    if len(name_key(name)) > MOST_KEY or is_reserved(name):
        return KEPT
    return None


def is_reserved(name: str) -> bool:
    """Tell whether a name would speak for the house, or for somebody erased.

    Accents and signs make no difference, nor does the Arabic article.
    """
    key = name_key(name)
    number = key.removeprefix(name_key(ERASED))
    is_erased = number != key and set(number) <= set(name_key("0123456789"))
    words = _words(name)
    together = "".join(words)
    offices, kept = _keys_of(OFFICES), _keys_of(RESERVED)
    # plain letters are read as they stand: the key of Ali is that of "all"
    is_kept = together in _reserved_letters() if together.isascii() else name_key(together) in kept
    return is_erased or is_kept or any(_without_digits(word) in offices for word in (*words, together))


def sound_alike(name: str, other: str) -> bool:
    """Tell whether two names differ in accents, signs and spaces only."""
    return "".join(_words(name)) == "".join(_words(other))


def name_key(name: str) -> str:
    """Fold a name to what it looks like: equal keys are the same name."""
    text = unicodedata.normalize("NFKD", clean_name(name).casefold())
    drawn = "".join(_shape(letter) for letter in text)
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", drawn))


def name_order(name: str) -> str:
    """Fold a name for sorting and looking up: no case, no accents."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))[:MOST_KEY]


def fit_name(wanted: str, is_free: Callable[[str], bool]) -> str:
    """Make a fit and free name out of one that came from elsewhere.

    `is_free` is asked by key. Keeps the name if it can; else leaves out what
    no name may hold, shortens it and adds a number.
    """
    name = _nearest(wanted)
    if objection_to(f"{name[: MOST - 2]} 2") is not None:
        name = _nearest(f"Writer {name}")
    if objection_to(f"{name[: MOST - 2]} 2") is not None:
        name = "Writer"
    number, fit = 1, name
    while objection_to(fit) is not None or not is_free(name_key(fit)):
        number += 1
        fit = f"{name[: MOST - 1 - len(str(number))].strip()} {number}"
    return fit


def _nearest(wanted: str) -> str:
    """Leave out what no name may hold, and what it may not begin with."""
    allowed = "".join(letter if _is_allowed(letter) else " " for letter in clean_name(wanted))
    name = _thin_marks(" ".join(allowed.split()))
    begins = next((n for n, letter in enumerate(name) if unicodedata.category(letter)[0] in "LN"), len(name))
    return name[begins:][:MOST].strip()


def initials(name: str) -> str:
    """Shorten a name to one or two letters for the picture beside it."""
    words = [word for word in re.split(r"[\s._\-]+", name) if word and word[0].isalnum()]
    if not words:
        return "?"
    first = words[0][0].upper()[:1]
    if len(words) == 1:
        return first
    last = words[-1][0].upper()[:1]
    # Arabic letters would join into another word
    apart = "\u200c" if "ARABIC" in unicodedata.name(first, "") else ""
    return first + apart + last


def hue(member_id: int) -> int:
    """Choose a member's colour, 1 to 5."""
    return member_id % HUES + 1


def _is_allowed(letter: str) -> bool:
    return letter in " " + PUNCTUATION or unicodedata.category(letter)[0] in "LM" or letter.isdecimal()


def _has_stacked_marks(name: str) -> bool:
    return _thin_marks(name) != name


def _thin_marks(name: str) -> str:
    """Keep at most so many marks on one letter: no towers over other lines."""
    kept: list[str] = []
    row = 0
    for letter in name:
        row = row + 1 if unicodedata.category(letter)[0] == "M" else 0
        if row <= MARKS_IN_A_ROW:
            kept.append(letter)
    return "".join(kept)


def _words(name: str) -> list[str]:
    """Give a name's words in small letters, without marks and signs."""
    text = unicodedata.normalize("NFKD", clean_name(name).casefold())
    plain = "".join(letter for letter in text if unicodedata.category(letter)[0] != "M")
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    return [word.removeprefix(_ARTICLE) or word for word in words]


def _without_digits(word: str) -> str:
    return name_key("".join(letter for letter in word if not letter.isdigit()))


@lru_cache(maxsize=2)
def _keys_of(kept: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name_key("".join(_words(name))) for name in kept)


@lru_cache(maxsize=1)
def _reserved_letters() -> frozenset[str]:
    return frozenset("".join(_words(name)) for name in RESERVED)


@lru_cache(maxsize=4096)
def _shape(letter: str) -> str:
    """Give the plain letters that a letter is drawn like.

    i, l and 1 become one: a capital I is drawn like l.
    """
    small = _prototype(letter)
    plain = _by_capitals()
    drawn = plain.get(small) or "".join(plain.get(part, part) for part in small)
    return _prototype(drawn.casefold()).casefold().replace("i", "l")


@lru_cache(maxsize=1)
def _by_capitals() -> dict[str, str]:
    """Find small letters that look like no plain letter, but whose capital does.

    т is drawn like no t, but Т is a T: both are to be t, or case would matter.
    """
    found: dict[str, str] = {}
    for letter in sorted(_prototypes()):
        capital, small = _prototype(letter), _prototype(letter.lower())
        is_plain = len(capital) == 1 and capital.isascii() and capital.isalnum()
        if letter.isupper() and is_plain and not small.isascii():
            found.setdefault(small, capital)
    return found


def _prototype(text: str) -> str:
    """Replace each letter by what it is drawn like, until nothing changes."""
    seen = {text}
    while True:
        longer = "".join(_prototypes().get(part, part) for part in text)
        if longer in seen:
            return min(longer, text)
        seen.add(longer)
        text = longer


@lru_cache(maxsize=1)
def _prototypes() -> dict[str, str]:
    """Read the table of look-alikes: letter -> what it is drawn like.

    The package lists pairs in both directions. What stands beside one other
    only is drawn like it; of a pair alone, the smaller code point is kept.
    """
    path = Path(confusable_homoglyphs.__file__).with_name("confusables.json")
    # letters written to the left stand between marks of direction, spelled out as JSON escapes
    table = json.loads(path.read_text("utf-8").replace(_LEFT_TO_RIGHT, ""))
    found: dict[str, str] = {}
    for letter, alike in table.items():
        if len(letter) != 1 or len(alike) != 1:
            continue
        other: str = alike[0]["c"]
        is_pair_alone = len(table.get(other, ())) == 1
        if not is_pair_alone or len(other) > 1 or other < letter:
            found[letter] = other
    return found
