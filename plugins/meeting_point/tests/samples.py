"""Listings for tests: what matters is stated, the rest is defaulted."""

from __future__ import annotations

from itertools import count

from plugins.meeting_point.actions import publish_listing
from plugins.meeting_point.forms import ListingDraft

_numbers = count(1)

FORM = {
    "title": "Former douze groupements au crédit solidaire",
    "summary": "Trois à cinq jours de formation aux règles de prêt.",
    "body": "Nous cherchons des personnes qui ont déjà tenu un registre commun de prêts entre groupements.",
    "themes": ["T3"],
    "modalities": ["training"],
    "sdgs": ["8.10"],
    "country": "SN",
    "languages": ["fr"],
    "language": "fr",
    "audience": "public",
    "organisation": "Union des groupements",
}


def publish(viewer, **fields) -> int:
    """Publish a listing; returns its id."""
    number = next(_numbers)
    values = {
        "side": "offer",
        "title": f"Two trainers and a printed method {number}",
        "summary": "Used by a cooperative of one hundred and thirty members.",
        "body": "We come for a week, bring the method and stay in touch for a year afterwards.",
        "language": "en",
        "country": "MA",
        "languages": ("en", "fr"),
        "themes": ("T3",),
        "sdgs": ("8.10",),
        "modalities": ("training",),
        "draft_key": f"listing-{number}",
    } | fields
    return publish_listing(viewer, ListingDraft(**values))
