"""Tables of the Meeting Point."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from brain.base.db import Base, JsonText


class ListingRow(Base):
    """What somebody offers, needs or facilitates.

    `side` is offer, need or facilitate; `status` open, paused or closed;
    `withdrawn` empty, or `hidden` by a moderation case. Picks are codes of the
    vocabularies; `languages` are BCP 47 codes of working languages;
    `places_include` M49 or ISO codes of the wished counterpart's country.
    """

    __tablename__ = "meeting_point_listing"
    __table_args__ = (
        sa.Index("ix_meeting_point_listing_list", "status", "withdrawn", "created_at"),
        sa.UniqueConstraint("author_id", "draft_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    side: Mapped[str] = mapped_column(sa.String(12))
    status: Mapped[str] = mapped_column(sa.String(12), default="open")
    audience: Mapped[str] = mapped_column(sa.String(40), default="public")
    language: Mapped[str] = mapped_column(sa.String(12))
    title: Mapped[str] = mapped_column(sa.String(100))
    summary: Mapped[str] = mapped_column(sa.String(500))
    body: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str] = mapped_column(sa.Text)
    organisation: Mapped[str] = mapped_column(sa.String(120), default="")
    country: Mapped[str] = mapped_column(sa.String(2))
    languages: Mapped[list[str]] = mapped_column(JsonText, default=list)
    themes: Mapped[list[str]] = mapped_column(JsonText, default=list)
    sdgs: Mapped[list[str]] = mapped_column(JsonText, default=list)
    modalities: Mapped[list[str]] = mapped_column(JsonText, default=list)
    lacks: Mapped[list[str]] = mapped_column(JsonText, default=list)
    covers: Mapped[list[str]] = mapped_column(JsonText, default=list)
    places_include: Mapped[list[str]] = mapped_column(JsonText, default=list)
    capacity: Mapped[int] = mapped_column(default=1)
    expires_on: Mapped[date]
    draft_key: Mapped[str | None] = mapped_column(sa.String(64))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    withdrawn: Mapped[str] = mapped_column(sa.String(10), default="")
    withdrawn_ground: Mapped[str] = mapped_column(sa.Text, default="")


class Pick(Base):
    """One pick of a listing, for filtered lists: facet theme, sdg, modality, language."""

    __tablename__ = "meeting_point_pick"

    listing_id: Mapped[int] = mapped_column(
        sa.ForeignKey("meeting_point_listing.id", ondelete="CASCADE"), primary_key=True
    )
    facet: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(30), primary_key=True, index=True)


class Suggestion(Base):
    """A match between a need and an offer or facilitation, with its parts.

    `parts` holds names, scores, weights and reasons (message ids and codes) as
    the engine gave them; sentences are made for each reader. `score` in 0..1.
    """

    __tablename__ = "meeting_point_suggestion"

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(
        sa.ForeignKey("meeting_point_listing.id", ondelete="CASCADE"), index=True
    )
    listing_id: Mapped[int] = mapped_column(
        sa.ForeignKey("meeting_point_listing.id", ondelete="CASCADE"), index=True
    )
    score: Mapped[float]
    parts: Mapped[Any] = mapped_column(JsonText)
    version: Mapped[str] = mapped_column(sa.String(20))
    found_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("need_id", "listing_id"),)
