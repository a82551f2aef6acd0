"""An archive comes into the community, as its operator and its readers see it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from brain.base.db import Base, db
from brain.base.markup import MAX_LENGTH
from brain.discussion.counters import wrong_counters
from plugins.importers.tests.archives import SITE, post, topic, write_lines


def rows(statement: str, **values: Any) -> list[Any]:
    """Ask the tables themselves: what pages show is tested beside it."""
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(sa.text(statement), values)]


def counts() -> dict[str, int]:
    """Count the rows of every table that an import writes to."""
    names = ("topic", "thread", "post", "thread_tag", "thread_event", "member")
    names += tuple(name for name in Base.metadata.tables if name.startswith("importers_"))
    return {name: rows(f'SELECT count(*) FROM "{name}"')[0][0] for name in names}


def page_of(client: Any, title: str = "A seed library for the valley") -> str:
    [(thread_id, slug)] = rows("SELECT id, slug FROM thread WHERE title = :title", title=title)
    answer = client.get(f"/thread/{thread_id}/{slug}")
    return str(answer.text) if answer.status_code == 200 else f"{answer.status_code}"


def test_thread_comes_with_all_that_was_said(bring: Any, client: Any) -> None:
    liked = [{"id": 2, "count": 3}]
    second = post(4, username="bo", name="Bo", user_id=8, reply_to_post_number=1, actions_summary=liked)
    said = bring(topic(5, post(1), second, tags=["Seeds", "a/b"], views=12))
    assert "1 threads with 2 posts by 2 people, from https://forum.example.org" in said
    assert "New: 1 threads with 2 posts and 0 notes of what happened, 2 members, 1 topics." in said
    page = page_of(client)
    assert "Words of post 1." in page
    assert 'id="post-4"' in page
    assert "2020-03-01T10:04" in page
    assert "<bdi>bo</bdi>" in page
    assert "\u2068amina\u2069, post 1" in page
    assert rows("SELECT views, likes, post_count, highest, tags FROM thread") == [
        (12, 3, 2, 4, '["seeds","a b"]')
    ]
    assert rows("SELECT staged, email, post_count FROM member ORDER BY id") == [(True, None, 1)] * 2
    assert wrong_counters() == []


def test_members_joined_when_they_first_wrote(bring: Any) -> None:
    bring(topic(5, post(1)))
    joined = db.session.scalar(sa.select(Base.metadata.tables["member"].c.created_at))
    assert joined == datetime(2020, 3, 1, 10, 1, tzinfo=UTC)


def test_folder_of_pages_comes_too(bring: Any, client: Any, tmp_path: Path) -> None:
    folder = tmp_path / "site/t"
    folder.mkdir(parents=True)
    (folder / "5.json").write_text(json.dumps(topic(5, post(1))))
    (folder / "6.json").write_text(json.dumps(topic(6, post(1), title="Who waters the seedlings")))
    assert "New: 2 threads with 2 posts" in bring(path=tmp_path / "site")
    assert "Words of post 1." in page_of(client, "Who waters the seedlings")


def test_second_run_brings_nothing(bring: Any) -> None:
    topics = [topic(5, post(1), post(2, post_type=3, action_code="closed.enabled", cooked="")), topic(6)]
    bring(*topics)
    before = counts()
    said = bring(*topics)
    assert "New: 0 threads with 0 posts and 0 notes of what happened, 0 members, 0 topics." in said
    assert "Came in before: 3 posts and notes." in said
    assert counts() == before


def test_newer_archive_brings_what_is_new(bring: Any, client: Any) -> None:
    bring(topic(5, post(1)))
    [(begun,)] = rows("SELECT bumped_at FROM thread")
    newer = topic(5, post(1, cooked="<p>Changed.</p>"), post(2, username="bo", user_id=8), closed=True)
    newer["post_stream"]["posts"].append(post(3, post_type=3, action_code="closed.enabled", cooked=""))
    said = bring(newer, topic(6, post(1), title="Who waters the seedlings"))
    assert "New: 1 threads with 2 posts and 1 notes of what happened, 1 members" in said
    page = page_of(client)
    assert "Words of post 1." in page
    assert "Words of post 2." in page
    assert "amina\u2069 closed this thread." in page
    assert rows("SELECT bumped_at > :begun, closed_at IS NOT NULL FROM thread WHERE id = 1", begun=begun) == [
        (True, True)
    ]
    assert wrong_counters() == []


def test_what_was_written_here_meanwhile_keeps_its_number(
    bring: Any, make: Any, sign_in: Any, client: Any
) -> None:
    bring(topic(5, post(1)))
    answered = sign_in(make.member("Rosa")).submit(
        "/thread/1/reply", {"text": "Written here.", "language": "en", "draft_key": "k" * 32}
    )
    assert answered.status_code == 303
    newer = topic(5, post(1), post(2), post(3, reply_to_post_number=2))
    assert "2 posts have new numbers" in bring(newer)
    assert rows("SELECT number, reply_to FROM post ORDER BY number") == [
        (1, None),
        (2, None),
        (3, None),
        (4, 3),
    ]
    assert client.get("/t/5/3").location == "/thread/1/post/4"
    assert "Came in before: 3" in bring(newer)
    bring(topic(5, post(1), post(2), post(3), post(4, reply_to_post_number=3)))
    assert rows("SELECT reply_to FROM post WHERE number = 5") == [(4,)]


def test_quotes_and_links_lead_to_our_threads(bring: Any, client: Any) -> None:
    cooked = f"""<aside class="quote" data-username="bo" data-post="2" data-topic="6">
    <blockquote>a</blockquote></aside><p><a href="{SITE}/t/x/6/2">there</a> <a href="/t/y/66">lost</a></p>"""
    bring(topic(9), topic(5, post(1, cooked=cooked)), topic(6, post(1), post(2), title="Who waters"))
    [(there,)] = rows("SELECT thread_id FROM importers_thread WHERE old_id = 6")
    [(html,)] = rows("SELECT html FROM post WHERE html LIKE '%there%'")
    assert f'<cite><a href="/thread/{there}/post/2">bo</a></cite>' in html
    assert f'<a href="/thread/{there}/post/2">there</a>' in html
    assert f'href="{SITE}/t/y/66"' in html
    assert client.get(f"/thread/{there}/post/2").status_code == 302


def test_hidden_and_deleted_posts_stay_so(bring: Any, client: Any, make: Any, sign_in: Any) -> None:
    said = bring(
        topic(
            5,
            post(1),
            post(2, hidden=True, cooked="<p>Nasty words.</p>"),
            post(3, deleted_at="2020-04-01T00:00:00Z", cooked="<p>Gone words.</p>"),
            post(4, user_deleted=True),
        )
    )
    assert "3 posts were hidden or deleted there and stay so here." in said
    page = page_of(client)
    assert "Nasty" not in page
    assert "Gone" not in page
    assert "It was hidden already on the site that it came from." in page
    assert "Post 3 was deleted by a moderator." in page
    assert "Post 4 was deleted by its author." in page
    staff = sign_in(make.moderator()).get("/thread/1/post/2/withdrawn").text
    assert "Nasty words." in staff
    assert wrong_counters() == []


@pytest.mark.parametrize("standing", [{"visible": False}, {"deleted_at": "2020-04-01T00:00:00Z"}])
def test_thread_that_was_in_no_list_is_in_none_here(bring: Any, client: Any, standing: Any) -> None:
    bring(topic(5, post(1), post(2), **standing))
    assert page_of(client) == "404"
    assert "A seed library" not in client.get("/").text
    assert wrong_counters() == []


def test_what_happened_is_told_and_what_was_said_of_it_is_a_post(bring: Any, client: Any) -> None:
    happened: dict[str, Any] = {"post_type": 3, "cooked": ""}
    said = bring(
        topic(
            5,
            post(1),
            post(2, action_code="pinned.enabled", **happened),
            post(3, action_code="visible.disabled", **happened),
            post(4, post_type=3, action_code="split_topic", cooked="<p>Moved two posts.</p>"),
            post(5, post_type=3, action_code="closed.enabled", cooked="<p>Enough said.</p>"),
            post(6, action_code="autoclosed.disabled", **happened),
            closed=True,
            pinned=True,
        )
    )
    assert "1 threads with 3 posts and 4 notes of what happened" in said
    page = page_of(client)
    parts = ["Words of post 1.", "pinned this thread.", "Moved two posts.", "Enough said."]
    parts += ["closed this thread.", "opened this thread again."]
    assert sorted(parts, key=page.index) == parts
    assert rows("SELECT count(*) FROM thread WHERE closed_at IS NOT NULL AND pinned_at IS NOT NULL") == [(1,)]
    assert 'action="/thread/1/reply"' not in page


def test_text_that_is_too_long_for_a_post_is_kept_whole(bring: Any) -> None:
    text = "long " * MAX_LENGTH
    assert "1 post is too long" in bring(topic(5, post(1, cooked=f"<p>{text}</p>")))
    [(length,)] = rows("SELECT length(source) FROM post")
    assert length >= len(text) - 1


def test_private_threads_stay_out(bring: Any) -> None:
    said = bring(topic(5), topic(6, archetype="private_message", title="Between us"))
    assert "1 private threads" in said
    assert rows("SELECT count(*) FROM thread") == [(1,)]


def test_what_was_left_out_is_named(bring: Any, tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "topics.jsonl",
        topic(5, post(1), post(2, post_type=4), post(3, username="", name="")),
        b'{"id": 6, "post_stre',
        {"users": []},
        topic(7, 3),
    )
    said = bring(path=path)
    assert "New: 1 threads with 2 posts" in said
    assert "  1 posts that only the team could see" in said
    assert "  1 posts have no author: the archive names none" in said
    assert "topics.jsonl:2 lines that cannot be read: no JSON" in said
    assert "topics.jsonl:3 records that are no thread" in said
    assert "topics.jsonl:4 threads without any post" in said


NAMES = {
    "system": "system 2",
    "12345": "Writer 12345",
    "\U0001f98b": "Writer",
    "a" * 60: "a" * 40,
    "Bo\u202e\u0000b": "Bob",
    "<b>x</b>": "b x b",
    "عائشة": "عائشة",
}


def test_names_are_made_to_fit(bring: Any, client: Any) -> None:
    posts = [post(n, username=name, user_id=50 + n) for n, name in enumerate(NAMES, 1)]
    bring(topic(5, *posts, post(9, username="amina"), post(10, username="AMINA", user_id=99)))
    names = [name for (name,) in rows("SELECT name FROM member ORDER BY id")]
    assert names == [*NAMES.values(), "amina", "AMINA 2"]
    assert "&lt;b&gt;" not in page_of(client)


def test_member_who_was_erased_does_not_come_back(bring: Any, app: Any, client: Any) -> None:
    from brain.base.unit import unit_of_work
    from brain.plugin import registry

    bring(topic(5, post(1)))
    with unit_of_work():
        for kept in registry.member_data().values():
            kept.erase(1)
    assert client.get("/u/amina").status_code == 404
    assert "0 members" in bring(topic(5, post(1), post(2)))
    assert rows("SELECT author_id FROM post WHERE number = 2") == [(None,)]
    assert rows("SELECT count(*) FROM importers_member WHERE old_name <> ''") == [(0,)]


def test_thread_that_was_deleted_here_does_not_come_back(bring: Any) -> None:
    bring(topic(5, post(1)), topic(6, title="Who waters"))
    rows_gone = sa.delete(Base.metadata.tables["thread"]).where(sa.column("title") == "Who waters")
    with db.engine.begin() as connection:
        connection.execute(rows_gone)
    said = bring(topic(5, post(1)), topic(6, post(1), post(2), title="Who waters"))
    assert "1 thread was deleted here since and does not come back." in said
    assert rows("SELECT count(*) FROM thread") == [(1,)]


def test_nobody_is_told(bring: Any, make: Any) -> None:
    make.member("Amina")
    make.work()
    bring(topic(5, post(1), post(2, cooked='<p><a class="mention" href="/u/amina">@amina</a></p>')))
    make.work()
    assert rows("SELECT count(*) FROM notification") == [(0,)]
    assert rows("SELECT count(*) FROM outbox WHERE failed") == [(0,)]


def test_operator_is_asked_first(run: Any, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "topics.jsonl", topic(5))
    done = run("discourse", path, "--base-url", SITE, input="n\n")
    assert done.exit_code == 1
    assert "1 threads with 1 posts" in done.output
    assert rows("SELECT count(*) FROM thread") == [(0,)]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--yes",), "The archive does not tell which site it comes from."),
        (("--base-url", "https://", "--yes"), "The archive does not tell which site it comes from."),
        (("--base-url", SITE, "--language", "tlh", "--yes"), "Name the language of the texts"),
    ],
)
def test_what_cannot_be_done_is_said_before(
    run: Any, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    done = run("discourse", write_lines(tmp_path / "topics.jsonl", topic(5)), *words)
    assert done.exit_code == 1
    assert sentence in done.output
    assert counts()["importers_source"] == 0


def test_place_without_an_archive_is_named(run: Any, tmp_path: Path) -> None:
    done = run("discourse", tmp_path, "--yes")
    assert (done.exit_code, "No threads were found there." in done.output) == (1, True)
    done = run("discourse", tmp_path / "nothing", "--yes")
    assert (done.exit_code, "does not exist" in done.output) == (2, True)


def test_plugin_that_is_off_says_so(app: Any, tmp_path: Path) -> None:
    from brain.cli import brain

    done = app.test_cli_runner().invoke(brain, ["import", "discourse", str(tmp_path)])
    assert done.exit_code == 1
    assert "Switch the plugin on first" in done.output


def test_mention_calls_nobody_who_only_has_the_name(bring: Any, client: Any, make: Any) -> None:
    make.member("amina")
    second = post(2, username="bo", user_id=8, cooked="<p>Ask @amina and @bo, said amina@example.</p>")
    bring(topic(5, post(1), second))
    page = page_of(client)
    assert "@\u2060amina" in page
    assert 'href="/member/amina"' not in page
    assert 'href="/member/bo"' in page
