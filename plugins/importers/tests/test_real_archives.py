"""Two real archives come through with every thread, post and word."""

from __future__ import annotations

import json
import lzma
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from html import unescape
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from brain.base.markup import MAX_LENGTH, plain_text, render_here
from plugins.importers.archive import ArchivedThread, Skipped, Survey
from plugins.importers.tests.archives import opened, write_lines

Read = tuple[list[ArchivedThread | Skipped], Survey]

THREADS = 300
WORD = re.compile(r"[^\W_]+")
INLINE = re.compile(r"</?(?:a|b|i|em|strong|span|code|s|u|sup|sub|small|mark|kbd|del|ins)\b[^>]*>")
# What the old program adds around a member's words: names and sizes of images, who is quoted, votes.
ADDED = re.compile(
    r'<svg.*?</svg>|<div class="(?:meta|poll-info|poll-buttons)">.*?</div>'
    r'|<div class="title">.*?(?=<blockquote)',
    re.DOTALL,
)
ASIDE = re.compile(r"<aside[^>]*>|</aside>|[^<]+|<[^>]*>")
# BBCode that the old program no longer understood and showed as it was typed.
MARKS = frozenset(
    {"quote", "code", "list", "li", "ul", "ol", "size", "color", "spoiler", "url", "img", "b", "i", "u"}
)
FILMS = frozenset({"video", "flash", "gist", "pastebin"})


@pytest.fixture(scope="session", params=["urho3d-forum", "slicer-forum"])
def folder(request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the first threads of a real archive, with their raw texts."""
    source = shared / "data/archives" / request.param
    beginning = tmp_path_factory.mktemp(request.param)
    with lzma.open(source / "topics.jsonl.xz") as lines:
        write_lines(beginning / "topics.jsonl", *(line.rstrip() for line in islice(lines, THREADS)))
    if (source / "raw.jsonl.xz").exists():
        shutil.copy(source / "raw.jsonl.xz", beginning)
    return beginning


@pytest.fixture(scope="session")
def read(folder: Path) -> Read:
    """Give what reading that beginning yields."""
    with opened(folder) as archive:
        return list(archive.threads(archive.holds)), archive.survey


def records(folder: Path) -> Iterator[dict[str, Any]]:
    with (folder / "topics.jsonl").open("rb") as lines:
        yield from map(json.loads, lines)


def posts_of(record: dict[str, Any]) -> list[dict[str, Any]]:
    return list(record["post_stream"]["posts"] if "post_stream" in record else record["posts"])


def words_of(text: str) -> Counter[str]:
    return Counter(WORD.findall(text.lower()))


def cooked_words(html: str) -> Counter[str]:
    """Count the words that members wrote; previews of pages are made by the program."""
    kept: list[str] = []
    inside = 0
    for found in ASIDE.finditer(html):
        piece = found[0]
        if piece.startswith("<aside"):
            inside += bool(inside) or "data-username" not in piece
        elif piece == "</aside>":
            inside = max(0, inside - 1)
        elif not inside:
            kept.append(piece)
    text = re.sub(r"<[^>]*>", " ", INLINE.sub("", ADDED.sub(" ", "".join(kept))))
    return words_of(re.sub(r"\S+@example\.invalid", "", unescape(text)))


def test_counts_equal_the_archives(folder: Path, read: Read) -> None:
    items, survey = read
    listed = [(record.get("id") or record["topic_id"], len(posts_of(record))) for record in records(folder)]
    names = {post["username"] for record in records(folder) for post in posts_of(record)}
    assert not [item for item in items if isinstance(item, Skipped)]
    assert [(item.old_id, len(item.posts)) for item in items if isinstance(item, ArchivedThread)] == listed
    assert (survey.threads, survey.posts) == (THREADS, sum(posts for _thread, posts in listed))
    assert {member.name for member in survey.members} == names


def test_words_survive_reading_and_rendering(folder: Path, read: Read) -> None:
    written = Counter[str]()
    lost = Counter[str]()
    threads = {item.old_id: item for item in read[0] if isinstance(item, ArchivedThread)}
    for record in records(folder):
        thread = threads[record.get("id") or record["topic_id"]]
        sources = {post.number: post.source for post in thread.posts}
        for post in posts_of(record):
            source = sources[post["post_number"]]
            if post.get("hidden") or len(source) > MAX_LENGTH:
                continue
            words = Counter(
                {word: n for word, n in cooked_words(post["cooked"]).items() if word not in MARKS | FILMS}
            )
            written += words
            lost += words - words_of(plain_text(render_here(source).html))
    share_pct = 100 - 100 * lost.total() / written.total()
    assert share_pct >= 99.9, (
        f"{share_pct:.3f} % of {written.total()} words; lost most: {lost.most_common(20)}"
    )
