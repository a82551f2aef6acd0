"""Rendered pieces of pages, kept in this process until newer ones push them out.

The key says everything that the piece depends on (ids, version, language,
role), so nothing is ever invalidated: what is old is no longer asked for.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from brain.base import pulse

Piece = TypeVar("Piece")


class Fragments(Generic[Piece]):
    """A store of pieces with a limit in bytes; the longest unused goes first."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held = 0
        self._pieces: OrderedDict[Hashable, tuple[Piece, int]] = OrderedDict()
        self._lock = threading.Lock()
        pulse.forget_with(self)

    def get(self, key: Hashable) -> Piece | None:
        """Give a kept piece, or None."""
        with self._lock:
            found = self._pieces.get(key)
            if found is None:
                return None
            self._pieces.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, piece: Piece, size_bytes: int) -> None:
        """Keep a piece; one larger than a tenth of the store is not kept."""
        if size_bytes * 10 > self._most:
            return
        with self._lock:
            old = self._pieces.pop(key, None)
            self._held += size_bytes - (old[1] if old else 0)
            self._pieces[key] = (piece, size_bytes)
            while self._held > self._most:
                _key, (_piece, size) = self._pieces.popitem(last=False)
                self._held -= size

    def forget(self) -> None:
        """Drop everything (a new application, a new database)."""
        with self._lock:
            self._pieces.clear()
            self._held = 0
