"""How a query is asked of an index: which terms, at what weight, rarest first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from brain.search.query import Groups, Phrase, Query
from brain.search.ranking import GRAMMAR_SHARE, WEIGHTS
from brain.search.whoosh_backend.segments import View

#: The rarest so many of them are looked up.
MOST_GRAMMAR = 3
#: Where half of the words are enough, at most the rarest so many count.
MOST_LOOSE = 8


@dataclass(frozen=True)
class Group:
    """Alternatives, of which a document must have one."""

    terms: tuple[str, ...]
    frequency: int
    weight: float


@dataclass(frozen=True)
class Branch:
    """A query as texts of one language (or of several alike) are asked."""

    groups: tuple[Group, ...]
    fields: Mapping[str, float]
    #: Only documents of these languages, where the words alone do not say so.
    marks: tuple[str, ...] = ()
    #: So many groups must be there; 0 for all.
    least: int = 0


@dataclass(frozen=True)
class Plan:
    """A query as the index is asked it. `average` is the usual length of a text."""

    branches: Sequence[Branch]
    phrases: Sequence[tuple[tuple[str, ...], float]]
    average: float


def plan(view: View, query: Query) -> Plan:
    """Make a plan for the index as it is now."""
    phrases = [_phrase(view, phrase) for phrase in query.phrases]
    return Plan(_branches(view, query), phrases, view.average)


def _branches(view: View, query: Query) -> list[Branch]:
    """Ask in every language there are texts in; languages that come to the same are asked once."""
    fields = {"title": WEIGHTS["title"]} if query.in_title else dict(WEIGHTS)
    codes = view.branches()
    made: dict[Groups, Branch] = {}
    known: dict[tuple[str, ...], Group] = {}
    for word in query.words:
        known |= _groups_of(view, fields, [word.groups(code) for code in codes])
    grammar_marks = []
    for code in codes:
        groups = tuple(group for word in query.words for group in word.groups(code))
        if not groups:
            grammar_marks.append(f"branch={code}")
        elif groups not in made:
            asked = Branch(tuple(known[terms] for terms in groups), fields, least=_least(query, groups))
            made[groups] = _in_order(asked)
    branches = list(made.values())
    if query.words and grammar_marks:
        branches.append(_in_order(Branch(_grammar(view, query), {"places": 1.0}, tuple(grammar_marks))))
    return branches


def _groups_of(
    view: View, fields: Iterable[str], in_languages: Sequence[Groups]
) -> dict[tuple[str, ...], Group]:
    """Weigh the terms of one word: it is as rare as it is in all languages together.

    By its own rarity a word would count most in the language with the fewest texts.
    """
    made: dict[tuple[str, ...], Group] = {}
    for together in zip_longest(*in_languages, fillvalue=()):
        counts = {terms: _frequency(view, fields, terms) for terms in together if terms}
        weight = _rarity(view, sum(counts.values()))
        made |= {terms: Group(terms, count, weight) for terms, count in counts.items()}
    return made


def _least(query: Query, groups: Groups) -> int:
    return (len(groups) + 1) // 2 if query.is_loose else 0


def _grammar(view: View, query: Query) -> tuple[Group, ...]:
    groups = []
    for word in {word for typed in query.words for word in typed.folded()}:
        frequency = view.frequency("places", word)
        groups.append(Group((word,), frequency, GRAMMAR_SHARE * _rarity(view, frequency)))
    return tuple(sorted(groups, key=lambda group: group.frequency)[:MOST_GRAMMAR])


def _frequency(view: View, fields: Iterable[str], terms: tuple[str, ...]) -> int:
    return sum(max(view.frequency(field, term) for field in fields) for term in terms)


def _in_order(branch: Branch) -> Branch:
    """Put the rarest first.

    A branch in which a word does not occur at all finds nothing, unless it is
    content with half of the words.
    """
    groups = sorted(branch.groups, key=lambda group: group.frequency)
    if branch.least:
        groups = [group for group in groups if group.frequency][:MOST_LOOSE]
    if not groups or not groups[0].frequency or len(groups) < branch.least:
        return replace(branch, groups=())
    return replace(branch, groups=tuple(groups))


def _rarity(view: View, frequency: int) -> float:
    missing = max(view.count - frequency, 0)
    return math.log(1 + (missing + 0.5) / (frequency + 0.5))


def _phrase(view: View, phrase: Phrase) -> tuple[tuple[str, ...], float]:
    words = phrase.folded()
    return words, sum(_rarity(view, view.frequency("places", word)) for word in words)
