"""Find the facts that speak for a pair, and what is left without each."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from . import parts
from .listing import INTERPRETATION, Listing, common_languages
from .parts import Ruler
from .relations import common_broader, kind_of


@dataclass(frozen=True)
class Fact:
    """Hold a fact and what its part would measure, both ways, without it.

    "Without" means: the last of `values` taken out of the offer (a strange
    theme in its place for a facilitator, who would else be open to all); of
    two countries, the named likeness not counted.
    """

    part: str
    message_id: str
    values: tuple[str, ...]
    measure_without: tuple[float, float]


def facts_of_offer(need: Listing, offer: Listing, ruler: Ruler) -> Iterator[Fact]:
    """Find what speaks for a need and an offer."""
    for pick in offer.picks:
        nearest = _nearest(pick, need.picks, ruler)
        if nearest is not None:
            poorer = _without_pick(offer, pick)
            left = (ruler.topic(need, poorer), ruler.topic(poorer, need))
            yield Fact("topic", *_subject_in_common(nearest, pick), left)
    for way in (way for way in offer.modalities if way in need.modalities):
        poorer = replace(offer, modalities=_less(offer.modalities, way))
        yield Fact("modality", "same_modality", (way,), _both_ways(parts.modality(need, poorer)))
    yield from _facts_of_language(need, offer)
    found = parts.likenesses(need, offer)
    points = sum(likeness.points for likeness in found)
    for likeness in found:
        left = _both_ways(points - likeness.points)
        yield Fact("context", likeness.message_id, (likeness.value,), left)


def facts_of_facilitator(need: Listing, facilitator: Listing, ruler: Ruler) -> Iterator[Fact]:
    """Find what speaks for a need and a facilitator."""
    for lack in (lack for lack in facilitator.covers if lack in need.lacks):
        poorer = replace(facilitator, covers=_less(facilitator.covers, lack))
        yield Fact("covers", "covers", (lack,), _both_ways(parts.covered(need, poorer)))
    if parts.is_open(facilitator):
        yield Fact("focus", "open_focus", (), _both_ways(0.0))
    subjects = parts.subject_themes(facilitator)
    for theme in subjects:
        nearest = _nearest(theme, need.themes, ruler)
        if nearest is not None:
            left = _both_ways(ruler.held(need.themes, _less(subjects, theme)))
            yield Fact("focus", *_subject_in_common(nearest, theme), left)
    yield from _facts_of_language(need, facilitator)


def _facts_of_language(need: Listing, other: Listing) -> Iterator[Fact]:
    common = common_languages(need, other)
    for code in common:
        poorer = replace(other, languages=tuple(one for one in other.languages if one.code != code))
        left = _both_ways(parts.language(need, poorer))
        yield Fact("language", "common_language", (code,), left)
    if not common:
        covered = any(INTERPRETATION in one.covers for one in (need, other))
        yield Fact("language", "interpretation", ("covered",) if covered else (), _both_ways(0.0))


def _nearest(pick: str, others: tuple[str, ...], ruler: Ruler) -> str | None:
    """Name the pick that another one is nearest to; None when all are strange."""
    nearest = max(others, key=lambda other: ruler.nearness(other, pick), default=None)
    return nearest if nearest is not None and ruler.nearness(nearest, pick) else None


def _subject_in_common(wanted: str, pick: str) -> tuple[str, tuple[str, ...]]:
    """Name the message for two picks that meet, and its values.

    (code) when both named it; (goal or section, theirs, pick) when both fall
    under it; (theirs, pick) when they are related.
    """
    if wanted == pick:
        return f"same_{kind_of(pick)}", (pick,)
    above = common_broader(wanted, pick)
    if above is not None:
        return f"same_{kind_of(above)}", (above, wanted, pick)
    if kind_of(wanted) == kind_of(pick) == "theme":
        return "related_theme", (wanted, pick)
    return "related_topic", (wanted, pick)


def _without_pick(offer: Listing, pick: str) -> Listing:
    return replace(
        offer,
        themes=_less(offer.themes, pick),
        sectors=_less(offer.sectors, pick),
        sdgs=_less(offer.sdgs, pick),
    )


def _less(values: tuple[str, ...], taken: str) -> tuple[str, ...]:
    return tuple(value for value in values if value != taken)


def _both_ways(measure: float) -> tuple[float, float]:
    return measure, measure
