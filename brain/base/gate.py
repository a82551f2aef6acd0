"""A queue for those who want to write to SQLite.

SQLite lets one write at a time, and who comes second sleeps and tries again,
longer each time: under load some wait a second while others pass them by. Here
they line up before they ask: threads of a process at a lock, and the first of
each process at a file, which the system lets go of if the process is killed.
Who waited too long asks SQLite all the same, which then says no in its words.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from pathlib import Path

PATIENCE_SECONDS = 15.0
LOOK_AGAIN_SECONDS = 0.001


class Gate:
    """One gate for each database file and process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()
        self._file: int | None = None

    def enter(self) -> bool:
        """Wait for one's turn; False when it did not come in time."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        if not self._turn.acquire(timeout=PATIENCE_SECONDS):
            return False
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            while not self._is_first(self._file):
                if time.monotonic() > deadline:
                    self._turn.release()
                    return False
                time.sleep(LOOK_AGAIN_SECONDS)
        except OSError:
            # a full disk or a folder that cannot be written to: SQLite will say so itself
            self._turn.release()
            return False
        except BaseException:  # a job's time is up while it waits
            self.leave()
            raise
        return True

    def leave(self) -> None:
        """Let the next one in."""
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._turn.release()

    def _is_first(self, file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
