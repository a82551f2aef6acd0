"""Reads of the Meeting Point, as rows and frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from brain.base import clock, settings
from brain.base.access import Viewer, allowed_rows, require
from brain.base.db import db
from brain.base.errors import NotFound

from .models import ListingRow, Pick, Suggestion

PAGE = 20
_CARD = (
    ListingRow.id,
    ListingRow.author_id,
    ListingRow.side,
    ListingRow.status,
    ListingRow.audience,
    ListingRow.language,
    ListingRow.title,
    ListingRow.summary,
    ListingRow.organisation,
    ListingRow.country,
    ListingRow.themes,
    ListingRow.modalities,
    ListingRow.languages,
    ListingRow.expires_on,
    ListingRow.created_at,
    ListingRow.withdrawn,
)


@dataclass(frozen=True)
class ListingCard:
    """What a list shows of a listing."""

    id: int
    author_id: int
    side: str
    status: str
    audience: str
    language: str
    title: str
    summary: str
    organisation: str
    country: str
    themes: Sequence[str]
    modalities: Sequence[str]
    languages: Sequence[str]
    expires_on: date
    created_at: datetime
    withdrawn: str

    @property
    def is_open(self) -> bool:
        """Tell whether somebody may still answer it."""
        return self.status == "open" and not self.withdrawn and self.expires_on >= clock.now().date()


@dataclass(frozen=True)
class Match:
    """A counterpart with the score and its stored parts."""

    card: ListingCard
    score: float
    parts: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Wish:
    """What a list is filtered by; empty means anything."""

    side: str = ""
    theme: str = ""
    sdg: str = ""
    modality: str = ""
    language: str = ""
    country: str = ""


def open_listing(viewer: Viewer, listing_id: int) -> ListingRow:
    """Find one listing. Raises NotFound, also when it is not open to the viewer."""
    row = db.session.get(ListingRow, listing_id)
    if row is None:
        raise NotFound
    if not viewer.can("meeting_point.read", row):
        raise NotFound
    return row


def list_listings(viewer: Viewer, wish: Wish, page: int) -> tuple[list[ListingCard], bool]:
    """List open listings, newest first; says whether there are more."""
    query = sa.select(*_CARD).where(*_open_now(viewer))
    for facet in ("theme", "sdg", "modality", "language"):
        code = getattr(wish, facet)
        if code:
            query = query.where(_has_pick(facet, code))
    if wish.side:
        query = query.where(ListingRow.side == wish.side)
    if wish.country:
        query = query.where(ListingRow.country == wish.country)
    query = query.order_by(ListingRow.created_at.desc(), ListingRow.id.desc())
    window = query.limit(PAGE + 1).offset((page - 1) * PAGE)
    rows = db.session.execute(window, {"today": clock.now().date()}).all()
    return [ListingCard(*row) for row in rows[:PAGE]], len(rows) > PAGE


def _shown(viewer: Viewer) -> tuple[Any, ...]:
    return (allowed_rows(viewer, "meeting_point.read"), ListingRow.withdrawn == "")


def _has_pick(facet: str, code: str) -> Any:
    picks = sa.select(Pick.listing_id).where(Pick.facet == facet)
    # a goal finds its targets too
    wanted = Pick.code == code if facet != "sdg" or "." in code else Pick.code.in_([code])
    if facet == "sdg" and "." not in code:
        wanted = sa.or_(Pick.code == code, Pick.code.startswith(f"{code}.", autoescape=True))
    return ListingRow.id.in_(picks.where(wanted))


def cards(viewer: Viewer, ids: Iterable[int]) -> dict[int, ListingCard]:
    """Read cards by id; leaves out what the viewer may not see."""
    query = sa.select(*_CARD).where(ListingRow.id.in_(list(ids)), allowed_rows(viewer, "meeting_point.read"))
    return {row.id: ListingCard(*row) for row in db.session.execute(query)}


def author_of(listing_id: int) -> int | None:
    """Give who wrote a listing; None when it is gone."""
    return db.session.scalar(sa.select(ListingRow.author_id).where(ListingRow.id == listing_id))


def listings_of(viewer: Viewer, member_id: int, limit: int = 20) -> list[ListingCard]:
    """List a member's listings, open ones first; closed ones for the member only."""
    query = sa.select(*_CARD).where(ListingRow.author_id == member_id, *_shown(viewer))
    if viewer.id != member_id:
        query = query.where(ListingRow.status == "open")
    query = query.order_by(
        sa.case((ListingRow.status == "open", 0), (ListingRow.status == "paused", 1), else_=2),
        ListingRow.created_at.desc(),
    ).limit(limit)
    return [ListingCard(*row) for row in db.session.execute(query)]


