"""How real communities are shaped, as numbers a generator can follow.

Quantiles measured on two public Discourse archives (slicer and urho3d forums):
words a post, people's share of posts. Thread lengths are drawn longer than
there (mean 20 posts instead of 5-7), as in the comparison with other
platforms that the limits come from: 2,000 threads, 40,000 posts.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate, pairwise

#: (share of replies, words): p0 p10 p50 p90 p99 p99.9
REPLY_WORDS = ((0.0, 2), (0.1, 11), (0.5, 40), (0.9, 119), (0.99, 296), (0.999, 947), (1.0, 1500))
OPENING_WORDS = ((0.0, 5), (0.1, 27), (0.5, 72), (0.9, 176), (0.99, 424), (0.999, 1877), (1.0, 2500))
#: (share of threads, posts), scaled to a mean of about 20
THREAD_POSTS = ((0.0, 1), (0.13, 1), (0.5, 10), (0.75, 22), (0.9, 45), (0.99, 130), (1.0, 400))
LONGEST_THREAD = 2_000
UNANSWERED = 0.12
ZIPF = 1.0


@dataclass(frozen=True)
class Size:
    """How much to generate."""

    name: str
    topics: int
    threads: int
    posts: int
    members: int


SIZES = {
    "tiny": Size("tiny", 6, 100, 2_500, 60),
    "small": Size("small", 30, 2_000, 40_000, 1_000),
    "large": Size("large", 60, 20_000, 400_000, 10_000),
}


def draw(chance: random.Random, quantiles: tuple[tuple[float, int], ...]) -> int:
    """Draw a number between quantiles, linear in each stretch."""
    at = chance.random()
    for (low, small), (high, big) in pairwise(quantiles):
        if at <= high:
            return round(small + (big - small) * (at - low) / (high - low))
    return quantiles[-1][1]


def thread_lengths(chance: random.Random, size: Size) -> list[int]:
    """Draw posts for each thread: exactly `size.posts` in all, one very long thread."""
    longest = min(LONGEST_THREAD, size.posts // 5)
    drawn = [
        1 if chance.random() < UNANSWERED else draw(chance, THREAD_POSTS) for _ in range(size.threads - 1)
    ]
    wanted = size.posts - longest
    scale = wanted / sum(drawn)
    lengths = [max(1, int(n * scale)) for n in drawn]
    short = wanted - sum(lengths)
    while short:
        place = chance.randrange(len(lengths))
        step = 1 if short > 0 else -1
        if lengths[place] + step >= 1:
            lengths[place] += step
            short -= step
    lengths.insert(size.threads // 2, longest)
    return lengths


class Authors:
    """Draws authors by rank and frequency: a few write half of everything."""

    def __init__(self, chance: random.Random, ids: list[int]) -> None:
        self._chance = chance
        self._ids = ids
        self._sums = list(accumulate(1 / (rank + 1) ** ZIPF for rank in range(len(ids))))

    def draw(self) -> int:
        """Give the id of an author."""
        return self._ids[bisect_left(self._sums, self._chance.random() * self._sums[-1])]
