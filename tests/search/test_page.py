"""The page of results, as visitors and members see it."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from jinja2 import ChoiceLoader, DictLoader

from brain.app import register_derived_jobs
from brain.base import clock, pulse, settings
from brain.base.access import HOUSE
from brain.base.db import db, upsert
from brain.base.events import Outbox
from brain.base.slots import SlotFill
from brain.base.unit import unit_of_work
from brain.plugin.models import PluginState
from brain.plugin.registry import Plugin
from brain.search.index import index
from brain.search.indexing import REBUILD
from brain.search.whoosh_backend import folder as folders
from tests.search.shelf import Shelf, contribution


@pytest.fixture
def member(make, sign_in):
    """Give the client of somebody who may search as often as they like."""
    return sign_in(make.member("Amina"))


def main(page) -> str:
    """Give the page's own part, without the marks of HTML around words."""
    assert page.status_code == 200
    return html.unescape(page.text[page.text.index("<main") : page.text.index("</main>")])


def titles(page) -> list[str]:
    """Give the titles of the results, without the marks of found words."""
    found = re.findall(r"<h3><a [^>]*>(.*?)</a></h3>", main(page))
    return [re.sub(r"</?mark>", "", title) for title in found]


def test_result_shows_where_it_was_found(shelf, make, member):
    shelf.put(
        1,
        "Fondo de emergencia",
        "Lo común es la contabilidad y un fondo de emergencia <b>del 5 %</b>. Las cooperativas lo pagan.",
        language="es",
        author="Rosa Cuautle",
    )
    make.work()
    page = member.get("/search?q=cooperativa+fondos")
    text = page.text
    assert '<a href="/book/1" lang="es" dir="ltr"><mark>Fondo</mark> de emergencia</a>' in text
    assert "<mark>fondo</mark>" in text
    assert "<mark>cooperativas</mark>" in text
    assert "&lt;b&gt;del 5 %&lt;/b&gt;" in text
    assert "<bdi>Rosa Cuautle</bdi>" in text
    assert '<span class="lang" lang="es" dir="ltr">Español</span>' in text
    assert "All books" in text


def test_texts_are_never_markup(shelf, make, member):
    evil = '<script>alert(1)</script> "><img src=x onerror=alert(2)> fund'
    shelf.put(1, evil, evil, author=evil)
    make.work()
    for question in ("fund", "script", '"img src"', evil):
        page = member.get("/search", query_string={"q": question}).text
        assert "<script>alert" not in page
        assert "<img" not in page


def test_found_place_is_cut_out_of_a_long_text(shelf, make, member):
    shelf.put(1, "Letter", "before " * 500 + "the emergency fund needs rules " + "after " * 500)
    make.work()
    (snippet,) = re.findall(r'<p class="hit-text"[^>]*>(.*?)</p>', main(member.get("/search?q=rule+fund")))
    assert "emergency <mark>fund</mark> needs <mark>rules</mark>" in snippet
    assert snippet.startswith("… ")
    assert snippet.endswith(" …")
    assert len(snippet) < 300


def test_words_that_follow_one_another_are_one_mark(shelf, make, member):
    shelf.put(1, "Letter", "An emergency fund, and a fund for emergencies.")
    make.work()
    assert "<mark>emergency fund</mark>" in member.get("/search?q=fund+emergency").text
    assert main(member.get('/search?q="fund+for"')).count("<mark>") == 1


def test_what_the_database_hides_is_neither_shown_nor_counted(shelf, make, member, client):
    for number in range(1, 31):
        shelf.put(number, f"Fund {number}", "canary")
    make.work()
    shelf.secret = set(range(4, 31))
    page = main(member.get("/search?q=canary"))
    assert len(re.findall("<article", page)) == 3
    assert re.search(r'<span class="count">3</span>', page)
    shelf.secret = set(range(1, 31))
    assert "Nothing found" in main(member.get("/search?q=canary"))


