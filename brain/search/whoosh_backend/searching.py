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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from brain.search.analysis import BRANCHES
from brain.search.backend import Found, Hit, Reach, Window
from brain.search.documents import BODY_PLACE, LAST_PLACE, TITLE_KEY_LENGTH
from brain.search.query import BEST, LATEST, OLDEST, Phrase, Query
from brain.search.ranking import EXACT_TITLE, SATURATION, WEIGHTS
from brain.search.whoosh_backend.fields import Postings, number_of
from brain.search.whoosh_backend.planning import Branch, Plan, plan
from brain.search.whoosh_backend.segments import Leaf, View

#: For so few documents the blocks of a posting list between them are skipped.
FEW = 48
#: Of each kind the newest so many matches are ranked: a common word costs no more than this.
#: By time, what can still come onto the page is ranked beyond it.
MOST_RANKED = 20_000
Scores = dict[int, float]


def search(view: View, query: Query, reach: Reach, window: Window) -> Found:
    """Find the best documents of each kind, one a group."""
    order = LATEST if query.order == BEST and not query.has_words else query.order
    asked = plan(view, query)
    ranking = _Ranking(order, {number_of(kind): kind for kind in reach.kinds}, window.end)
    for leaf, alive in _by_time(view, order):
        allowed = _allowed(leaf, alive, query, reach)
        unranked = allowed & ~ranking.passed_over(leaf)
        scores = _scores(leaf, unranked, query, asked) if unranked else {}
        _raise_equal_titles(leaf, scores, allowed, query)
        ranking.take(leaf, scores)
    return ranking.cut(window)


def _by_time(view: View, order: str) -> list[tuple[Leaf, int]]:
    """Walk segments from the newest on, or from the oldest where these are wanted."""
    if order == OLDEST:
        parts = sorted(view.parts, key=lambda part: part.leaf.oldest)
    else:
        parts = sorted(view.parts, key=lambda part: part.leaf.newest, reverse=True)
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
            more = _match(leaf, branch, within, asked.average)
            # a document may be found in two languages by a word of a third
            both = {number: max(score, scores[number]) for number, score in more.items() if number in scores}
            scores = {**scores, **more, **both} if scores else more
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
                _count(leaf, field, term, into)
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


def _count(leaf: Leaf, field: str, term: str, into: _Into) -> None:
    """Add a term's occurrences, weighed by field and length."""
    counts, passed, kept, norms, weight = into.counts, into.passed, into.kept, into.norms, into.weight
    pairs: Iterable[tuple[int, float]]
    if kept is not None and len(kept) < FEW:
        postings = leaf.postings(field, term)
        pairs = [(n, postings.weight()) for n in _meet(postings, sorted(kept)) if postings]
    else:
        blocks = ((numbers, often) for numbers, often, _places in leaf.blocks(field, term))
        pairs = (pair for numbers, often in blocks for pair in zip(numbers, often, strict=True))
    for number, times in pairs:
        if number in kept if kept is not None else passed[number]:
            more = weight * times if norms is None else weight * times * norms[number]
            counts[number] = counts[number] + more if number in counts else more


def _phrase_counts(
    leaf: Leaf, words: Sequence[str], passed: bytes | Scores | None, *, in_title: bool
) -> dict[int, int]:
    """Count how often words follow one another, by document."""
    order = sorted(range(len(words)), key=lambda step: leaf.frequency("places", words[step]))
    packed: dict[int, dict[int, bytes]] = {}
    left: bytes | Mapping[int, object] | None = passed
    for step in order:
        left = packed[step] = _places(leaf, words[step], left)
        if not left:
            return {}
    limit = BODY_PLACE if in_title else LAST_PLACE + 1
    counts = {}
    for number in packed[order[-1]] if order else ():
        starts = None
        for step, places in packed.items():
            here = {place - step for place in array("H", places[number])}
            starts = here if starts is None else starts & here
        counts[number] = sum(place < limit for place in starts or ())
    return {number: count for number, count in counts.items() if count}


