"""Decide which pairs must never be suggested."""

from datetime import date

from .. import vocabulary
from .listing import Listing, common_languages


def gate(mine: Listing, other: Listing, today: date) -> str | None:
    """Name the rule that keeps `other` from being shown beside `mine`.

    One of same_side, expired, paused, not_open, full_capacity, own,
    same_organisation, excluded_geography, no_common_language; None if the way
    is free. State and capacity are those of `other`, the listing to be shown.
    A need meets offers and facilitators; any other two are on the same side.
    """
    return (
        _gate_of_state(other, today)
        or _gate_of_parties(mine, other)
        or _gate_of_place_and_language(mine, other)
    )


def _gate_of_state(other: Listing, today: date) -> str | None:
    if other.status == "expired" or other.expires_on < today:
        return "expired"
    if other.status == "paused":
        return "paused"
    if other.status != "open":
        return "not_open"
    return "full_capacity" if other.capacity_left <= 0 else None


def _gate_of_parties(mine: Listing, other: Listing) -> str | None:
    if (mine.side == "need") == (other.side == "need"):
        return "same_side"
    if mine.author_id == other.author_id:
        return "own"
    if mine.organisation_id is not None and mine.organisation_id == other.organisation_id:
        return "same_organisation"
    return None


def _gate_of_place_and_language(mine: Listing, other: Listing) -> str | None:
    if not (_accepts(mine, other.country) and _accepts(other, mine.country)):
        return "excluded_geography"
    interpreted = mine.counts_on_interpretation or other.counts_on_interpretation
    if not interpreted and not common_languages(mine, other):
        return "no_common_language"
    return None


def _accepts(listing: Listing, country_code: str) -> bool:
    country = vocabulary.country(country_code)
    places = country.places if country else frozenset({country_code})
    if places & set(listing.places_exclude):
        return False
    return not listing.places_include or bool(places & set(listing.places_include))
