"""Pages of a live site in a folder are put together, a topic each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from plugins.importers.archive import Reason
from plugins.importers.tests.archives import post, raw_thread, read_all, topic


def put(folder: Path, name: str, page: Any) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page if isinstance(page, str) else json.dumps(page))
    return path


def first_page(thread: int, shown: int, total: int) -> dict[str, Any]:
    """Make `/t/ID.json`: some posts, and the ids of all."""
    page = topic(thread, *(post(number) for number in range(1, shown + 1)))
    page["post_stream"]["stream"] = [1_000 + number for number in range(1, total + 1)]
    return page


def test_further_posts_of_a_topic_are_found_beside_it(tmp_path: Path) -> None:
    put(tmp_path, "t/5.json", first_page(5, 20, 45))
    put(tmp_path, "t/5/posts.json", {"id": 5, "post_stream": {"posts": [post(n) for n in range(21, 41)]}})
    put(
        tmp_path, "t/5/posts-2.json", {"post_stream": {"posts": [post(n, topic_id=5) for n in range(41, 46)]}}
    )
    put(tmp_path, "t/6.json", first_page(6, 1, 1))
    threads, skipped, archive = read_all(tmp_path)
    assert [(thread.old_id, len(thread.posts)) for thread in threads] == [(5, 45), (6, 1)]
    assert skipped == []
    assert archive.tally[Reason.NOT_IN_ARCHIVE] == 0
    assert archive.survey.posts == 46


def test_posts_that_were_never_fetched_are_counted(tmp_path: Path) -> None:
    put(tmp_path, "5.json", first_page(5, 20, 45))
    _threads, _skipped, archive = read_all(tmp_path)
    assert archive.tally[Reason.NOT_IN_ARCHIVE] == 25


def test_same_topic_saved_twice_gives_each_post_once_as_it_was_last(tmp_path: Path) -> None:
    put(tmp_path, "t/old-name/5.json", topic(5, post(1), last_posted_at="2020-03-01", slug="old-name"))
    edited = post(1, cooked="<p>Better words.</p>", updated_at="2021-01-01T00:00:00Z")
    put(
        tmp_path, "t/new-name/5.json", topic(5, edited, post(2), last_posted_at="2021-01-01", slug="new-name")
    )
    (thread,), _skipped, _archive = read_all(tmp_path)
    assert thread.slug == "new-name"
    assert [read.source for read in thread.posts] == ["Better words.", "Words of post 2."]


def test_one_page_alone_is_an_archive(tmp_path: Path) -> None:
    path = put(tmp_path, "5.json", first_page(5, 2, 2))
    put(tmp_path, "6.json", first_page(6, 2, 2))
    threads, _skipped, _archive = read_all(path)
    assert [thread.old_id for thread in threads] == [5]


def test_raw_pages_beside_are_used(tmp_path: Path) -> None:
    put(tmp_path, "t/5.json", first_page(5, 2, 2))
    put(tmp_path, "raw/5", raw_thread(5, ("amina", 1, "Raw one."))["text"])
    put(tmp_path, "raw/a-seed-library.5.md", raw_thread(5, ("amina", 2, "Raw two."))["text"])
    (thread,), _skipped, _archive = read_all(tmp_path)
    assert [read.source for read in thread.posts] == ["Raw one.", "Raw two."]


def test_other_pages_are_passed_over_and_broken_ones_named(tmp_path: Path) -> None:
    put(tmp_path, "t/5.json", first_page(5, 1, 1))
    put(tmp_path, "u/amina.json", {"user": {"id": 7}})
    put(tmp_path, "latest.json", {"topic_list": {"topics": []}})
    put(tmp_path, "t/6.json", "{half a pa")
    threads, skipped, _archive = read_all(tmp_path)
    assert [thread.old_id for thread in threads] == [5]
    assert [(item.file, item.reason) for item in skipped] == [("t/6.json", Reason.NOT_JSON)]


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside = put(tmp_path, "outside/7.json", first_page(7, 1, 1))
    put(tmp_path, "site/5.json", first_page(5, 1, 1))
    (tmp_path / "site/7.json").symlink_to(outside)
    (tmp_path / "site/more").symlink_to(outside.parent, target_is_directory=True)
    threads, _skipped, _archive = read_all(tmp_path / "site")
    assert [thread.old_id for thread in threads] == [5]


def test_saved_search_adds_nothing_to_a_thread(tmp_path: Path) -> None:
    found = [
        {"id": 1_001, "post_number": 1, "topic_id": 5, "blurb": "Words", "updated_at": "2025-01-01T00:00:00Z"}
    ]
    found.append({"id": 77, "post_number": 9, "topic_id": 99, "blurb": "Other"})
    put(tmp_path, "a-search.json", {"posts": found})
    put(tmp_path, "t/5.json", topic(5, post(1, topic_id=5)))
    (thread,), _skipped, _archive = read_all(tmp_path)
    assert [(read.number, read.source) for read in thread.posts] == [(1, "Words of post 1.")]


def test_page_that_says_private_makes_the_thread_private(tmp_path: Path) -> None:
    put(tmp_path, "t/5.json", topic(5, post(1), archetype="private_message"))
    put(tmp_path, "t/5/later.json", topic(5, post(2), archetype=None, last_posted_at="2021-01-01"))
    put(tmp_path, "t/6.json", first_page(6, 1, 1))
    threads, _skipped, _archive = read_all(tmp_path)
    assert [thread.old_id for thread in threads] == [6]


def test_posts_without_the_head_of_their_thread_are_in_no_list(tmp_path: Path) -> None:
    put(tmp_path, "t/6/posts.json", {"post_stream": {"posts": [post(1, topic_id=6)]}})
    (thread,), _skipped, _archive = read_all(tmp_path)
    assert not thread.is_visible
