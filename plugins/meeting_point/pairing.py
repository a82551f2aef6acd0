"""Between the tables and the pure matching: what is matched with what, and kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
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
)
from .models import ListingRow, Suggestion

#: A self-declared working language counts as this CEFR level.
DECLARED_LEVEL = "C1"
_TOLD = 3


def match_listing(ids: Mapping[str, Any]) -> None:
    """Find the matches of a listing anew and tell of those that are new (a job)."""
    row = db.session.get(ListingRow, ids["listing_id"])
    if row is None:
        return
    known = _known_pairs(row.id)
    db.session.execute(
        sa.delete(Suggestion).where(sa.or_(Suggestion.need_id == row.id, Suggestion.listing_id == row.id))
    )
    pulse.beat("content")  # pages show the best matches, and keep them
    if row.status != "open" or row.withdrawn:
        return
    found = _rank(row)
    least = settings.value("meeting_point.least_score") / 100
    pairs = {_pair(row, scored): scored for scored in found if scored.score >= least}
    if pairs:
        db.session.execute(sa.insert(Suggestion), [_kept(pair, scored) for pair, scored in pairs.items()])
    for need_id, other_id in [pair for pair in pairs if pair not in known][:_TOLD]:
        events.publish("meeting_point.matched", need_id=need_id, listing_id=other_id)


def _known_pairs(listing_id: int) -> set[tuple[int, int]]:
    rows = sa.select(Suggestion.need_id, Suggestion.listing_id).where(
        sa.or_(Suggestion.need_id == listing_id, Suggestion.listing_id == listing_id)
    )
    return {(r.need_id, r.listing_id) for r in db.session.execute(rows)}


def _rank(row: ListingRow) -> list[Scored]:
    mine = as_listing(row)
    today = clock.now().date()
    corpus = Corpus.of([as_listing(other) for other in _counterparts(row)])
    if row.side == "need":
        found = [*rank_offers(mine, corpus, today=today), *rank_facilitators(mine, corpus, today=today)]
    else:
        found = rank_needs(mine, corpus, today=today)
    return sorted(found, key=lambda scored: -scored.score)


def _counterparts(row: ListingRow) -> Iterable[ListingRow]:
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
