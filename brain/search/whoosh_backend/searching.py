"""Our evaluation of a query over Whoosh's postings.

Word by word, rarest first; what passed the words before decides what is read
of the next. Audience, kinds and filters are masks that are applied before any
posting counts, so nothing closed to the viewer is ever scored or counted.
"""

from __future__ import annotations

import heapq
import math
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from brain.search.analysis import BRANCHES
from brain.search.backend import Found, Hit, Reach, Window
from brain.search.documents import BODY_PLACE, TITLE_KEY_LENGTH
from brain.search.query import BEST, LATEST, OLDEST, Phrase, Query
from brain.search.ranking import EXACT_TITLE, SATURATION, WEIGHTS
from brain.search.whoosh_backend.fields import number_of
from brain.search.whoosh_backend.planning import Branch, Plan, plan
from brain.search.whoosh_backend.segments import Leaf, View

#: For so few documents the blocks of a posting list between them are skipped.
FEW = 16
#: Of each kind the newest so many matches are ranked: a common word costs no more than this.
MOST_RANKED = 20_000
Scores = dict[int, float]


def search(view: View, query: Query, reach: Reach, window: Window) -> Found:
    """Find the best documents of each kind, one a group."""
    order = LATEST if query.order == BEST and not query.has_words else query.order
    asked = plan(view, query)
    ranking = _Ranking(order, {number_of(kind): kind for kind in reach.kinds})
    for leaf, alive in _by_time(view, order):
        allowed = _allowed(leaf, alive, query, reach)
        unranked = allowed & ~leaf.having(f"kind={kind}" for kind in ranking.full())
        scores = _scores(leaf, unranked, query, asked) if unranked else {}
        _raise_equal_titles(leaf, scores, allowed, query)
        ranking.take(leaf, scores)
    return ranking.cut(window)


def _by_time(view: View, order: str) -> list[tuple[Leaf, int]]:
    """Walk segments from the newest on, or from the oldest where these are wanted."""
    parts = sorted(view.parts, key=lambda part: part.leaf.newest, reverse=order != OLDEST)
    return [(part.leaf, part.alive) for part in parts]


def _allowed(leaf: Leaf, alive: int, query: Query, reach: Reach) -> int:
    """Give the mask of documents that the viewer may see and the filters let pass."""
    allowed = alive & leaf.having(f"audience={token}" for token in reach.tokens)
    allowed &= leaf.having(f"kind={kind}" for kind in reach.kinds)
    for wanted in query.filters:
        allowed &= leaf.having(wanted.marks)
    for unwanted in query.without_filters:
        allowed &= ~leaf.having(unwanted.marks)
    if allowed and (query.after or query.before):
        first = query.after.timestamp() if query.after else -math.inf
        end = query.before.timestamp() if query.before else math.inf
        allowed &= int.from_bytes(bytes([first <= at < end for at in leaf.at]), "little")
    if allowed and query.without:
        allowed &= ~leaf.mask_of(_unwanted(leaf, query))
    return allowed


def _unwanted(leaf: Leaf, query: Query) -> set[int]:
    fields = ("title",) if query.in_title else tuple(WEIGHTS)
    found: set[int] = set()
    for part in query.without:
        if isinstance(part, Phrase):
            found.update(_phrase_counts(leaf, part.folded(), None, in_title=query.in_title))
            continue
        for code in BRANCHES:
            having = [
                {number for term in terms for field in fields for number in leaf.documents(field, term)}
                for terms in part.groups(code)
            ]
            if having:
                found |= set.intersection(*having)
    return found


def _scores(leaf: Leaf, allowed: int, query: Query, asked: Plan) -> Scores:
    """Give the documents of a segment that match, with their scores."""
    scores: Scores | None = None
    if query.words:
        scores = {}
        for branch in asked.branches:
            within = allowed & leaf.having(branch.marks) if branch.marks else allowed
            for number, score in _match(leaf, branch, within, asked.average).items():
                scores[number] = max(score, scores.get(number, 0.0))
    for words, weight in asked.phrases:
        passed = _as_bytes(leaf, allowed) if scores is None else scores
        counts = _phrase_counts(leaf, words, passed, in_title=query.in_title)
        scores = {
            number: (scores or {}).get(number, 0.0) + weight * count / (SATURATION + count)
            for number, count in counts.items()
        }
    if scores is None:
        passed = _as_bytes(leaf, allowed)
        return {number: 0.0 for number in range(leaf.size) if passed[number]}
    return scores


def _as_bytes(leaf: Leaf, mask: int) -> bytes:
    return mask.to_bytes(leaf.size, "little")


def _match(leaf: Leaf, branch: Branch, allowed: int, average: float) -> Scores:
    """Match the groups of a branch: all, or as many as it is content with."""
    if not branch.groups or not allowed:
        return {}
    passed = _as_bytes(leaf, allowed)
    kept: Scores | None = None
    found: Counter[int] = Counter()
    for group in branch.groups:
        counts: Scores = {}
        for field, weight in branch.fields.items():
            norms = leaf.norms(average) if field == "body" else None
            into = _Into(counts, passed, None if branch.least else kept, norms, weight)
            for term in group.terms:
                _count(leaf.postings(field, term), into)
        more = {number: group.weight * n / (SATURATION + n) for number, n in counts.items()}
        if branch.least:
            found.update(counts.keys())
            kept = {number: (kept or {}).get(number, 0.0) + more.get(number, 0.0) for number in found}
        else:
            kept = more if kept is None else {number: kept[number] + n for number, n in more.items()}
            if not kept:
                return {}
    return {number: score for number, score in (kept or {}).items() if found[number] >= branch.least}


