"""Make small archives for the tests: our own words, in the shapes Discourse uses."""

from __future__ import annotations

import json
import lzma
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from plugins.importers.archive import ArchivedPost, ArchivedThread, Skipped
from plugins.importers.discourse import DiscourseArchive, ReadingOptions, open_archive

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SITE = "https://forum.example.org"


def post(number: int = 1, **said: Any) -> dict[str, Any]:
    """Make a post's JSON; say what matters."""
    plain: dict[str, Any] = {
        "id": 1_000 + number,
        "post_number": number,
        "post_type": 1,
        "username": "amina",
        "name": "Amina Diallo",
        "user_id": 7,
        "created_at": f"2020-03-01T10:{number % 60:02}:00.000Z",
        "updated_at": f"2020-03-01T10:{number % 60:02}:00.000Z",
        "version": 1,
        "cooked": f"<p>Words of post {number}.</p>",
        "reply_to_post_number": None,
        "actions_summary": [],
    }
    return plain | said


def topic(thread: int = 5, *posts: Any, **said: Any) -> dict[str, Any]:
    """Make a topic's JSON with its posts (one if none are named)."""
    listed = list(posts) or [post()]
    plain: dict[str, Any] = {
        "id": thread,
        "title": "A seed library for the valley",
        "slug": "a-seed-library",
        "created_at": "2020-03-01T10:00:00.000Z",
        "category_id": 3,
        "tags": ["seeds"],
        "views": 12,
        "archetype": "regular",
        "post_stream": {
            "posts": listed,
            "stream": [item["id"] for item in listed if isinstance(item, dict) and "id" in item],
        },
    }
    return plain | said


def write_lines(path: Path, *lines: Any) -> Path:
    """Write objects, or lines as they are, to a file of JSON lines."""
    texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    content = b"\n".join(texts) + b"\n"
    path.write_bytes(lzma.compress(content) if path.suffix == ".xz" else content)
    return path


def raw_thread(thread: int, *texts: tuple[str, int, str]) -> dict[str, str]:
    """Make what `/raw/ID` says: each text with its writer and number."""
    parts = [
        f"{writer} | 2021-01-02 03:04:05 UTC | #{number}\n\n{text}\n\n-------------------------\n\n"
        for writer, number, text in texts
    ]
    return {"file": f"a-seed-library.{thread}.md", "text": "".join(parts)}


def opened(path: Path, **options: Any) -> DiscourseArchive:
    return open_archive(path, ReadingOptions(**({"read_at": NOW} | options)))


def read_all(path: Path, **options: Any) -> tuple[list[ArchivedThread], list[Skipped], DiscourseArchive]:
    """Read an archive: its threads, what was skipped, and the archive (closed)."""
    with opened(path, **options) as archive:
        items = list(archive.threads(archive.holds))
    threads = [item for item in items if isinstance(item, ArchivedThread)]
    return threads, [item for item in items if isinstance(item, Skipped)], archive


def read_posts(folder: Path, *posts: Any, **said: Any) -> tuple[ArchivedPost, ...]:
    """Read one topic of these posts."""
    threads, _skipped, _archive = read_all(write_lines(folder / "topics.jsonl", topic(5, *posts, **said)))
    return threads[0].posts
