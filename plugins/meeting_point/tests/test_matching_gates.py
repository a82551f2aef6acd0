"""Pairs that must never be suggested are named and kept out."""

from datetime import timedelta
from typing import Any

import pytest

from plugins.meeting_point.matching import Corpus, gate, rank_offers
from plugins.meeting_point.tests.listings import ENGLISH, FRENCH, TODAY, ids, listing, need


@pytest.mark.parametrize(
    ("mine", "other", "name"),
    [
        ({}, {}, None),
        ({}, {"expires_on": TODAY}, None),
        ({}, {"expires_on": TODAY - timedelta(days=1)}, "expired"),
        ({}, {"status": "expired"}, "expired"),
        ({}, {"status": "paused"}, "paused"),
        ({}, {"status": "closed"}, "not_open"),
        ({}, {"status": "draft"}, "not_open"),
        ({}, {"capacity_left": 0}, "full_capacity"),
        ({}, {"author_id": "author 100"}, "own"),
        ({}, {"organisation_id": "organisation 100"}, "same_organisation"),
        ({"organisation_id": None}, {"organisation_id": None}, None),
        ({}, {"side": "need"}, "same_side"),
        ({}, {"side": "facilitate"}, None),
        ({"side": "offer"}, {"side": "facilitate"}, "same_side"),
        ({"places_include": ("145",)}, {}, "excluded_geography"),
        ({"places_include": ("145", "015")}, {}, None),
        ({"places_exclude": ("MA",)}, {}, "excluded_geography"),
        ({}, {"places_include": ("002",)}, None),
        ({}, {"places_include": ("011",)}, None),
        ({}, {"places_include": ("014",)}, "excluded_geography"),
        ({}, {"places_exclude": ("202",)}, "excluded_geography"),
        ({}, {"country": "", "places_include": ()}, None),
        ({"places_include": ("002",)}, {"country": ""}, "excluded_geography"),
        ({}, {"languages": (ENGLISH,)}, "no_common_language"),
        ({}, {"languages": (ENGLISH, FRENCH)}, None),
        ({"lacks": ("interpretation",)}, {"languages": (ENGLISH,)}, None),
        ({}, {"languages": (ENGLISH,), "lacks": ("interpretation",)}, None),
        ({}, {"side": "facilitate", "languages": (ENGLISH,), "covers": ("interpretation",)}, None),
        ({}, {"side": "facilitate", "languages": (ENGLISH,), "covers": ("funds",)}, "no_common_language"),
    ],
)
def test_gate_names_what_keeps_a_pair_apart(
    mine: dict[str, Any], other: dict[str, Any], name: str | None
) -> None:
    assert gate(need(**mine), listing(**other), TODAY) == name


def test_gated_listings_are_never_ranked() -> None:
    corpus = Corpus.of([listing(id=1), listing(id=2, status="paused"), listing(id=3, capacity_left=0)])
    assert ids(rank_offers(need(), corpus, today=TODAY)) == [1]
