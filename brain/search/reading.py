"""Finding without an index: the newest documents, read from the database.

This answers while the index is built anew. It looks at the newest of each
kind only, and the page says so.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

from brain.plugin import registry
from brain.plugin.containment import guarded
from brain.plugin.contribution import Document, SearchSource
from brain.search.analysis import BRANCHES, fold_text
from brain.search.backend import Found, Hit, Reach, Window
from brain.search.documents import Indexed, analyse
from brain.search.matching import is_open, score
from brain.search.query import BEST, LATEST, OLDEST, Query

NEWEST = 2000
#: More ids than any community has: all at once.
ALL = 1 << 31
#: So much of a stem must stand in a text for it to be worth analysing.
SHORTEST_START = 3


class NewestDocuments:
    """A searcher over what the database holds now."""

    def search(self, query: Query, reach: Reach, window: Window) -> Found:
        """Find among the newest documents of each kind."""
        hits: dict[str, Sequence[Hit]] = {}
        for owner, source in registry.declared("search_sources"):
            if source.kind not in reach.kinds:
                continue
            with guarded(owner, f"search: documents of {source.kind}"):
                found = _best(source, query, reach)
                first = heapq.nlargest(window.end, found, key=lambda hit: (hit.score, hit.at, hit.id))
                if first[window.offset :]:
                    hits[source.kind] = first[window.offset :]
        return Found(hits)


def _best(source: SearchSource, query: Query, reach: Reach) -> list[Hit]:
    """Give the best hit of each group."""
    best: dict[str, Hit] = {}
    for indexed in _candidates(source, query):
        points = score(indexed, query) if is_open(indexed, query, reach) else None
        if points is None:
            continue
        hit = Hit(indexed.kind, indexed.id, _rank(query, indexed.at, points), indexed.at)
        kept = best.get(indexed.group)
        if kept is None or hit.score > kept.score:
            best[indexed.group] = hit
    return list(best.values())


def _rank(query: Query, at: int, points: float) -> float:
    if query.order == OLDEST:
        return float(-at)
    if query.order == LATEST or (query.order == BEST and not query.has_words):
        return float(at)
    return round(points, 3)


def _candidates(source: SearchSource, query: Query) -> Iterator[Indexed]:
    ids = source.all_ids(0, ALL)[-NEWEST:]
    starts = _starts(query)
    for document in source.documents(ids):
        if _may_match(document, starts):
            yield analyse(document)


def _starts(query: Query) -> list[set[str]]:
    """Give, for each word, how it may begin in a text, whatever its ending."""
    if query.is_loose:
        return []
    starts = []
    for word in query.words:
        stems = [term for code in BRANCHES for group in word.groups(code) for term in group]
        stems += word.folded()
        bare = [stem.partition(":")[2] or stem for stem in stems]
        starts.append({stem[: max(SHORTEST_START, len(stem) - 2)] for stem in bare})
    return starts


def _may_match(document: Document, starts: list[set[str]]) -> bool:
    """Tell cheaply whether a document is worth analysing."""
    if not starts:
        return True
    labels = (*document.tags, document.facts.get("topic_slugs", ""))
    text = fold_text(" ".join((document.title, document.body, *labels)))
    return all(any(start in text for start in some) for some in starts)
