"""JSON, one record a line, from a plain or packed file, never more than a line at a time."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from .archive import Reason, Skipped

MAX_LINE_BYTES = 32 * 1024 * 1024
"""A thread of some 10,000 posts; longer lines are skipped unread."""

MAX_ARCHIVE_BYTES = 64 * 1024**3
"""Unpacked; a small file that claims to hold more is a trap."""

_CHUNK_BYTES = 1024 * 1024
_OPENERS: dict[str, Callable[[Path, str], Any]] = {
    ".xz": lzma.open,
    ".lzma": lzma.open,
    ".gz": gzip.open,
    ".bz2": bz2.open,
}


@dataclass(frozen=True, slots=True)
class Record:
    """A JSON object and where it stood."""

    file: str
    line_number: int
    values: dict[str, Any]


@dataclass(frozen=True)
class Limits:
    """How much of an archive is read at most, in bytes."""

    line: int = MAX_LINE_BYTES
    archive: int = MAX_ARCHIVE_BYTES


def read_records(path: Path, limits: Limits) -> Iterator[Record | Skipped]:
    """Read the objects of a file of JSON lines; what cannot be read is named."""
    number = 0
    total = 0
    try:
        with _open(path) as file:
            while line := file.readline(limits.line + 1):
                number += 1
                total += len(line)
                if len(line) > limits.line:
                    total += _skip_line(file, limits.archive - total)
                    yield Skipped(path.name, number, Reason.TOO_LONG)
                elif line.strip():
                    yield parse_record(line, path.name, number)
                if total > limits.archive:
                    yield Skipped(path.name, number, Reason.ARCHIVE_TOO_LARGE)
                    return
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as problem:
        yield Skipped(path.name, number + 1, Reason.BROKEN_FILE, str(problem)[:200])


def parse_record(line: bytes, file: str, number: int) -> Record | Skipped:
    """Parse one JSON object."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as problem:
        return Skipped(file, number, Reason.NOT_JSON, str(problem)[:200])
    if not isinstance(values, dict):
        return Skipped(file, number, Reason.NOT_A_THREAD, type(values).__name__)
    return Record(file, number, values)


def _open(path: Path) -> IO[bytes]:
    opener = _OPENERS.get(path.suffix.lower())
    file: IO[bytes] = opener(path, "rb") if opener else path.open("rb")
    return file


def _skip_line(file: IO[bytes], most: int) -> int:
    """Read on to the line's end without keeping it; return how much that was."""
    skipped = 0
    while skipped <= most and (part := file.readline(_CHUNK_BYTES)):
        skipped += len(part)
        if part.endswith(b"\n"):
            break
    return skipped
