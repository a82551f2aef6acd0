"""Hold what a score says: suggestions, their parts and the reasons."""

from dataclasses import dataclass

from .listing import ListingId


@dataclass(frozen=True)
class Reason:
    """Hold one fact that speaks for a pair, as a message id and its values.

    Sentences are made where the reader's language is known. `amount` is what
    the score would lose without this fact, always above 0: without the last
    of `values` in the offer, with a strange theme in place of a facilitator's,
    without the named likeness of the two countries.
    """

    message_id: str
    values: tuple[str, ...]
    amount: float


@dataclass(frozen=True)
class Part:
    """Hold one part of a score; weight times score is what it contributes."""

    name: str
    score: float
    weight: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Scored:
    """Hold a suggestion: which listing, how well it fits (0..1) and why.

    The score is the sum of weight times score over the parts.
    """

    listing_id: ListingId
    score: float
    parts: tuple[Part, ...]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """List the reasons of all parts, the weightiest first."""
        every = (reason for part in self.parts for reason in part.reasons)
        return tuple(sorted(every, key=lambda reason: -reason.amount))
