"""Offers and needs are scored and ordered as promised."""

import random
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from plugins.meeting_point.matching import (
    MOST_SUGGESTIONS,
    Corpus,
    Spoken,
    Weights,
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

# Topic


def test_nearer_concepts_score_higher() -> None:
    offers = {
        "same": listing(id=1, themes=(), sdgs=("8",)),
        "narrower": listing(id=2, themes=(), sdgs=("8.10",)),
        "strange": listing(id=3, themes=(), sdgs=("14.1",)),
    }
    wanted = need(themes=(), sdgs=("8",))
    corpus = Corpus.of([wanted, *offers.values()])
    marks = {name: score(wanted, offer, corpus) for name, offer in offers.items()}
    assert marks["same"] > marks["narrower"] > marks["strange"] == 0


def test_broader_pick_counts_more_than_a_sibling() -> None:
    wanted = need(themes=(), sdgs=("8.10",))
    broader, sibling = listing(id=1, themes=(), sdgs=("8",)), listing(id=2, themes=(), sdgs=("8.3",))
    corpus = Corpus.of([wanted, broader, sibling])
    assert score(wanted, broader, corpus) > score(wanted, sibling, corpus) > 0


def test_related_theme_is_found_below_the_same_one() -> None:
    corpus = Corpus.of([listing(id=1, themes=("T12",)), listing(id=2), listing(id=3, themes=("T18",))])
    assert ids(rank_offers(need(), corpus, today=TODAY)) == [2, 1]


def test_another_facet_can_hint_at_the_theme() -> None:
    wanted, offer = need(themes=("T3",)), listing(themes=(), sectors=("K",))
    found = score_pair(wanted, offer, Corpus.of([wanted, offer]))
    assert found is not None
    assert [(reason.message_id, reason.values) for reason in found.parts[0].reasons] == [
        ("related_topic", ("T3", "K"))
    ]


def test_rare_common_concept_counts_more_than_a_frequent_one() -> None:
    crowd = [listing(id=number, themes=("T3",)) for number in range(10, 30)]
    rare, frequent = listing(id=1, themes=("T17",)), listing(id=2, themes=("T3",))
    wanted = need(themes=("T17", "T3"))
    corpus = Corpus.of([*crowd, rare, frequent])
    assert score(wanted, rare, corpus) > score(wanted, frequent, corpus)


def test_residual_classes_say_nothing() -> None:
    wanted, offer = need(themes=("T19",), sectors=("S",)), listing(themes=("T19",), sectors=("S",))
    assert score_pair(wanted, offer, Corpus.of([wanted, offer])) is None


def test_empty_facet_of_the_need_is_not_held_against_an_offer() -> None:
    plain, rich = listing(id=1), listing(id=2, sectors=("K",))
    wanted = need()
    corpus = Corpus.of([wanted, plain, rich])
    topics = {}
    for offer in (plain, rich):
        found = score_pair(wanted, offer, corpus)
        assert found is not None
        topics[offer.id] = found.parts[0].score
    assert topics[1] == pytest.approx(1.0)


def test_pair_without_a_subject_in_common_is_no_match() -> None:
    wanted, offer = need(themes=("T3",)), listing(themes=("T18",))
    assert score_pair(wanted, offer, Corpus.of([wanted, offer])) is None


def test_retired_code_matches_only_itself() -> None:
    wanted, offer = need(themes=("T99",)), listing(themes=("T99",))
    assert score(wanted, offer) > 0
    assert score(wanted, listing(themes=("T3",))) == 0


# The whole score


def test_score_is_the_sum_of_its_parts_and_within_bounds() -> None:
    for wanted, offer, corpus in random_pairs(200):
        found = score_pair(wanted, offer, corpus)
        if found is not None:
            assert 0 < found.score <= 1
            assert sum(part.weight for part in found.parts) == pytest.approx(1)
            assert sum(part.weight * part.score for part in found.parts) == pytest.approx(found.score)
            assert all(0 <= part.score <= 1 + 1e-12 for part in found.parts)


def test_score_is_the_harmonic_mean_of_both_directions() -> None:
    wanted, offer = need(themes=("T3", "T14")), listing(themes=("T3",), modalities=())
    corpus = Corpus.of([wanted, offer])
    topic_only = Weights(modality=0, language=0, context=0)
    found = score_pair(wanted, offer, corpus, topic_only)
    shared, missed = corpus.rarity("T3"), corpus.rarity("T14")
    forward, backward = shared / (shared + 0.8 * missed), shared / (shared + 0.2 * missed)
    assert found is not None
    assert found.score == pytest.approx(2 * forward * backward / (forward + backward))


def test_pair_scores_the_same_from_either_side() -> None:
    offers = [listing(id=1), listing(id=2, themes=("T12", "T3"), country="BF")]
    corpus = Corpus.of([need(), *offers])
    from_need = {found.listing_id: found for found in rank_offers(need(), corpus, today=TODAY)}
    for offer in offers:
        (found,) = rank_needs(offer, corpus, today=TODAY)
        assert found.listing_id == need().id
        assert found.parts == from_need[offer.id].parts


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"modalities": ("training", "study-visit")}, {"modalities": ("training",)}),
        ({"modalities": ("training",)}, {"modalities": ("conference",)}),
        ({"languages": (FRENCH,)}, {"languages": (Spoken("fr", "B1"),)}),
        ({"languages": (FRENCH,)}, {"languages": (ENGLISH,)}),
        ({"country": "ML"}, {"country": "MA"}),
        ({"country": "ML"}, {"country": "CI"}),
        ({"country": "MG"}, {"country": "ZA"}),
    ],
)
def test_more_in_common_scores_higher(better: dict[str, Any], worse: dict[str, Any]) -> None:
    wanted = need(modalities=("training", "study-visit"), country="BF", lacks=("interpretation",))
    assert score(wanted, listing(**better)) > score(wanted, listing(**worse))


