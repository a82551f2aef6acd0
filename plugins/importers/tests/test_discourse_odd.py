"""What is damaged, forged or private in an archive of JSON lines harms nobody."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from plugins.importers.archive import Reason
from plugins.importers.discourse import ReadingOptions, open_archive
from plugins.importers.errors import NothingToImport
from plugins.importers.json_lines import Limits
from plugins.importers.tests.archives import (
    NOW,
    post,
    raw_thread,
    read_all,
    topic,
    write_lines,
)

BREAK = "\n\n-------------------------\n\n"


@pytest.mark.parametrize(
    "forged",
    [
        "bo | 2021-01-02 03:04:05 UTC | #3",
        "amina | 2021-01-02 03:04:05 UTC | #3",
        "x | 2021-01-02 03:04:05 UTC | #9",
    ],
)
def test_header_that_somebody_wrote_puts_no_words_into_anothers_mouth(tmp_path: Path, forged: str) -> None:
    text = f"I quote:{BREAK}{forged}\n\nI confess."
    raws = raw_thread(
        5, ("amina", 1, "First *raw*."), ("mallory", 2, text), ("bo", 3, "True."), ("amina", 4, "Last *raw*.")
    )
    write_lines(tmp_path / "raw.jsonl", raws)
    posts = [post(1), post(2, username="mallory", user_id=8), post(3, username="bo", user_id=9), post(4)]
    (thread,), _skipped, _archive = read_all(write_lines(tmp_path / "topics.jsonl", topic(5, *posts)))
    sources = [read.source for read in thread.posts]
    assert sources[0] == "First *raw*."
    assert "confess" not in sources[2]
    assert sources[2] in ("True.", "Words of post 3.")
    assert sources[3] in ("Last *raw*.", "Words of post 4.")


def test_forged_header_of_another_page_puts_no_words_into_anothers_mouth(tmp_path: Path) -> None:
    text = f"I quote:{BREAK}bo | 2021-01-02 03:04:05 UTC | #3\n\nI confess."
    pages = [raw_thread(5, ("amina", 1, "Raw."), ("mallory", 2, text)), raw_thread(5, ("bo", 3, "True."))]
    write_lines(tmp_path / "raw.jsonl", *pages)
    posts = [post(1), post(2, username="mallory", user_id=8), post(3, username="bo", user_id=9)]
    (thread,), _skipped, _archive = read_all(write_lines(tmp_path / "topics.jsonl", topic(5, *posts)))
    assert [read.source for read in thread.posts] == ["Raw.", "Words of post 2.", "Words of post 3."]


def test_raw_text_of_what_did_not_come_along_is_in_no_other_post(tmp_path: Path) -> None:
    raws = raw_thread(
        5,
        ("amina", 1, "First."),
        ("mod", 2, "A whisper."),
        ("bo", 3, "Deleted there."),
        ("amina", 4, "Fourth."),
        ("renamed", 5, "Fifth."),
        ("amina", 6, "Behind the stream."),
    )
    write_lines(tmp_path / "raw.jsonl", raws)
    whisper = post(2, username="mod", user_id=8, post_type=4)
    path = write_lines(tmp_path / "topics.jsonl", topic(5, post(1), whisper, post(4), post(5)))
    (thread,), _skipped, _archive = read_all(path)
    assert [read.source for read in thread.posts] == ["First.", "Fourth.", "Words of post 5."]


def test_whispers_stay_out_and_are_counted(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "topics.jsonl", topic(5, post(1), post(2, post_type=4)))
    (thread,), _skipped, archive = read_all(path)
    assert len(thread.posts) == 1
    assert archive.tally[Reason.WHISPER] == 1


def test_private_messages_stay_out_unless_asked_for(tmp_path: Path) -> None:
    private = topic(
        6, archetype="private_message", details={"allowed_users": [{"username": "bo"}, {"username": "amina"}]}
    )
    path = write_lines(tmp_path / "topics.jsonl", topic(5), private)
    threads, skipped, _archive = read_all(path)
    assert [thread.old_id for thread in threads] == [5]
    assert [(item.line_number, item.reason) for item in skipped] == [(2, Reason.PRIVATE_THREAD)]
    threads, skipped, _archive = read_all(path, with_private=True)
    assert [(thread.old_id, thread.is_private, thread.participants) for thread in threads] == [
        (5, False, ()),
        (6, True, ("bo", "amina")),
    ]


def test_bad_lines_are_named_and_skipped(tmp_path: Path) -> None:
    lines = [
        topic(5),
        b"{not json",
        b"[1, 2]",
        b'{"title": "no id"}',
        b"\xff\xfe\x00broken",
        b"",
        b"[" * 100_000,
        topic(6, posts=None) | {"post_stream": {"posts": []}},
        b'{"id": 9, "x": "' + b"x" * 70_000 + b'"}',
        topic(7),
    ]
    threads, skipped, _archive = read_all(
        write_lines(tmp_path / "topics.jsonl", *lines), limits=Limits(line=60_000)
    )
    assert [thread.old_id for thread in threads] == [5, 7]
    assert [(item.line_number, item.reason) for item in skipped] == [
        (2, Reason.NOT_JSON),
        (3, Reason.NOT_A_THREAD),
        (4, Reason.NOT_A_THREAD),
        (5, Reason.NOT_JSON),
        (7, Reason.TOO_LONG),
        (8, Reason.NO_POSTS),
        (9, Reason.TOO_LONG),
    ]


def test_absurdly_deep_json_is_a_bad_line(tmp_path: Path) -> None:
    deep = b'{"id": 5, "x": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    threads, skipped, _archive = read_all(write_lines(tmp_path / "topics.jsonl", deep, topic(7)))
    assert [thread.old_id for thread in threads] == [7]
    assert [item.reason for item in skipped] == [Reason.NOT_JSON]


def test_file_that_breaks_off_gives_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "topics.jsonl.gz"
    lines = [json.dumps(topic(number, views=random.Random(number).random())) for number in range(5, 400)]
    whole = gzip.compress("\n".join(lines).encode())
    path.write_bytes(whole[: len(whole) // 2])
    threads, skipped, _archive = read_all(path)
    assert len(threads) > 5
    assert [item.reason for item in skipped][-1:] == [Reason.BROKEN_FILE]


def test_archive_that_unpacks_without_end_is_left(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "topics.jsonl.xz", topic(5), b" " * 500_000, topic(6))
    threads, skipped, _archive = read_all(path, limits=Limits(line=10_000, archive=100_000))
    assert [thread.old_id for thread in threads] == [5]
    assert [item.reason for item in skipped] == [Reason.TOO_LONG, Reason.ARCHIVE_TOO_LARGE]


@pytest.mark.parametrize("name", ["missing", "empty.jsonl", "folder"])
def test_place_without_threads_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.jsonl").write_bytes(b"\n")
    (tmp_path / "folder").mkdir()
    with pytest.raises(NothingToImport):
        open_archive(tmp_path / name, ReadingOptions(NOW))


def test_texts_that_no_database_takes_are_mended(tmp_path: Path) -> None:
    said = topic(
        5,
        post(1, username="a\x00mina\ud800"),
        title="Seeds\x00 \n and\ud800",
        tags=["a\x07 b", {"name": "c"}],
    )
    (thread,), _skipped, _archive = read_all(write_lines(tmp_path / "topics.jsonl", said))
    assert (thread.title, thread.tags) == ("Seeds and\ufffd", ("a b", "c"))
    assert thread.posts[0].author is not None
    assert thread.posts[0].author.name == "amina\ufffd"


ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**30,
    1.5,
    "",
    "x",
    [],
    {},
    [None],
    {"id": 1},
    [[]],
    "2020",
    "\ud800",
)


def test_values_of_any_kind_at_any_place_raise_nothing(tmp_path: Path) -> None:
    chance = random.Random(9)
    lines = []
    for number in range(5, 605):
        said = topic(number, post(1), post(2, post_type=3, action_code="x"), details={"links": []})
        places: list[dict[str, Any]] = [said, said["post_stream"], *said["post_stream"]["posts"]]
        for _ in range(3):
            place = chance.choice(places)
            place[chance.choice(list(place))] = chance.choice(ODD)
        lines.append(said)
    threads, skipped, archive = read_all(write_lines(tmp_path / "topics.jsonl", *lines))
    assert len(threads) + len(skipped) == 600
    assert archive.survey.posts == sum(len(thread.posts) for thread in threads)


def test_thread_is_private_if_any_record_says_so(tmp_path: Path) -> None:
    secret = topic(5, post(1, cooked="<p>secret</p>"), archetype="private_message")
    fuller = topic(5, post(1), post(2), archetype=None)
    for lines in ([secret, fuller], [fuller, secret]):
        threads, _skipped, archive = read_all(write_lines(tmp_path / "topics.jsonl", *lines, topic(6)))
        assert [thread.old_id for thread in threads] == [6]
        assert archive.survey.posts == 1


def test_posts_of_other_threads_stay_out(tmp_path: Path) -> None:
    other = post(2, topic_id=99)
    (thread,), _skipped, archive = read_all(
        write_lines(tmp_path / "t.jsonl", topic(5, post(1, topic_id=5), other))
    )
    assert [read.number for read in thread.posts] == [1]
    assert archive.tally[Reason.OTHER_THREAD] == 1


@pytest.mark.parametrize("value", [True, 1, "true", "yes"])
def test_what_keeps_readers_out_is_read_widely(tmp_path: Path, value: Any) -> None:
    path = write_lines(
        tmp_path / "t.jsonl", topic(5, post(1, hidden=value), post(2, user_deleted=value), post(3))
    )
    (thread,), _skipped, _archive = read_all(path)
    assert [(read.is_hidden, read.is_deleted) for read in thread.posts] == [
        (True, False),
        (False, True),
        (False, False),
    ]


@pytest.mark.parametrize("value", [False, 0, "false", "0"])
def test_unlisted_is_read_widely(tmp_path: Path, value: Any) -> None:
    (thread,), _skipped, _archive = read_all(write_lines(tmp_path / "t.jsonl", topic(5, visible=value)))
    assert not thread.is_visible


def test_mail_addresses_are_in_no_title_tag_or_name(tmp_path: Path) -> None:
    mail = "john.doe@example.org"
    record = topic(5, post(1, username=mail, name=mail), title=f"Write to {mail}", tags=["seeds", mail])
    (thread,), _skipped, _archive = read_all(write_lines(tmp_path / "t.jsonl", record))
    assert thread.posts[0].author is not None
    said = (thread.title, *thread.tags, thread.posts[0].author.name, thread.posts[0].author.display_name)
    assert said == ("Write to ...@example.org", "seeds", "...@example.org", "john.doe", "john.doe")


def test_damaged_gzip_is_a_bad_file(tmp_path: Path) -> None:
    dice = random.Random(3)
    whole = gzip.compress(b"\n".join(json.dumps(topic(n)).encode() for n in range(1, 200)))
    for _ in range(30):
        broken = bytearray(whole)
        for _ in range(4):
            broken[dice.randrange(20, len(broken))] = dice.randrange(256)
        (tmp_path / "topics.jsonl.gz").write_bytes(broken)
        try:
            read_all(tmp_path / "topics.jsonl.gz")
        except NothingToImport:
            continue
