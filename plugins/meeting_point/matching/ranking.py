"""Put the parts of a score together, explain it and order listings by it."""

from collections.abc import Mapping
from datetime import date

from . import parts
from .corpus import Corpus
from .gates import gate
from .listing import Listing, ListingId, Side
from .parts import Ruler
from .reasons import facts_of_facilitator, facts_of_offer
from .result import Part, Reason, Scored
from .weights import DEFAULT_WEIGHTS, Weights

MOST_SUGGESTIONS = 20
LEAST_AMOUNT = 0.001

# Part by part: how well the listing answers the need, and the need the listing.
Measures = Mapping[str, tuple[float, float]]


def rank_offers(
    need: Listing, corpus: Corpus, *, today: date, weights: Weights = DEFAULT_WEIGHTS
) -> list[Scored]:
    """Order offers by how well they and the need fit each other.

    Returns at most 20, best first; score in 0..1; ties by older offer.
    """
    return _rank(need, "offer", Ruler(corpus, weights), today)


def rank_facilitators(
    need: Listing, corpus: Corpus, *, today: date, weights: Weights = DEFAULT_WEIGHTS
) -> list[Scored]:
    """Order facilitators by how well they cover what the need lacks.

    Returns at most 20, best first; score in 0..1; ties by older listing.
    """
    return _rank(need, "facilitate", Ruler(corpus, weights), today)


def rank_needs(
    listing: Listing, corpus: Corpus, *, today: date, weights: Weights = DEFAULT_WEIGHTS
) -> list[Scored]:
    """Order needs by how well they fit an offer or a facilitator.

    Returns at most 20, best first; score in 0..1; ties by older need. A pair
    scores the same seen from either side.
    """
    return _rank(listing, "need", Ruler(corpus, weights), today)


def score_pair(
    need: Listing, other: Listing, corpus: Corpus, weights: Weights = DEFAULT_WEIGHTS
) -> Scored | None:
    """Score and explain a need with an offer or a facilitator; no gate is asked.

    None when they share no subject, or when a facilitator is not called for.
    """
    ruler = Ruler(corpus, weights)
    return _explained(need, other, ruler) if _score(need, other, ruler) else None


def _rank(mine: Listing, side: Side, ruler: Ruler, today: date) -> list[Scored]:
    found = []
    for other in ruler.corpus:
        if other.side != side or gate(mine, other, today) is not None:
            continue
        score = _score(*_need_first(mine, other), ruler)
        if score:
            found.append((-round(score, 9), other.created_on, _in_order(other.id), other))
    found.sort(key=lambda entry: entry[:3])
    best = [other for *_, other in found[:MOST_SUGGESTIONS]]
    suggestions = (_explained(*_need_first(mine, other), ruler) for other in best)
    return [
        Scored(other.id, suggestion.score, suggestion.parts)
        for other, suggestion in zip(best, suggestions, strict=True)
    ]


def _in_order(listing_id: ListingId) -> str:
    """Write an id so that numbers stand in their order: 9 before 10."""
    return str(listing_id).rjust(20, "0") if isinstance(listing_id, int) else listing_id


def _need_first(mine: Listing, other: Listing) -> tuple[Listing, Listing]:
    return (mine, other) if mine.side == "need" else (other, mine)


def _measure(need: Listing, other: Listing, ruler: Ruler) -> Measures:
    """Measure every part both ways."""
    language = parts.language(need, other)
    if other.side == "facilitate":
        covers, focus = parts.covered(need, other), ruler.focus(need, other)
        return {"covers": (covers, covers), "focus": (focus, focus), "language": (language, language)}
    modality = parts.modality(need, other)
    context = sum(likeness.points for likeness in parts.likenesses(need, other))
    return {
        "topic": (ruler.topic(need, other), ruler.topic(other, need)),
        "modality": (modality, modality),
        "language": (language, language),
        "context": (context, context),
    }


def _combine(measures: Measures, weights: Mapping[str, float]) -> dict[str, float]:
    """Give each part its mark; marks times weights sum to the harmonic mean.

    With F and B the weighted sums of the two directions, a part measured
    (f, b) gets (f B + b F) / (F + B): between f and b, nearer to the one of
    the poorer direction, and summing to 2 F B / (F + B).
    """
    forward = sum(weights[name] * measure[0] for name, measure in measures.items())
    backward = sum(weights[name] * measure[1] for name, measure in measures.items())
    if not forward or not backward:
        return dict.fromkeys(measures, 0.0)
    return {
        name: (there * backward + back * forward) / (forward + backward)
        for name, (there, back) in measures.items()
    }


def _is_match(measures: Measures) -> bool:
    """Say whether a pair shares a subject, or a facilitator has a part to play."""
    if "topic" in measures:
        return min(measures["topic"]) > 0
    return measures["covers"][0] > 0 or measures["focus"][0] > 0


def _total(measures: Measures, weights: Mapping[str, float]) -> float:
    """Give the score of a pair; 0 when it is no match, whatever else it shares."""
    if not _is_match(measures):
        return 0.0
    marks = _combine(measures, weights)
    return sum(weights[name] * mark for name, mark in marks.items())


def _weights_for(other: Listing, weights: Weights) -> dict[str, float]:
    return weights.of_facilitator() if other.side == "facilitate" else weights.of_pair()


def _score(need: Listing, other: Listing, ruler: Ruler) -> float:
    if other.side == "facilitate" and not need.lacks:
        return 0.0
    return _total(_measure(need, other, ruler), _weights_for(other, ruler.weights))


def _explained(need: Listing, other: Listing, ruler: Ruler) -> Scored:
    """Score a pair with its parts and, for each, what speaks for it.

    A fact is a reason only if the score would lose by its absence.
    """
    weights, measures = _weights_for(other, ruler.weights), _measure(need, other, ruler)
    marks, total = _combine(measures, weights), _total(measures, weights)
    facts = facts_of_facilitator if other.side == "facilitate" else facts_of_offer
    reasons: dict[str, list[Reason]] = {name: [] for name in measures}
    for fact in facts(need, other, ruler):
        amount = total - _total({**measures, fact.part: fact.measure_without}, weights)
        if amount >= LEAST_AMOUNT:
            reasons[fact.part].append(Reason(fact.message_id, fact.values, amount))
    named = tuple(Part(name, mark, weights[name], tuple(reasons[name])) for name, mark in marks.items())
    return Scored(other.id, total, named)
