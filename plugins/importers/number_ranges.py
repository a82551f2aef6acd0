"""Sets of post numbers as a short text: `1-20,22`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def write_ranges(numbers: Iterable[int]) -> str:
    """Write numbers as ranges, in order."""
    return ",".join(f"{first}-{last}" if last > first else f"{first}" for first, last in _runs(numbers))


def read_ranges(text: str) -> set[int]:
    """Read what `write_ranges` wrote."""
    numbers: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _dash, last = part.partition("-")
        numbers.update(range(int(first), int(last or first) + 1))
    return numbers


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    ordered = sorted(set(numbers))
    first = 0
    for at, number in enumerate(ordered):
        if at == 0 or number != ordered[at - 1] + 1:
            first = number
        if at + 1 == len(ordered) or ordered[at + 1] != number + 1:
            yield first, number
