"""Members who write at the same moment, through real requests."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from brain.base.db import db
from brain.discussion import counters, queries
from brain.discussion.links import thread_url
from brain.discussion.models import Post, Thread

WRITERS = 6


@pytest.fixture
def thread(make):
    return make.thread()


@pytest.fixture
def url(make, thread):
    return thread_url(queries.open_thread(make.viewer(), thread))


def token_of(page: str) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def send_all(jobs):
    """Run all at once; each job has its own client and request context."""
    db.session.rollback()
    db.session.remove()
    with ThreadPoolExecutor(len(jobs)) as pool:
        return [answer.result() for answer in [pool.submit(job) for job in jobs]]


def replying(client, thread, token, **fields):
    values = {"csrf_token": token, "language": "en"} | fields
    return lambda: client.post(f"/thread/{thread}/reply", data=values)


def test_numbers_are_given_one_after_another(make, sign_in, thread, url):
    clients = [sign_in(make.member()) for _ in range(WRITERS)]
    tokens = [token_of(client.get(url).text) for client in clients]
    jobs = [
        replying(client, thread, token, text=f"Reply of writer {number}.", draft_key=f"k{number}")
        for number, (client, token) in enumerate(zip(clients, tokens, strict=True))
    ]
    answers = send_all(jobs)
    assert [answer.status_code for answer in answers] == [303] * WRITERS
    numbers = db.session.scalars(sa.select(Post.number).order_by(Post.number)).all()
    assert numbers == list(range(1, WRITERS + 2))
    assert counters.wrong_counters() == []


def test_form_sent_many_times_at_once_is_one_post(make, sign_in, thread, url):
    member = make.member()
    clients = [sign_in(member) for _ in range(WRITERS)]
    jobs = [
        replying(client, thread, token_of(client.get(url).text), text="We share ours.", draft_key="same")
        for client in clients
    ]
    answers = send_all(jobs)
    assert {answer.headers["Location"] for answer in answers} == {f"{url}#post-2"}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Post)) == 2
    assert counters.wrong_counters() == []


def test_new_thread_sent_many_times_at_once_is_one_thread(make, sign_in):
    topic, member = make.topic(), make.member()
    values = {
        "title": "How do you share tools?",
        "text": "We have one tractor.",
        "language": "en",
        "tags": "tools",
        "draft_key": "same",
    }
    clients = [sign_in(member) for _ in range(WRITERS)]
    tokens = [token_of(client.get(f"/topic/{topic}/new").text) for client in clients]

    def opening(client, token):
        return lambda: client.post(f"/topic/{topic}/new", data=values | {"csrf_token": token})

    answers = send_all([opening(c, t) for c, t in zip(clients, tokens, strict=True)])
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Thread)) == 1
    assert counters.wrong_counters() == []


def test_replies_and_hiding_at_once_leave_right_counters(make, sign_in, thread, url):
    author = make.member()
    own = make.thread(author=author, posts=3)
    moderators = [sign_in(make.moderator()) for _ in range(2)]
    writers = [sign_in(make.member()) for _ in range(3)]
    own_url = thread_url(queries.open_thread(make.viewer(), own))

    def hiding(client, number):
        link = f"/hide/post/{queries.open_post(make.viewer(), own, number).id}"
        values = {"csrf_token": token_of(client.get(link).text), "ground": "advertising", "words": ""}
        return lambda: client.post(link, data=values)

    jobs = [hiding(client, number) for client in moderators for number in (2, 3)][:4]
    jobs += [
        replying(client, own, token_of(client.get(own_url).text), text=f"Reply {number} of many.")
        for number, client in enumerate(writers)
    ]
    # a client keeps one connection: the two acts of a moderator go one after the other
    statuses = [answer.status_code for answer in send_all(jobs)]
    assert set(statuses) <= {303, 409}
    assert counters.wrong_counters() == []
    db.session.rollback()
    assert queries.open_thread(make.viewer(), own).post_count == 4
