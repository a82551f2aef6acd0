"""A shelf that the running application knows, and an index without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from brain.app import register_derived_jobs
from brain.base import pulse
from brain.base.access import VISITOR
from brain.search.backend import Fetched, Key, Reach, Window
from brain.search.query import parse
from brain.search.whoosh_backend.backend import WhooshBackend
from tests.search.shelf import Shelf, contribution


@pytest.fixture
def shelves(app) -> Iterator[Callable[..., Shelf]]:
    """Put shelves into the application's register for one test."""
    here = app.extensions["brain"]
    made: list[Shelf] = []

    def add(kind: str = "book", order: int = 50) -> Shelf:
        made.append(Shelf(kind, order))
        here.slices["shelf"] = contribution(*made)
        register_derived_jobs(app, here)
        return made[-1]

    yield add
    here.slices.pop("shelf", None)
    register_derived_jobs(app, here)
    pulse.forget_kept()


@pytest.fixture
def shelf(shelves) -> Shelf:
    """Give one shelf of books."""
    return shelves()


class Finder:
    """An index of its own, asked in one line."""

    def __init__(self, root: Path) -> None:
        self.backend = WhooshBackend(root)
        self.kinds = ("book",)

    def fill(self, *documents) -> None:
        """Build the index of these documents."""
        with self.backend.building(fresh=True) as build:
            build.add(documents, {})
            build.finish(["book"], lambda keys: Fetched())

    def update(self, *documents, gone=()) -> None:
        """Bring documents up to date."""
        keys = [Key(d.kind, d.id) for d in documents] + [Key("book", id_) for id_ in gone]
        self.backend.replace(keys, lambda some: Fetched(some, documents))

    def ids(self, text: str, *, viewer=VISITOR, limit: int = 20, offset: int = 0) -> list[int]:
        """Give what is found, in order, kind by kind."""
        query = parse(text, viewer)
        found = self.backend.search(query, Reach(viewer.tokens, self.kinds), Window(offset, limit))
        return [hit.id for hits in found.hits.values() for hit in hits]


@pytest.fixture
def finder(tmp_path) -> Iterator[Finder]:
    """Give an index in a folder of its own."""
    made = Finder(tmp_path / "search")
    made.fill()
    yield made
    made.backend.forget()
