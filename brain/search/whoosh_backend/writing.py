"""Commits to an index: deletions by number, additions in a new segment, a new seal.

Whoosh's `update_document` takes 50 to 300 ms and its own merging seconds, so
documents are deleted and added in batches, and only crumbs are merged at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex
from whoosh.reading import SegmentReader

from brain.plugin.contribution import Document
from brain.search.backend import Key
from brain.search.documents import analyse, key_mark
from brain.search.whoosh_backend.fields import Codec, schema, values_of
from brain.search.whoosh_backend.folder import Seal, digest_files, read_seal, write_seal
from brain.search.whoosh_backend.segments import INDEX_NAME, View

#: No segment grows beyond this many documents, so no merge takes long.
LARGEST = 5000
#: Segments of fewer documents are merged as soon as there are so many of them.
CRUMB, MOST_CRUMBS = 64, 8
#: By and by so many small ones are put together.
FEWEST_TOGETHER = 4
MEMORY_MB = 128
LOCK_PATIENCE = 5.0

Segments = Sequence[Any]
_CONTENTS = re.compile(rf"_{INDEX_NAME}_(\d+)\.toc")


@dataclass(frozen=True)
class Change:
    """What one commit changes."""

    delete: Collection[Key] = ()
    #: The same by Whoosh's numbers.
    numbers: Collection[int] = ()
    add: Iterable[Document] = ()
    #: Names of segments to write anew, together.
    merge: frozenset[str] = frozenset()


def create(folder: Path) -> None:
    """Make an empty index."""
    TOC.create(FileStorage(str(folder)), schema(), INDEX_NAME)
    write_seal(folder, Seal(0, digest_files(folder, {})))


def generation(folder: Path) -> int:
    """Give the number of the last commit, sealed or not; -1 if there is none."""
    names = (_CONTENTS.fullmatch(path.name) for path in folder.iterdir())
    return max((int(name[1]) for name in names if name), default=-1)


def commit(folder: Path, change: Change, view: View | None = None, **told: Any) -> None:
    """Change an index and seal it; `told` are fields of the seal.

    The caller holds the lock; what deletes needs the view of the last commit.
    Raises Whoosh's LockError if somebody else writes in this folder.
    """
    seal = read_seal(folder)
    index = FileIndex(FileStorage(str(folder)), schema(), INDEX_NAME)
    writer = index.writer(timeout=LOCK_PATIENCE, codec=Codec(compression=1), limitmb=MEMORY_MB)
    try:
        for number in sorted(_numbers(view, change)) if view else ():
            writer.delete_document(number)
        for document in change.add:
            writer.add_document(**values_of(analyse(document)))
        chosen = change.merge or _crumbs(writer.segments)
        writer.commit(mergetype=lambda writer, segments: _merge(writer, segments, chosen))
    except BaseException:
        if not writer.is_closed:
            writer.cancel()
        raise
    files = digest_files(folder, seal.files)
    write_seal(folder, replace(seal, generation=writer.generation, files=files, **told))


def _numbers(view: View, change: Change) -> set[int]:
    """Find the documents to delete, numbered as Whoosh's writer counts them."""
    marks = [key_mark(key.kind, key.id) for key in change.delete]
    return set(change.numbers) | {
        part.first + number
        for part in view.parts
        for mark in marks
        for number in part.leaf.documents("marks", mark)
    }


def _crumbs(segments: Segments) -> frozenset[str]:
    small = [s.segment_id() for s in segments if s.doc_count_all() < CRUMB]
    return frozenset(small if len(small) >= MOST_CRUMBS else ())


def _merge(writer: Any, segments: Segments, chosen: frozenset[str]) -> list[Any]:
    """Put the documents of chosen segments into the new one; drop segments without any."""
    kept = []
    for segment in segments:
        if segment.doc_count_all() == segment.deleted_count():
            continue
        if segment.segment_id() not in chosen:
            kept.append(segment)
            continue
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return kept


def choose_merge(segments: Mapping[str, tuple[int, int]], worn_share: float) -> frozenset[str]:
    """Choose segments that are worth writing anew; none when all is tidy.

    `segments` gives (documents, of these deleted) by name. First several small
    ones, each at most twice as large as those before it together, so that a
    document is rarely moved; then the one of which most is deleted, if that is
    more than `worn_share` of it.
    """
    small: list[str] = []
    total = 0
    for name, (count, deleted) in sorted(segments.items(), key=lambda item: item[1]):
        left = count - deleted
        if count >= LARGEST // 2 or count > max(CRUMB, 2 * total) or total + left > LARGEST:
            break
        small.append(name)
        total += left
    if len(small) >= FEWEST_TOGETHER:
        return frozenset(small)
    shares = {name: deleted / count for name, (count, deleted) in segments.items() if deleted}
    worst = max(shares, key=lambda name: shares[name], default="")
    return frozenset([worst] if worst and shares[worst] > worn_share else ())
