"""The vocabularies are whole, connected and licensed."""

import json
from pathlib import Path

import pytest

from plugins.meeting_point import vocabulary

LANGUAGES = {"en", "es", "fr", "pt", "ar"}
VOCABULARIES = {
    "themes": vocabulary.themes,
    "sectors": vocabulary.sectors,
    "sdgs": vocabulary.sdgs,
    "modalities": vocabulary.modalities,
    "lacks": vocabulary.lacks,
    "organisation_kinds": vocabulary.organisation_kinds,
}
EVERY_CONCEPT = [concept for read in VOCABULARIES.values() for concept in read()]


@pytest.mark.parametrize(
    ("name", "size"),
    [("themes", 19), ("sectors", 109), ("sdgs", 186), ("modalities", 12), ("lacks", 4)],
)
def test_vocabulary_is_complete(name: str, size: int) -> None:
    assert len(VOCABULARIES[name]()) == size


def test_goals_hold_169_targets() -> None:
    goals = [concept for concept in vocabulary.sdgs() if not concept.broader]
    assert [goal.code for goal in goals] == [str(number) for number in range(1, 18)]
    assert sum(len(goal.narrower) for goal in goals) == 169
    assert vocabulary.concept("8.10").broader == ("8",)


def test_codes_are_unique_over_all_vocabularies() -> None:
    codes = [concept.code for concept in EVERY_CONCEPT]
    assert len(codes) == len(set(codes))


def test_every_concept_is_named_in_five_languages_but_divisions() -> None:
    for concept in EVERY_CONCEPT:
        is_division = concept.code[:1].isalpha() and concept.broader
        assert set(concept.labels) == ({"en", "ar"} if is_division else LANGUAGES), concept.code
        assert all(text.strip() == text and text for text in concept.labels.values())


def test_arabic_labels_are_in_arabic_script_without_typesetting_strokes() -> None:
    for concept in EVERY_CONCEPT:
        assert any("\u0600" <= letter <= "\u06ff" for letter in concept.labels["ar"]), concept.code
        assert "\u0640" not in concept.labels["ar"], concept.code


def test_labels_written_by_us_say_so() -> None:
    for concept in vocabulary.themes():
        assert concept.origin["ar"] == "ours, to be reviewed by a native reader"


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("T3", "fr", "Finances solidaires"),
        ("T3", "pt-BR", "Finanças sociais e solidárias"),
        ("T14", "ar", "النساء"),
        ("training", "es", "Formación"),
        ("K64", "fr", "Financial service activities, except insurance and pension funding"),
        ("T14", "sw", "Women"),
    ],
)
def test_label_is_in_the_language_asked_or_english(code: str, language: str, name: str) -> None:
    assert vocabulary.label(code, language) == name


def test_unknown_code_is_refused_by_name() -> None:
    with pytest.raises(vocabulary.UnknownConcept):
        vocabulary.label("T99", "en")


def test_related_concepts_are_known_and_related_both_ways() -> None:
    for concept in EVERY_CONCEPT:
        for code in concept.related:
            assert code != concept.code
            assert concept.code in vocabulary.concept(code).related


def test_every_theme_but_the_residual_one_has_neighbours() -> None:
    lonely = [concept.code for concept in vocabulary.themes() if not concept.related]
    assert lonely == ["T19"]


@pytest.mark.parametrize(
    ("code", "bloc"),
    [
        ("PS", "south"),  # added to the G77 list
        ("CN", "south"),
        ("CO", "south"),  # a member of the OECD, which is not asked
        ("MX", "south"),  # decided: neither G77 nor DAC
        ("TR", "south"),
        ("NP", "south"),
        ("DE", "north"),
        ("HR", "north"),  # European Union, not DAC
        ("JP", "north"),
        ("RS", "unset"),
    ],
)
def test_default_bloc_follows_the_rule(code: str, bloc: str) -> None:
    country = vocabulary.country(code)
    assert country is not None
    assert country.bloc == bloc


def test_no_country_is_in_groups_of_both_blocs() -> None:
    for country in vocabulary.countries():
        assert not (
            country.groups & vocabulary.SOUTHERN_GROUPS and country.groups & vocabulary.NORTHERN_GROUPS
        )


def test_country_knows_the_places_around_it() -> None:
    country = vocabulary.country("BF")
    assert country is not None
    assert country.places == {"BF", "002", "202", "011"}
    assert country.nearest_region == "011"
    assert {"ldc", "lldc", "g77"} <= country.groups


def test_unknown_country_is_none() -> None:
    assert vocabulary.country("XX") is None


def test_countries_and_regions_are_named_by_cldr() -> None:
    assert vocabulary.place_name("MA", "fr") == "Maroc"
    assert vocabulary.place_name("MA", "pt-BR") == "Marrocos"
    assert vocabulary.place_name("MA", "ar") == "المغرب"
    assert vocabulary.place_name("011", "en") == "Western Africa"
    assert vocabulary.place_name("MA", "tlh") == "Morocco"
    for country in vocabulary.countries():
        for code in country.places:
            assert vocabulary.place_name(code, "en") != code


def test_every_file_names_its_source_and_licence() -> None:
    for path in vocabulary.FOLDER.glob("*.json"):
        content = json.loads(path.read_text("utf-8"))
        assert content["source"], path.name
        assert content["licence"], path.name
        assert path.name in attribution(), path.name


def test_licences_named_in_the_attribution_are_shipped() -> None:
    shipped = {path.name for path in vocabulary.FOLDER.glob("LICENSE.*.txt")}
    assert len(shipped) == 4
    assert all(f"`{name}`" in attribution() for name in shipped)
    assert "creativecommons.org/licenses/by/3.0/" in attribution()


def attribution() -> str:
    return (Path(vocabulary.FOLDER) / "ATTRIBUTION.md").read_text("utf-8")
