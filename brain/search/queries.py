"""Finding for a viewer: the index proposes, the database decides, the page shows.

Every hit is asked for again from the database before it is shown or counted:
an index that is a moment old must not tell of what was closed since.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from brain.base.access import Viewer, require
from brain.base.unit import after_response
from brain.plugin.containment import guarded
from brain.plugin.contribution import Card, Label, SearchSource
from brain.search.backend import Found, Hit, IndexDamaged, Reach, Window
from brain.search.index import index
from brain.search.indexing import ask_to_rebuild, sources
from brain.search.query import ORDERS, Query, parse
from brain.search.reading import NewestDocuments
from brain.search.snippets import Marker, Piece

log = logging.getLogger("brain.search")
PAGE = 20
LEAST_A_KIND = 5
MOST_PAGES = 50
#: Looked up beyond a page, for hits that the database does not confirm.
SPARE = 10
MOST_SPARE = 1_000


@dataclass(frozen=True)
class Asked:
    """What was typed into the box, and what was chosen beside it."""

    text: str = ""
    kind: str = ""
    language: str = ""
    order: str = ""
    page: int = 1


@dataclass(frozen=True)
class Row:
    """One result: its title and the place where it was found, in parts that are marked or not.

    `labels` are those it was found by.
    """

    card: Card
    kind_label: Label
    title: Sequence[Piece]
    pieces: Sequence[Piece]
    labels: Sequence[Sequence[Piece]]


@dataclass(frozen=True)
class Section:
    """Results of one kind; `count` goes up to 20, `has_more` says that there are others."""

    kind: str
    label: Label
    rows: Sequence[Row]
    count: int
    has_more: bool


@dataclass(frozen=True)
class Results:
    """A page of results, and how the question was understood.

    `is_partial`: the index is being built anew, only the newest was looked at.
    `is_loose`: nothing has all of the words, these have at least half of them.
    """

    query: Query
    sections: Sequence[Section] = ()
    page: int = 1
    is_partial: bool = False
    is_loose: bool = False

    @property
    def is_paged(self) -> bool:
        """Tell whether this is one kind, page by page, not the best of several."""
        return len(self.sections) == 1


def find(viewer: Viewer, asked: Asked) -> Results:
    """Find what the viewer may see. Raises TooSoon beyond the limit of visitors."""
    require(viewer, "search.use")
    query = parse(asked.text, viewer)
    if query.is_empty:
        return Results(query)
    if asked.order in ORDERS:
        query = replace(query, order=asked.order)
    query = query.narrowed(f"lang={asked.language.lower()}")
    here = {source.kind: (owner, source) for owner, source in sources()}
    kinds = tuple(here) if not asked.kind else tuple(kind for kind in here if kind == asked.kind)
    search = _Search(viewer, query, Reach(viewer.tokens, kinds), here)
    return search.results(min(asked.page, MOST_PAGES))


class _Search:
    """One question on its way: asked, loosened where need be, confirmed, cut into sections."""

    def __init__(
        self, viewer: Viewer, query: Query, reach: Reach, here: Mapping[str, tuple[str, SearchSource]]
    ) -> None:
        self._viewer = viewer
        self._query = query
        self._reach = reach
        self._here = here
        self._is_partial = False

    def results(self, page: int) -> Results:
        """Give a page of results; all words first, half of them if there is none."""
        for query in (self._query, replace(self._query, is_loose=True)):
            sections = self._sections(query, page)
            if sections or len(query.words) < 2 or (page > 1 and self._sections(query, 1)):
                break
        return Results(self._query, sections, page, self._is_partial, query.is_loose and bool(sections))

    def _sections(self, query: Query, page: int) -> list[Section]:
        confirmed = self._confirmed(query, page)
        kinds = [kind for kind in self._here if confirmed.get(kind)]
        shares = _share_out([len(confirmed[kind]) for kind in kinds])
        marker = Marker(query)
        return [
            self._section(kind, confirmed[kind], share, marker)
            for kind, share in zip(kinds, shares, strict=True)
        ]

    def _confirmed(self, query: Query, page: int) -> dict[str, list[Card]]:
        """Give the cards of a page, by kind; more is asked for when the best are no longer open."""
        spare = SPARE
        while True:
            found = self._ask(query, Window((page - 1) * PAGE, PAGE + spare))
            confirmed = {kind: self._confirm(kind, hits) for kind, hits in found.hits.items()}
            is_short = any(
                len(hits) > PAGE + spare and len(confirmed[kind]) < PAGE for kind, hits in found.hits.items()
            )
            if not is_short or spare >= MOST_SPARE:
                return confirmed
            spare *= 5

    def _ask(self, query: Query, window: Window) -> Found:
        try:
            return index().search(query, self._reach, window)
        except IndexDamaged as damage:
            log.warning("the index does not answer: %s", damage)
            self._is_partial = True
            after_response(ask_to_rebuild)
            return NewestDocuments().search(query, self._reach, window)

    def _confirm(self, kind: str, hits: Sequence[Hit]) -> list[Card]:
        """Ask the database which hits the viewer may see now, as they are now."""
        owner, source = self._here[kind]
        cards: Mapping[int, Card] = {}
        with guarded(owner, f"search: cards of {kind}"):
            cards = source.cards([hit.id for hit in hits], self._viewer)
        return [cards[hit.id] for hit in hits if hit.id in cards]

    def _section(self, kind: str, cards: Sequence[Card], share: int, marker: Marker) -> Section:
        label = self._here[kind][1].label
        rows = [_row(card, label, marker) for card in cards[:share]]
        return Section(kind, label, rows, min(len(cards), PAGE), len(cards) > PAGE)


def _row(card: Card, label: Label, marker: Marker) -> Row:
    title = marker.mark(card.title, card.language)
    labels = [marker.mark(name, card.language) for name in card.labels]
    found_by = [pieces for pieces in labels if any(piece.is_marked for piece in pieces)]
    return Row(card, label, title, marker.snippet(card.text, card.language), found_by)


def _share_out(counts: Sequence[int]) -> list[int]:
    """Share a page's rows out: a few for each kind, the rest to the first that have more."""
    if len(counts) == 1:
        return [min(counts[0], PAGE)]
    shares = [min(count, LEAST_A_KIND) for count in counts]
    for place, count in enumerate(counts):
        shares[place] += max(0, min(count - shares[place], PAGE - sum(shares)))
    return shares
