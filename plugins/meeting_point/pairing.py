"""Between the tables and the pure matching: what is matched with what, and kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import sqlalchemy as sa

from brain.base import clock, events, pulse, settings
from brain.base.db import db

from .matching import (
    ALGORITHM_VERSION,
    Corpus,
    Listing,
    Scored,
    Spoken,
    rank_facilitators,
    rank_needs,
    rank_offers,
    score_pair,
)
from .matching.gates import gate
from .models import ListingRow, Suggestion

#: A self-declared working language counts as this CEFR level.
DECLARED_LEVEL = "C1"
_TOLD = 3


def match_listing(ids: Mapping[str, Any]) -> None:
    """Find the matches of a listing anew and tell of those that are new (a job)."""
    row = db.session.get(ListingRow, ids["listing_id"])
    if row is None:
        return
    # pages show the best matches, and keep them; from here on one worker matches at a time
    pulse.beat("content")
    known = _known_pairs(row.id)
    db.session.execute(
        sa.delete(Suggestion).where(sa.or_(Suggestion.need_id == row.id, Suggestion.listing_id == row.id))
    )
    pairs = _pairs(row, known) if row.status == "open" and not row.withdrawn else {}
    if pairs:
        db.session.execute(sa.insert(Suggestion), [_kept(pair, scored) for pair, scored in pairs.items()])
    _tell(row, known, list(pairs))


def _pairs(row: ListingRow, known: set[tuple[int, int]]) -> dict[tuple[int, int], Scored]:
    """Give the matches of a listing: its best ones, and those of others that hold still."""
    mine, today = as_listing(row), clock.now().date()
    others = {other.id: as_listing(other) for other in _every_open()}
    corpus = Corpus.of(list(others.values()))
    found = {_pair(row, scored): scored for scored in _rank(mine, corpus, today)}
    for pair in sorted(known - found.keys()):
        # the best of this listing are not all that it is among the best of
        need, other = (mine if listing_id == row.id else others.get(listing_id) for listing_id in pair)
        if need is None or other is None or gate(mine, other if need is mine else need, today) is not None:
            continue
        scored = score_pair(need, other, corpus)
        if scored is not None:
            found[pair] = scored
    least = settings.value("meeting_point.least_score") / 100
    return {pair: scored for pair, scored in found.items() if scored.score >= least}


def _tell(row: ListingRow, known: set[tuple[int, int]], pairs: list[tuple[int, int]]) -> None:
    """Tell everybody of a pair that is new to them; the author of this listing of a few only."""
    fresh = [pair for pair in pairs if pair not in known]
    for place, (need_id, listing_id) in enumerate(fresh):
        quiet_id = row.id if place >= _TOLD else 0
        events.publish("meeting_point.matched", need_id=need_id, listing_id=listing_id, quiet_id=quiet_id)
    lost = [{"need_id": need_id, "listing_id": listing_id} for need_id, listing_id in known - set(pairs)]
    events.publish_many("meeting_point.unmatched", lost)


def _known_pairs(listing_id: int) -> set[tuple[int, int]]:
    rows = sa.select(Suggestion.need_id, Suggestion.listing_id).where(
        sa.or_(Suggestion.need_id == listing_id, Suggestion.listing_id == listing_id)
    )
    return {(r.need_id, r.listing_id) for r in db.session.execute(rows)}


def _rank(mine: Listing, corpus: Corpus, today: date) -> list[Scored]:
    if mine.side == "need":
        found = [*rank_offers(mine, corpus, today=today), *rank_facilitators(mine, corpus, today=today)]
    else:
        found = rank_needs(mine, corpus, today=today)
    return sorted(found, key=lambda scored: -scored.score)


def _every_open() -> Iterable[ListingRow]:
    """Read every open listing: the engine weighs rarity over all of them."""
    return db.session.scalars(
        sa.select(ListingRow).where(ListingRow.status == "open", ListingRow.withdrawn == "")
    )


def _pair(row: ListingRow, scored: Scored) -> tuple[int, int]:
    other = int(scored.listing_id)
    return (row.id, other) if row.side == "need" else (other, row.id)


def _kept(pair: tuple[int, int], scored: Scored) -> dict[str, Any]:
    return {
        "need_id": pair[0],
        "listing_id": pair[1],
        "score": scored.score,
        "parts": [asdict(part) for part in scored.parts],
        "version": ALGORITHM_VERSION,
        "found_at": clock.now(),
    }


def as_listing(row: ListingRow) -> Listing:
    """Give a row as the engine wants it."""
    return Listing(
        id=row.id,
        side=row.side,
        author_id=row.author_id,
        organisation_id=row.organisation.casefold() or None,
        country=row.country,
        languages=tuple(Spoken(code, DECLARED_LEVEL) for code in row.languages),
        created_on=row.created_at.date(),
        expires_on=row.expires_on,
        status=row.status,
        capacity_left=row.capacity,
        themes=tuple(row.themes),
        sdgs=tuple(row.sdgs),
        modalities=tuple(row.modalities),
        lacks=tuple(row.lacks),
        covers=tuple(row.covers),
        places_include=tuple(row.places_include),
    )