def test_audience_decides(shelf, make, member, client):
    shelf.put(1, "Wages of members", audience=frozenset({"members"}))
    shelf.put(2, "Wages of staff", audience=frozenset({"staff"}))
    shelf.put(3, "Wages of all")
    make.work()
    assert titles(client.get("/search?q=wages")) == ["Wages of all"]
    assert titles(member.get("/search?q=wages")) == ["Wages of all", "Wages of members"]


def test_many_results_come_in_pages_and_are_never_counted_to_the_end(shelf, make, member):
    for number in range(1, 48):
        shelf.put(number, f"Fund {number}")
    make.work()
    seen = []
    for number in (1, 2, 3):
        page = member.get(f"/search?q=fund&page={number}")
        seen += titles(page)
        assert ("20+" in main(page)) == (number < 3)
        assert ('rel="next"' in page.text) == (number < 3)
    assert seen == [f"Fund {number}" for number in range(47, 0, -1)]
    assert titles(member.get("/search?q=fund&page=4")) == []
    assert titles(member.get("/search?q=fund&page=99999")) == []


def test_results_stand_by_kind_in_order_with_a_way_to_all_of_a_kind(shelves, make, member):
    books, offers, people = shelves("book", 10), shelves("offer", 20), shelves("person", 30)
    for number in range(1, 40):
        books.put(number, f"Fund {number}")
    for number in range(1, 9):
        offers.put(number, f"Fund offer {number}")
    people.put(1, "Mr Fund")
    make.work()
    page = main(member.get("/search?q=fund"))
    assert [page.index(f"All {kind}s <span") for kind in ("book", "offer", "person")] == sorted(
        page.index(f"All {kind}s <span") for kind in ("book", "offer", "person")
    )
    counts = re.findall(r'<h2 id="kind-(\w+)">[^<]*<span class="count">(\d+\+?)', page)
    assert counts == [("book", "20+"), ("offer", "8"), ("person", "1")]
    assert len(re.findall("<article", page)) == 20
    assert "/search?q=fund&kind=offer" in page
    assert len(titles(member.get("/search?q=fund&kind=offer"))) == 8
    assert titles(member.get("/search?q=fund&kind=nonsense")) == []


def test_links_narrow_and_order(shelf, make, member):
    shelf.put(1, "Old fund", language="en")
    shelf.put(2, "Fund fund fund", language="en")
    shelf.put(3, "Fund", "nouveau", language="fr")
    make.work()
    assert titles(member.get("/search?q=fund&order=oldest")) == ["Old fund", "Fund fund fund", "Fund"]
    assert titles(member.get("/search?q=fund&order=latest&language=en")) == ["Fund fund fund", "Old fund"]
    page = main(member.get("/search?q=fund&order=oldest&language=en"))
    assert '<a href="/search?q=fund&language=en&order=oldest" rel="nofollow" aria-current="true"' in page
    assert 'name="language" value="en"' in page


def test_how_a_question_was_understood_is_said(shelf, make, member):
    shelf.put(1, "Fund")
    make.work()
    question = 'fund "of all" -loan topic:finance by:me after:2026-03 lang:es,fr '
    question += "#visit -tag:spam in:title status:open"
    page = main(member.get("/search", query_string={"q": question}))
    for sentence in (
        "With exactly “of all”",
        "Without “loan”",
        "In the topic finance",
        "Written by you",
        "In Español · Français",
        "Topic or tag: visit",
        "Not: With the tag spam",
        "In titles only",
        "Open threads",
        "From Mar 1, 2026 on",
    ):
        assert sentence in page
    assert "How this was understood" not in main(member.get("/search?q=fund+rules"))


def test_nothing_asked_shows_how_to_ask(client):
    page = main(client.get("/search"))
    assert "More ways to search" in page
    assert "Nothing found" not in page
    assert "Nothing found" not in main(client.get("/search?q=%20%3F"))


def test_nothing_found_says_what_to_try(shelf, make, member):
    shelf.put(1, "Fund")
    make.work()
    page = main(member.get("/search?q=zunzun&kind=book"))
    assert "Nothing found for “zunzun”" in page
    assert 'href="/search?q=zunzun"' in page


