"""What the Meeting Point tells members: a match was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from brain.base.access import Viewer
from brain.plugin.contribution import Line, Notice, NotificationType

from . import queries
from .search import CHANGES, listing_of


def _recipients(ids: Mapping[str, Any]) -> list[Notice]:
    """Tell both sides; each is led to the other's listing."""
    need_id, listing_id = ids["need_id"], ids["listing_id"]
    needs, gives = queries.pair(need_id, listing_id)
    if needs is None or gives is None:
        return []
    return [
        Notice(needs, "meeting_point.listing", listing_id, group_key=f"meeting_point:{need_id}"),
        Notice(gives, "meeting_point.listing", need_id, group_key=f"meeting_point:{listing_id}"),
    ]


def _lines(notices: Sequence[Any], viewer: Viewer) -> dict[int, Line]:
    cards = queries.cards(viewer, {notice.subject_id for notice in notices})
    lines = {}
    for notice in notices:
        card = cards.get(notice.subject_id)
        if card is None or not card.is_open:
            continue
        lines[notice.id] = Line(
            sentence=_sentence(card.side),
            url=url_for("meeting_point.listing", listing_id=card.id),
            excerpt=card.title,
            language=card.language,
        )
    return lines


def _author(ids: Mapping[str, Any]) -> list[Notice]:
    listing_id = ids["listing_id"]
    author_id = queries.author_of(listing_id)
    return [] if author_id is None else [Notice(author_id, "meeting_point.listing", listing_id)]


def _expired_lines(notices: Sequence[Any], viewer: Viewer) -> dict[int, Line]:
    cards = queries.cards(viewer, {notice.subject_id for notice in notices})
    return {
        notice.id: Line(
            sentence=_("Your listing has reached its day and is closed. You can open it again."),
            url=url_for("meeting_point.listing", listing_id=card.id),
            excerpt=card.title,
            language=card.language,
        )
        for notice in notices
        if (card := cards.get(notice.subject_id)) is not None and not card.is_open
    }


def _sentence(side: str) -> str:
    return {
        "offer": _("Somebody offers what you need."),
        "need": _("Somebody needs what you can give."),
        "facilitate": _("Somebody can help your need along."),
    }[side]


TYPES = (
    NotificationType(
        name="meeting_point.match",
        label=lazy_gettext("A match at the Meeting Point"),
        on_event="meeting_point.matched",
        recipients=_recipients,
        lines=_lines,
        order=60,
        changed_by=dict.fromkeys(CHANGES, listing_of),
    ),
    NotificationType(
        name="meeting_point.expired",
        label=lazy_gettext("A listing of yours has reached its day"),
        on_event="meeting_point.listing_expired",
        recipients=_author,
        lines=_expired_lines,
        order=61,
        changed_by=dict.fromkeys(CHANGES, listing_of),
    ),
)
