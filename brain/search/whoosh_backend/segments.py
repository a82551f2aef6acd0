"""A segment as it is searched: postings of Whoosh, numbers in arrays of ours.

Sets of documents are masks: an integer with one byte a document, so that a
set is joined in microseconds and, turned into bytes, asked by document.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC
from whoosh.reading import SegmentReader, TermNotFound

from brain.search.analysis import BRANCHES
from brain.search.ranking import LENGTH_SHARE
from brain.search.whoosh_backend.fields import ROW, Postings, schema
from brain.search.whoosh_backend.mapped import MappedSegment

Block = tuple[Sequence[int], Sequence[float], Sequence[bytes]]
INDEX_NAME = "MAIN"
MOST_MASKS_KEPT = 64


class Leaf:
    """One segment. It never changes; which documents are alive is the view's matter."""

    def __init__(self, storage: FileStorage, segment: W3Segment) -> None:
        self.name: str = segment.segment_id()
        self.size: int = segment.doc_count_all()
        # without its deletions, which change while the segment stays: Whoosh would look at each posting
        bare = MappedSegment(segment.codec(), segment.indexname, self.size, segment.segid)
        bare.compound = segment.compound
        self._reader = SegmentReader(storage, schema(), bare)
        packed = b"".join(self._reader.column_reader("row", translate=False))
        at, kind, group, ids, digest, factor, length = zip(*ROW.iter_unpack(packed), strict=True)
        self.at = array("q", at)
        self.kind = array("q", kind)
        self.group = array("q", group)
        self.ids = array("q", ids)
        self.digest = array("q", digest)
        self.factor = array("f", factor)
        self.length = array("I", length)
        self.total_length = sum(length)
        self.newest, self.oldest = max(at), min(at)
        self.kinds = frozenset(kind)
        self.branches = [code for code in BRANCHES if self.frequency("marks", f"branch={code}")]
        self._norms: tuple[float, array[float]] = (0.0, array("f"))
        self._masks: dict[str, int] = {}

    def close(self) -> None:
        """Let go of the file."""
        self._reader.close()

    def frequency(self, field: str, term: str) -> int:
        """Count the documents with a term, also those deleted meanwhile."""
        found: int = self._reader.doc_frequency(field, term.encode())
        return found

    def postings(self, field: str, term: str) -> Postings | None:
        """Open the postings of a term, None if it does not occur."""
        try:
            found: Postings = self._reader.postings(field, term.encode())
        except TermNotFound:
            return None
        return found

    def blocks(self, field: str, term: str) -> Iterator[Block]:
        """Read the postings of a term: documents, how often, places."""
        found = self.postings(field, term)
        if found is not None:
            yield from found.blocks()

    def documents(self, field: str, term: str) -> list[int]:
        """List the documents with a term, in order."""
        return [number for numbers, _often, _places in self.blocks(field, term) for number in numbers]

    def norms(self, average: float) -> array[float]:
        """Give by document what an occurrence in the body counts, for its length."""
        if self._norms[0] != average:
            fixed, share = 1 - LENGTH_SHARE, LENGTH_SHARE / average
            self._norms = (average, array("f", [1 / (fixed + share * n) for n in self.length]))
        return self._norms[1]

    def having(self, marks: Iterable[str]) -> int:
        """Give the mask of documents that have one of these marks."""
        found = 0
        for mark in marks:
            found |= self._mask(mark)
        return found

    def _mask(self, mark: str) -> int:
        kept = self._masks.get(mark)
        if kept is None:
            kept = self.mask_of(self.documents("marks", mark))
            if len(self._masks) >= MOST_MASKS_KEPT:
                self._masks.clear()
            self._masks[mark] = kept
        return kept

    def since(self, first: float) -> int:
        """Give the mask of documents of this moment or later."""
        return int.from_bytes(bytes([at >= first for at in self.at]), "little")

    def until(self, last: float) -> int:
        """Give the mask of documents of this moment or earlier."""
        return int.from_bytes(bytes([at <= last for at in self.at]), "little")

    def mask_of(self, documents: Iterable[int]) -> int:
        """Make a mask of document numbers."""
        row = bytearray(self.size)
        for number in documents:
            row[number] = 1
        return int.from_bytes(row, "little")

    def all(self) -> int:
        """Give the mask of all documents."""
        return int.from_bytes(b"\1" * self.size, "little")


@dataclass(frozen=True)
class Part:
    """A segment at one commit: `alive` masks its documents, `first` is Whoosh's number of the first."""

    leaf: Leaf
    alive: int
    first: int


@dataclass(frozen=True)
class View:
    """The index as of one commit."""

    folder: Path
    generation: int
    parts: Sequence[Part]
    count: int
    average: float

    def frequency(self, field: str, term: str) -> int:
        """Count the documents with a term, over all segments."""
        return sum(part.leaf.frequency(field, term) for part in self.parts)

    def branches(self) -> list[str]:
        """List the branches that there are texts in."""
        return [code for code in BRANCHES if any(code in part.leaf.branches for part in self.parts)]

    def living(self) -> Iterator[tuple[Leaf, int, int]]:
        """Walk the documents: (segment, number in it, Whoosh's number)."""
        for part in self.parts:
            alive = part.alive.to_bytes(part.leaf.size, "little")
            for number in range(part.leaf.size):
                if alive[number]:
                    yield part.leaf, number, part.first + number

    def of_other_kinds(self, kinds: Collection[int]) -> list[int]:
        """List Whoosh's numbers of documents whose kind is none of these."""
        return [whole for leaf, number, whole in self.living() if leaf.kind[number] not in kinds]

    def wear(self) -> dict[str, tuple[int, int]]:
        """Give of each segment how many documents it holds and how many of these are deleted."""
        return {
            part.leaf.name: (part.leaf.size, part.leaf.size - part.alive.bit_count()) for part in self.parts
        }

    def close_unless(self, kept: View | None) -> None:
        """Let go of the segments that another view does not have."""
        others = {part.leaf for part in kept.parts} if kept else set()
        for part in self.parts:
            if part.leaf not in others:
                part.leaf.close()


def open_view(folder: Path, before: View | None = None) -> View:
    """Open the newest commit of an index, with the segments that are open already."""
    storage = FileStorage(str(folder), readonly=True)
    toc = TOC.read(storage, INDEX_NAME, schema=schema())
    known = {part.leaf.name: part.leaf for part in before.parts} if before and before.folder == folder else {}
    parts = []
    first = 0
    for segment in toc.segments:
        leaf = known.get(segment.segment_id()) or Leaf(storage, segment)
        deleted = list(segment.deleted_docs())
        parts.append(Part(leaf, leaf.all() ^ leaf.mask_of(deleted), first))
        first += leaf.size
    count = first - sum(segment.deleted_count() for segment in toc.segments)
    return View(folder, toc.generation, parts, count, _average(parts))


def _average(parts: Sequence[Part]) -> float:
    """Give the average length of a body, as a power of two: norms are kept for long."""
    documents = sum(part.leaf.size for part in parts)
    length = sum(part.leaf.total_length for part in parts)
    return float(1 << max(3, round(length / max(documents, 1)).bit_length() - 1))