def test_what_comes_closest_is_shown_where_nothing_has_all_words(shelf, make, member):
    shelf.put(1, "Emergency fund", "of the savings circle")
    shelf.put(2, "Visit")
    make.work()
    page = member.get("/search?q=emergency+fund+zunzun")
    assert titles(page) == ["Emergency fund"]
    assert "Nothing has all of these words" in main(page)
    assert titles(member.get("/search?q=zunzun+visit+quux")) == []


def test_newest_is_found_in_the_database_while_there_is_no_index(shelf, make, member):
    shelf.put(1, "Fondo de emergencia", "Cooperativas", language="es")
    shelf.put(2, "Fund", audience=frozenset({"staff"}))
    make.work()
    (index()._root / folders.CURRENT).unlink()
    page = member.get("/search?q=cooperativa+emergencias")
    assert titles(page) == ["Fondo de emergencia"]
    assert "being built anew" in main(page)
    assert titles(member.get("/search?q=fund")) == []
    assert titles(member.get('/search?q="de+emergencia"')) == ["Fondo de emergencia"]
    db.session.rollback()
    waiting = sa.select(sa.func.count()).where(Outbox.subscriber == REBUILD)
    assert db.session.scalar(waiting) == 1, "asked for once, by whoever noticed first"
    make.work()
    page = member.get("/search?q=cooperativa+emergencias")
    assert titles(page) == ["Fondo de emergencia"]
    assert "being built anew" not in main(page)


def test_fresh_site_without_an_index_answers(client):
    assert client.get("/search?q=anything").status_code == 200


def test_visitors_search_so_often_and_members_as_they_like(shelf, make, client, member):
    shelf.put(1, "Fund")
    make.work()
    with clock.at(clock.now().replace(second=0)):
        for _ in range(15):
            assert client.get("/search?q=fund").status_code == 200
        assert client.get("/search").status_code == 200, "the empty page is free"
        refused = client.get("/search?q=fund")
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) <= 60
        assert member.get("/search?q=fund").status_code == 200
    with clock.at(timedelta(minutes=2)):
        assert client.get("/search?q=fund").status_code == 200


def test_limit_of_visitors_is_a_setting(client):
    with unit_of_work():
        settings.change_setting(HOUSE, "search.visitor_searches", 1)
    assert [client.get("/search?q=fund").status_code for _ in range(2)] == [200, 429]


def test_page_keeps_to_its_queries(shelves, make, client, member, queries):
    for kind in ("book", "offer"):
        shelf = shelves(kind)
        for number in range(1, 30):
            shelf.put(number, "Fund", "rules")
    make.thread(title="The fund of our circle", text="The fund has rules that fit on a page.")
    make.work()
    client.get("/search?q=fund")
    with queries(most=8):
        client.get("/search?q=fund+rules")
    with queries(most=8):
        member.get("/search?q=fund+rules")


def test_page_reads_from_right_to_left(shelf, make, member):
    shelf.put(1, "صندوق الطوارئ", "اتفقنا على صندوق الطوارئ في التعاونيات.", language="ar")
    make.work()
    page = member.get("/search?q=تعاونية&lang=ar")
    assert '<html lang="ar" dir="rtl"' in page.text
    assert '<a href="/book/1" lang="ar" dir="rtl">صندوق الطوارئ</a>' in page.text
    assert "<mark>التعاونيات</mark>" in page.text


def test_odd_questions_are_no_error(shelf, make, member, shared):
    shelf.put(1, "Fund", "合作社 the <of>")
    make.work()
    strings = json.loads((shared / "data" / "trust" / "strings" / "blns.json").read_text("utf-8"))
    for text in [
        *strings[::6],
        "*",
        "a" * 5000,
        "the",
        "-fund",
        "before:2026 *:*",
        '"' * 50,
        "\0",
        "fund~2",
        "[1 TO 9]",
    ]:
        assert member.get("/search", query_string={"q": text}).status_code == 200, text
    for query in (
        "q=fund&page=-1",
        "q=fund&kind=%00",
        "q=fund&order=sideways",
        "q=fund&language=%F0%9F",
        "q=fund&page=x",
    ):
        assert member.get(f"/search?{query}").status_code == 200, query


