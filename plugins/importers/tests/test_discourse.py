"""An archive of JSON lines is read whole, whatever stands in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from plugins.importers.archive import ArchivedCategory, PostKind, Reason, Skipped
from plugins.importers.tests.archives import (
    SITE,
    opened,
    post,
    raw_thread,
    read_all,
    read_posts,
    topic,
    write_lines,
)


def test_thread_keeps_all_that_is_said_about_it(tmp_path: Path) -> None:
    said = topic(5, closed=True, pinned=True, archived=True, visible=False, views=99)
    (thread,), _skipped, _archive = read_all(write_lines(tmp_path / "topics.jsonl", said))
    assert (thread.old_id, thread.title, thread.slug) == (
        5,
        "A seed library for the valley",
        "a-seed-library",
    )
    assert thread.category == ArchivedCategory(3)
    assert thread.tags == ("seeds",)
    assert thread.created_at == datetime(2020, 3, 1, 10, tzinfo=UTC)
    assert (thread.views, thread.is_closed, thread.is_pinned, thread.is_archived) == (99, True, True, True)
    assert (thread.is_visible, thread.is_private, thread.is_deleted) == (False, False, False)
    assert thread.old_urls == ("/t/a-seed-library/5", "/t/5")


def test_emoji_in_a_title_is_the_character(tmp_path: Path) -> None:
    said = topic(5, title=":seedling: Seeds at 10:30 :no_such_thing:")
    (thread,), _skipped, _archive = read_all(write_lines(tmp_path / "topics.jsonl", said))
    assert thread.title == "🌱 Seeds at 10:30 :no_such_thing:"


def test_post_keeps_all_that_is_said_about_it(tmp_path: Path) -> None:
    second = post(
        4,
        username="bo",
        name="",
        user_id=8,
        moderator=True,
        reply_to_post_number=1,
        actions_summary=[{"id": 2, "count": 3}, {"id": 4, "count": 9}],
        version=2,
        updated_at="2020-03-02T00:00:00Z",
        hidden=True,
        user_deleted=True,
    )
    _first, read = read_posts(tmp_path, post(1), second)
    assert (read.old_id, read.number, read.reply_to_number, read.likes) == (1004, 4, 1, 3)
    assert read.author is not None
    assert (read.author.old_id, read.author.name, read.author.display_name) == (8, "bo", "bo")
    assert read.author.is_staff
    assert read.author.key == "id:8"
    assert read.edited_at == datetime(2020, 3, 2, tzinfo=UTC)
    assert (read.kind, read.source) == (PostKind.REGULAR, "Words of post 4.")
    assert (read.is_hidden, read.is_deleted, read.is_deleted_by_author) == (True, True, True)


def test_survey_tells_beforehand_what_reading_yields(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "topics.jsonl.xz",
        topic(5, post(1), post(2, username="bo", user_id=8), post(3, post_type=4)),
        b"{broken",
        topic(6, post(1, username="Bo", user_id=8)),
        topic(7, archetype="private_message"),
    )
    with opened(path) as archive:
        items = [item for item in archive.threads(archive.holds) if not isinstance(item, Skipped)]
        assert (archive.survey.threads, archive.survey.posts) == (2, 3)
        assert [member.name for member in archive.survey.members] == ["amina", "bo"]
        assert len(items) == 2
        assert sum(len(item.posts) for item in items) == 3
        assert [head.old_id for head in archive.heads()] == [5, 6]


def test_raw_text_is_preferred_wherever_it_stands_in_its_file(tmp_path: Path) -> None:
    write_lines(
        tmp_path / "raw.jsonl.xz",
        raw_thread(6, ("bo", 1, "Raw *six*.")),
        raw_thread(5, ("amina", 1, "Raw [b]five[/b]."), ("amina", 2, "Second\n\nparagraph.")),
    )
    path = write_lines(
        tmp_path / "topics.jsonl.xz", topic(5, post(1), post(2), post(3)), topic(6, post(1, username="bo"))
    )
    (five, six), _skipped, archive = read_all(path)
    assert [read.source for read in five.posts] == [
        "Raw **five**.",
        "Second\n\nparagraph.",
        "Words of post 3.",
    ]
    assert six.posts[0].source == "Raw *six*."
    assert archive.tally[Reason.MARKDOWN_FROM_HTML] == 1


def test_uploaded_image_is_found_by_its_short_name(tmp_path: Path) -> None:
    write_lines(tmp_path / "raw.jsonl", raw_thread(5, ("amina", 1, "![a|9x9](upload://sha1.png)")))
    cooked = """<a class="lightbox" href="https://cdn.example.net/full.png" title="a">
    <img src="/small.png" data-base62-sha1="sha1"></a>""".replace("\n    ", "")
    path = write_lines(tmp_path / "topics.jsonl", topic(5, post(1, cooked=cooked)))
    (thread,), _skipped, _archive = read_all(path)
    assert thread.posts[0].source == "![a](https://cdn.example.net/full.png)"


def test_moved_posts_were_not_edited(tmp_path: Path) -> None:
    (read,) = read_posts(tmp_path, post(1, version=1, updated_at="2024-01-01T00:00:00Z"))
    assert read.edited_at is None


def test_numbers_keep_their_gaps_and_replies_need_their_target(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "topics.jsonl",
        topic(5, post(1), post(7, reply_to_post_number=3), post(9, reply_to_post_number=7)),
    )
    (thread,), _skipped, archive = read_all(path)
    assert [(read.number, read.reply_to_number) for read in thread.posts] == [(1, None), (7, None), (9, 7)]
    assert archive.tally[Reason.REPLY_TARGET_MISSING] == 1


def test_small_actions_become_events_and_empty_ones_are_counted(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "topics.jsonl",
        topic(
            5,
            post(1),
            post(2, post_type=3, action_code="closed.enabled", cooked=""),
            post(3, post_type=3, action_code="split_topic", cooked="<p>Moved <b>two</b>.</p>"),
            post(4, post_type=3, cooked=""),
            post(5, post_type=2, cooked="<p>Be kind.</p>"),
        ),
    )
    (thread,), _skipped, archive = read_all(path)
    read = [(item.number, item.kind, item.action_code, item.source) for item in thread.posts[1:]]
    assert read == [
        (2, PostKind.EVENT, "closed.enabled", ""),
        (3, PostKind.EVENT, "split_topic", "Moved **two**."),
        (5, PostKind.MODERATOR, None, "Be kind."),
    ]
    assert archive.tally[Reason.EMPTY_EVENT] == 1


@pytest.mark.parametrize("fuller_first", [True, False])
def test_thread_under_two_names_is_read_once_and_keeps_both_addresses(
    tmp_path: Path, fuller_first: bool
) -> None:
    old = topic(5, post(1), slug="old-name")
    new = topic(5, post(1), post(2), slug="new-name")
    lines = [new, old] if fuller_first else [old, new]
    threads, skipped, archive = read_all(write_lines(tmp_path / "topics.jsonl", *lines, topic(6)))
    assert [len(thread.posts) for thread in threads] == [2, 1]
    assert threads[0].slug == "new-name"
    assert set(threads[0].old_urls) == {"/t/new-name/5", "/t/old-name/5", "/t/5"}
    assert [item.reason for item in skipped] == [Reason.DUPLICATE_THREAD]
    assert archive.survey.posts == 3


def test_post_listed_twice_is_read_once_and_a_number_taken_twice_given_anew(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "topics.jsonl",
        topic(5, post(1), post(1), post(1, id=7, cooked="other"), post(2), "no post"),
    )
    (thread,), _skipped, archive = read_all(path)
    assert [(read.number, read.source) for read in thread.posts] == [
        (1, "Words of post 1."),
        (2, "Words of post 2."),
        (3, "other"),
    ]
    assert archive.tally[Reason.DUPLICATE_POST] == archive.tally[Reason.NOT_A_POST] == 1
    assert archive.tally[Reason.RENUMBERED] == 1


def test_posts_that_the_thread_names_but_nobody_kept_are_counted(tmp_path: Path) -> None:
    said = topic(5, post(1))
    said["post_stream"]["stream"] += [2001, 2002]
    _threads, _skipped, archive = read_all(write_lines(tmp_path / "topics.jsonl", said))
    assert archive.tally[Reason.NOT_IN_ARCHIVE] == 2


def test_missing_author_is_nobody(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "topics.jsonl", topic(5, post(1, username=None, name=None, user_id=None)))
    (thread,), _skipped, archive = read_all(path)
    assert thread.posts[0].author is None
    assert archive.survey.members == ()
    assert archive.tally[Reason.AUTHOR_MISSING] == 1


def test_writer_without_an_id_is_known_by_name(tmp_path: Path) -> None:
    first, second = read_posts(tmp_path, post(1, user_id=None), post(2, user_id=None, username="Amina"))
    assert first.author is not None
    assert second.author is not None
    assert first.author.key == second.author.key == "name:amina"


@pytest.mark.parametrize(
    "date", [None, "soon", 12, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z"]
)
def test_odd_date_is_replaced_by_that_of_the_post_before(tmp_path: Path, date: Any) -> None:
    path = write_lines(tmp_path / "topics.jsonl", topic(5, post(1), post(2, created_at=date)))
    (thread,), _skipped, archive = read_all(path)
    assert thread.posts[1].created_at == thread.posts[0].created_at
    assert archive.tally[Reason.DATE_MENDED] == 1


@pytest.mark.parametrize(
    "date", ["2020-03-01T11:00:00+01:00", "2020-03-01 10:00:00 UTC", "2020-03-01T10:00:00"]
)
def test_dates_are_aware_and_in_utc(tmp_path: Path, date: str) -> None:
    (read,) = read_posts(tmp_path, post(1, created_at=date))
    assert read.created_at == datetime(2020, 3, 1, 10, tzinfo=UTC)
    assert read.created_at.utcoffset() == timedelta(0)


def test_flat_record_without_stream_is_read_too(tmp_path: Path) -> None:
    flat = {
        "topic_id": 5,
        "title": "Bread",
        "slug": "bread",
        "date": "2017-04-07",
        "posts": [
            {
                "post_number": 1,
                "username": "bo",
                "created_at": "2017-04-07T17:17:00Z",
                "cooked": "<p>Rye.</p>",
            }
        ],
    }
    (thread,), _skipped, _archive = read_all(write_lines(tmp_path / "topics.jsonl", flat))
    assert (thread.old_id, thread.posts[0].source) == (5, "Rye.")
    assert thread.created_at == thread.posts[0].created_at


def test_base_url_is_found_in_links_within_the_site(tmp_path: Path) -> None:
    links = {
        "links": [{"url": f"{SITE}/t/x/6", "internal": True}, {"url": "https://o.example", "internal": False}]
    }
    path = write_lines(tmp_path / "topics.jsonl", topic(5, details=links))
    with opened(path) as archive:
        assert archive.survey.base_url == SITE
    with opened(path, base_url="https://other.example/") as archive:
        assert archive.survey.base_url == "https://other.example"


def test_quotes_and_links_point_at_threads_by_their_new_ids(tmp_path: Path) -> None:
    cooked = """<aside class="quote" data-username="bo" data-post="1" data-topic="6">
    <blockquote>a</blockquote></aside><p><a href="/t/x/6/2">there</a> <a href="/t/y/66">elsewhere</a></p>"""
    path = write_lines(tmp_path / "topics.jsonl", topic(5, post(1, cooked=cooked)), topic(6))
    with opened(path, base_url=SITE) as archive:
        thread = next(iter(archive.threads({5: 50, 6: 60}.get)))
    assert not isinstance(thread, Skipped)
    assert thread.posts[0].source == (
        '[quote="bo, post:1, thread:60"]\n\na\n\n[/quote]\n\n'
        "[there](/thread/60/post/2) [elsewhere](https://forum.example.org/t/y/66)"
    )


def test_categories_beside_the_archive_give_names(tmp_path: Path) -> None:
    child = {"id": 3, "name": "Seeds", "slug": "seeds", "parent_category_id": 1, "read_restricted": True}
    (tmp_path / "categories.json").write_text(
        json.dumps(
            {"category_list": {"categories": [{"id": 1, "name": "Land", "subcategory_list": [child]}]}}
        )
    )
    (thread,), _skipped, _archive = read_all(write_lines(tmp_path / "topics.jsonl", topic(5)))
    assert thread.category == ArchivedCategory(3, "Seeds", "seeds", 1, is_restricted=True)


def test_folder_with_lines_and_raw_texts_is_an_archive(tmp_path: Path) -> None:
    write_lines(tmp_path / "topics.jsonl.xz", topic(5))
    write_lines(tmp_path / "raw.jsonl.xz", raw_thread(5, ("amina", 1, "Raw.")))
    (thread,), _skipped, _archive = read_all(tmp_path)
    assert thread.posts[0].source == "Raw."


def test_known_threads_are_passed_over(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "topics.jsonl", topic(5, post(1), post(2)), topic(6))
    with opened(path) as archive:
        asked: list[tuple[int, list[int]]] = []

        def is_known(thread: int, numbers: Any) -> bool:
            asked.append((thread, list(numbers)))
            return thread == 5

        items = list(archive.threads(archive.holds, is_known))
        assert asked == [(5, [1, 2]), (6, [1])]
        assert archive.thread_ids == {5, 6}
    assert [item.old_id for item in items if not isinstance(item, Skipped)] == [6]


def test_survey_tells_when_each_member_wrote_first(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "topics.jsonl", topic(5, post(7), post(3), post(4, user_id=8)))
    with opened(path) as archive:
        joined = archive.survey.joined
    assert joined == {
        "id:7": datetime(2020, 3, 1, 10, 3, tzinfo=UTC),
        "id:8": datetime(2020, 3, 1, 10, 4, tzinfo=UTC),
    }


def test_all_files_of_topics_are_read(tmp_path: Path) -> None:
    write_lines(tmp_path / "topics-2019.jsonl", topic(5))
    write_lines(tmp_path / "topics-2020.jsonl", topic(6), topic(5, post(1), post(2)))
    threads, _skipped, _archive = read_all(tmp_path)
    assert sorted((thread.old_id, len(thread.posts)) for thread in threads) == [(5, 2), (6, 1)]