def test_weights_are_settings() -> None:
    wanted, near, skilled = need(), listing(id=1, themes=("T12",)), listing(id=2, modalities=())
    corpus = Corpus.of([wanted, near, skilled])
    by_modality = Weights(topic=0.01, modality=5)
    assert ids(rank_offers(wanted, corpus, today=TODAY)) == [2, 1]
    assert ids(rank_offers(wanted, corpus, today=TODAY, weights=by_modality)) == [1, 2]


# Order


def test_equal_scores_are_ordered_by_age() -> None:
    days = {1: date(2026, 5, 2), 2: date(2026, 5, 1), 3: date(2026, 5, 3)}
    offers = [listing(id=number, created_on=day) for number, day in days.items()]
    assert ids(rank_offers(need(), Corpus.of(offers), today=TODAY)) == [2, 1, 3]


def test_order_does_not_depend_on_the_order_of_the_corpus() -> None:
    dice = random.Random(5)
    offers = [random_listing(dice, number, "offer") for number in range(40)]
    wanted = random_listing(dice, 100, "need")
    first = rank_offers(wanted, Corpus.of(offers), today=TODAY)
    dice.shuffle(offers)
    assert rank_offers(wanted, Corpus.of(offers), today=TODAY) == first
    assert all(before.score >= after.score for before, after in pairwise(first))


def test_at_most_twenty_are_suggested() -> None:
    corpus = Corpus.of(listing(id=number) for number in range(50))
    assert len(rank_offers(need(id=99), corpus, today=TODAY)) == MOST_SUGGESTIONS


# The corpus


def test_adding_a_listing_equals_building_the_corpus_anew() -> None:
    dice = random.Random(3)
    many = [random_listing(dice, number, "offer") for number in range(30)]
    grown = Corpus.of(many[:20])
    for offer in many[20:]:
        grown.add(offer)
    grown.add(replace(many[4], themes=("T1",)))
    anew = Corpus.of([*many[:4], *many[5:], replace(many[4], themes=("T1",))])
    wanted = random_listing(dice, 99, "need")
    assert rank_offers(wanted, grown, today=TODAY) == rank_offers(wanted, anew, today=TODAY)


def test_removed_listing_leaves_no_trace() -> None:
    corpus = Corpus.of([listing(id=1), listing(id=2)])
    corpus.remove(2)
    corpus.remove("never there")
    assert corpus.rarity("T3") == Corpus.of([listing(id=1)]).rarity("T3")
    assert ids(rank_offers(need(), corpus, today=TODAY)) == [1]


def test_hidden_listings_are_left_out_of_a_view_only() -> None:
    corpus = Corpus.of([listing(id=1), listing(id=2)])
    assert ids(rank_offers(need(), corpus.hiding([1]), today=TODAY)) == [2]
    assert ids(rank_offers(need(), corpus, today=TODAY)) == [1, 2]
