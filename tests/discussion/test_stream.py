"""A kept stream is as new as its thread, and never shows one reader's parts to another."""

from __future__ import annotations

import pytest

from brain.base.fragments import Fragments
from brain.base.unit import unit_of_work
from brain.discussion import actions, queries
from brain.discussion.actions import EditDraft, ReplyDraft
from brain.discussion.links import thread_url
from brain.members.actions import add_group, join_group


@pytest.fixture
def author(make):
    return make.member("Grace")


@pytest.fixture
def thread(make, author):
    return make.thread(author=author, posts=3)


@pytest.fixture
def url(make, thread):
    return thread_url(queries.open_thread(make.viewer(), thread))


def test_second_reader_costs_no_read_of_posts(client, queries, url):
    client.get(url)
    with queries(most=20) as said:
        client.get(url)
    assert not [statement for statement in said if "FROM post" in statement]


@pytest.mark.parametrize(
    "change",
    ["reply", "edit", "delete", "restore", "hide", "bring back", "close"],
)
def test_every_change_is_seen_at_once(client, make, act, author, thread, url, change):
    moderator = make.moderator("Amina")
    hidden = queries.open_post(make.viewer(), thread, 3).id
    if change == "restore":
        act(author, actions.delete_post, thread, 2)
    if change == "bring back":
        act(moderator, actions.withdraw_post, hidden, "attack")
    before = client.get(url).text
    doing = {
        "reply": (author, actions.reply, thread, ReplyDraft("Something new.")),
        "edit": (author, actions.edit_post, thread, 2, EditDraft("Something else.")),
        "delete": (author, actions.delete_post, thread, 2),
        "restore": (author, actions.restore_post, thread, 2),
        "hide": (moderator, actions.withdraw_post, hidden, "attack"),
        "bring back": (moderator, actions.bring_back_post, hidden),
        "close": (moderator, actions.close_thread, thread),
    }
    act(*doing[change])
    assert client.get(url).text != before


def test_menus_of_one_member_are_not_shown_to_another(client, make, sign_in, author, url):
    assert "/edit" in sign_in(author).get(url).text
    for other in (client, sign_in(make.member())):
        assert "/edit" not in other.get(url).text


def test_streams_are_kept_by_language(client, url):
    english = client.get(url).text
    assert 'lang="ar"' in client.get(f"{url}?lang=ar").text
    assert client.get(url).text == english


def test_icons_of_a_kept_stream_are_on_the_page(client, url):
    client.get(url)
    assert 'id="i-more"' in client.get(url).text


def test_member_cannot_write_a_hole(client, make, act, thread, url):
    text = "menu:1 \x02menu:1\x02 byline:1"
    act(make.member(), actions.reply, thread, ReplyDraft(text))
    page = client.get(url).text
    assert "\x02" not in page


def test_full_store_drops_what_was_unused_longest():
    store: Fragments[str] = Fragments(100)
    for number in range(11):
        store.put(number, "x", 10)
        store.get(0)
    assert store.get(0) == "x"
    assert store.get(1) is None
    assert store.get(10) == "x"


def test_store_keeps_nothing_that_would_fill_it():
    store: Fragments[str] = Fragments(100)
    store.put("large", "x", 11)
    assert store.get("large") is None


def test_same_key_put_twice_counts_once():
    store: Fragments[str] = Fragments(100)
    for _ in range(50):
        store.put("same", "x", 10)
    store.put("other", "y", 10)
    assert (store.get("same"), store.get("other")) == ("x", "y")


def test_reader_of_one_group_does_not_see_the_topic_of_another(make, sign_in):
    grace, amina = make.member(), make.member()
    groups = []
    with unit_of_work():
        for who, key in ((grace, "one"), (amina, "two")):
            groups.append(add_group(key, {"en": key}))
            join_group(who, groups[-1])
    root = make.topic("Layoffs", audience=f"group:{groups[0]}")
    middle = make.topic("Wages", audience=f"group:{groups[1]}", parent=root)
    thread = make.thread(make.topic("Open", parent=middle))
    pages = [sign_in(who).get(f"/thread/{thread}/-", follow_redirects=True).text for who in (grace, amina)]
    assert [("Layoffs" in page, "Wages" in page) for page in pages] == [(True, False), (False, True)]
