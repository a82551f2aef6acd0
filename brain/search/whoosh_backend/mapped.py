"""The files of a segment as windows on its mapped file.

Whoosh copies each of them into memory, once for every process: an index of
80 MB is then held twice by each. A window copies only what is read, and the
map itself is the machine's page cache, which all processes share.
"""

from __future__ import annotations

import os
from typing import Any

from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile


class Window(BufferFile):  # type: ignore[misc]
    """One file within a map, read as Whoosh reads files."""

    def __init__(self, buffer: memoryview, name: str | None = None) -> None:
        self._buf = buffer
        self._name = name
        self._at = 0
        self.file = self
        self.onclose = None
        self.is_real = False
        self.is_closed = False

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes, or all that are left."""
        start = self._at
        end = len(self._buf) if size < 0 else min(start + size, len(self._buf))
        self._at = max(start, end)
        return bytes(self._buf[start:end])

    def readline(self) -> bytes:
        """Read up to the end of a line."""
        rest = bytes(self._buf[self._at :])
        end = rest.find(b"\n") + 1
        line = rest[:end] if end else rest
        self._at += len(line)
        return line

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._buf)}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """Give the place."""
        return self._at

    def subset(self, position: int, length: int, name: str | None = None) -> Window:
        """Open a window on a part."""
        return Window(self._buf[position : position + length], name or self._name)

    def close(self) -> None:
        """Let go of the map."""
        self.is_closed = True
        self._buf.release()


class Windows(CompoundStorage):  # type: ignore[misc]
    """The files within a segment's one file."""

    def open_file(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Open a file; where nothing could be mapped, as Whoosh does."""
        if self.is_closed or not self._source:
            return super().open_file(name, *args, **kwargs)
        offset, length = self.range(name)
        return Window(memoryview(self._source)[offset : offset + length], name)


class MappedSegment(W3Segment):  # type: ignore[misc]
    """A segment whose files are windows on its map."""

    def open_compound_file(self, storage: FileStorage) -> Windows:
        """Map the segment's file."""
        return Windows(storage.open_file(self.make_filename(self.COMPOUND_EXT)))
