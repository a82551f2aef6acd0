"""Measure the parts of a score; each returns 0..1."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from .. import vocabulary
from .corpus import Corpus
from .listing import Listing, common_languages
from .relations import relation
from .weights import Weights

LEVELS = {"B1": 0.6, "B2": 0.8, "C1": 0.9, "C2": 0.95}
INTERPRETED = 0.5
SITUATIONS = ("ldc", "lldc", "sids")
# Themes about cooperating itself: a facilitator who names no other is open to every subject.
OPEN_THEMES = frozenset({"T11", "T15", "T18", "T19"})


@dataclass(frozen=True)
class Likeness:
    """Hold one likeness of two countries and what it counts."""

    message_id: str
    value: str
    points: float


@dataclass(frozen=True)
class Ruler:
    """Hold what topics are measured with: rarity and weights."""

    corpus: Corpus
    weights: Weights

    def topic(self, asking: Listing, answering: Listing) -> float:
        """Measure how well one listing's picks answer those of another."""
        marks = [
            self._facet((asked, answered), asking.picks, answering.picks)
            for asked, answered in zip(asking.facets, answering.facets, strict=True)
            if asked
        ]
        return fmean(marks) if marks else 0.0

    def met(self, pick: str, others: Iterable[str]) -> float:
        """Measure how far other picks meet one pick: independent hints add up."""
        return hints(self.nearness(pick, other) for other in others)

    def nearness(self, pick: str, other: str) -> float:
        """Measure how far one pick meets another, by their relation."""
        found = relation(pick, other)
        return float(getattr(self.weights, found)) if found else 0.0

    def _facet(
        self,
        facet: tuple[Sequence[str], Sequence[str]],
        every_asked: Sequence[str],
        every_answered: Sequence[str],
    ) -> float:
        """Take the Tversky index of one facet, weighted by rarity.

        Hints come from all facets; what was not asked counts in this one only.
        """
        asked, answered = facet
        shared = missed = unasked = 0.0
        for pick in asked:
            met, rarity = self.met(pick, every_answered), self.corpus.rarity(pick)
            shared += rarity * met
            missed += rarity * (1 - met)
        for pick in answered:
            unasked += self.corpus.rarity(pick) * (1 - self.met(pick, every_asked))
        against = self.weights.asked_and_missed * missed + self.weights.offered_unasked * unasked
        return shared / (shared + against) if shared else 0.0

    def focus(self, need: Listing, facilitator: Listing) -> float:
        """Measure whether a facilitator's themes hold the need's, or are open."""
        return 1.0 if is_open(facilitator) else self.held(need.themes, subject_themes(facilitator))

    def held(self, wanted: Sequence[str], subjects: Sequence[str]) -> float:
        """Measure how well some themes hold the best-met of others."""
        return max((self.met(theme, subjects) for theme in wanted), default=0.0)


def hints(strengths: Iterable[float]) -> float:
    """Add up independent hints: each closes its share of what is left."""
    left = 1.0
    for strength in strengths:
        left *= 1.0 - strength
    return 1.0 - left


def modality(mine: Listing, other: Listing) -> float:
    """Measure the ways in common: one is half, each further halves the rest."""
    shared = set(mine.modalities) & set(other.modalities)
    return hints(0.5 for _ in shared)


def language(mine: Listing, other: Listing) -> float:
    """Measure the common languages, by the weaker level of the two sides."""
    common = common_languages(mine, other)
    if common:
        return hints(min(LEVELS[level] for level in levels) for levels in common.values())
    interpreted = mine.counts_on_interpretation or other.counts_on_interpretation
    return INTERPRETED if interpreted else 0.0


def likenesses(mine: Listing, other: Listing) -> list[Likeness]:
    """List what makes the two countries comparable; points sum to 1 at most."""
    here, there = vocabulary.country(mine.country), vocabulary.country(other.country)
    if here is None or there is None:
        return []
    found = [
        Likeness(f"both_{situation}", situation, 0.25)
        for situation in SITUATIONS
        if situation in here.groups & there.groups
    ]
    if here.nearest_region and here.nearest_region == there.nearest_region:
        return [Likeness("same_region", here.nearest_region, 0.5), *found]
    if here.subregion and here.subregion == there.subregion:
        return [Likeness("same_region", here.subregion, 0.25), *found]
    return found


def covered(need: Listing, facilitator: Listing) -> float:
    """Measure the share of what a need lacks that a facilitator brings."""
    lacked = set(need.lacks)
    return len(lacked & set(facilitator.covers)) / len(lacked) if lacked else 0.0


def is_open(facilitator: Listing) -> bool:
    """Say whether a facilitator names no subject of its own."""
    return not subject_themes(facilitator)


def subject_themes(facilitator: Listing) -> tuple[str, ...]:
    """List a facilitator's themes without those about cooperating itself."""
    return tuple(theme for theme in facilitator.themes if theme not in OPEN_THEMES)
