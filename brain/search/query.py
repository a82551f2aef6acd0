"""What somebody typed into the box, as a small tree that every backend reads.

Nothing typed is an error: an operator we do not know is a word, a date that
is none is a word, too much is cut. No engine's own parser sees the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from brain.base import clock
from brain.base.access import VISITOR, Viewer
from brain.base.i18n import timezone_named
from brain.search.analysis import BRANCHES, is_single_character, key_of, tag_key, tokens
from brain.search.dates import day_began

MOST_CHARACTERS = 300
MOST_TERMS = 20
BEST, LATEST, OLDEST = "best", "latest", "oldest"
ORDERS = (BEST, LATEST, OLDEST)
_ORDER_NAMES = {BEST: BEST, LATEST: LATEST, "newest": LATEST, OLDEST: OLDEST}
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "：": ":"})
_PIECE = re.compile(r'(-?)(?:([a-z_]+):)?(?:"([^"]*)"?|([^\s"]+))', re.IGNORECASE)
#: `tag:a+b` asks for both; the signs at the end of `c++` belong to the tag.
_BOTH = re.compile(r"\+(?=[^+])")
_STATES = ("open", "closed", "archived")

#: Alternatives of one word in one language; a text without spaces has several groups.
Groups = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Word:
    """One word to be found in any form, in any of the site's languages."""

    text: str

    def groups(self, branch: str) -> Groups:
        """Give the terms to look for in texts of a branch; none for a stop word."""
        return tuple(token.terms for token in tokens(self.text, branch) if token.terms)

    def folded(self) -> tuple[str, ...]:
        """Give the word without case and accents, as it stands in a text."""
        return tuple(token.word for token in tokens(self.text, ""))


@dataclass(frozen=True)
class Phrase:
    """Words that must follow one another exactly, but for case and accents."""

    text: str

    def folded(self) -> tuple[str, ...]:
        """Give the words in order."""
        return tuple(token.word for token in tokens(self.text, ""))


