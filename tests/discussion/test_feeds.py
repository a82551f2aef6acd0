"""Atom feeds hold what visitors may read, as XML that any reader takes."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

import pytest

from brain.discussion import actions
from brain.discussion.actions import ReplyDraft, ThreadDraft

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture
def topic(make):
    return make.topic()


@pytest.fixture
def thread(make, act, topic):
    draft = ThreadDraft('Tools & "toys" <b>', "We have **one** & two.\x0c", ("tools",), "en")
    return act(make.member("Grace O'Neill"), actions.open_thread, topic, draft)[0]


def feed_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/atom+xml"
    return Xml.fromstring(answer.data)


def test_site_feed_holds_new_threads(client, thread):
    (entry,) = feed_of(client, "/feed.atom").findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == 'Tools & "toys" <b>'
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Grace O'Neill"
    assert "<strong>one</strong> &amp; two" in entry.findtext(f"{ATOM}content")
    assert entry.findtext(f"{ATOM}updated").endswith("Z")
    assert entry.find(f"{ATOM}category").get("term") == "tools"


def test_entries_say_their_language(client, make, act, topic, thread):
    act(
        make.member(),
        actions.open_thread,
        topic,
        ThreadDraft("نماذج عقود التعاونيات", "من يشارك تجربته؟", (), "ar"),
    )
    entries = feed_of(client, f"/topic/{topic}/feed.atom").findall(f"{ATOM}entry")
    assert [entry.get(LANG) for entry in entries] == ["ar", "en"]


def test_thread_feed_holds_its_last_posts(client, make, act, thread):
    for number in range(25):
        act(make.member(), actions.reply, thread, ReplyDraft(f"Reply number {number}."))
    entries = feed_of(client, f"/thread/{thread}/feed.atom").findall(f"{ATOM}entry")
    assert len(entries) == 20
    assert entries[0].findtext(f"{ATOM}id").endswith(f"/thread/{thread}/post/26")


def test_ids_stay_when_the_title_changes(client, make, act, thread):
    def ids():
        return [e.findtext(f"{ATOM}id") for e in feed_of(client, "/feed.atom").findall(f"{ATOM}entry")]

    before = ids()
    act(make.moderator(), actions.edit_post, thread, 1, actions.EditDraft("Another", title="Another title"))
    assert ids() == before


def test_feed_of_an_empty_site_is_a_feed(client):
    assert feed_of(client, "/feed.atom").findall(f"{ATOM}entry") == []


def test_feed_holds_what_visitors_may_read_whoever_asks(sign_in, make):
    hidden = make.topic(audience="members")
    member = make.member()
    thread = make.thread(hidden, member)
    client = sign_in(member)
    assert feed_of(client, "/feed.atom").findall(f"{ATOM}entry") == []
    assert client.get(f"/topic/{hidden}/feed.atom").status_code == 404
    assert client.get(f"/thread/{thread}/feed.atom").status_code == 404


def test_deleted_post_leaves_the_feed(client, make, act, thread):
    author = make.member()
    act(author, actions.reply, thread, ReplyDraft("Canary sentence."))
    assert b"Canary" in client.get(f"/thread/{thread}/feed.atom").data
    act(author, actions.delete_post, thread, 2)
    assert b"Canary" not in client.get(f"/thread/{thread}/feed.atom").data


def test_unchanged_feed_is_not_sent_again(client, thread):
    tag = client.get("/feed.atom").headers["ETag"]
    assert client.get("/feed.atom", headers={"If-None-Match": tag}).status_code == 304
