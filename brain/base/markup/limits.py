"""What keeps a hostile text from costing more than it is worth."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

MAX_LENGTH = 32_000
"""Characters of a post; longer texts are never parsed."""

CPU_LIMIT_S = 0.8
"""Processor seconds one text may take; a post of 20 kB needs about a tenth."""

HARD_CPU_LIMIT_S = 0.9
"""The same for the process of the pool, held by the kernel, should the first be missed."""

WALL_LIMIT_S = 8.0
"""Seconds a request waits for its text when the machine is starved of processor time."""

MAX_DEPTH = 10
"""Quotes and lists inside one another; deeper marks are plain text."""

MAX_CELLS = 4_000
"""Cells of one table: missing ones are filled in, so short rows could grow without end."""

MAX_MENTIONS = 50
MAX_LINKS = 50
MAX_EXPANSIONS = 500
"""Links of one kind in one text (bare addresses, references, @names): each makes more than it takes."""

# In 36,000 posts of a forum of programmers the longest run is 79, the most openers 1,120 and the
# most lines 1,027.
_RUN = re.compile(r"(?:[\[\](){}<>*_`~!|&@\\+] ?)++")
_MAX_RUN = 800
_OPENERS = "[<`*_&@~"
_MAX_OPENERS = 5_000
_MAX_LINES = 3_000

# Tags that people type from habit and that stay; every other tag is shown as it was written.
SIMPLE_TAGS = frozenset(
    {"b", "del", "em", "i", "ins", "kbd", "mark", "s", "small", "strong", "sub", "sup", "u"}
)

Outcome = TypeVar("Outcome")


class OutOfTime(BaseException):
    """The processor time for one text is used up.

    Not an Exception, so that no parser below can swallow it.
    """


def is_absurd(source: str) -> bool:
    """Tell by one linear look whether a text is nothing but nesting."""
    return (
        source.count("\n") > _MAX_LINES
        or sum(map(source.count, _OPENERS)) > _MAX_OPENERS
        or any(run.end() - run.start() > _MAX_RUN for run in _RUN.finditer(source))
    )


def within_cpu_limit(work: Callable[[], Outcome]) -> Outcome:
    """Do the work, or raise OutOfTime after CPU_LIMIT_S processor seconds.

    Signals reach the main thread only: in any other thread the work is done
    without a limit (requests go through the pool, whose child has one thread).
    """
    if threading.current_thread() is not threading.main_thread():
        return work()
    armed = True

    def ring(number: int, frame: FrameType | None) -> None:
        if armed:
            raise OutOfTime

    # Virtual time: a busy machine does not make a post look hostile, and SIGALRM stays free.
    previous = signal.signal(signal.SIGVTALRM, ring)
    try:
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, CPU_LIMIT_S)
            return work()
        finally:
            armed = False  # the bell may ring between the last step and the next line
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    finally:
        signal.signal(signal.SIGVTALRM, previous)
