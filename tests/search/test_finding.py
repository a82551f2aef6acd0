"""What the index finds, in which order, for whom."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from brain.base.access import VISITOR, Viewer
from brain.search.backend import Reach, Window
from brain.search.documents import analyse
from brain.search.matching import is_open, score
from brain.search.query import parse
from brain.search.whoosh_backend import searching
from tests.search.shelf import DAY, document

MEMBER = Viewer(id=7, role="member", tokens=frozenset({"public", "members", "member:7", "group:3"}))


def test_word_is_found_in_every_form_and_every_language(finder):
    finder.fill(
        document(1, body="Two cooperatives met."),
        document(2, body="Las cooperativas de ahorro.", language="es"),
        document(3, body="Une coopérative d’épargne.", language="fr"),
        document(4, body="As cooperativas agrícolas.", language="pt"),
        document(5, body="نشأت التعاونيات في القرى.", language="ar"),
        document(6, body="Vyama vya ushirika.", language="sw"),
    )
    assert finder.ids("cooperative") == finder.ids("Cooperatives") == [3, 1]
    assert set(finder.ids("cooperativa")) == {2, 4}
    assert finder.ids("تعاونية") == [5]
    assert finder.ids("USHIRIKA") == [6]


def test_all_words_must_be_there(finder):
    finder.fill(
        document(1, "Emergency fund", "Rules for members."),
        document(2, "Emergency", "A fund without order."),
        document(3, "Fund", "Rules."),
    )
    assert finder.ids("emergency fund rule") == [1]
    assert finder.ids("emergency -rule") == [2]
    assert finder.ids("emergency -“fund rules”") == finder.ids("emergency")


def test_grammar_does_not_stand_in_the_way(finder):
    finder.fill(
        document(1, body="The rules of a fund."),
        document(2, body="Las reglas de un fondo.", language="es"),
        document(3, body="Le thé des voisins, pour nous.", language="fr"),
    )
    assert finder.ids("the rules of the fund") == [1]
    assert finder.ids("las reglas del fondo") == [2]
    assert finder.ids("thé") == [3]
    assert finder.ids("of the") == [1], "grammar alone is looked up as it stands"


def test_phrase_is_exact_but_for_case_and_accents(finder):
    finder.fill(
        document(1, body="Un fondo de emergência comum.", language="pt"),
        document(2, body="Emergência de um fondo.", language="pt"),
        document(3, "Fondo", "de emergencia", language="es"),
    )
    assert finder.ids('"FONDO de emergencia"') == [1]
    assert finder.ids('"fondos de emergencia"') == []
    assert finder.ids('"de"') == [3, 2, 1]


def test_languages_without_spaces(finder):
    finder.fill(
        document(1, body="我们的合作社很好", language="zh"), document(2, body="社会合同", language="zh")
    )
    assert finder.ids("合作社") == [1]
    assert finder.ids("社") == [2, 1]
    assert finder.ids('"合作"') == [1]


def test_equal_title_comes_first_then_titles_tags_and_texts(finder):
    finder.fill(
        document(1, "Something", "A savings circle met, and there is a savings circle."),
        document(2, "Something", "else", tags=("savings", "circle")),
        document(3, "A savings circle in the second year", "Something"),
        document(4, "Savings circle", "Something", at=DAY - timedelta(days=999)),
    )
    assert finder.ids("savings circle") == [4, 3, 2, 1]


def test_closed_and_archived_stand_lower_and_newer_first_among_equals(finder):
    finder.fill(
        document(1, body="a fund"),
        document(2, body="a fund"),
        document(3, body="a fund", facts={"closed": "1"}),
        document(4, body="a fund", facts={"archived": "1"}),
    )
    assert finder.ids("fund") == [2, 1, 3, 4]
    assert finder.ids("fund status:open") == [2, 1]
    assert finder.ids("fund -status:open order:oldest") == [3, 4]


def test_rarity_is_shared_by_languages(finder):
    many = [document(n, body=f"microcredit note {n}") for n in range(1, 40)]
    finder.fill(*many, document(99, body="microcredit nota", language="pt", at=DAY - timedelta(days=1)))
    assert finder.ids("microcredit", limit=50)[-1] == 99, "a small language is not raised"


def test_one_row_a_thread_with_its_best_post(finder):
    finder.fill(
        document(1, "Cash", "How do you count?", group="thread:1"),
        document(2, "Cash", "We lock the cash box. The cash box is counted.", group="thread:1"),
        document(3, "Cash", "Thanks!", group="thread:1"),
        document(4, "Visit", "Bring cash.", group="thread:2"),
    )
    assert finder.ids("cash") == [2, 4]
    assert finder.ids("in:title cash") == [1], "of equals in a thread the first"
    assert finder.ids("cash order:latest") == [4, 3]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("fund topic:finance", [2, 1]),
        ("fund topic:12", [2, 1]),
        ("fund topic:savings-groups", [1]),
        ("fund -topic:savings-groups", [3, 2]),
        ("tag:credit", [1]),
        ("tag:credit,visit", [3, 1]),
        ("tag:credit+rules", [1]),
        ("#visit", [3]),
        ("by:rosa", [3, 1]),
        ('by:"rosa cuautle"', [1]),
        ("fund lang:fr", [2]),
        ("after:2026-05-03", [3]),
        ("before:2026-05-02", [1]),
        ("after:2026-05-02 before:2026-05-03", [2]),
        ("order:oldest lang:en", [1, 3]),
        ("kind:book fund order:latest", [3, 2, 1]),
        ("kind:member", []),
        ("by:me", [2]),
    ],
)
def test_filters(finder, text, found):
    finder.fill(
        document(
            1,
            body="a fund",
            tags=("credit", "rules"),
            topics=(12, 13),
            facts={"topic_slugs": "finance savings-groups"},
            author="Rosa Cuautlé",
            author_id=5,
            at=datetime(2026, 5, 1, tzinfo=UTC),
        ),
        document(
            2,
            body="un fund",
            language="fr",
            topics=(12,),
            facts={"topic_slugs": "finance"},
            author="Awa",
            author_id=7,
            at=datetime(2026, 5, 2, tzinfo=UTC),
        ),
        document(
            3, body="fund", tags=("visit",), author="Rosa", author_id=9, at=datetime(2026, 5, 3, tzinfo=UTC)
        ),
    )
    assert finder.ids(text, viewer=MEMBER) == found


def test_names_of_topics_are_found_like_tags(finder):
    finder.fill(document(1, body="rules", facts={"topic_slugs": "solidarity-finance"}))
    assert finder.ids("finance rules") == [1]


@pytest.mark.parametrize(
    ("viewer", "found"),
    [
        (VISITOR, [1]),
        (MEMBER, [4, 3, 2, 1]),
        (Viewer(id=8, role="member", tokens=frozenset({"public", "members", "member:8"})), [2, 1]),
        (Viewer(tokens=frozenset()), []),
    ],
)
@pytest.mark.parametrize("text", ["secret", '"secret"', "order:latest after:2000", "-other"])
def test_audience_is_held_inside_the_index(finder, viewer, found, text):
    audiences = ["public", "members", "group:3", "member:7", "staff"]
    finder.fill(
        *(
            document(n, "Secret", f"A secret of {token}", audience=frozenset({token}))
            for n, token in enumerate(audiences, 1)
        )
    )
    assert finder.ids(text, viewer=viewer) == found


def test_equal_title_does_not_open_what_is_closed(finder):
    finder.fill(document(1, "Wages", audience=frozenset({"staff"})), document(2, "Wages and more"))
    assert finder.ids("wages") == [2]
    assert finder.ids("wages lang:en") == [2]


def test_only_kinds_that_exist_are_found(finder):
    finder.fill(document(1, body="fund"), document(2, body="fund", kind="offer"))
    assert finder.ids("fund") == [1]
    finder.kinds = ("offer", "book")
    assert finder.ids("fund") == [2, 1]


def test_pages_follow_one_another_with_one_more_as_a_sign(finder):
    finder.fill(*(document(n, body="fund") for n in range(1, 50)))
    first = finder.ids("fund", limit=20)
    second = finder.ids("fund", limit=20, offset=20)
    third = finder.ids("fund", limit=20, offset=40)
    assert (len(first), len(second), len(third)) == (21, 21, 9)
    assert [*first[:20], *second[:20], *third] == list(range(49, 0, -1))


def test_half_of_the_words_are_enough_when_asked_so(finder):
    finder.fill(document(1, body="emergency fund"), document(2, body="emergency"), document(3, body="visit"))
    query = replace(parse("emergency fund rules savings"), is_loose=True)
    found = finder.backend.search(query, Reach(VISITOR.tokens, ("book",)), Window())
    assert [hit.id for hit in found.hits["book"]] == [1]


def test_endless_text_is_indexed_as_far_as_places_go(finder):
    finder.fill(document(1, body="word " * 70_000 + "needle"), document(2, "needle " * 2000, "pin"))
    assert finder.ids("word") == [1]
    assert finder.ids('"word word"') == [1]
    assert finder.ids("needle") == [2]


WORDS = """
cooperativa cooperatives épargne savings fund rules fondo the de la for reglas caisse تعاونية صندوق ushirika
合作社 合同 loan loans préstamo economia économie
"""


def random_documents(chance: random.Random, count: int):
    languages = ("en", "es", "fr", "pt", "ar", "sw", "zh")
    words = WORDS.split()
    for number in range(1, count + 1):
        yield document(
            number,
            " ".join(chance.choices(words, k=chance.randint(0, 3))),
            " ".join(chance.choices(words, k=chance.randint(0, 12))),
            language=chance.choice(languages),
            tags=tuple(chance.sample(["savings", "loan"], chance.randint(0, 2))),
            audience=frozenset({chance.choice(["public", "members", "staff"])}),
            facts={"closed": "1"} if chance.random() < 0.2 else {},
            at=DAY + timedelta(days=chance.randint(-500, 0)),
        )


@pytest.mark.parametrize("seed", range(4))
def test_index_finds_what_reading_each_document_finds(finder, seed):
    chance = random.Random(seed)
    documents = list(random_documents(chance, 120))
    finder.fill(*documents[:80])
    finder.update(*documents[60:])
    changed = [replace(d, body=f"{d.body} savings") for d in documents[::7]]
    finder.update(*changed, gone=[5, 6])
    now = {d.id: d for d in documents} | {d.id: d for d in changed}
    analysed = [analyse(d) for number, d in now.items() if number not in (5, 6)]
    reach = Reach(MEMBER.tokens, ("book",))
    texts = [
        "savings",
        "cooperativas",
        "épargne fund",
        '"fund rules"',
        "loan -fund",
        "in:title savings",
        "合作社",
    ]
    texts += [
        "the savings",
        "تعاونية",
        "tag:loan",
        "status:closed fondo",
        "before:2025-12 rules",
        "social economia",
    ]
    for text in texts:
        query = parse(text)
        expected = {d.id for d in analysed if is_open(d, query, reach) and score(d, query) is not None}
        found = finder.backend.search(query, reach, Window(0, 500))
        assert {hit.id for hit in found.hits.get("book", ())} == expected, text


@pytest.mark.parametrize("order", ["latest", "oldest"])
def test_order_of_time_is_exact_beyond_what_is_ranked(finder, monkeypatch, order):
    monkeypatch.setattr(searching, "MOST_RANKED", 20)
    dice = random.Random(5)
    days = dice.sample(range(1000), 300)
    books = [document(n, body="fund", at=DAY + timedelta(days=day)) for n, day in enumerate(days, 1)]
    finder.fill(*books[:120])
    for start in range(120, 300, 60):
        finder.update(*books[start : start + 60])
    # one segment with the oldest and the newest, as edits make it
    ordered = sorted(books, key=lambda book: book.at, reverse=order == "latest")
    finder.update(ordered[0], ordered[-1])
    for question in (f"fund order:{order}", f"kind:book order:{order}"):
        for offset in (0, 20, 100, 260):
            found = finder.ids(question, offset=offset)
            assert found[:20] == [book.id for book in ordered[offset : offset + 20]], (question, offset)
