"""Each suggestion says why, and how much each reason counts."""

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from plugins.meeting_point import vocabulary
from plugins.meeting_point.matching import (
    Corpus,
    Listing,
    Reason,
    rank_facilitators,
    rank_needs,
    rank_offers,
    score_pair,
)
from plugins.meeting_point.tests.listings import (
    ENGLISH,
    FRENCH,
    TODAY,
    ids,
    listing,
    need,
    random_listing,
    random_pairs,
    score,
)

KNOWN_MESSAGES = {
    *("same_theme", "same_sector", "same_goal", "same_target", "related_theme", "related_topic"),
    *("same_modality", "common_language", "interpretation", "same_region"),
    *("both_ldc", "both_lldc", "both_sids", "covers", "open_focus"),
}


def test_reasons_are_message_ids_and_values() -> None:
    wanted = need(themes=("T3", "T14"), sectors=("K",), sdgs=("8.10",), country="BF")
    offer = listing(themes=("T3",), sectors=("K64",), sdgs=("8",), country="NE")
    found = score_pair(wanted, offer, Corpus.of([wanted, offer]))
    assert found is not None
    said = {reason.message_id: reason.values for reason in found.reasons}
    assert said["same_theme"] == ("T3",)
    assert said["same_sector"] == ("K", "K", "K64")
    assert said["same_goal"] == ("8", "8.10", "8")
    assert said["same_modality"] == ("training",)
    assert said["common_language"] == ("fr",)
    assert said["same_region"] == ("011",)
    assert said["both_ldc"] == ("ldc",)
    assert set(said) <= KNOWN_MESSAGES


def test_every_suggestion_has_at_least_two_reasons() -> None:
    dice = random.Random(11)
    corpus = Corpus.of(random_listing(dice, number, "offer") for number in range(80))
    for number in range(100, 120):
        for found in rank_offers(random_listing(dice, number, "need"), corpus, today=TODAY):
            assert len(found.reasons) >= 2
            assert {reason.message_id for reason in found.reasons} <= KNOWN_MESSAGES


def test_taking_a_reason_away_lowers_the_score_by_the_stated_amount() -> None:
    seen: Counter[str] = Counter()
    for wanted, offer, corpus in random_pairs(400):
        found = score_pair(wanted, offer, corpus)
        for reason in found.reasons if found else ():
            poorer = without(wanted, offer, reason)
            if poorer is not None:
                seen[reason.message_id] += 1
                assert reason.amount > 0
                assert found is not None
                assert found.score - score(wanted, poorer, corpus) == pytest.approx(reason.amount), reason
    assert set(seen) == KNOWN_MESSAGES - {"interpretation", "open_focus"}


def test_interpretation_is_a_reason_only_without_a_common_language() -> None:
    wanted = need(lacks=("interpretation",))
    for languages, expected in (((ENGLISH,), True), ((FRENCH,), False)):
        offer = listing(languages=languages)
        found = score_pair(wanted, offer, Corpus.of([wanted, offer]))
        assert found is not None
        assert ("interpretation" in {reason.message_id for reason in found.reasons}) is expected


def without(wanted: Listing, offer: Listing, reason: Reason) -> Listing | None:
    """Take what a reason names out of the offer; None if no country can show it."""
    if reason.message_id.startswith(("both_", "same_region")):
        return elsewhere(wanted, offer, reason)
    taken = reason.values[-1] if reason.values else None

    def less(values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(value for value in values if value != taken)

    if taken is None:
        return None
    if offer.side == "facilitate" and taken in offer.themes:
        return replace(offer, themes=(*less(offer.themes), "T99"))
    return replace(
        offer,
        themes=less(offer.themes),
        sectors=less(offer.sectors),
        sdgs=less(offer.sdgs),
        modalities=less(offer.modalities),
        covers=less(offer.covers),
        languages=tuple(spoken for spoken in offer.languages if spoken.code != taken),
    )


def elsewhere(wanted: Listing, offer: Listing, reason: Reason) -> Listing | None:
    """Move the offer to a country that differs in the named likeness alone."""
    here, home = vocabulary.country(wanted.country), vocabulary.country(offer.country)
    assert here is not None
    assert home is not None

    def likeness(country: vocabulary.Country) -> tuple[Any, ...]:
        situations = {"ldc", "lldc", "sids"} & country.groups & here.groups
        near = country.nearest_region == here.nearest_region
        return frozenset(situations), near, country.subregion == here.subregion

    situations, near, same_subregion = likeness(home)
    if reason.message_id == "same_region":
        goal = (situations, False, False)
    else:
        goal = (situations - {reason.values[-1]}, near, same_subregion)
    for country in vocabulary.countries():
        if likeness(country) == goal:
            return replace(offer, country=country.code)
    return None


# Facilitators


def facilitator(**said: Any) -> Listing:
    return listing(**({"side": "facilitate", "themes": ("T11",), "covers": ("travel",)} | said))


def test_facilitators_who_cover_more_come_first() -> None:
    wanted = need(lacks=("travel", "funds"))
    corpus = Corpus.of(
        [
            facilitator(id=1, covers=("technical",)),
            facilitator(id=2, covers=("travel",)),
            facilitator(id=3, covers=("travel", "funds")),
        ]
    )
    assert ids(rank_facilitators(wanted, corpus, today=TODAY)) == [3, 2, 1]


def test_half_covered_in_the_right_field_comes_before_all_covered_in_another() -> None:
    wanted = need(lacks=("travel", "funds"), themes=("T3",))
    corpus = Corpus.of(
        [
            facilitator(id=1, covers=("travel", "funds"), themes=("T11", "T18", "T1")),
            facilitator(id=2, covers=("travel",), themes=("T11", "T3")),
        ]
    )
    found = rank_facilitators(wanted, corpus, today=TODAY)
    assert ids(found) == [2, 1]
    assert [reason.message_id for reason in found[0].reasons[:2]] == ["same_theme", "covers"]


def test_facilitator_naming_only_cooperation_is_open_to_every_subject() -> None:
    wanted = need(lacks=("travel",))
    (found,) = rank_facilitators(wanted, Corpus.of([facilitator()]), today=TODAY)
    assert {reason.message_id for reason in found.reasons} == {"covers", "open_focus", "common_language"}


def test_need_that_lacks_nothing_calls_for_no_facilitator() -> None:
    assert rank_facilitators(need(), Corpus.of([facilitator()]), today=TODAY) == []


def test_facilitator_sees_the_needs_it_could_cover() -> None:
    corpus = Corpus.of([need(id=7, lacks=("travel",)), need(id=8)])
    assert ids(rank_needs(facilitator(), corpus, today=TODAY)) == [7]
