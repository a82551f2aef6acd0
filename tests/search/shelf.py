"""A small source of things to be found, kept in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from brain.base import events
from brain.base.access import Viewer
from brain.base.unit import unit_of_work
from brain.plugin.contribution import Card, Contribution, Document, SearchSource

CHANGED = "shelf_changed"
DAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def document(id_: int, title: str = "", body: str = "", **fields) -> Document:
    """Make a document; what a test does not say is ordinary."""
    values = {
        "kind": "book",
        "language": "en",
        "audience": frozenset({"public"}),
        "at": DAY + timedelta(minutes=id_),
    } | fields
    return Document(id=id_, title=title, body=body, **values)


class Shelf:
    """Documents of one kind. What is `secret` the database would not show."""

    def __init__(self, kind: str = "book", order: int = 50) -> None:
        self.kind = kind
        self.order = order
        self.documents: dict[int, Document] = {}
        self.secret: set[int] = set()
        self.is_broken = False
        self.asked_for_cards = 0

    def put(self, id_: int, title: str = "", body: str = "", **fields) -> None:
        """Place or replace a document, and tell of it."""
        self.documents[id_] = document(id_, title, body, kind=self.kind, **fields)
        self.tell(id_)

    def take_away(self, id_: int) -> None:
        """Remove a document, and tell of it."""
        del self.documents[id_]
        self.tell(id_)

    def tell(self, *ids: int) -> None:
        """Say that documents changed."""
        with unit_of_work():
            events.publish_many(CHANGED, [{"kind": self.kind, "book_id": id_} for id_ in ids])

    def source(self) -> SearchSource:
        """Declare the shelf."""
        return SearchSource(
            kind=self.kind,
            label=f"All {self.kind}s",
            changed_by={CHANGED: lambda ids: [ids["book_id"]] if ids["kind"] == self.kind else []},
            all_ids=lambda after, limit: [n for n in sorted(self.documents) if n > after][:limit],
            documents=self._documents,
            cards=self._cards,
            order=self.order,
        )

    def _documents(self, ids: Sequence[int]) -> list[Document]:
        if self.is_broken:
            raise RuntimeError("the shelf fell")
        return [self.documents[id_] for id_ in ids if id_ in self.documents]

    def _cards(self, ids: Sequence[int], viewer: Viewer) -> Mapping[int, Card]:
        self.asked_for_cards += 1
        return {
            id_: Card(id_, d.title, f"/{self.kind}/{id_}", d.language, d.author, d.at, d.body)
            for id_ in ids
            if (d := self.documents.get(id_)) and id_ not in self.secret and d.audience & viewer.tokens
        }


def contribution(*shelves: Shelf) -> Contribution:
    """Declare shelves as a slice would."""
    return Contribution(search_sources=[shelf.source() for shelf in shelves])
