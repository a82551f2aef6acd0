"""Sets of numbers survive being written as ranges."""

from __future__ import annotations

import pytest

from plugins.importers.number_ranges import read_ranges, write_ranges


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        (set(), ""),
        ({1}, "1"),
        ({1, 2, 3}, "1-3"),
        ({2, 4, 5, 9}, "2,4-5,9"),
        ({1, 10**12}, "1,1000000000000"),
    ],
)
def test_numbers_are_written_as_ranges_and_read_again(numbers: set[int], text: str) -> None:
    assert write_ranges(numbers) == text
    assert read_ranges(text) == numbers
