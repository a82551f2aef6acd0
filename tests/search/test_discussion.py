"""Threads, posts and topics are found as the discussion declares them."""

from __future__ import annotations

import html
import re

import pytest

from brain.base import clock
from brain.base.unit import unit_of_work
from brain.discussion.actions import ReplyDraft, TopicDraft, change_topic, reply
from brain.discussion.actions import delete_post as withdraw
from brain.discussion.actions import restore_post as restore
from brain.plugin import registry
from brain.search import indexing


@pytest.fixture
def member(make, sign_in):
    """Give the client of a member who reads."""
    return sign_in(make.member("Amina"))


def links(client, question: str) -> list[str]:
    page = client.get("/search", query_string={"q": question})
    assert page.status_code == 200
    return [html.unescape(link) for link in re.findall(r'<h3><a href="([^"]+)"', page.text)]


def answer(make, thread_id: int, author: int, text: str) -> None:
    draft = ReplyDraft(text=text, language="en", reply_to=None, draft_key=f"key-{text[:20]}")
    with clock.at(next(make._moments)), unit_of_work():
        reply(make.viewer(author), thread_id, draft)


def test_reply_is_found_at_its_place_and_a_thread_is_one_row(make, member):
    author = make.member("Rosa Cuautle")
    thread = make.thread(title="How do you share a tractor", text="We are five farms.", author=author)
    answer(make, thread, author, "We keep a **quebracho** stick with notches, one for each hour.")
    answer(make, thread, author, "Others write the hours down in a book of hours.")
    make.work()
    slug = "how-do-you-share-a-tractor"
    assert links(member, "quebracho") == [f"/thread/{thread}/{slug}#post-2"]
    assert links(member, "tractor") == [f"/thread/{thread}/{slug}"]
    assert links(member, "hours") == [f"/thread/{thread}/{slug}#post-3"]
    assert "**" not in member.get("/search?q=quebracho").text, "the text is found as it reads"
    assert links(member, "by:rosa notches") == links(member, "@rosa-cuautle quebracho") != []
    assert links(member, "by:awa notches") == []


def test_topic_is_found_by_any_of_its_names_and_narrows(make, member):
    topic = make.topic("Solidarity finance")
    below = make.topic("Savings circles", parent=topic)
    thread = make.thread(topic=below, title="Rules that fit on a page", text="Ours have seven lines.")
    make.thread(topic=make.topic("Markets"), title="Rules of a market", text="Ours have nine lines.")
    make.work()
    assert f"/topic/{topic}/solidarity-finance" in links(member, "solidarity finance")
    for question in ("rules topic:solidarity-finance", f"rules topic:{below}", "rules #savings-circles"):
        assert [link.split("/")[2] for link in links(member, question)] == [str(thread)], question


def test_what_is_withdrawn_is_gone_and_comes_back(make, member):
    author = make.member()
    thread = make.thread(author=author)
    answer(make, thread, author, "A word that is nowhere else: quebracho.")
    make.work()
    assert links(member, "quebracho")
    with unit_of_work():
        withdraw(make.viewer(author), thread, 2)
    assert links(member, "quebracho") == [], "the database is asked before the index has heard of it"
    make.work()
    assert links(member, "quebracho") == []
    with unit_of_work():
        restore(make.viewer(author), thread, 2)
    make.work()
    assert links(member, "quebracho")


def test_threads_of_members_are_not_for_visitors(make, member, client):
    topic = make.topic("Wages", audience="members")
    make.thread(topic=topic, title="What do you pay", text="We pay by the quebracho.")
    make.work()
    assert links(member, "quebracho")
    assert links(client, "quebracho") == []
    assert links(client, "wages") == []


def test_threads_are_searched_by_tag_language_and_state(make, member):
    thread = make.thread(
        title="Reglas de una caja",
        text="Una caja de ahorro con reglas.",
        tags=("ahorro", "reglas"),
        language="es",
    )
    make.work()
    for question in (
        "tag:ahorro",
        "tag:ahorro+reglas",
        "#reglas",
        "lang:es caja",
        "caja status:open",
        "cajas ahorros",
    ):
        assert [link.split("/")[2] for link in links(member, question)] == [str(thread)], question
    assert links(member, "caja lang:fr") == links(member, "tag:ahorro+visita") == []


def test_renamed_topic_is_found_by_its_new_name_only(make, member):
    admin, topic = make.admin(), make.topic("Old name")
    below = make.topic("Below", parent=topic)
    threads = [
        make.thread(topic=where, title="Rules of a fund", text="quebracho") for where in (topic, below)
    ]
    make.work()
    with unit_of_work():
        change_topic(make.viewer(admin), topic, TopicDraft({"en": "Fresh title"}))
    make.work()
    found = {link.split("/")[2] for link in links(member, "topic:fresh-title quebracho")}
    assert found == {str(thread) for thread in threads}
    assert links(member, "topic:old-name quebracho") == []
    for owner, source in indexing.sources():
        assert indexing.compare(owner, source).keys == []


def test_name_of_a_closed_topic_is_not_told_by_what_stands_below_it(make, member, client, sign_in):
    closed = make.topic("Secret layoffs", audience="staff")
    thread = make.thread(topic=make.topic("Rules", parent=closed), title="Rules of a fund", text="quebracho")
    plans = make.topic("Plans", "staff", parent=closed)
    inside = make.thread(topic=plans, author=make.moderator(), text="quebracho plans")
    make.work()
    for question in (
        "layoffs",
        "topic:secret-layoffs",
        f"topic:{closed}",
        "#secret-layoffs",
    ):
        assert not [link for link in links(client, question) if f"/thread/{thread}/" in link], question
    staff = sign_in(make.moderator())
    found = [link.split("/")[2] for link in links(staff, "quebracho topic:secret-layoffs")]
    assert found == [str(inside)]
    assert links(client, "quebracho topic:rules") != []


def test_erased_member_is_found_by_name_no_more(make, member):
    author = make.member("Rosa Cuautle")
    thread = make.thread(author=author, text="quebracho")
    make.work()
    assert links(member, "by:rosa-cuautle quebracho") != []
    with unit_of_work():
        for kept in registry.member_data().values():
            kept.erase(author)
    make.work()
    assert links(member, "by:rosa-cuautle quebracho") == []
    assert [link.split("/")[2] for link in links(member, "quebracho")] == [str(thread)]