def matches_of(viewer: Viewer, listing: ListingRow, limit: int) -> list[Match]:
    """List the best matches of a listing that the viewer may see, best first."""
    is_need = listing.side == "need"
    mine = Suggestion.need_id if is_need else Suggestion.listing_id
    other = Suggestion.listing_id if is_need else Suggestion.need_id
    query = (
        sa.select(Suggestion.score, Suggestion.parts, *_CARD)
        .join(ListingRow, ListingRow.id == other)
        .where(mine == listing.id, *_good_enough(), *_open_now(viewer))
        .order_by(Suggestion.score.desc(), Suggestion.id)
        .limit(limit)
    )
    rows = db.session.execute(query, {"today": clock.now().date()})
    return [Match(ListingCard(*row[2:]), row.score, row.parts) for row in rows]


def _open_now(viewer: Viewer) -> tuple[Any, ...]:
    """Conditions of what may be matched; the statement is given `today`."""
    return (
        *_shown(viewer),
        ListingRow.status == "open",
        ListingRow.expires_on >= sa.bindparam("today", type_=sa.Date()),
        ListingRow.capacity > 0,
    )


def best_match_for(viewer: Viewer) -> tuple[int, Match] | None:
    """Give a member's best match: the own listing's id and the counterpart."""
    least = settings.value("meeting_point.least_score") / 100
    given = {"today": clock.now().date(), "least": least}
    row = db.session.execute(_best_match(viewer), given).first()
    return None if row is None else (row.own_id, Match(ListingCard(*row[3:]), row.score, row.parts))


@lru_cache(maxsize=500)
def _best_match(viewer: Viewer) -> sa.Select[Any]:
    """Put the question of the home page together, once for each viewer."""
    own = sa.select(ListingRow.id).where(
        ListingRow.author_id == viewer.id, ListingRow.status == "open", ListingRow.withdrawn == ""
    )
    ours = sa.orm.aliased(Suggestion)
    other = sa.case((ours.need_id.in_(own), ours.listing_id), else_=ours.need_id)
    mine = sa.case((ours.need_id.in_(own), ours.need_id), else_=ours.listing_id)
    return (
        sa.select(mine.label("own_id"), ours.score, ours.parts, *_CARD)
        .join(ListingRow, ListingRow.id == other)
        .where(
            sa.or_(ours.need_id.in_(own), ours.listing_id.in_(own)),
            ours.score >= sa.bindparam("least", type_=sa.Float()),
            *_open_now(viewer),
        )
        .order_by(ours.score.desc(), ours.id)
        .limit(1)
    )


def newest(viewer: Viewer) -> list[ListingCard]:
    """List the three newest open listings."""
    rows = db.session.execute(_newest(viewer), {"today": clock.now().date()})
    return [ListingCard(*row) for row in rows]


@lru_cache(maxsize=500)
def _newest(viewer: Viewer) -> sa.Select[Any]:
    return (
        sa.select(*_CARD)
        .where(*_open_now(viewer))
        .order_by(ListingRow.created_at.desc(), ListingRow.id.desc())
        .limit(3)
    )


def matched_pairs(listing_ids: Iterable[int]) -> set[frozenset[int]]:
    """Give the pairs of ids that match now, of these listings."""
    ids = sorted(set(listing_ids))
    rows = sa.select(Suggestion.need_id, Suggestion.listing_id).where(
        sa.or_(Suggestion.need_id.in_(ids), Suggestion.listing_id.in_(ids)), *_good_enough()
    )
    return {frozenset({row.need_id, row.listing_id}) for row in db.session.execute(rows)}


def _good_enough() -> tuple[Any, ...]:
    return (Suggestion.score >= settings.value("meeting_point.least_score") / 100,)


def pair(need_id: int, listing_id: int) -> tuple[int | None, int | None]:
    """Give the authors of a need and its counterpart, None for one that is gone."""
    ids = (need_id, listing_id)
    rows = sa.select(ListingRow.id, ListingRow.author_id).where(ListingRow.id.in_(ids))
    authors = {row.id: row.author_id for row in db.session.execute(rows)}
    return authors.get(need_id), authors.get(listing_id)


def export_member(member_id: int) -> list[dict[str, Any]]:
    """Give everything that a member published here, as plain values."""
    columns = [c for c in ListingRow.__table__.columns if c.name not in ("html", "draft_key")]
    rows = sa.select(*columns).where(ListingRow.author_id == member_id).order_by(ListingRow.id)
    return [dict(row) for row in db.session.execute(rows).mappings()]


def require_publisher(viewer: Viewer) -> None:
    """Go on only for somebody who may publish."""
    require(viewer, "meeting_point.publish")
