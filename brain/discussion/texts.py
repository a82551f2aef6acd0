"""What titles, tags and posts have to look like, before anything is rendered."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from brain.base import settings
from brain.base.errors import Unfit
from brain.base.forms import clean_line, clean_text
from brain.base.i18n import is_language
from brain.base.markup import MAX_LENGTH
from brain.discussion.settings import TAG_MOST, TAGS_MOST, TITLE_MOST

#: Arabic vowel signs and the stretching mark: left out of addresses.
_UNSPOKEN = re.compile("[\u0640\u064b-\u065f\u0670]|(?<=\\w)['\u2019](?=\\w)")
_SLUG_BYTES = 60
#: Letters of a first word that is too long, or of a script without blanks.
_LETTERS = 20
#: Drawn as nothing, though Unicode calls them letters or signs.
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0]")
_DENSE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_NOT_TAG = re.compile(r"[,;#/?<>\"\\]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
#: Words that stand in URLs after a thread's or topic's number.
_TAKEN = frozenset({"reply", "change", "new", "edit", "post"})


def fit_post(text: str) -> str:
    """Clean a post's text and check its length. Raises Unfit."""
    text = clean_text(text).strip()
    if len(text) > MAX_LENGTH:
        raise Unfit({"text": _too_long(MAX_LENGTH)})
    if weight(text) < settings.value("discussion.post_least") or not _is_seen(text):
        raise Unfit({"text": lazy_gettext("Write a little more.")})
    return text


def fit_title(title: str) -> str:
    """Clean a thread's title and check its length. Raises Unfit."""
    title = clean_line(title)
    if not title:
        raise Unfit({"title": lazy_gettext("Give the thread a title.")})
    if len(title) > TITLE_MOST:
        raise Unfit({"title": _too_long(TITLE_MOST)})
    if weight(title) < settings.value("discussion.title_least") or not _is_seen(title):
        raise Unfit({"title": lazy_gettext("Say a little more, so that others know what it is about.")})
    return title


def _is_seen(text: str) -> bool:
    """Tell whether a text has anything that is drawn: a link that nobody sees leads nowhere."""
    return any(unicodedata.category(letter)[0] in "LNPS" for letter in _UNSEEN.sub("", text))


def fit_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Clean tags: lower case, no repeats, at most five. Raises Unfit."""
    fitted = _clean_tags(tags)
    if any(len(tag) > TAG_MOST for tag in fitted):
        raise Unfit({"tags": lazy_gettext("A tag has at most %(most)s characters.", most=TAG_MOST)})
    if len(fitted) > TAGS_MOST:
        raise Unfit({"tags": lazy_gettext("Give at most %(most)s tags.", most=TAGS_MOST)})
    return fitted


def _clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    cleaned = (clean_line(_NOT_TAG.sub(" ", tag)).lower() for tag in tags)
    # of dots alone a browser makes another address
    return tuple(dict.fromkeys(tag for tag in cleaned if tag.strip(".") and _is_seen(tag)))


def title_that_fits(title: str) -> str:
    """Cut a title from elsewhere to what a thread may have."""
    return clean_line(title)[:TITLE_MOST].strip() or "-"


def tags_that_fit(tags: Iterable[str]) -> tuple[str, ...]:
    """Keep of tags from elsewhere what a thread may have: the first few, none too long."""
    return tuple(tag for tag in _clean_tags(tags) if len(tag) <= TAG_MOST)[:TAGS_MOST]


def fit_language(code: str) -> str:
    """Check that a text's language looks like a BCP 47 code. Raises Unfit."""
    if is_language(code) or (len(code) <= 12 and _LANGUAGE.fullmatch(code)):
        return code
    raise Unfit({"language": lazy_gettext("Choose one of the list.")})


def _too_long(most: int) -> LazyString:
    return lazy_gettext("This is too long: at most %(most)s characters.", most=most)


def slug_of(text: str) -> str:
    """Make the readable end of a URL, in any script: whole words, at most 60 bytes.

    A letter beyond ASCII takes two or three bytes, and thrice that in the URL.
    """
    folded = _UNSPOKEN.sub("", unicodedata.normalize("NFKC", text).casefold())
    words = "".join(letter if _is_written(letter) else " " for letter in folded).split()
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word
        if len(longer.encode()) > _SLUG_BYTES:
            break
        slug = longer
    slug = slug or "".join(words)[:_LETTERS] or "-"
    return f"{slug}-" if slug in _TAKEN else slug


def _is_written(letter: str) -> bool:
    # vowel signs of Indian scripts are marks, not letters, and part of the word
    return letter.isalnum() or unicodedata.category(letter)[0] == "M"


def weight(text: str) -> int:
    """Count characters, dense scripts (Chinese, Japanese, Korean) double."""
    return len(text) + len(_DENSE.findall(text))
