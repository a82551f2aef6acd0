"""Plants the invented listings of the demo community."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from brain.base import clock
from brain.members.queries import viewers_of

from .actions import publish_listing
from .forms import ListingDraft

FILE = Path(__file__).parent / "demo" / "listings.json"


def plant_listings(member_ids: Mapping[str, int]) -> int:
    """Publish the demo's listings in their authors' names; returns how many."""
    listings: list[Mapping[str, Any]] = json.loads(FILE.read_text("utf-8"))
    viewers = viewers_of(list(member_ids.values()))
    for listing in listings:
        when = clock.now() - timedelta(days=listing["created_days_ago"])
        with clock.at(when):
            publish_listing(viewers[member_ids[listing["by"]]], _draft(listing))
    return len(listings)


def _draft(listing: Mapping[str, Any]) -> ListingDraft:
    lists = ("languages", "themes", "sdgs", "modalities", "lacks", "covers", "places_include")
    return ListingDraft(
        side=listing["side"],
        title=listing["title"],
        summary=listing["summary"],
        body=listing["body"],
        language=listing["language"],
        country=listing["country"],
        capacity=listing.get("capacity", 1),
        draft_key=f"demo-{listing['key']}",
        **{name: tuple(listing.get(name, ())) for name in lists},
    )
