"""Hold the listings at hand and how rare each concept is among them."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from .listing import Listing, ListingId
from .relations import broader_of


@dataclass
class Corpus:
    """Hold the listings at hand and how rare each concept is among them.

    A concept counts for a listing that names it or something narrower. Adding
    or removing a listing costs a few counters.
    """

    listings: dict[ListingId, Listing] = field(default_factory=dict)
    holding: Counter[str] = field(default_factory=Counter)
    hidden: frozenset[ListingId] = frozenset()

    @classmethod
    def of(cls, listings: Iterable[Listing]) -> "Corpus":
        """Build a corpus from listings."""
        corpus = cls()
        for listing in listings:
            corpus.add(listing)
        return corpus

    def add(self, listing: Listing) -> None:
        """Take a listing in, in place of an older state of the same id."""
        self.remove(listing.id)
        self.listings[listing.id] = listing
        self.holding.update(_concepts(listing))

    def remove(self, listing_id: ListingId) -> None:
        """Take a listing out; nothing happens when it is not there."""
        listing = self.listings.pop(listing_id, None)
        if listing is not None:
            self.holding.subtract(_concepts(listing))

    def hiding(self, listing_ids: Collection[ListingId]) -> "Corpus":
        """See the same corpus without some listings (dismissed, blocked).

        The view shares listings and counts with this one.
        """
        return replace(self, hidden=self.hidden | frozenset(listing_ids))

    def rarity(self, code: str) -> float:
        """Weigh a concept by how few listings hold it; above 0."""
        return math.log((len(self.listings) + 1) / (self.holding[code] + 0.5))

    def __iter__(self) -> Iterator[Listing]:
        """Go through the listings that are not hidden."""
        return (listing for listing in self.listings.values() if listing.id not in self.hidden)


def _concepts(listing: Listing) -> set[str]:
    picks = listing.picks
    return {*picks, *(wider for pick in picks for wider in broader_of(pick))}
