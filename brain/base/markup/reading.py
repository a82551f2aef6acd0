"""Rendered HTML back to words: for search documents, mails and lists."""

from __future__ import annotations

import re
from html import unescape

from brain.base.markup.limits import SIMPLE_TAGS

# Sanitised HTML only: every `<` begins a tag, attribute values are in double quotes.
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^<>"]++|"[^"]*+")*+)>')
_ALT = re.compile(r'\salt="([^"]*+)"')
_INLINE = SIMPLE_TAGS | {"a", "code"}
_BLANKS = re.compile(r"\s+")
ELLIPSIS = "…"
LONGEST_WORD = 30


def plain_text(html: str, limit: int | None = None) -> str:
    """Return the words of rendered HTML on one line.

    Quotes, code and the words for images are kept. With a limit, at most so
    many characters, cut after a whole word where there is one.
    """
    text = _fold(_words(html, with_quotes=True))
    return text if limit is None or len(text) <= limit else _cut(text, limit)


def excerpt(html: str, length: int = 200) -> str:
    """Return the first own words of rendered HTML, quotes left out.

    At most `length` characters, with an ellipsis where it was cut.
    """
    text = _fold(_words(html, with_quotes=False))
    return text if len(text) <= length else _cut(text, length - 1) + ELLIPSIS


def _words(html: str, *, with_quotes: bool) -> str:
    parts: list[str] = []
    quotes = 0
    end = 0
    for tag in _TAG.finditer(html):
        name = tag[2]
        if with_quotes or not quotes:
            parts.append(html[end : tag.start()])
            if name == "img":
                alt = _ALT.search(tag[3])
                parts.append(f" {alt[1]} " if alt else " ")
            elif name not in _INLINE:
                parts.append(" ")
        if name == "blockquote":
            quotes = max(0, quotes - 1) if tag[1] else quotes + 1
        end = tag.end()
    if with_quotes or not quotes:
        parts.append(html[end:])
    return unescape("".join(parts))


def _fold(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()


def _cut(text: str, length: int) -> str:
    """Cut at a blank, if one is near (Chinese has none)."""
    if text[length : length + 1] == " ":
        return text[:length].rstrip()
    blank = text.rfind(" ", 0, length)
    return text[: blank if blank > 0 and length - blank <= LONGEST_WORD else length].rstrip(" ,;:–—-")
