"""Threads written elsewhere come in with their numbers, times and standing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from brain.base.access import HOUSE
from brain.base.db import db
from brain.base.errors import NotFound
from brain.base.events import Outbox
from brain.base.markup import render_here
from brain.base.unit import unit_of_work
from brain.discussion import counters
from brain.discussion.actions import ReplyDraft, reply
from brain.discussion.actions.past import (
    PastLine,
    PastPost,
    PastThread,
    Settled,
    add_past_lines,
    add_past_posts,
    add_past_threads,
    settle_past_threads,
)
from brain.discussion.models import Post, Thread, ThreadTag

LONG_AGO = datetime(2014, 3, 1, 10, 0, tzinfo=UTC)


@pytest.fixture
def thread(make) -> int:
    """Give a thread from elsewhere whose posts have not come yet."""
    past = PastThread(make.topic(), "A seed library", "en", LONG_AGO, ("Seeds", "x" * 50), views=12)
    with unit_of_work():
        return add_past_threads(HOUSE, [past])[0]


def past_post(thread_id: int, number: int, **said) -> PastPost:
    text = f"Words of post {number}."
    plain = PastPost(
        thread_id=thread_id,
        number=number,
        author_id=None,
        language="en",
        source=text,
        html=render_here(text).html,
        created_at=LONG_AGO + timedelta(hours=number % 1000),
    )
    return replace(plain, **said)


def bring(thread_id: int, *posts: PastPost, **settled) -> list[int]:
    with unit_of_work():
        numbers = add_past_posts(HOUSE, posts, {})
        settle_past_threads(HOUSE, [Settled(thread_id, **settled)])
    return numbers


def test_thread_is_shown_when_its_posts_have_come(client, make, thread):
    assert client.get(f"/thread/{thread}/a-seed-library").status_code == 404
    author = make.member("Amina")
    bring(thread, past_post(thread, 1, author_id=author), past_post(thread, 4, reply_to=1))
    page = client.get(f"/thread/{thread}/a-seed-library").text
    assert "Words of post 1." in page
    assert "2014-03-01T11:00" in page
    assert "In reply to" in page
    row = db.session.get(Thread, thread)
    assert (row.post_count, row.highest, row.views, row.author_id) == (2, 4, 12, author)
    assert row.bumped_at == row.last_post_at == LONG_AGO + timedelta(hours=4)
    assert row.tags == list(db.session.scalars(sa.select(ThreadTag.tag))) == ["seeds"]
    assert counters.wrong_counters() == []


def test_hidden_and_deleted_posts_stay_so(client, make, thread):
    author = make.member()
    bring(
        thread,
        past_post(thread, 1),
        past_post(thread, 2, withdrawn="hidden"),
        past_post(thread, 3, withdrawn="deleted", author_id=author, by_author=True),
    )
    page = client.get(f"/thread/{thread}/a-seed-library").text
    assert "Words of post 2." not in page
    assert "It was hidden already on the site that it came from." in page
    assert "Post 3 was deleted by its author." in page
    assert counters.wrong_counters() == []


def test_thread_without_a_visible_post_stays_withdrawn(client, thread):
    bring(thread, past_post(thread, 1, withdrawn="hidden"))
    assert client.get(f"/thread/{thread}/a-seed-library").status_code == 404


def test_closed_and_pinned_threads_say_so(client, thread):
    bring(thread, past_post(thread, 1), closed_at=LONG_AGO + timedelta(days=2), pinned_at=LONG_AGO)
    with unit_of_work():
        add_past_lines(HOUSE, [PastLine(thread, 40, "closed", None, LONG_AGO + timedelta(days=2))])
    assert "A former member closed this thread." in client.get(f"/thread/{thread}/a-seed-library").text
    row = db.session.get(Thread, thread)
    assert (row.closed_at, row.pinned_at) == (LONG_AGO + timedelta(days=2), LONG_AGO)


def test_number_that_was_taken_here_meanwhile_becomes_the_next(make, thread):
    bring(thread, past_post(thread, 1))
    with unit_of_work():
        reply(make.viewer(make.member()), thread, ReplyDraft("Written here, not there."))
    later = [past_post(thread, 2), past_post(thread, 3, reply_to=2), past_post(thread, 10**12)]
    assert bring(thread, *later) == [3, 4, 5]
    assert db.session.scalar(sa.select(Post.reply_to).where(Post.number == 4)) == 3
    with unit_of_work():
        assert add_past_posts(HOUSE, [past_post(thread, 6, reply_to=2)], {(thread, 2): 3}) == [6]
    assert db.session.scalar(sa.select(Post.reply_to).where(Post.number == 6)) == 3


def test_nobody_is_told_but_the_index(make, thread):
    author = make.member()
    with unit_of_work():
        db.session.execute(sa.delete(Outbox))
    bring(thread, past_post(thread, 1, author_id=author))
    assert set(db.session.scalars(sa.select(Outbox.event))) <= {"discussion.thread_changed"}


def test_only_admins_bring_threads_from_elsewhere(make):
    past = PastThread(make.topic(), "A seed library", "en", LONG_AGO)
    with pytest.raises(NotFound), unit_of_work():
        add_past_threads(make.viewer(make.moderator()), [past])


def test_unknown_topic_is_refused(app):
    with pytest.raises(NotFound), unit_of_work():
        add_past_threads(HOUSE, [PastThread(7, "A seed library", "en", LONG_AGO)])
