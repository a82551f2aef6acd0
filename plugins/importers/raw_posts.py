"""The Markdown that came beside an archive, found again by thread and post.

Its order is not the order of the threads and it does not fit into memory, so
it waits in a temporary database that goes away by itself.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path

from .archive import Skipped
from .json_lines import Limits, Record, read_records

_FILE_NAME = re.compile(r"(?:.*[./])?(\d{1,12})(?:\.md|\.txt)?$", re.DOTALL)
_HEADER = re.compile(r"^(.{1,100}) \| \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \| #(\d{1,9})$", re.MULTILINE)
_SEPARATOR = "\n-------------------------\n\n"


def thread_of_name(name: str) -> int | None:
    """Find the thread's id in a name such as `some-title.2400.md`."""
    found = _FILE_NAME.match(name)
    return int(found[1]) if found else None


class RawPosts:
    """The raw texts of an archive, on disk."""

    def __init__(self) -> None:
        # An empty name is a private file that SQLite removes when it is closed.
        self._base = sqlite3.connect("")
        self._base.execute("PRAGMA cache_size = -4000")
        self._base.execute("CREATE TABLE raw (thread INTEGER, page INTEGER, text TEXT)")
        self._base.execute("CREATE INDEX raw_thread ON raw (thread)")
        self._pages = 0

    def close(self) -> None:
        """Give the disk space back."""
        self._base.close()

    def add(self, thread: int, text: str) -> None:
        """Keep a thread's text, or one more page of it."""
        self._pages += 1
        text = text.encode("utf-8", "replace").decode()
        self._base.execute("INSERT INTO raw VALUES (?, ?, ?)", (thread, self._pages, text))

    def add_file(self, path: Path, limits: Limits) -> Iterator[Skipped]:
        """Keep all texts of a file of JSON lines `{file, text}`; name what is bad."""
        for record in read_records(path, limits):
            if isinstance(record, Record):
                name, text = record.values.get("file"), record.values.get("text")
                thread = thread_of_name(name) if isinstance(name, str) else None
                if thread is not None and isinstance(text, str):
                    self.add(thread, text)
            else:
                yield record

    def of_thread(self, thread: int, authors: Mapping[int, str]) -> dict[int, str]:
        """Return a thread's texts by post number; `authors` names who wrote each post.

        Who wrote in the old community could write such headers too. What
        stands between two headers is a post's text only if both are certain:
        greater than all numbers before them, and less than all behind. Then it
        is taken if the archive knows the post and its writer: a post that was
        hidden there is in the raw text too.
        """
        rows = self._base.execute("SELECT text FROM raw WHERE thread = ? ORDER BY page", (thread,))
        pages = [split_raw(text) for text in dict.fromkeys(text for (text,) in rows)]
        pages.sort(key=lambda page: page[0].number if page else 0)
        certain = _certain([part.number for page in pages for part in page])
        texts: dict[int, str] = {}
        for page in pages:
            for part, following in zip(page, [*page[1:], None], strict=True):
                ends_well = following is None or following.number in certain
                if part.number in certain and ends_well and authors.get(part.number) == part.writer:
                    texts[part.number] = part.text
        return texts


@dataclass(frozen=True, slots=True)
class RawPart:
    """What stands under one header."""

    number: int
    writer: str
    text: str


def split_raw(text: str) -> list[RawPart]:
    """Cut a page of raw text at every header that follows the mark between posts."""
    heads = [
        head
        for head in _HEADER.finditer(text)
        if head.start() == 0 or text.endswith(_SEPARATOR, 0, head.start())
    ]
    parts: list[RawPart] = []
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        said = text[head.end() : following.start() if following else len(text)]
        said = said.strip("\n").removesuffix(_SEPARATOR.strip("\n")).strip("\n")
        parts.append(RawPart(int(head[2]), head[1], said))
    return parts


def _certain(numbers: list[int]) -> set[int]:
    """Give the numbers that are greater than all before and less than all behind them."""
    least_behind: list[float] = [inf]
    for number in reversed(numbers):
        least_behind.append(min(least_behind[-1], number))
    certain: set[int] = set()
    most = 0
    for number, behind in zip(numbers, least_behind[-2::-1], strict=True):
        if most < number < behind:
            certain.add(number)
        most = max(most, number)
    return certain
