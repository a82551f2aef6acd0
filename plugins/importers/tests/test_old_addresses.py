"""Old addresses lead to where their threads, topics and people are now."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from brain.base.db import db
from brain.plugin.testing import switch
from plugins.importers.tests.archives import post, topic

#: The threads of `brought` here: an old number differs from ours.
SEEDS = "/thread/1/a-seed-library-for-the-valley"


@pytest.fixture
def brought(bring: Any) -> None:
    """Have a thread with 25 posts, one with an odd author, and what came in of them."""
    posts = [post(n) for n in range(1, 25)] + [post(30, username="Élan Vital", user_id=9)]
    bring(
        topic(77, *posts, post(31, post_type=3, action_code="closed.enabled", cooked="")),
        topic(78, category_id=4, title="Who waters the seedlings", slug="who-waters"),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/t/a-seed-library/77", SEEDS),
        ("/t/77", SEEDS),
        ("/t/a-seed-library/77?page=2", SEEDS),
        ("/t/another-name/77", SEEDS),
        ("/t/a-seed-library/77/24", "/thread/1/post/24"),
        ("/t/77/1", "/thread/1/post/1"),
        ("/t/77/31", "/thread/1/post/30"),
        ("/t/77/999999999", "/thread/1/post/30"),
        ("/t/-/77/0", "/thread/1/post/1"),
        ("/c/seeds/3", "/topic/1/category-3"),
        ("/c/above/seeds/3", "/topic/1/category-3"),
        ("/c/3", "/topic/1/category-3"),
        ("/u/amina", "/member/amina"),
        ("/u/AMINA/summary", "/member/amina"),
        ("/users/amina", "/member/amina"),
    ],
)
def test_old_address_leads_to_the_new_one_for_good(brought: None, client: Any, old: str, new: str) -> None:
    answer = client.get(old)
    assert (answer.status_code, answer.location) == (301, new)
    answer = client.get(new, follow_redirects=True)
    assert answer.status_code == 200
    assert len(answer.history) <= 1


def test_post_is_found_on_its_page(brought: None, client: Any) -> None:
    answer = client.get("/t/77/24", follow_redirects=True)
    assert answer.request.full_path.rstrip("?") == f"{SEEDS}?page=2"
    assert 'id="post-24"' in answer.text


def test_member_with_another_name_here_is_found_by_the_old_one(brought: None, client: Any) -> None:
    assert client.get("/u/Élan Vital").location == "/member/%C3%89lan%20Vital"


@pytest.mark.parametrize(
    "old",
    [
        *("/t/5", "/t/x/5/1", "/t/99999999999999999999", "/t/a-seed-library", "/t/0"),
        *("/c/seeds/99", "/c/0", "/c/seeds", f"/c/{2**63}", "/u/nobody", "/u/%00", "/users/"),
    ],
)
def test_address_of_nothing_is_not_found(brought: None, client: Any, old: str) -> None:
    assert client.get(old).status_code == 404


def test_address_of_what_a_reader_may_not_see_is_not_found(
    brought: None, client: Any, make: Any, sign_in: Any
) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE topic SET audience = 'members' WHERE id = 1"))
        connection.execute(sa.text("UPDATE thread SET audience = 'members' WHERE id = 1"))
    assert [client.get(old).status_code for old in ("/t/77", "/t/77/3", "/c/3")] == [404] * 3
    member = sign_in(make.member())
    assert [member.get(old).status_code for old in ("/t/77", "/t/77/3", "/c/3")] == [301] * 3


def test_addresses_are_gone_when_the_plugin_is_off(brought: None, client: Any) -> None:
    switch("importers", False)
    assert [client.get(old).status_code for old in ("/t/77", "/c/3", "/u/amina")] == [404] * 3


def test_title_tells_which_of_two_sites_is_meant(brought: None, bring: Any, client: Any) -> None:
    other = topic(77, title="Bees on the roof", slug="bees", category_id=9)
    bring(other, options=("--base-url", "https://www.bees.example/forum/"))
    assert client.get("/t/bees/77").location == "/thread/3/bees-on-the-roof"
    assert client.get("/t/a-seed-library/77").location == SEEDS
    assert client.get("/t/77").location == SEEDS


def test_old_address_costs_few_statements(brought: None, client: Any, queries: Any) -> None:
    client.get("/t/77")
    with queries(most=4):
        client.get("/t/77/24")


@pytest.mark.parametrize("old", ["/t/a-seed-library/77/", "/t/77/", "/t/a-seed-library/77/1/", "/c/seeds/3/"])
def test_slash_at_the_end_leads_there_too(brought: None, client: Any, old: str) -> None:
    assert client.get(old).status_code == client.get(old.rstrip("/")).status_code == 301