@dataclass(frozen=True)
class Filter:
    """A document has one of these marks (`tag=savings`)."""

    marks: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """What is asked, understood."""

    text: str = ""
    words: tuple[Word, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    without: tuple[Word | Phrase, ...] = ()
    filters: tuple[Filter, ...] = ()
    without_filters: tuple[Filter, ...] = ()
    after: datetime | None = None
    before: datetime | None = None
    in_title: bool = False
    order: str = BEST
    #: Half of the words are enough, where all together find nothing.
    is_loose: bool = False

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was asked that could be found."""
        filters = self.filters or self.without_filters or self.after or self.before
        return not (self.has_words or self.without or filters)

    @property
    def has_words(self) -> bool:
        """Tell whether there is a text to look for, not only filters."""
        return bool(self.words or self.phrases)

    def parts(self) -> list[Word | Phrase]:
        """List the words and phrases to find, in the order they were typed."""
        parts: list[Word | Phrase] = [*self.words, *self.phrases]
        return sorted(parts, key=lambda part: self.text.find(part.text))

    def title_key(self) -> str:
        """Give the folded text that an exactly equal title has."""
        return key_of(" ".join(part.text for part in self.parts()))

    def narrowed(self, *marks: str) -> Query:
        """Add filters chosen beside the box; empty ones count for nothing."""
        more = tuple(Filter((mark,)) for mark in marks if not mark.endswith("="))
        return replace(self, filters=self.filters + more)


@dataclass
class _Reading:
    """A query while it is read."""

    zone: ZoneInfo
    member_id: int | None
    words: list[Word] = field(default_factory=list)
    phrases: list[Phrase] = field(default_factory=list)
    without: list[Word | Phrase] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    without_filters: list[Filter] = field(default_factory=list)
    after: datetime | None = None
    before: datetime | None = None
    in_title: bool = False
    order: str = BEST

    def has_room(self, *, negated: bool) -> bool:
        """Tell whether another word is read: the last of many words drives out no filter."""
        return (len(self.without) if negated else len(self.words) + len(self.phrases)) < MOST_TERMS


def parse(text: str, viewer: Viewer = VISITOR) -> Query:
    """Understand what was typed, with dates as the viewer's calendar has them."""
    text = text.replace("\0", " ")[:MOST_CHARACTERS].translate(_QUOTES)
    reading = _Reading(timezone_named(viewer.timezone), viewer.id)
    for found in _PIECE.finditer(text):
        minus, operator, quoted, bare = found.groups()
        value = bare if quoted is None else quoted
        if not value:
            continue
        negated = bool(minus)
        if operator and _read_operator(reading, operator.lower(), value, negated):
            continue
        if not operator and quoted is None and _read_sign(reading, value, negated):
            continue
        if operator:
            _read_words(reading, operator, negated)
        _read_words(reading, value, negated, is_phrase=quoted is not None)
    return Query(
        text=" ".join(text.split()),
        words=tuple(reading.words),
        phrases=tuple(reading.phrases),
        without=tuple(reading.without),
        filters=tuple(reading.filters),
        without_filters=tuple(reading.without_filters),
        after=reading.after,
        before=reading.before,
        in_title=reading.in_title,
        order=reading.order,
    )


def _read_words(reading: _Reading, value: str, negated: bool, *, is_phrase: bool = False) -> None:
    parts: list[Word | Phrase] = list(_parts(value, is_phrase))
    for part in parts:
        if not reading.has_room(negated=negated):
            return
        if negated:
            reading.without.append(part)
        elif isinstance(part, Phrase):
            reading.phrases.append(part)
        else:
            reading.words.append(part)


def _parts(value: str, is_phrase: bool) -> Iterator[Word | Phrase]:
    found = list(tokens(value, ""))
    if not found:
        return
    if is_phrase:
        yield Phrase(value.strip())
        return
    start, end = 0, 0
    # `re-use` is two words; a run of Chinese is one word of several characters
    for token in found:
        if token.start >= end and end:
            yield _word(value[start:end])
            start = token.start
        elif not end:
            start = token.start
        end = max(end, token.end)
    yield _word(value[start:end])


def _word(text: str) -> Word | Phrase:
    """A single character of a script without spaces is looked up where it stands."""
    return Phrase(text) if is_single_character(text) else Word(text)


def _read_sign(reading: _Reading, value: str, negated: bool) -> bool:
    """Read `@name` and `#slug`; False when it is neither."""
    if len(value) < 2 or value[0] not in "@#":
        return False
    if value[0] == "@":
        return _read_operator(reading, "by", value[1:], negated)
    topic, tag = key_of(value[1:]), tag_key(value[1:])
    return bool(tag) and _add(reading, [f"topic={topic or tag}", f"tag={tag}"], negated)


def _read_operator(reading: _Reading, operator: str, value: str, negated: bool) -> bool:
    """Read an operator; False when there is none of this name or it makes no sense."""
    if operator in ("after", "before"):
        moment = day_began(value, clock.now(), reading.zone)
        if moment is None or negated:
            return False
        setattr(reading, operator, moment)
        return True
    if operator == "order" and value.lower() in _ORDER_NAMES and not negated:
        reading.order = _ORDER_NAMES[value.lower()]
        return True
    if operator == "in" and value.lower() == "title" and not negated:
        reading.in_title = True
        return True
    if operator == "tag" and not negated and len(parts := _BOTH.split(value)) > 1:
        each = [_marks("tag", [part], reading) for part in parts]
        for marks in each:
            _add(reading, marks, negated)
        return any(each)
    marks = _marks(operator, value.split(","), reading)
    return bool(marks) and _add(reading, marks, negated)


def _marks(operator: str, values: Sequence[str], reading: _Reading) -> list[str]:
    """Give the marks of which a document must have one; none for a strange operator."""
    marks: list[str] = []
    for value in values:
        name = tag_key(value) if operator == "tag" else key_of(value)
        if not name:
            continue
        if operator == "by":
            mine = name == "me" and reading.member_id is not None
            marks.append(f"author={reading.member_id}" if mine else f"by={name}")
        elif operator in ("topic", "tag"):
            marks.append(f"{operator}={name}")
        elif operator in ("kind", "lang"):
            marks.append(f"{operator}={value.strip().lower()}")
        elif operator == "status" and name in _STATES:
            marks.append(f"status={name}")
    return marks


def _add(reading: _Reading, marks: Sequence[str], negated: bool) -> bool:
    if marks and len(reading.filters) + len(reading.without_filters) < MOST_TERMS:
        (reading.without_filters if negated else reading.filters).append(Filter(tuple(marks)))
    return bool(marks)


def wanted_terms(query: Query) -> frozenset[str]:
    """Give every index term that the query's words may be found by, for marking."""
    return frozenset(
        term for word in query.words for branch in BRANCHES for group in word.groups(branch) for term in group
    )