@dataclass(frozen=True)
class _Into:
    """Where occurrences are counted, of which documents, at what weight."""

    counts: Scores
    passed: bytes
    kept: Scores | None
    norms: array[float] | None
    weight: float


def _count(matcher: Any, into: _Into) -> None:
    """Add a term's occurrences, weighed by field and length."""
    if matcher is None:
        return
    counts, passed, kept, norms, weight = into.counts, into.passed, into.kept, into.norms, into.weight
    if kept is not None and len(kept) < FEW:
        _count_few(matcher, into, sorted(kept))
        return
    number_at, weight_at, go_on, is_active = matcher.id, matcher.weight, matcher.next, matcher.is_active
    while is_active():
        number = number_at()
        if number in kept if kept is not None else passed[number]:
            more = weight * weight_at()
            counts[number] = counts.get(number, 0.0) + (more * norms[number] if norms is not None else more)
        go_on()


def _count_few(matcher: Any, into: _Into, numbers: Sequence[int]) -> None:
    """The same for a handful of documents: the blocks between them are skipped."""
    for number in numbers:
        if not matcher.is_active():
            return
        matcher.skip_to(number)
        if matcher.is_active() and matcher.id() == number:
            more = into.weight * matcher.weight()
            if into.norms is not None:
                more *= into.norms[number]
            into.counts[number] = into.counts.get(number, 0.0) + more


def _phrase_counts(
    leaf: Leaf, words: Sequence[str], passed: bytes | Scores | None, *, in_title: bool
) -> dict[int, int]:
    """Count how often words follow one another, by document."""
    matchers = [leaf.postings("places", word) for word in words]
    if len(words) == 1 and not in_title:
        return _word_counts(matchers[0], passed)
    if not words or any(matcher is None for matcher in matchers):
        return {}
    order = sorted(range(len(words)), key=lambda i: leaf.frequency("places", words[i]))
    rarest = matchers[order[0]]
    counts = {}
    while all(matcher.is_active() for matcher in matchers):
        number = rarest.id()
        if passed is None or (passed[number] if isinstance(passed, bytes) else number in passed):
            meet = True
            for i in order[1:]:
                matchers[i].skip_to(number)
                meet = matchers[i].is_active() and matchers[i].id() == number
                if not meet:
                    break
            count = _occurrences(matchers, in_title=in_title) if meet else 0
            if count:
                counts[number] = count
        rarest.next()
    return counts


def _word_counts(matcher: Any, passed: bytes | Scores | None) -> dict[int, int]:
    counts = {}
    while matcher is not None and matcher.is_active():
        number = matcher.id()
        if passed is None or (passed[number] if isinstance(passed, bytes) else number in passed):
            counts[number] = int(matcher.weight())
        matcher.next()
    return counts


def _occurrences(matchers: Sequence[Any], *, in_title: bool) -> int:
    """Count the places where all words stand in order, in the documents they are at."""
    starts = set(array("H", matchers[0].value()))
    for step, matcher in enumerate(matchers[1:], 1):
        starts &= {place - step for place in array("H", matcher.value())}
        if not starts:
            return 0
    return sum(place < BODY_PLACE for place in starts) if in_title else len(starts)


def _raise_equal_titles(leaf: Leaf, scores: Scores, allowed: int, query: Query) -> None:
    """Put documents first whose title is what was asked, also beyond what is ranked."""
    if not query.has_words:
        return
    numbers = leaf.documents("marks", f"title={query.title_key()[:TITLE_KEY_LENGTH]}")
    passed = _as_bytes(leaf, allowed) if numbers else b""
    for number in numbers:
        if passed[number]:
            scores[number] = scores.get(number, 0.0) + EXACT_TITLE


class _Ranking:
    """The best document of each group, by kind."""

    def __init__(self, order: str, kinds: Mapping[int, str]) -> None:
        self._order = order
        self._kinds = kinds
        self._taken = dict.fromkeys(kinds, 0)
        # by kind and group: rank, time, id
        self._best: dict[int, dict[int, tuple[float, int, int]]] = {number: {} for number in kinds}

    def full(self) -> list[str]:
        """Name the kinds of which enough has been ranked."""
        return [self._kinds[number] for number, count in self._taken.items() if count >= MOST_RANKED]

    def take(self, leaf: Leaf, scores: Scores) -> None:
        """Take in the matches of a segment; of equals in a group the one written first stays."""
        by_time = {LATEST: 1, OLDEST: -1}.get(self._order, 0)
        at, kinds, groups, ids, factors = leaf.at, leaf.kind, leaf.group, leaf.ids, leaf.factor
        best, taken = self._best, self._taken
        for number, score in scores.items():
            rank = float(by_time * at[number]) if by_time else round(score * factors[number], 3)
            kind, group = kinds[number], groups[number]
            taken[kind] += 1
            kept = best[kind].get(group)
            if kept is None or rank > kept[0] or (rank == kept[0] and ids[number] < kept[2]):
                best[kind][group] = (rank, at[number], ids[number])

    def cut(self, window: Window) -> Found:
        """Cut the wanted page out of each kind; newer first among equals."""
        hits: dict[str, list[Hit]] = {}
        for number, kind in self._kinds.items():
            first = heapq.nlargest(window.end, self._best[number].values())[window.offset :]
            if first:
                hits[kind] = [Hit(kind, id_, rank, at) for rank, at, id_ in first]
        return Found(hits)
