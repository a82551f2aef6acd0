"""What an index must be able to do, and which one this site has.

The database is the truth, an index a copy that can be made anew. A backend
stores what `brain.search.documents.analyse` makes, so all agree on what matches.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from brain.plugin.contribution import Document
from brain.search.query import Query


class IndexDamaged(Exception):
    """The index is not there, or not as it was written: it must be built anew."""


@dataclass(frozen=True)
class Key:
    """Names a document."""

    kind: str
    id: int


@dataclass(frozen=True)
class Reach:
    """Who asks, by audience tokens, and the kinds that exist for them now."""

    tokens: frozenset[str]
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Window:
    """Which hits of each kind are wanted; one more is given if there is one."""

    offset: int = 0
    limit: int = 20

    @property
    def end(self) -> int:
        """Give the place behind the one more."""
        return self.offset + self.limit + 1


@dataclass(frozen=True)
class Hit:
    """A document that was found, the best of its group."""

    kind: str
    id: int
    score: float
    at: int


@dataclass(frozen=True)
class Found:
    """Hits by kind, best first; a kind without hits is left out."""

    hits: Mapping[str, Sequence[Hit]] = field(default_factory=dict)


@dataclass(frozen=True)
class Fetched:
    """What the database says of some documents: of these keys, those that are there."""

    keys: Collection[Key] = ()
    documents: Sequence[Document] = ()


#: Reads documents from the database, anew at each call.
Fetch = Callable[[Collection[Key]], Fetched]


class Searcher(Protocol):
    """Something that can be asked."""

    def search(self, query: Query, reach: Reach, window: Window) -> Found:
        """Find documents; raises IndexDamaged if there is nothing fit to ask."""


class Build(Protocol):
    """A new index in the making, beside the one that answers."""

    @property
    def walked(self) -> Mapping[str, int]:
        """Give how far each kind has been walked, by id."""

    def add(self, documents: Sequence[Document], walked: Mapping[str, int]) -> None:
        """Add documents that are not in it yet, and remember how far this was."""

    def finish(self, kinds: Collection[str], fetch: Fetch) -> None:
        """Take in what changed meanwhile and let the new index answer."""


class SearchBackend(Searcher, Protocol):
    """An index that can be kept up to date."""

    def replace(self, keys: Collection[Key], fetch: Fetch) -> None:
        """Bring these documents up to date; raises IndexDamaged."""

    def digests(self, kind: str) -> dict[int, int]:
        """Give what is indexed of a kind: digest by id."""

    def kinds(self) -> frozenset[str]:
        """Give the kinds that are indexed whole."""

    def set_kinds(self, kinds: Collection[str]) -> None:
        """Remember which kinds are indexed whole."""

    def keep_kinds(self, kinds: Collection[str]) -> None:
        """Remove all documents of other kinds."""

    def is_fit(self) -> bool:
        """Tell whether the index is whole, reading all of it."""

    def is_building(self) -> bool:
        """Tell whether a new index has been begun."""

    def building(self, *, fresh: bool) -> AbstractContextManager[Build | None]:
        """Go on with the new index in the making, or begin one.

        With `fresh` one that was begun is dropped. None if another process is
        at it.
        """

    def tidy(self, worn_share: float) -> bool:
        """Write a part of the index anew of which more than this share was deleted.

        False when there is none: with 0 nothing that was deleted is left in it.
        """

    def forget(self) -> None:
        """Let go of open files."""
