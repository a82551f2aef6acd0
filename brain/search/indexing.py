"""Keeping the index as the database is: follow changes, build anew, compare.

The database is the truth. Whatever is indexed was read while the lock on the
index is held, so that of two processes the later one wrote the newer text.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from brain.base import events, jobs
from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.plugin import registry
from brain.plugin.containment import guarded
from brain.plugin.contribution import Document, SearchSource
from brain.plugin.models import PluginState
from brain.search.backend import Build, Fetched, IndexDamaged, Key
from brain.search.documents import digest_of
from brain.search.index import index

log = logging.getLogger("brain.search")
REBUILD = "search.rebuild"
#: How many documents are read from the database at once, and committed at once.
SLICE = 500
COMMIT = 2500
#: By day a part of the index is written anew when this much of it was deleted.
WORN_SHARE = 0.25
#: Said of a kind that has been walked to its end.
WHOLE = -1


class SourceFailed(Exception):
    """A plugin could not give its documents; told so that it is tried again."""


def sources() -> list[tuple[str, SearchSource]]:
    """List (owner, source) of what can be found now, in order of display."""
    found = registry.declared("search_sources")
    return sorted(found, key=lambda pair: (pair[1].order, pair[1].kind))


def follow(event: str, many: Sequence[Mapping[str, Any]]) -> None:
    """Index again what an event may have changed."""
    keys: set[Key] = set()
    for owner, source in sources():
        if event in source.changed_by:
            with guarded(owner, f"search: what changed of {source.kind}"):
                keys |= {Key(source.kind, id_) for ids in many for id_ in source.changed_by[event](ids)}
    update(keys)


def update(keys: Collection[Key]) -> None:
    """Bring documents up to date; a damaged index is built anew instead.

    Raises SourceFailed for documents that a plugin did not give.
    """
    failed: set[str] = set()
    is_damaged = False
    ordered = sorted(keys, key=lambda key: (key.kind, key.id))
    for start in range(0, len(ordered), SLICE):
        try:
            index().replace(ordered[start : start + SLICE], lambda some: _fetch(some, failed))
        except IndexDamaged:
            is_damaged = True  # go on: an index in the making has noted what changed
    if is_damaged:
        ask_to_rebuild()
    if failed:
        raise SourceFailed(", ".join(sorted(failed)))


def _fetch(keys: Collection[Key], failed: set[str]) -> Fetched:
    """Read documents; kinds that fail, or that are gone, are left as they are."""
    db.session.rollback()  # not the rows of before the lock
    fetched: set[Key] = set()
    documents: list[Document] = []
    for owner, source in sources():
        ids = sorted(key.id for key in keys if key.kind == source.kind)
        if not ids:
            continue
        some = _documents(owner, source, ids)
        if some is None:
            failed.add(source.kind)
        else:
            documents += some
            fetched |= {Key(source.kind, id_) for id_ in ids}
    return Fetched(fetched, documents)


def _documents(owner: str, source: SearchSource, ids: Sequence[int]) -> Sequence[Document] | None:
    """Ask a source for documents; None if a plugin failed, which is counted against it."""
    found: Sequence[Document] | None = None
    with guarded(owner, f"search: documents of {source.kind}"):
        found = source.documents(ids)
    db.session.rollback()
    return found


def ask_to_rebuild() -> None:
    """Have a new index built by the worker; asked once is enough."""
    if events.waiting(REBUILD) == 0:
        with unit_of_work():
            jobs.ask(REBUILD)


def build_on(seconds: float, *, fresh: bool) -> bool:
    """Go on building a new index for so long; True when it answers.

    Also True when another process builds it: nothing is left to do here.
    """
    ends = time.monotonic() + seconds
    with index().building(fresh=fresh) as build:
        if build is None:
            return True
        walk = _Walk(build)
        for _ in walk.commits():
            if time.monotonic() > ends:
                return False
        try:
            build.finish(walk.whole(), lambda some: _fetch(some, set()))
        except IndexDamaged as damage:
            log.warning("the index in the making is begun anew: %s", damage)
            return False
    return True


class _Walk:
    """A way through everything, in commits; it goes on where it stopped."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._walked = dict(build.walked)
        self._pending: list[Document] = []

    def commits(self) -> Iterator[None]:
        """Walk all kinds; yields after each commit but the last."""
        for owner, source in sources():
            after = self._walked.get(source.kind, 0)
            while after != WHOLE:
                some = _slice(owner, source, after)
                if some is None:
                    break  # the kind stays unfinished: it is tried again by `tend`
                after = some.last
                self._pending += some.documents
                self._walked[source.kind] = after
                if len(self._pending) >= COMMIT:
                    self._commit()
                    yield
        self._commit()

    def whole(self) -> list[str]:
        """Name the kinds that were walked to their end."""
        return [kind for kind, last in self._walked.items() if last == WHOLE]

    def _commit(self) -> None:
        self._build.add(self._pending, self._walked)
        self._pending = []


