"""What is unread, what is new, and what a visit records."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from brain.base import clock
from brain.base.db import db
from brain.discussion import actions, queries
from brain.discussion.actions import ReplyDraft
from brain.discussion.links import thread_url
from brain.discussion.models import Reading, Thread


@pytest.fixture
def author(make):
    return make.member()


@pytest.fixture
def thread(make, author):
    return make.thread(author=author, posts=25)


@pytest.fixture
def member(make):
    return make.member()


def url_of(make, thread):
    return thread_url(queries.open_thread(make.viewer(), thread))


def last_read(make, thread, member):
    db.session.rollback()
    return queries.open_thread(make.viewer(member), thread).last_read


def test_showing_a_page_marks_its_posts_as_read(sign_in, make, thread, member):
    client, url = sign_in(member), url_of(make, thread)
    client.get(url)
    assert last_read(make, thread, member) == 20
    client.get(f"{url}?page=2")
    assert last_read(make, thread, member) == 25


def test_last_read_only_grows(sign_in, make, thread, member):
    client, url = sign_in(member), url_of(make, thread)
    client.get(f"{url}?page=2")
    client.get(url)
    assert last_read(make, thread, member) == 25


def test_second_visit_to_a_read_page_writes_nothing(sign_in, make, thread, member):
    client, url = sign_in(member), url_of(make, thread)
    client.get(url)
    before = db.session.execute(sa.select(Reading.visited_at)).scalar_one()
    db.session.rollback()
    with clock.at(timedelta(hours=1)):
        client.get(url)
    assert db.session.execute(sa.select(Reading.visited_at)).scalar_one() == before


def test_view_counts_once_in_eight_hours(sign_in, make, thread, member):
    client, url = sign_in(member), url_of(make, thread)
    for hours in (0, 1, 9):
        with clock.at(timedelta(hours=hours)):
            client.get(url)
    assert db.session.scalar(sa.select(Thread.views)) == 2


def test_visitors_leave_no_trace(client, make, thread):
    client.get(url_of(make, thread))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Reading)) == 0
    assert db.session.scalar(sa.select(Thread.views)) == 0


def test_lists_lead_to_the_first_unread_post(sign_in, make, act, thread, member):
    client, url = sign_in(member), url_of(make, thread)
    client.get(f"{url}?page=2")
    act(make.member(), actions.reply, thread, ReplyDraft("Something new."))
    page = client.get("/").text
    assert f'href="{url}?page=2#post-26"' in page
    assert "1 new" in page


def test_read_thread_opens_at_its_last_post(sign_in, make, thread, member):
    client, url = sign_in(member), url_of(make, thread)
    client.get(f"{url}?page=2")
    assert f'href="{url}?page=2#post-25"' in client.get("/").text


def test_unread_threads_have_a_list_of_their_own(sign_in, make, act, thread, member):
    client, url = sign_in(member), url_of(make, thread)
    assert "You have read everything" in client.get("/unread").text
    client.get(url)
    assert "5 new" in client.get("/unread").text
    client.get(f"{url}?page=2")
    assert "You have read everything" in client.get("/unread").text


def test_new_posts_are_marked_with_a_line_before_the_first(sign_in, make, act, member):
    thread = make.thread(posts=3)
    client, url = sign_in(member), url_of(make, thread)
    assert "New since your last visit" not in client.get(url).text
    act(make.member(), actions.reply, thread, ReplyDraft("Something new."))
    act(make.member(), actions.reply, thread, ReplyDraft("Something newer."))
    page = client.get(url).text
    assert re.search(r'id="new">New since your last visit</p><article class="post is-new" id="post-4"', page)
    assert page.count("is-new") == 2
    assert "2 new posts, from post 4" in page
    assert "is-new" not in client.get(url).text


def test_marks_of_one_reader_are_not_shown_to_another(sign_in, make, act, member, client):
    thread = make.thread(posts=3)
    url = url_of(make, thread)
    reader = sign_in(member)
    reader.get(url)
    act(make.member(), actions.reply, thread, ReplyDraft("Something new."))
    assert "is-new" in reader.get(url).text
    for other in (client, sign_in(make.member())):
        assert "is-new" not in other.get(url).text


def test_thread_never_opened_is_new_for_two_weeks(make, sign_in, client, author, member):
    make.thread(author=author)
    make.work()
    new = '<span class="badge badge-new">New</span>'
    assert new in sign_in(member).get("/").text
    assert new not in sign_in(author).get("/").text
    assert new not in client.get("/").text
    with clock.at(timedelta(days=15)):
        assert new not in sign_in(member).get("/").text


def test_own_reply_is_read_on_the_page_it_leads_to(sign_in, make, thread, member):
    client, url = sign_in(member), url_of(make, thread)
    answer = client.submit(f"/thread/{thread}/reply", {"text": "So do we.", "language": "en"}, form_at=url)
    client.get(answer.headers["Location"])
    assert last_read(make, thread, member) == 26


def test_what_one_wrote_oneself_is_not_new(sign_in, make, act, member):
    thread = make.thread(posts=3)
    client, url = sign_in(member), url_of(make, thread)
    client.get(url)
    act(member, actions.reply, thread, ReplyDraft("Mine, written elsewhere."))
    assert "New since your last visit" not in client.get(url).text
    act(make.member(), actions.reply, thread, ReplyDraft("Something new."))
    page = client.get(url).text
    assert re.findall(r'class="post is-new" id="post-(\d)"', page) == ["5"]
    assert re.search(r'class="post is-own" id="post-4"', page)


def test_hidden_post_at_the_end_is_not_new_to_anybody(sign_in, make, act, thread, member):
    client, url = sign_in(member), url_of(make, thread)
    client.get(f"{url}?page=2")
    spammer = make.member()
    act(spammer, actions.reply, thread, ReplyDraft("Buy cheap pills."))
    assert [row.id for row in queries.unread_threads(make.viewer(member)).threads] == [thread]
    post = queries.open_post(make.viewer(), thread, 26).id
    act(make.moderator(), actions.withdraw_post, post, "advertising")
    assert queries.unread_threads(make.viewer(member)).threads == []
    assert "new post" not in client.get(f"{url}?page=2").text


def test_hiding_from_the_end_lets_the_thread_sink_to_its_last_visible_post(make, act, author):
    thread = make.thread(author=author, posts=3)
    moderator = make.moderator()
    for number in (3, 2):
        post = queries.open_post(make.viewer(moderator), thread, number).id
        act(moderator, actions.withdraw_post, post, "advertising")
    found = queries.open_thread(make.viewer(), thread)
    assert found.bumped_at == found.last_post_at == found.created_at
