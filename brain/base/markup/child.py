"""The process that renders for others: a list of texts, then the next list.

Run as `python -m brain.base.markup.child` with a socket as standard input.
It ends when the socket does, so it never outlives the process it works for.
"""

from __future__ import annotations

import dataclasses
import json
import resource
import signal
import socket
import sys

from brain.base.markup.limits import HARD_CPU_LIMIT_S
from brain.base.markup.renderer import Rendered, render_here
from brain.base.markup.wire import receive, send

MEMORY_BYTES = 1 << 30


def serve(connection: socket.socket) -> None:
    """Render what comes until nothing comes any more."""
    render_here("*warm*")
    send(connection, b"ready")
    while (message := receive(connection)) is not None:
        answers = [dataclasses.asdict(_render(source)) for source in json.loads(message)]
        send(connection, json.dumps(answers).encode())


def _render(source: str) -> Rendered:
    # Nothing answers SIGPROF: the kernel ends this process, whatever code it is stuck in.
    signal.setitimer(signal.ITIMER_PROF, HARD_CPU_LIMIT_S)
    rendered = render_here(source)
    signal.setitimer(signal.ITIMER_PROF, 0)
    return rendered


if __name__ == "__main__":
    # Ctrl-C reaches the whole group; this process ends with its parent's socket.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    with socket.socket(fileno=sys.stdin.fileno()) as own:
        serve(own)
