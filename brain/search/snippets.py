"""The piece of a text that shows why it was found, with the found words marked.

Pieces of plain text, each marked or not: the template escapes and prints
them. Nothing of this comes out of the index.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from brain.search.analysis import Token, tokens
from brain.search.query import Query, wanted_terms

LENGTH = 240
#: A text is looked at up to here.
LONGEST = 60_000
#: Words before the first mark, so that it is read in its sentence.
LEAD = 60


class Piece(NamedTuple):
    """A part of a text."""

    text: str
    is_marked: bool


class Span(NamedTuple):
    """Where a found word stands, and which word it is."""

    start: int
    end: int
    part: str


class Marker:
    """Finds the words of one query in texts."""

    def __init__(self, query: Query) -> None:
        self._terms = wanted_terms(query)
        self._phrases = [phrase.folded() for phrase in query.phrases if phrase.folded()]

    def mark(self, text: str, language: str) -> list[Piece]:
        """Give a whole text in pieces: titles."""
        return _pieces(text, 0, len(text), self._spans(text, language))

    def snippet(self, text: str, language: str) -> list[Piece]:
        """Give the piece of a text where most of the words stand together."""
        text = " ".join(text[:LONGEST].split())
        spans = self._spans(text, language)
        start, end = _window(text, spans)
        pieces = _pieces(text, start, end, spans)
        if start > 0:
            pieces.insert(0, Piece("… ", False))
        if end < len(text):
            pieces.append(Piece(" …", False))
        return pieces

    def _spans(self, text: str, language: str) -> list[Span]:
        found = list(tokens(text, language))
        spans = [Span(t.start, t.end, term) for t in found for term in t.terms if term in self._terms]
        for phrase in self._phrases:
            spans += _phrase_spans(found, phrase)
        return sorted(spans)


def _phrase_spans(found: Sequence[Token], phrase: tuple[str, ...]) -> list[Span]:
    words = [token.word for token in found]
    last = len(phrase) - 1
    return [
        Span(found[n].start, _word_ends(found[n + last]), " ".join(phrase))
        for n in range(len(words) - last)
        if tuple(words[n : n + last + 1]) == phrase
    ]


def _word_ends(token: Token) -> int:
    """In scripts without spaces a token reaches over the next character: the word is one."""
    is_pair = len(token.word) == 1 and token.end - token.start == 2
    return token.start + 1 if is_pair else token.end


def _window(text: str, spans: Sequence[Span]) -> tuple[int, int]:
    """Choose where the most different words stand within reach of each other."""
    if len(text) <= LENGTH:
        return 0, len(text)
    best, chosen, last = 0, 0, 0
    for n, span in enumerate(spans):
        while last < len(spans) and spans[last].end <= span.start + LENGTH - LEAD:
            last += 1
        count = len({other.part for other in spans[n:last]})
        if count > best:
            best, chosen = count, span.start
    start = _word_start(text, max(0, min(chosen - LEAD, len(text) - LENGTH)))
    return start, _word_end(text, start + LENGTH)


def _word_start(text: str, place: int) -> int:
    """Move on to where a word begins, if that is near."""
    if place == 0:
        return 0
    space = text.find(" ", place - 1, place + LEAD // 2)
    return space + 1 if space >= 0 else place


def _word_end(text: str, place: int) -> int:
    if place >= len(text):
        return len(text)
    space = text.rfind(" ", place - LEAD // 2, place + 1)
    return space if space >= 0 else place


def _pieces(text: str, start: int, end: int, spans: Sequence[Span]) -> list[Piece]:
    """Cut a text at its marks; marks that touch, or stand a space apart, are one."""
    joined: list[list[int]] = []
    for span in spans:
        if span.start >= end or span.end <= start:
            continue
        if joined and text[joined[-1][1] : span.start] in ("", " "):
            joined[-1][1] = max(joined[-1][1], min(span.end, end))
        else:
            joined.append([max(span.start, start), min(span.end, end)])
    pieces = []
    done = start
    for first, last in joined:
        if done < first:
            pieces.append(Piece(text[done:first], False))
        pieces.append(Piece(text[first:last], True))
        done = last
    if done < end:
        pieces.append(Piece(text[done:end], False))
    return pieces
