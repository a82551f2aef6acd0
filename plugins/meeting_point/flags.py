"""Listings can be reported like posts; the moderation engine knows nothing of them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import lazy_gettext

from brain.base.access import Viewer, allowed_rows
from brain.base.db import db
from brain.base.http import path_for
from brain.plugin.contribution import FlagSubject, FlagTarget

from .actions import restore_listing, withdraw_listing
from .models import ListingRow


def _subjects(ids: Sequence[int], viewer: Viewer) -> dict[int, FlagSubject]:
    query = sa.select(ListingRow).where(
        ListingRow.id.in_(list(ids)), allowed_rows(viewer, "meeting_point.read")
    )
    return {
        row.id: FlagSubject(
            id=row.id,
            title=row.title,
            url=path_for("meeting_point.listing", listing_id=row.id),
            html=row.html,
            language=row.language,
            author_id=row.author_id,
            audience=row.audience,
            context_url=path_for("meeting_point.listing", listing_id=row.id),
            is_withdrawn=bool(row.withdrawn),
            edited_at=row.updated_at if row.updated_at > row.created_at else None,
        )
        for row in db.session.scalars(query)
    }


TARGETS = (
    FlagTarget(
        kind="listing",
        label=lazy_gettext("Offer or need"),
        subjects=_subjects,
        withdraw=withdraw_listing,
        restore=restore_listing,
    ),
)
