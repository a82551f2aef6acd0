"""Pages cost few statements, however much there is."""

from __future__ import annotations

import re

import pytest

from brain.base.unit import unit_of_work
from brain.discussion import queries as reads
from brain.discussion.links import thread_url
from brain.plugin import lifecycle


@pytest.fixture
def topic(make):
    parent = make.topic("Finance")
    for name in ("Savings", "Currencies"):
        make.topic(name, parent=parent)
    return parent


@pytest.fixture
def thread(make, topic):
    for _ in range(4):
        make.thread(topic, make.member())
    return make.thread(topic, make.member(), posts=25)


@pytest.fixture
def url(make, thread):
    return thread_url(reads.open_thread(make.viewer(), thread))


@pytest.fixture
def with_plugins(app):
    """Switch every plugin on, as a site in use has them."""
    from brain.base.access import HOUSE
    from brain.plugin import registry

    for plugin in registry.register().plugins.values():
        if not plugin.problem:
            with unit_of_work():
                lifecycle.store_state(HOUSE, plugin, True)


def visit(client, path, queries, most):
    with queries(most=most) as said:
        assert client.get(path).status_code == 200
    return len(said)


@pytest.mark.parametrize("page", ["/", "/topics", "topic", "thread", "deep"])
def test_cold_page_of_a_member(sign_in, make, queries, topic, thread, url, page):
    client = sign_in(make.member())
    path = {"topic": f"/topic/{topic}/finance", "thread": url, "deep": f"{url}?page=2"}.get(page, page)
    visit(client, path, queries, {"thread": 10, "deep": 10}.get(page, 8) + 2)


@pytest.mark.parametrize("page", ["/", "/topics", "topic", "thread", "deep"])
def test_warm_page_of_a_member(sign_in, make, queries, with_plugins, topic, thread, url, page):
    client = sign_in(make.member())
    path = {"topic": f"/topic/{topic}/finance", "thread": url, "deep": f"{url}?page=2"}.get(page, page)
    client.get(path)
    visit(client, path, queries, {"thread": 10, "deep": 10}.get(page, 8))


@pytest.mark.parametrize(("page", "most"), [("/", 5), ("topic", 5), ("thread", 4)])
def test_own_share_of_a_warm_page(sign_in, make, queries, topic, thread, url, page, most):
    """Without plugins: sign-in, pulse, and the discussion's own reads, menu counts left out."""
    client = sign_in(make.member())
    path = {"topic": f"/topic/{topic}/finance", "thread": url}.get(page, page)
    client.get(path)
    with queries(most=20) as said:
        client.get(path)
    own = [statement for statement in said if "notification" not in statement]
    assert len(own) <= most, "\n".join(own)


@pytest.mark.parametrize(("page", "most"), [("/", 4), ("topic", 4), ("thread", 3)])
def test_warm_page_of_a_visitor(client, queries, topic, thread, url, page, most):
    path = {"topic": f"/topic/{topic}/finance", "thread": url}.get(page, page)
    client.get(path)
    visit(client, path, queries, most)


def test_reply_costs_at_most_nine_statements(sign_in, make, queries, thread, url):
    client = sign_in(make.member())
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(url).text)[1]
    fields = {"csrf_token": token, "text": "We share ours.", "language": "en", "draft_key": "k"}
    with queries(most=9):
        assert client.post(f"/thread/{thread}/reply", data=fields).status_code == 303


def test_statements_do_not_grow_with_the_posts_shown(client, make, queries, topic):
    member = make.member()
    counts = []
    for posts in (2, 20):
        path = thread_url(reads.open_thread(make.viewer(), make.thread(topic, member, posts=posts)))
        counts.append(visit(client, path, queries, 12))
    assert counts[0] >= counts[1]


def test_thread_page_is_at_most_fifty_kilobytes(sign_in, make, url):
    client = sign_in(make.moderator())
    assert len(client.get(url).data) <= 50_000
