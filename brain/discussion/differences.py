"""Where two sequences differ, found at a cost that no text can drive up.

The standard library's matcher takes cubic time on some inputs (40 s for two
texts of 1,500 letters). This is the greedy algorithm of E. W. Myers, "An O(ND)
Difference Algorithm and Its Variations" (Algorithmica 1, 1986), which stops
when more than so many items differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """The items `old[i1:i2]` give way to `new[j1:j2]`; either may be empty."""

    i1: int
    i2: int
    j1: int
    j2: int

    @property
    def size(self) -> int:
        """Count the items of the longer side."""
        return max(self.i2 - self.i1, self.j2 - self.j1)


def changes_between(old: Sequence[Any], new: Sequence[Any], most: int) -> list[Change] | None:
    """List the changes that make `new` of `old`, in order.

    None when more than `most` items would have to go or come. Takes at most
    the length of both times `most` steps, and the square of `most` in memory.
    """
    start, end = _common(old, new)
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    trail = _search(old, new, most)
    if trail is None:
        return None
    return [
        Change(change.i1 + start, change.i2 + start, change.j1 + start, change.j2 + start)
        for change in _joined(_steps_back(trail, len(old), len(new)))
    ]


def _common(old: Sequence[Any], new: Sequence[Any]) -> tuple[int, int]:
    """Count how many items both begin with, and end with."""
    most = min(len(old), len(new))
    start = 0
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, end


def _search(old: Sequence[Any], new: Sequence[Any], most: int) -> list[dict[int, int]] | None:
    """Say for each number of steps how far each diagonal reached, till the end is."""
    reached = {1: 0}
    trail: list[dict[int, int]] = []
    for steps in range(min(len(old) + len(new), most) + 1):
        trail.append(dict(reached))
        for diagonal in range(-steps, steps + 1, 2):
            x = _came_from(reached, diagonal, steps)
            y = x - diagonal
            while x < len(old) and y < len(new) and old[x] == new[y]:
                x, y = x + 1, y + 1
            reached[diagonal] = x
            if x >= len(old) and y >= len(new):
                return trail
    return None


def _came_from(reached: dict[int, int], diagonal: int, steps: int) -> int:
    if _goes_down(reached, diagonal, steps):
        return reached[diagonal + 1]
    return reached[diagonal - 1] + 1


def _goes_down(reached: dict[int, int], diagonal: int, steps: int) -> bool:
    return diagonal == -steps or (diagonal != steps and reached[diagonal - 1] < reached[diagonal + 1])


def _steps_back(trail: list[dict[int, int]], x: int, y: int) -> list[Change]:
    """Walk from the end to the beginning; gives the steps in order."""
    steps: list[Change] = []
    for number in range(len(trail) - 1, 0, -1):
        reached, diagonal = trail[number], x - y
        if _goes_down(reached, diagonal, number):
            x = reached[diagonal + 1]
            y = x - (diagonal + 1)
            steps.append(Change(x, x, y, y + 1))
        else:
            x = reached[diagonal - 1]
            y = x - (diagonal - 1)
            steps.append(Change(x, x + 1, y, y))
    return steps[::-1]


def _joined(steps: list[Change]) -> list[Change]:
    """Put steps that touch together."""
    joined: list[Change] = []
    for step in steps:
        last = joined[-1] if joined else None
        if last is not None and (last.i2, last.j2) == (step.i1, step.j1):
            joined[-1] = Change(last.i1, step.i2, last.j1, step.j2)
        else:
            joined.append(step)
    return joined
