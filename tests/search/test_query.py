"""Whatever is typed is understood, and nothing is an error."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from brain.base import clock
from brain.base.access import VISITOR, Viewer
from brain.search.query import MOST_CHARACTERS, MOST_TERMS, Filter, parse

NOON = datetime(2026, 5, 10, 12, tzinfo=UTC)
AMINA = Viewer(id=7, name="Amina", role="member", timezone="Africa/Casablanca")


def words(text: str) -> list[str]:
    return [word.text for word in parse(text).words]


def marks(text: str, viewer: Viewer = VISITOR) -> list[tuple[str, ...]]:
    return [chosen.marks for chosen in parse(text, viewer).filters]


def test_words_phrases_and_what_must_not_be_there():
    query = parse('emergency "guarantee fund" -loan -"interest rate" rules')
    assert [word.text for word in query.words] == ["emergency", "rules"]
    assert [phrase.text for phrase in query.phrases] == ["guarantee fund"]
    assert [part.text for part in query.without] == ["loan", "interest rate"]
    assert query.title_key() == "emergency guarantee fund rules"


@pytest.mark.parametrize(
    "quoted", ["“guarantee fund”", "«guarantee fund»", '"guarantee fund', "„guarantee fund“"]
)
def test_phrase_may_be_quoted_in_any_manner(quoted):
    assert [phrase.text for phrase in parse(quoted).phrases] == ["guarantee fund"]


def test_what_is_written_together_is_several_words():
    assert words("re-use l'économie C++") == ["re", "use", "l", "économie", "C"]


def test_run_without_spaces_is_one_word_and_a_single_character_is_looked_up_as_it_stands():
    query = parse("合作社 社")
    assert [word.text for word in query.words] == ["合作社"]
    assert [phrase.text for phrase in query.phrases] == ["社"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("topic:solidarity-finance", [("topic=solidarity finance",)]),
        ("topic:12", [("topic=12",)]),
        ("#savings", [("topic=savings", "tag=savings")]),
        ("tag:savings,credit", [("tag=savings", "tag=credit")]),
        ("tag:savings+credit", [("tag=savings",), ("tag=credit",)]),
        ('tag:"fair trade"', [("tag=fair trade",)]),
        ("by:Rosa", [("by=rosa",)]),
        ('by:"Rosa Cuautlé"', [("by=rosa cuautle",)]),
        ("@rosa-cuautle", [("by=rosa cuautle",)]),
        ("lang:es,PT-br", [("lang=es", "lang=pt-br")]),
        ("KIND:Post", [("kind=post",)]),
        ("status:closed", [("status=closed",)]),
    ],
)
def test_operators(text, expected):
    assert marks(text) == expected
    assert not parse(text).words


def test_me_is_whoever_asks_and_a_name_for_visitors():
    assert marks("by:me", AMINA) == marks("@me", AMINA) == [("author=7",)]
    assert marks("by:me") == [("by=me",)]


def test_operators_can_be_turned_round():
    query = parse("-tag:spam -by:rosa -lang:fr finance")
    assert [chosen.marks for chosen in query.without_filters] == [("tag=spam",), ("by=rosa",), ("lang=fr",)]
    assert not query.filters


@pytest.mark.parametrize(
    "text",
    [
        *(
            "topic:",
            "by:",
            '""',
            '"',
            "-",
            "- -",
            ":",
            "::",
            "@",
            "#",
            "@@@",
            "-:",
            '-"',
            "(",
            "a AND (b",
            "*",
            "?*",
        ),
        *(
            "before:never",
            "after:2026-99-99",
            "before:0000",
            "after:9999",
            "order:",
            "order:sideways",
            "in:nowhere",
        ),
        *(
            "\0",
            "\ud800",
            "\u202e",
            "kind:",
            "tag:+,+",
            "status:dancing",
            "lang:,",
            "foo:bar:baz",
            "x" * 5000,
        ),
    ],
)
def test_odd_input_is_no_error(text):
    query = parse(text)
    assert query.filters == () or all(chosen.marks for chosen in query.filters)
    assert query.before is None
    assert query.after is None


def test_every_odd_string_of_the_collection_is_no_error(shared):
    import json

    for text in json.loads((shared / "data" / "trust" / "strings" / "blns.json").read_text("utf-8")):
        for shape in ("{}", '"{}"', "by:{}", "-{}", "before:{}", "{}:{}"):
            parse(shape.replace("{}", text))


def test_unknown_operator_is_a_word():
    assert words("planet:mars http://example.org") == ["planet", "mars", "http", "example", "org"]
    assert words("before:lunch") == ["before", "lunch"]


def test_question_is_cut_at_three_hundred_characters_and_twenty_terms():
    assert len(parse("word " * 1000).words) == MOST_TERMS
    assert len(parse("x" * 1000).text) == MOST_CHARACTERS
    many = parse("a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r-s-t-u-v-w-x-y-z tag:one -two")
    assert len(many.words) == MOST_TERMS
    assert many.filters == (Filter(("tag=one",)),), "many words drive out no filter"
    assert [part.text for part in many.without] == ["two"]
    assert len(parse("tag:a " * 50).filters) == MOST_TERMS


def test_signs_of_a_tag_count():
    assert [parse(f"tag:{tag}").filters[0].marks for tag in ("C++", "c", "🌱")] == [
        ("tag=c++",),
        ("tag=c",),
        ("tag=🌱",),
    ]
    assert parse("#🌱").filters[0].marks == ("topic=🌱", "tag=🌱")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("after:2026-03-31", datetime(2026, 3, 31, tzinfo=UTC)),
        ("after:2026-3-1", datetime(2026, 3, 1, tzinfo=UTC)),
        ("after:2026-03", datetime(2026, 3, 1, tzinfo=UTC)),
        ("after:2025", datetime(2025, 1, 1, tzinfo=UTC)),
        ("after:7", datetime(2026, 5, 3, tzinfo=UTC)),
        ("after:30d", datetime(2026, 4, 10, tzinfo=UTC)),
        ("after:yesterday", datetime(2026, 5, 9, tzinfo=UTC)),
        ("after:today", datetime(2026, 5, 10, tzinfo=UTC)),
    ],
)
def test_days(text, after):
    with clock.at(NOON):
        assert parse(text).after == after
        assert parse(text.replace("after", "before")).before == after


def test_days_begin_where_the_viewer_lives():
    with clock.at(NOON):
        query = parse("after:2026-05-10", replace(AMINA, timezone="America/Mexico_City"))
    assert query.after == datetime(2026, 5, 10, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "order"),
    [("x", "best"), ("order:latest", "latest"), ("order:newest", "latest"), ("order:oldest", "oldest")],
)
def test_order(text, order):
    assert parse(text).order == order


def test_nothing_to_find_is_empty():
    assert parse("").is_empty
    assert parse("  order:latest ?!").is_empty
    assert not parse("by:rosa").is_empty
    assert not parse("-loan").is_empty
