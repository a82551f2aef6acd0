"""Hold what matching needs to know of a listing."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Side = Literal["offer", "need", "facilitate"]
ListingId = int | str

INTERPRETATION = "interpretation"
RESIDUAL_CLASSES = frozenset({"S", "T19"})


@dataclass(frozen=True)
class Spoken:
    """Hold a working language and its CEFR level, B1 or better."""

    code: str
    level: str


@dataclass(frozen=True)
class Listing:
    """Hold what matching needs to know of an offer, a need or a facilitator.

    Codes come from `vocabulary`; places are ISO alpha-2 or M49 codes of the
    counterpart's country, none = anywhere. `country` may be empty (an
    international body). `text` is kept for a later part and not read.
    """

    id: ListingId
    side: Side
    author_id: ListingId
    organisation_id: ListingId | None
    country: str
    languages: tuple[Spoken, ...]
    created_on: date
    expires_on: date
    status: str = "open"
    capacity_left: int = 1
    themes: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    sdgs: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    places_include: tuple[str, ...] = ()
    places_exclude: tuple[str, ...] = ()
    text: str = ""

    @property
    def facets(self) -> tuple[tuple[str, ...], ...]:
        """List the picks by facet (theme, sector, SDG), residual classes left out."""
        named = (self.themes, self.sectors, self.sdgs)
        return tuple(tuple(code for code in picks if code not in RESIDUAL_CLASSES) for picks in named)

    @property
    def picks(self) -> tuple[str, ...]:
        """List the picks of all facets, residual classes left out."""
        return tuple(code for picks in self.facets for code in picks)

    @property
    def counts_on_interpretation(self) -> bool:
        """Say whether interpretation is asked for, or covered, by this listing."""
        return INTERPRETATION in self.lacks or INTERPRETATION in self.covers


def common_languages(mine: Listing, other: Listing) -> dict[str, tuple[str, str]]:
    """Map each language that both speak to the level of either side."""
    theirs = {spoken.code: spoken.level for spoken in other.languages}
    return {
        spoken.code: (spoken.level, theirs[spoken.code]) for spoken in mine.languages if spoken.code in theirs
    }
