"""Does one analysed document match: the plain meaning of a query, without an index.

Used while an index is built anew, and by tests as what an index must agree with.
"""

from __future__ import annotations

from brain.search.analysis import BRANCHES
from brain.search.backend import Reach
from brain.search.documents import BODY_PLACE, TITLE_KEY_LENGTH, Indexed
from brain.search.query import Phrase, Query, Word
from brain.search.ranking import EXACT_TITLE, GRAMMAR_SHARE, SATURATION, WEIGHTS


def is_open(indexed: Indexed, query: Query, reach: Reach) -> bool:
    """Tell whether the viewer may see a document and the filters let it pass."""
    if indexed.kind not in reach.kinds:
        return False
    if not any(f"audience={token}" in indexed.marks for token in reach.tokens):
        return False
    if not all(indexed.marks.intersection(wanted.marks) for wanted in query.filters):
        return False
    if any(indexed.marks.intersection(unwanted.marks) for unwanted in query.without_filters):
        return False
    if query.after is not None and indexed.at < query.after.timestamp():
        return False
    return query.before is None or indexed.at < query.before.timestamp()


def score(indexed: Indexed, query: Query) -> float | None:
    """Score a document's text; None if it does not match."""
    if any(_is_there(indexed, part, in_title=query.in_title) for part in query.without):
        return None
    total = 0.0
    counts = [_phrase_count(indexed, phrase, in_title=query.in_title) for phrase in query.phrases]
    if query.words:
        best = max((_branch_score(indexed, query, code) for code in BRANCHES), default=0.0)
        if not best:
            return None
        total += best
    if not all(counts):
        return None
    total += sum(count / (SATURATION + count) for count in counts)
    if query.has_words and f"title={query.title_key()[:TITLE_KEY_LENGTH]}" in indexed.marks:
        total += EXACT_TITLE
    return total * indexed.factor


def _branch_score(indexed: Indexed, query: Query, code: str) -> float:
    groups = [group for word in query.words for group in word.groups(code)]
    if not groups:
        return _grammar_score(indexed, query, code)
    weights = [_weight(indexed, group, in_title=query.in_title) for group in groups]
    found = sum(1 for weight in weights if weight)
    least = (len(groups) + 1) // 2 if query.is_loose else len(groups)
    return sum(weight / (SATURATION + weight) for weight in weights) if found >= least else 0.0


def _grammar_score(indexed: Indexed, query: Query, code: str) -> float:
    words = [word for typed in query.words for word in typed.folded()]
    is_whole = f"branch={code}" in indexed.marks and all(word in indexed.places for word in words)
    return GRAMMAR_SHARE if is_whole else 0.0


def _weight(indexed: Indexed, terms: tuple[str, ...], *, in_title: bool) -> float:
    fields = {"title": indexed.title, "labels": indexed.labels, "body": indexed.body}
    names = ("title",) if in_title else tuple(fields)
    return sum(WEIGHTS[name] * fields[name].get(term, 0) for name in names for term in terms)


def _phrase_count(indexed: Indexed, phrase: Phrase, *, in_title: bool) -> int:
    starts: set[int] | None = None
    for step, word in enumerate(phrase.folded()):
        places = {place - step for place in indexed.places.get(word, ())}
        starts = places if starts is None else starts & places
    return sum(1 for place in starts or () if place < BODY_PLACE or not in_title)


def _is_there(indexed: Indexed, part: Word | Phrase, *, in_title: bool) -> bool:
    if isinstance(part, Phrase):
        return bool(_phrase_count(indexed, part, in_title=in_title))
    branches = [part.groups(code) for code in BRANCHES]
    return any(
        groups and all(_weight(indexed, group, in_title=in_title) for group in groups) for groups in branches
    )
