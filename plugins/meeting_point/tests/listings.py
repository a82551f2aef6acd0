"""Make listings for the tests of matching."""

import random
from datetime import date
from typing import Any

from plugins.meeting_point import vocabulary
from plugins.meeting_point.matching import Corpus, Listing, Scored, Spoken, score_pair

TODAY = date(2026, 11, 22)
FRENCH, ENGLISH = Spoken("fr", "C1"), Spoken("en", "B2")


def listing(**said: Any) -> Listing:
    """Make an open offer on solidarity finance; say what matters."""
    number = said.setdefault("id", 1)
    plain: dict[str, Any] = {
        "side": "offer",
        "author_id": f"author {number}",
        "organisation_id": f"organisation {number}",
        "country": "MA",
        "languages": (FRENCH,),
        "created_on": date(2026, 3, 1),
        "expires_on": date(2027, 3, 1),
        "themes": ("T3",),
        "modalities": ("training",),
    }
    return Listing(**(plain | said))


def need(**said: Any) -> Listing:
    return listing(**({"id": 100, "side": "need", "country": "SN"} | said))


def score(mine: Listing, other: Listing, corpus: Corpus | None = None) -> float:
    found = score_pair(mine, other, corpus or Corpus.of([mine, other]))
    return found.score if found else 0.0


def ids(found: list[Scored]) -> list[Any]:
    return [suggestion.listing_id for suggestion in found]


def random_listing(dice: random.Random, number: int, side: str) -> Listing:
    def some(codes: list[str], most: int) -> tuple[str, ...]:
        return tuple(dice.sample(codes, dice.randint(0, most)))

    themes = [concept.code for concept in vocabulary.themes()][:8]
    sdgs = [concept.code for concept in vocabulary.sdgs() if concept.code.split(".")[0] in {"2", "5", "8"}]
    lacks = [concept.code for concept in vocabulary.lacks()]
    return listing(
        id=number,
        side=side,
        country=dice.choice(["BF", "NE", "SN", "NP", "FJ", "TO", "TL", "BR", "MA", "PT", "RW", "ZM"]),
        languages=(FRENCH, *dice.sample([ENGLISH, Spoken("pt", "C2"), Spoken("es", "B1")], 1)),
        themes=some(themes, 3),
        sectors=some(["A", "K", "K64", "K65", "C", "S"], 2),
        sdgs=some(sdgs, 3),
        modalities=some([concept.code for concept in vocabulary.modalities()][:5], 3),
        lacks=some(lacks, 2) if side == "need" else (),
        covers=some(lacks, 3) if side == "facilitate" else (),
    )


def random_pairs(size: int) -> list[tuple[Listing, Listing, Corpus]]:
    dice = random.Random(20261122)
    crowd = [random_listing(dice, number, "offer") for number in range(50)]
    pairs = []
    for number in range(size):
        wanted = random_listing(dice, 1000 + number, "need")
        other = random_listing(dice, 2000 + number, dice.choice(["offer", "offer", "facilitate"]))
        pairs.append((wanted, other, Corpus.of([*crowd, wanted, other])))
    return pairs
