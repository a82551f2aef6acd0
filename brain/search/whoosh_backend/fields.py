"""What the index holds of a document.

Fields take terms that our analysis made; Whoosh analyses nothing. A posting
keeps how often a term occurs, or where. What is filtered, sorted and counted
by stands as one row of numbers in a column, read whole for each segment.
"""

from __future__ import annotations

import hashlib
import struct
from array import array
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from whoosh.codec.whoosh3 import W3Codec, W3LeafMatcher
from whoosh.columns import FixedBytesColumn
from whoosh.fields import COLUMN, FieldType, Schema
from whoosh.formats import Existence, Format

from brain.search.documents import Indexed
from brain.search.ranking import WEIGHTS

Posting = tuple[bytes, int, float, bytes]
ROW = struct.Struct("<qqqqqfI")


class Row(NamedTuple):
    """The numbers of one document; kind and group are digests of their names."""

    at: int
    kind: int
    group: int
    id: int
    digest: int
    factor: float
    length: int


class Places(Format):  # type: ignore[misc]
    """A posting that holds word places, as 16-bit numbers of this machine."""

    posting_size = -1

    def decode_positions(self, valuestring: bytes) -> Sequence[int]:
        """Give the places, in order."""
        return array("H", valuestring)


class Terms(FieldType):  # type: ignore[misc]
    """A field that is given its postings ready made."""

    def __init__(self, format_: Format) -> None:
        super().__init__(format_, None)

    def index(self, value: list[Posting], **kwargs: Any) -> list[Posting]:
        """Give the postings back as they came."""
        return value


class Postings(W3LeafMatcher):  # type: ignore[misc]
    """A term's postings, read block by block: asking Whoosh for each one takes five times as long."""

    def blocks(self) -> Iterator[tuple[Sequence[int], Sequence[float], Sequence[bytes]]]:
        """Give (documents, how often, places) of each block; the matcher is used up."""
        while self.is_active():
            self._read_ids()
            self._read_weights()
            self._read_values()
            yield self._ids, self._weights, self._values
            self._next_block()


class Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's codec without field lengths, which stand in our column, and with our reader."""

    length_stats = False

    def postings_reader(self, dbfile: Any, terminfo: Any, format_: Any, **more: Any) -> Postings:
        """Open a term's postings; none are so few that they stand in the table of terms."""
        offset, length = terminfo.extent()
        return Postings(dbfile, offset, length, format_, **more)


def schema() -> Schema:
    """Describe the index."""
    fields: dict[str, Any] = {name: Terms(Existence()) for name in ("marks", *WEIGHTS)}
    fields["places"] = Terms(Places())
    fields["row"] = COLUMN(FixedBytesColumn(ROW.size))
    return Schema(**fields)


def number_of(name: str) -> int:
    """Give a name's digest as a signed 64-bit number."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little", signed=True)


def values_of(indexed: Indexed) -> dict[str, Any]:
    """Turn an analysed document into what Whoosh's writer takes."""
    row = Row(
        indexed.at,
        number_of(indexed.kind),
        number_of(indexed.group),
        indexed.id,
        indexed.digest,
        indexed.factor,
        indexed.length,
    )
    values: dict[str, Any] = {
        "marks": [(mark.encode(), 1, 1.0, b"") for mark in indexed.marks],
        "places": [
            (word.encode(), len(places), float(len(places)), array("H", places).tobytes())
            for word, places in indexed.places.items()
        ],
        "row": ROW.pack(*row),
    }
    for name, counts in (("title", indexed.title), ("labels", indexed.labels), ("body", indexed.body)):
        values[name] = [(term.encode(), count, float(count), b"") for term, count in counts.items()]
    return values
