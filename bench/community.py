"""Generates a community into a database: seeded, in bulk, kept for the next run."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bench.shape import OPENING_WORDS, REPLY_WORDS, Authors, Size, draw, thread_lengths
from brain.base import clock
from brain.base.access import HOUSE
from brain.base.db import db
from brain.base.markup import RENDERER_VERSION, render_here
from brain.base.unit import unit_of_work
from brain.demo.loader import CONTENT
from brain.discussion.actions import TopicDraft, create_topic
from brain.discussion.counters import recount
from brain.discussion.models import Post, Thread
from brain.members.actions import NewMember, add_member
from brain.members.models import Member

SEED = 20261122
PASSWORD = "measured with a calm mind"
RARE_WORD = "quipucamayoc"
COMMON_WORD = "cooperative"
LANGUAGES = ("en", "es", "fr", "pt", "ar")
STAFF = 16
LOT = 2_000


@dataclass(frozen=True)
class Passage:
    """A paragraph with its rendering."""

    source: str
    html: str
    words: int


def generate(size: Size) -> None:
    """Fill an empty database with a community of this size."""
    chance = random.Random(SEED)
    passages = {language: _passages(language) for language in LANGUAGES}
    with unit_of_work():
        members = _generate_members(size)
        topics = [
            create_topic(HOUSE, TopicDraft(names={"en": f"Subject {n}"}, descriptions={"en": "Generated."}))
            for n in range(size.topics)
        ]
    lengths = thread_lengths(chance, size)
    authors = Authors(chance, members)
    start = clock.now() - timedelta(days=900)
    for lot in range(0, len(lengths), LOT // 10):
        with unit_of_work():
            _insert_threads(_Plan(chance, authors, topics, passages, start, size), lengths, lot)
    with unit_of_work():
        recount()


@dataclass(frozen=True)
class _Plan:
    chance: random.Random
    authors: Authors
    topics: list[int]
    passages: dict[str, list[Passage]]
    start: datetime
    size: Size


def _passages(language: str) -> list[Passage]:
    """Cut the demo's texts into paragraphs, rendered once each."""
    threads = json.loads((CONTENT / f"threads-{language}.json").read_text("utf-8"))
    texts = [post["text"] for thread in threads for post in thread["posts"]]
    pieces = [
        piece.strip() for text in texts for piece in re.split(r"\n\s*\n", text) if "[quote" not in piece
    ]
    return [Passage(p, render_here(p).html.strip(), len(p.split())) for p in pieces if len(p) > 20]


def _generate_members(size: Size) -> list[int]:
    staff = [
        add_member(
            NewMember(name=f"Bench {n}", email=f"bench{n}@example.org", password=PASSWORD, role="moderator")
        )
        for n in range(STAFF)
    ]
    moment = clock.now() - timedelta(days=950)
    rows = [
        {
            "name": f"Person {n}",
            "name_key": f"person {n}",
            "email": f"person{n}@example.org",
            "email_key": f"person{n}@example.org",
            "role": "member",
            "confirmed_at": moment,
            "staged": False,
            "language": LANGUAGES[n % 5],
            "reads": [LANGUAGES[n % 5]],
            "timezone": "UTC",
            "theme": "",
            "country": "",
            "about": "",
            "fields": {},
            "post_count": 0,
            "created_at": moment,
        }
        for n in range(size.members)
    ]
    db.session.execute(sa.insert(Member), rows)
    generated = sa.select(Member.id).where(Member.role == "member").order_by(Member.id)
    return [*db.session.scalars(generated), *staff]


def _insert_threads(plan: _Plan, lengths: list[int], first: int) -> None:
    threads: list[dict[str, Any]] = []
    posts: list[dict[str, Any]] = []
    for place in range(first, min(first + LOT // 10, len(lengths))):
        thread_id = place + 1
        opened = plan.start + timedelta(days=880) * (place / plan.size.threads)
        language = plan.chance.choices(LANGUAGES, (40, 25, 15, 10, 10))[0]
        written = list(_posts(plan, thread_id, language, (opened, lengths[place])))
        threads.append(_thread(plan, thread_id, language, written))
        posts.extend(written)
    db.session.execute(sa.insert(Thread), threads)
    for lot in range(0, len(posts), LOT):
        db.session.execute(sa.insert(Post), posts[lot : lot + LOT])
    if db.engine.dialect.name != "sqlite":
        db.session.execute(sa.text("SELECT setval('thread_id_seq', (SELECT max(id) FROM thread))"))


def _thread(plan: _Plan, thread_id: int, language: str, written: list[dict[str, Any]]) -> dict[str, Any]:
    title = " ".join(plan.chance.choice(plan.passages[language]).source.split()[:9])[:120]
    return {
        "id": thread_id,
        "topic_id": plan.topics[thread_id % len(plan.topics)],
        "audience": "public",
        "author_id": written[0]["author_id"],
        "title": title or "Untitled",
        "slug": f"generated-{thread_id}",
        "language": language,
        "tags": [],
        "views": plan.chance.randrange(2000),
        "created_at": written[0]["created_at"],
        "bumped_at": written[-1]["created_at"],
        "last_post_at": written[-1]["created_at"],
        "last_author_id": written[-1]["author_id"],
    }


def _posts(
    plan: _Plan, thread_id: int, language: str, when: tuple[datetime, int]
) -> Iterator[dict[str, Any]]:
    at, length = when
    for number in range(1, length + 1):
        wanted = draw(plan.chance, OPENING_WORDS if number == 1 else REPLY_WORDS)
        text = _compose(plan.chance, plan.passages[language], wanted)
        extra = f" {RARE_WORD}" if thread_id % 700 == 7 and number == 1 else ""
        common = f" {COMMON_WORD}" if plan.chance.random() < 0.2 else ""
        yield {
            "thread_id": thread_id,
            "number": number,
            "author_id": plan.authors.draw(),
            "reply_to": number - 1 if number > 1 and plan.chance.random() < 0.4 else None,
            "language": language,
            "source": "\n\n".join(p.source for p in text) + extra + common,
            "html": "\n".join(p.html for p in text) + (f"<p>{extra}{common}</p>" if extra or common else ""),
            "renderer": RENDERER_VERSION,
            "created_at": at,
        }
        at = min(at + timedelta(minutes=plan.chance.lognormvariate(4.5, 1.6)), clock.now())


def _compose(chance: random.Random, passages: list[Passage], wanted: int) -> list[Passage]:
    chosen = [chance.choice(passages)]
    words = chosen[0].words
    while words < wanted and len(chosen) < 60:
        chosen.append(chance.choice(passages))
        words += chosen[-1].words
    return chosen