def _places(leaf: Leaf, word: str, passed: bytes | Mapping[int, object] | None) -> dict[int, bytes]:
    """Give where a word stands, by document, still packed, in documents that passed."""
    if isinstance(passed, Mapping) and len(passed) < FEW:
        postings = leaf.postings("places", word)
        return {number: postings.value() for number in _meet(postings, sorted(passed)) if postings}
    blocks = ((numbers, places) for numbers, _often, places in leaf.blocks("places", word))
    pairs = (pair for numbers, places in blocks for pair in zip(numbers, places, strict=True))
    if passed is None:
        return dict(pairs)
    if isinstance(passed, bytes):
        return {number: places for number, places in pairs if passed[number]}
    return {number: places for number, places in pairs if number in passed}


def _meet(postings: Postings | None, numbers: Sequence[int]) -> Iterator[int]:
    """Stop at each of a few documents that postings hold; the blocks between are skipped."""
    for number in numbers:
        if postings is None or not postings.is_active():
            return
        postings.skip_to(number)
        if postings.is_active() and postings.id() == number:
            yield number


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

    def __init__(self, order: str, kinds: Mapping[int, str], wanted: int) -> None:
        self._by_time = {LATEST: 1, OLDEST: -1}.get(order, 0)
        self._kinds = kinds
        self._wanted = wanted
        self._taken = dict.fromkeys(kinds, 0)
        # by kind and group: rank, time, id
        self._best: dict[int, dict[int, tuple[float, int, int]]] = {number: {} for number in kinds}

    def passed_over(self, leaf: Leaf) -> int:
        """Give the mask of documents that are not looked at: enough of their kind was ranked.

        By time nothing is left out that would come onto the page: segments
        overlap in time.
        """
        full = [number for number, count in self._taken.items() if count >= MOST_RANKED]
        mask = leaf.having(f"kind={self._kinds[number]}" for number in full)
        if not mask or not self._by_time:
            return mask
        least = min(self._least(self._best[number]) for number in full)
        bound = leaf.newest if self._by_time > 0 else -leaf.oldest
        if bound < least:
            return mask
        return mask & ~(leaf.since(least) if self._by_time > 0 else leaf.until(-least))

    def take(self, leaf: Leaf, scores: Scores) -> None:
        """Take in the matches of a segment."""
        for kind in leaf.kinds:
            if kind in self._best:
                mine = (
                    scores if len(leaf.kinds) == 1 else {n: scores[n] for n in scores if leaf.kind[n] == kind}
                )
                self._taken[kind] += len(mine)
                self._take_kind(leaf, mine, self._best[kind])

    def _take_kind(self, leaf: Leaf, scores: Scores, best: dict[int, tuple[float, int, int]]) -> None:
        """Keep what is best in its group; of equals the one written first."""
        at, groups, ids, factors = leaf.at, leaf.group, leaf.ids, leaf.factor
        if self._by_time:
            ranks = [(float(self._by_time * at[number]), number) for number in scores]
        else:
            ranks = [(score * factors[number], number) for number, score in scores.items()]
        least = self._least(best)
        for exact, number in ranks:
            if exact < least:
                continue
            rank, group = round(exact, 3), groups[number]
            kept = best.get(group)
            if kept is None or rank > kept[0] or (rank == kept[0] and ids[number] < kept[2]):
                best[group] = (rank, at[number], ids[number])

    def _least(self, best: Mapping[int, tuple[float, int, int]]) -> float:
        """Give the rank below which nothing can come onto the page any more."""
        if len(best) < self._wanted:
            return -math.inf
        return heapq.nlargest(self._wanted, best.values())[-1][0] - 0.001

    def cut(self, window: Window) -> Found:
        """Cut the wanted page out of each kind; newer first among equals."""
        hits: dict[str, list[Hit]] = {}
        for number, kind in self._kinds.items():
            first = heapq.nlargest(window.end, self._best[number].values())[window.offset :]
            if first:
                hits[kind] = [Hit(kind, id_, rank, at) for rank, at, id_ in first]
        return Found(hits)