def test_aside_is_told_the_words(shelf, make, member, app, monkeypatch):
    told = []

    def load(items, viewer):
        told.extend(items)
        return {None: {"words": items[0]}}

    shelf.put(1, "Fund")
    make.work()
    here = app.extensions["brain"].slices
    here["shelf"] = replace(here["shelf"], slot_fills=(SlotFill("search.aside", "test/aside.html", load),))
    aside = DictLoader({"test/aside.html": "<p>Also: {{ words|join(', ') }}</p>"})
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([aside, app.jinja_env.loader]))
    page = member.get('/search?q=fund+"of+all"+-loan')
    assert told == [["fund", "of all"]]
    assert "Also: fund, of all" in page.text


@pytest.fixture
def plugin_shelf(app):
    """Give a shelf that a plugin declares, switched on."""
    here = app.extensions["brain"]
    shelf = Shelf("toy", 60)
    here.plugins["toybox"] = Plugin("toybox", Path("toybox"), contribution=contribution(shelf))
    register_derived_jobs(app, here)
    switch_plugin(True)
    yield shelf
    del here.plugins["toybox"]
    register_derived_jobs(app, here)


def switch_plugin(on: bool) -> None:
    row = {"name": "toybox", "enabled": on, "version": "1", "changed_at": clock.now(), "reason": ""}
    with unit_of_work():
        db.session.execute(upsert(PluginState, row, ["name"], {"enabled": on}))
        pulse.beat("state")
    pulse.forget()


def test_results_of_a_plugin_go_and_come_with_it(plugin_shelf, shelf, make, member):
    shelf.put(1, "Wooden book")
    plugin_shelf.put(1, "Wooden toy")
    make.work()
    assert titles(member.get("/search?q=wooden")) == ["Wooden book", "Wooden toy"]
    switch_plugin(False)
    make.work()
    page = member.get("/search?q=wooden")
    assert titles(page) == ["Wooden book"]
    assert "All toys" not in page.text
    switch_plugin(True)
    assert titles(member.get("/search?q=wooden")) == ["Wooden book", "Wooden toy"]


def test_plugin_that_fails_hides_only_its_own_results(plugin_shelf, shelf, make, member, monkeypatch):
    shelf.put(1, "Wooden book")
    plugin_shelf.put(1, "Wooden toy")
    make.work()
    plugin_shelf.is_broken = True
    plugin_shelf.tell(1)
    shelf.put(2, "Wooden shelf")
    make.work()
    assert titles(member.get("/search?q=wooden")) == ["Wooden shelf", "Wooden book", "Wooden toy"]
    monkeypatch.setattr(plugin_shelf, "secret", None)
    assert titles(member.get("/search?q=wooden")) == ["Wooden shelf", "Wooden book"]


def test_pages_of_what_comes_closest(shelf, make, member):
    for number in range(1, 46):
        shelf.put(number, f"Book {number}", "quebracho")
    make.work()
    pages = [titles(member.get(f"/search?q=quebracho+zzzzzz&page={page}")) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [20, 20, 5]
    assert len({row for page in pages for row in page}) == 45


def test_many_best_results_that_were_closed_hide_no_other(shelf, make, member):
    for number in range(1, 101):
        shelf.put(number, f"Book {number}", "quebracho")
    make.work()
    shelf.secret.update(range(30, 101))
    found = titles(member.get("/search?q=quebracho"))
    assert len(found) == 20


def test_who_wrote_and_which_states_are_said_by_their_names(make, member, client):
    page = member.get("/search?q=by:me,rosa+status:open,closed").text
    assert "Written by you or rosa" in page
    assert "Open threads · Closed threads" in page
