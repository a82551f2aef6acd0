"""What the Meeting Point tells members: a match was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from brain.base.access import Viewer
from brain.base.http import path_for
from brain.plugin.contribution import Line, Notice, NotificationType

from . import queries
from .search import CHANGES, listing_of

_GROUP = "meeting_point:"


def _recipients(ids: Mapping[str, Any]) -> list[Notice]:
    """Tell both sides; each is led to the other's listing.

    Who published a listing that fits many hears of a few: `quiet_id` is that
    listing, its author then hears nothing.
    """
    need_id, listing_id = ids["need_id"], ids["listing_id"]
    needs, gives = queries.pair(need_id, listing_id)
    if needs is None or gives is None:
        return []
    notices = {
        need_id: Notice(needs, "meeting_point.listing", listing_id, group_key=f"{_GROUP}{need_id}"),
        listing_id: Notice(gives, "meeting_point.listing", need_id, group_key=f"{_GROUP}{listing_id}"),
    }
    notices.pop(ids.get("quiet_id", 0), None)
    return list(notices.values())


def _lines(notices: Sequence[Any], viewer: Viewer) -> dict[int, Line]:
    """Say of each whose match holds still; several of one listing are one line that leads to it."""
    cards = queries.cards(viewer, {notice.subject_id for notice in notices})
    own = {notice.id: int(notice.group_key.removeprefix(_GROUP)) for notice in notices}
    held = queries.matched_pairs(own.values())
    lines = {}
    for notice in notices:
        card = cards.get(notice.subject_id)
        if card is None or not card.is_open or frozenset({card.id, own[notice.id]}) not in held:
            continue
        if notice.count > 1:
            many = ngettext("%(num)s listing fits yours.", "%(num)s listings fit yours.", notice.count)
            lines[notice.id] = Line(many, path_for("meeting_point.listing", listing_id=own[notice.id]))
        else:
            url = path_for("meeting_point.listing", listing_id=card.id)
            lines[notice.id] = Line(_sentence(card.side), url, card.title, card.language)
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
            url=path_for("meeting_point.listing", listing_id=card.id),
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


def _both(ids: Mapping[str, Any]) -> list[int]:
    return [ids["need_id"], ids["listing_id"]]


TYPES = (
    NotificationType(
        name="meeting_point.match",
        label=lazy_gettext("A match at the Meeting Point"),
        on_event="meeting_point.matched",
        recipients=_recipients,
        lines=_lines,
        order=60,
        changed_by=dict.fromkeys(CHANGES, listing_of)
        | dict.fromkeys(("meeting_point.matched", "meeting_point.unmatched"), _both),
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
