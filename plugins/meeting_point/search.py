"""How offers, needs and facilitators are found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext

from brain.base.access import Viewer
from brain.base.db import db
from brain.base.http import path_for
from brain.base.i18n import country_name
from brain.base.markup import plain_text
from brain.members.queries import people
from brain.plugin.contribution import Card, Document, Label, SearchSource

from . import queries, vocabulary
from .models import ListingRow

LABELS: Mapping[str, tuple[Label, Label, str]] = {
    "offer": (lazy_gettext("Offers"), lazy_gettext("Offer"), "badge-offer"),
    "need": (lazy_gettext("Needs"), lazy_gettext("Need"), "badge-need"),
    "facilitate": (lazy_gettext("Facilitation"), lazy_gettext("Facilitates"), "badge-help"),
}
CHANGES = ("meeting_point.listing_published", "meeting_point.listing_changed")


def listing_of(ids: Mapping[str, Any]) -> Sequence[int]:
    """Give the listing that an event is about."""
    return [ids["listing_id"]]


def _all_ids(after: int, limit: int) -> Sequence[int]:
    query = sa.select(ListingRow.id).where(ListingRow.id > after).order_by(ListingRow.id).limit(limit)
    return db.session.scalars(query).all()


def documents(side: str, ids: Sequence[int]) -> list[Document]:
    """Give the listings of a side as texts to be found; hidden and closed ones are left out."""
    query = sa.select(ListingRow).where(
        ListingRow.id.in_(list(ids)),
        ListingRow.side == side,
        ListingRow.status == "open",
        ListingRow.withdrawn == "",
    )
    rows = db.session.scalars(query).all()
    authors = people([row.author_id for row in rows])
    return [_document(row, authors[row.author_id].name if row.author_id in authors else "") for row in rows]


def _document(row: ListingRow, author: str) -> Document:
    labels = [vocabulary.label(code, row.language) for code in (*row.themes, *row.modalities)]
    return Document(
        kind=row.side,
        id=row.id,
        language=row.language,
        title=row.title,
        body="\n".join([row.summary, plain_text(row.html), ", ".join(labels), row.organisation]),
        audience=frozenset({row.audience, f"member:{row.author_id}"}),
        at=row.created_at,
        tags=tuple(labels),
        author_id=row.author_id,
        author=author,
    )


def cards(ids: Sequence[int], viewer: Viewer) -> dict[int, Card]:
    """Give result cards, asked again from the database."""
    found = queries.cards(viewer, ids)
    authors = people([card.author_id for card in found.values()])
    return {
        card.id: Card(
            id=card.id,
            title=card.title,
            url=path_for("meeting_point.listing", listing_id=card.id),
            language=card.language,
            byline=_byline(card, authors),
            at=card.created_at,
            text=card.summary,
            badge=LABELS[card.side][1],
            badge_class=LABELS[card.side][2],
        )
        for card in found.values()
        if not card.withdrawn
    }


def _byline(card: queries.ListingCard, authors: Mapping[int, Any]) -> str:
    who = card.organisation or (authors[card.author_id].name if card.author_id in authors else "")
    return f"{who} · {country_name(card.country)}" if who else country_name(card.country)


def _source(side: str, order: int) -> SearchSource:
    return SearchSource(
        kind=side,
        label=LABELS[side][0],
        changed_by=dict.fromkeys(CHANGES, listing_of),
        all_ids=_all_ids,
        documents=lambda ids: documents(side, ids),
        cards=cards,
        order=order,
    )


SOURCES = (_source("offer", 60), _source("need", 61), _source("facilitate", 62))
