"""Rendering for requests: in a child process that can be killed.

A thread cannot be stopped, a process can. The children are started afresh
(not forked: a copy of a process with threads may hang), take no secrets from
the environment, and are replaced when they die.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import queue
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from brain.base.markup.limits import WALL_LIMIT_S
from brain.base.markup.renderer import Rendered, render_plain, render_unparsed
from brain.base.markup.wire import receive, send

SIZE = 2
START_LIMIT_S = 20.0
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "PYTHONHOME", "LANG", "LC_ALL")

_log = logging.getLogger(__name__)


def render(source: str, *, language: str = "en") -> Rendered:
    """Render a member's text within a request.

    Processor time is limited to 0.8 s, spent in another process. Never
    raises: what takes longer is shown in plain paragraphs (`is_plain`).
    `language` is the text's own (BCP 47); no rule depends on it so far.
    """
    return render_unparsed(source) or _pool.render(source) or render_plain(source)


class _Gone(Exception):
    """The child ended; `by_limit` if for its use of the processor."""

    def __init__(self, *, by_limit: bool) -> None:
        super().__init__()
        self.by_limit = by_limit


class _Child:
    """One rendering process and the socket to it."""

    def __init__(self) -> None:
        self.is_ready = False
        self.connection, theirs = socket.socketpair()
        root = str(Path(__file__).resolve().parents[3])
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "brain.base.markup.child"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={**kept, "PYTHONPATH": root},
            )

    def ask(self, sources: Sequence[str]) -> list[Rendered]:
        """Have texts rendered; raises TimeoutError, OSError or _Gone."""
        if not self.is_ready:
            self.connection.settimeout(START_LIMIT_S)
            self.is_ready = self._answer() == b"ready"
        self.connection.settimeout(WALL_LIMIT_S * max(1, len(sources)))
        send(self.connection, json.dumps(sources).encode())
        answers = json.loads(self._answer())
        return [Rendered(a["html"], tuple(a["mentions"]), tuple(a["links"]), a["is_plain"]) for a in answers]

    def _answer(self) -> bytes:
        answer = receive(self.connection)
        if answer is None:
            raise _Gone(by_limit=self.process.wait() == -signal.SIGPROF)
        return answer

    def end(self) -> None:
        """End the process, at once and whatever it does."""
        self.connection.close()
        self.process.kill()
        self.process.wait()

    def disown(self) -> None:
        """Leave the process to the parent that this process was forked from."""
        self.connection.close()
        self.process.returncode = 0  # nothing to wait for here


class Pool:
    """At most so many children, started when first needed, the last used first."""

    def __init__(self, size: int = SIZE) -> None:
        self.children: set[_Child] = set()
        self._places: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(size):
            self._places.put(None)

    def render(self, source: str) -> Rendered | None:
        """Have a text rendered, or return None when it cannot be."""
        rendered = self.render_list([source])
        return rendered[0] if rendered else None

    def render_list(self, sources: Sequence[str]) -> list[Rendered] | None:
        """Have texts rendered by one child, or return None when one cannot be.

        Waits while all children are busy. A child that died of something
        else than these texts is replaced and asked once more.
        """
        child = self._places.get()
        try:
            for _ in range(2):
                try:
                    if child is None:
                        child = _Child()
                        self.children.add(child)
                    return child.ask(sources)
                except (_Gone, OSError) as trouble:
                    if child is not None:
                        self._drop(child)
                        child = None
                    _log.warning("The rendering process had to be ended: %r", trouble)
                    if isinstance(trouble, TimeoutError) or (isinstance(trouble, _Gone) and trouble.by_limit):
                        return None
            return None
        finally:
            self._places.put(child)

    def _drop(self, child: _Child) -> None:
        self.children.discard(child)
        child.end()

    def close(self) -> None:
        """End all children."""
        for child in list(self.children):
            self._drop(child)

    def process_ids(self) -> list[int]:
        """List the children's process ids."""
        return [child.process.pid for child in self.children]


def _begin_anew() -> None:
    """Give a forked process a pool of its own: the sockets are its parent's."""
    global _pool
    inherited, _pool = _pool, Pool()
    for child in inherited.children:
        child.disown()


def _end_all() -> None:
    _pool.close()


_pool = Pool()
os.register_at_fork(after_in_child=_begin_anew)
atexit.register(_end_all)