@dataclass(frozen=True)
class _Slice:
    """Documents of a kind in id order; `last` is WHOLE when none come after."""

    documents: Sequence[Document]
    last: int


def _slice(owner: str, source: SearchSource, after: int) -> _Slice | None:
    """Read the next documents of a kind; None if a plugin failed."""
    ids: Sequence[int] | None = None
    with guarded(owner, f"search: ids of {source.kind}"):
        ids = source.all_ids(after, SLICE)
    if not ids:
        return None if ids is None else _Slice((), WHOLE)
    documents = _documents(owner, source, ids)
    return None if documents is None else _Slice(documents, ids[-1])


@dataclass(frozen=True)
class Difference:
    """Where index and database disagree about a kind."""

    kind: str
    count: int
    missing: tuple[int, ...] = ()
    stale: tuple[int, ...] = ()
    ghosts: tuple[int, ...] = ()

    @property
    def keys(self) -> list[Key]:
        """Name the documents to index again."""
        return [Key(self.kind, id_) for id_ in (*self.missing, *self.stale, *self.ghosts)]


def compare(owner: str, source: SearchSource) -> Difference:
    """Compare all documents of a kind with the index.

    Raises IndexDamaged, and SourceFailed if a plugin does not give them.
    """
    indexed = index().digests(source.kind)
    count = len(indexed)
    missing: list[int] = []
    stale: list[int] = []
    after = 0
    while after != WHOLE:
        some = _slice(owner, source, after)
        if some is None:
            raise SourceFailed(source.kind)
        after = some.last
        for document in some.documents:
            digest = indexed.pop(document.id, None)
            if digest is None:
                missing.append(document.id)
            elif digest != digest_of(document):
                stale.append(document.id)
    return Difference(source.kind, count, tuple(missing), tuple(stale), tuple(sorted(indexed)))


def repair(difference: Difference) -> None:
    """Index again what index and database disagree about."""
    update(difference.keys)


def tend() -> bool:
    """See that the index is whole and holds what it should; True when there is more to do."""
    backend = index()
    if backend.is_building():
        ask_to_rebuild()
    if not backend.is_fit():
        ask_to_rebuild()
        return False
    _tend_kinds()
    return backend.tidy(WORN_SHARE)


def _tend_kinds() -> None:
    """Follow plugins that came or went: a switched-off plugin's documents stay, unseen."""
    backend = index()
    whole = backend.kinds()
    active = {source.kind for _owner, source in sources()}
    if not whole <= active:
        backend.set_kinds(whole & active)
        of_plugins = _kinds_of_known_plugins()
        if of_plugins is not None:
            backend.keep_kinds(active | of_plugins)
    for owner, source in sources():
        if source.kind not in whole:
            repair(compare(owner, source))
            backend.set_kinds(backend.kinds() | {source.kind})


def _kinds_of_known_plugins() -> set[str] | None:
    """Name the kinds of plugins that are on or off but not purged; None if one cannot say."""
    known = set(db.session.scalars(sa.select(PluginState.name)))
    db.session.rollback()
    plugins = registry.register().plugins
    if any(name not in plugins or plugins[name].problem for name in known):
        return None
    return {source.kind for name in known for source in plugins[name].contribution.search_sources}
