"""The Markdown that came beside an archive, found again by thread and post.

Its order is not the order of the threads and it does not fit into memory, so
it waits in a temporary database that goes away by itself.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
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
        """Return a thread's texts by post number.

        `authors` names who wrote each post: a line that looks like a header
        but names someone else, or no post of the thread, is somebody's text.
        """
        rows = self._base.execute("SELECT text FROM raw WHERE thread = ? ORDER BY page", (thread,))
        texts: dict[int, str] = {}
        for (text,) in rows:
            for number, raw in split_raw(text, authors):
                texts.setdefault(number, raw)
        return texts


def split_raw(text: str, authors: Mapping[int, str]) -> Iterable[tuple[int, str]]:
    """Cut a thread's raw text at the headers of its posts."""
    heads = [
        head
        for head in _HEADER.finditer(text)
        if authors.get(int(head[2])) == head[1]
        and (head.start() == 0 or text.endswith(_SEPARATOR, 0, head.start()))
    ]
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        end = following.start() if following else len(text)
        yield (
            int(head[2]),
            text[head.end() : end].strip("\n").removesuffix(_SEPARATOR.strip("\n")).strip("\n"),
        )
