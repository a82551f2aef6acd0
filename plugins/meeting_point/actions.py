"""Writes of the Meeting Point."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext

from brain.base import clock, events, forms, markup, settings
from brain.base.access import Viewer, require
from brain.base.db import db
from brain.base.errors import NotFound, Refusal
from brain.base.limits import check_limit
from brain.base.unit import savepoint

from .forms import ListingDraft
from .models import ListingRow, Pick, Suggestion

_A_DAY = 10
_CHANGES_A_DAY = 60
_FACETS = {"theme": "themes", "sdg": "sdgs", "modality": "modalities", "language": "languages"}
_PLAIN = ("side", "title", "summary", "body", "language", "country", "organisation", "audience", "capacity")
_LISTS = ("themes", "sdgs", "modalities", "languages", "lacks", "covers", "places_include")


class ListingClosed(Refusal):
    """The listing is closed already."""

    status = 409
    sentence = lazy_gettext("This listing is closed. Publish it again to change it.")


def publish_listing(viewer: Viewer, draft: ListingDraft) -> int:
    """Publish a listing and have it matched; returns its id.

    The same form sent again gives the same listing; with other words it is another.
    """
    require(viewer, "meeting_point.publish")
    key = forms.sent_key(draft.draft_key, draft.side, draft.title, draft.summary, draft.body)
    known = _published_before(viewer, key)
    if known is not None:
        return known
    if viewer.is_member and not viewer.is_staff:
        check_limit("meeting_point.publish", str(viewer.id), _A_DAY, timedelta(days=1))
    row = ListingRow(
        author_id=viewer.id,
        created_at=clock.now(),
        draft_key=key,
        capacity=1,
        places_include=[],
    )
    _fill(row, draft)
    try:
        with savepoint():
            db.session.add(row)
            db.session.flush()
    except sa.exc.IntegrityError:
        # the same form arrived twice at once: the other one won
        won = _published_before(viewer, key)
        if won is None:
            raise
        return won
    _store_picks(row)
    events.publish("meeting_point.listing_published", listing_id=row.id)
    return row.id


def _published_before(viewer: Viewer, draft_key: str | None) -> int | None:
    if draft_key is None:
        return None
    return db.session.scalar(
        sa.select(ListingRow.id).where(ListingRow.author_id == viewer.id, ListingRow.draft_key == draft_key)
    )


def change_listing(viewer: Viewer, listing_id: int, draft: ListingDraft) -> None:
    """Give a listing new words and picks, and have it matched again."""
    row = _own(viewer, listing_id)
    if row.status == "closed":
        raise ListingClosed
    _pace(viewer)
    _fill(row, draft)
    db.session.flush()
    _store_picks(row)
    events.publish("meeting_point.listing_changed", listing_id=row.id)


def _pace(viewer: Viewer) -> None:
    """Count a change: each has the listing matched anew with all others. Raises TooSoon."""
    check_limit("meeting_point.change", str(viewer.id), _CHANGES_A_DAY, timedelta(days=1))


def set_status(viewer: Viewer, listing_id: int, status: str) -> None:
    """Open, pause or close an own listing; opening renews it.

    Raises Refusal for another word.
    """
    row = _own(viewer, listing_id)
    if status not in ("open", "paused", "closed"):
        raise Refusal
    if row.status == "closed" and status == "paused":
        raise ListingClosed
    expires_on = _expiry() if status == "open" else row.expires_on
    if (row.status, row.expires_on) == (status, expires_on):
        return
    _pace(viewer)
    row.status, row.expires_on = status, expires_on
    db.session.flush()
    events.publish("meeting_point.listing_changed", listing_id=row.id)


def withdraw_listing(viewer: Viewer, listing_id: int, ground: str) -> None:
    """Hide a listing by a moderation case, with the statement of reasons."""
    _set_withdrawn(listing_id, "hidden", ground)


def restore_listing(viewer: Viewer, listing_id: int) -> None:
    """Show a listing again that a case had hidden."""
    _set_withdrawn(listing_id, "", "")


def close_expired(ids: Any) -> None:
    """Close listings past their day (a daily job)."""
    late = sa.and_(ListingRow.status != "closed", ListingRow.expires_on < clock.now().date())
    closed = sa.update(ListingRow).where(late).values(status="closed").returning(ListingRow.id)
    found = db.session.scalars(closed.execution_options(synchronize_session=False)).all()
    each = [{"listing_id": listing_id} for listing_id in found]
    events.publish_many("meeting_point.listing_changed", each)
    events.publish_many("meeting_point.listing_expired", each)


def match_left_over() -> None:
    """Have listings matched that have no match: while the plugin was off, nobody did."""
    paired = sa.select(Suggestion.id).where(
        sa.or_(Suggestion.need_id == ListingRow.id, Suggestion.listing_id == ListingRow.id)
    )
    left = sa.select(ListingRow.id).where(ListingRow.status == "open", ~paired.exists())
    each = [{"listing_id": listing_id} for listing_id in db.session.scalars(left)]
    events.publish_many("meeting_point.listing_changed", each)


def erase_member(member_id: int) -> None:
    """Delete a member's listings with all that hangs on them."""
    for listing_id in db.session.scalars(
        sa.select(ListingRow.id).where(ListingRow.author_id == member_id)
    ).all():
        db.session.execute(sa.delete(ListingRow).where(ListingRow.id == listing_id))
        events.publish("meeting_point.listing_changed", listing_id=listing_id)


def _set_withdrawn(listing_id: int, state: str, ground: str) -> None:
    row = db.session.get(ListingRow, listing_id)
    if row is None:
        raise NotFound
    row.withdrawn, row.withdrawn_ground = state, ground
    db.session.flush()
    events.publish("meeting_point.listing_changed", listing_id=listing_id)


def _own(viewer: Viewer, listing_id: int) -> ListingRow:
    row = db.session.get(ListingRow, listing_id)
    if row is None:
        raise NotFound
    require(viewer, "meeting_point.change", row)
    return row


def _fill(row: ListingRow, draft: ListingDraft) -> None:
    values = asdict(draft)
    for name in _PLAIN:
        if values[name] is not None:
            setattr(row, name, values[name])
    for name in _LISTS:
        if values[name] is not None:
            setattr(row, name, list(dict.fromkeys(values[name])))
    row.html = markup.render(draft.body, language=draft.language).html
    row.updated_at = clock.now()
    row.expires_on = _expiry()


def _store_picks(row: ListingRow) -> None:
    db.session.execute(sa.delete(Pick).where(Pick.listing_id == row.id))
    picks = [
        {"listing_id": row.id, "facet": facet, "code": code}
        for facet, name in _FACETS.items()
        for code in getattr(row, name)
    ]
    if picks:
        db.session.execute(sa.insert(Pick), picks)


def _expiry() -> date:
    months = settings.value("meeting_point.months_open")
    return (clock.now() + timedelta(days=30.5 * months)).date()
