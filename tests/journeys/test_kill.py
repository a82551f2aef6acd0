"""Processes die in the middle of their work, and nothing is lost or done twice."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPException

import click
import psutil
import pytest
import sqlalchemy as sa

from brain.base import clock, settings
from brain.base.access import HOUSE
from brain.base.db import db
from brain.base.events import Outbox
from brain.base.unit import unit_of_work
from brain.discussion.actions import ReplyDraft, reply
from brain.discussion.counters import wrong_counters
from brain.discussion.models import Post
from brain.notifications.models import Notification
from tests.factories import Make
from tests.journeys.client import Client, signed_in
from tests.journeys.site import Site

pytestmark = pytest.mark.slow
WRITERS = 5
REPLIES = 200
THREADS = 3
#: A worker dies after so many more replies were acknowledged, at a moment of chance.
REPLIES_A_KILL = (4, 12)
PATIENCE = 300
SEARCHABLE_WITHIN = 5


@dataclass
class Tally:
    """What the clients were told."""

    acknowledged: dict[int, str] = field(default_factory=dict)
    broken: int = 0
    kills: int = 0
    last_at: float = 0.0

    def acknowledge(self, number: int, location: str) -> None:
        """Note that a reply was said to be stored, and where."""
        self.acknowledged[number] = location
        self.last_at = time.monotonic()


def word(number: int) -> str:
    """Give the word that only this reply holds."""
    return f"zunzun{number:03}x"


def text_of(number: int) -> str:
    """Give the text of a reply, with letters that take several bytes."""
    return f"Réponse {number} de la coopérative « Maïs » 🌽 有机 {word(number)}."


def until(holds: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Wait until it holds; fail after `patience` seconds."""
    ends = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < ends, f"waited {patience} s for: {what}"
        time.sleep(0.05)


@dataclass(frozen=True)
class Writer:
    """A member with a form open on each thread."""

    client: Client
    forms: tuple[tuple[str, str], ...]

    def reply(self, number: int, tally: Tally) -> None:
        """Send a reply until it is acknowledged, always with the same draft key."""
        thread, token = self.forms[number % len(self.forms)]
        fields = {
            "csrf_token": token,
            "text": text_of(number),
            "language": "fr",
            "draft_key": f"draft-{number}",
        }
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            try:
                answer = self.client.post(f"{thread}/reply", fields)
            except (OSError, HTTPException):
                tally.broken += 1
                time.sleep(0.02)
                continue
            assert answer.status == 303, answer.text
            tally.acknowledge(number, answer.location)
            return
        raise AssertionError(f"reply {number} was never acknowledged")


def kill_workers(site: Site, tally: Tally, done: threading.Event) -> None:
    """Kill a web worker again and again, each time after some progress."""
    chance = random.Random(20261122)
    while not done.is_set():
        wanted = len(tally.acknowledged) + chance.randint(*REPLIES_A_KILL)
        while len(tally.acknowledged) < wanted and not done.wait(0.005):
            pass
        done.wait(chance.uniform(0, 0.05))
        workers = site.web_workers()
        if workers and not done.is_set():
            try:
                chance.choice(workers).kill()
            except psutil.NoSuchProcess:
                continue
            tally.kills += 1


def make_writers(site: Site, threads: int) -> list[Writer]:
    """Prepare threads, and members with their forms open."""
    with site.opened() as app:
        make = Make(app)
        with unit_of_work():
            settings.change_setting(HOUSE, "discussion.seconds_between_posts", 0)
        topic = make.topic()
        places = [make.thread(topic) for _ in range(threads)]
        clients = [signed_in(site, app, make.member()) for _ in range(WRITERS)]
        make.work()
    urls = [f"/thread/{place}" for place in places]
    return [Writer(client, tuple((url, client.token(f"{url}/reply")) for url in urls)) for client in clients]


def write_all(site: Site, writers: list[Writer]) -> Tally:
    """Have all replies written while web workers die."""
    tally, done = Tally(), threading.Event()
    killer = threading.Thread(target=kill_workers, args=(site, tally, done))
    killer.start()
    try:
        with ThreadPoolExecutor(WRITERS) as pool:
            sent = [pool.submit(writers[n % WRITERS].reply, n, tally) for n in range(REPLIES)]
            for reply in sent:
                reply.result()
    finally:
        done.set()
        killer.join()
    return tally


def not_found(reader: Client, tally: Tally) -> set[int]:
    """Look for every acknowledged reply by its word; gives those that search misses."""

    def is_missing(number: int) -> bool:
        place, _hash, post = tally.acknowledged[number].partition("#")
        page = reader.get(f"/search?q={word(number)}").text
        return f"{place.partition('?')[0]}" not in page or f"#{post}" not in page

    with ThreadPoolExecutor(4) as pool:
        numbers = list(tally.acknowledged)
        return {n for n, missing in zip(numbers, pool.map(is_missing, numbers), strict=True) if missing}


def test_web_workers_that_are_killed_lose_no_reply_and_double_none(site: Site) -> None:
    site.start_web()
    site.start_jobs()
    writers = make_writers(site, THREADS)

    tally = write_all(site, writers)

    click.echo(f"\n{tally.kills} workers killed, {tally.broken} requests broken off")
    assert len(tally.acknowledged) == REPLIES
    assert tally.kills >= 10
    assert tally.broken > 0
    with site.opened():
        stored = Counter(db.session.scalars(sa.select(Post.source)).all())
        wanted = {text_of(number): 1 for number in range(REPLIES)}
        assert {text: count for text, count in stored.items() if "zunzun" in text} == wanted
        assert wrong_counters() == []
        numbers = db.session.execute(sa.select(Post.source, Post.thread_id, Post.number)).all()
        places = {row.source: (row.thread_id, row.number) for row in numbers}
    for number, location in tally.acknowledged.items():
        thread, post = places[text_of(number)]
        assert location.startswith(f"/thread/{thread}/"), (number, location)
        assert location.endswith(f"#post-{post}"), (number, location)


def waiting() -> int:
    """Count what the outbox still holds; `given up` would stay for ever."""
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Outbox)) or 0


def let_leases_end() -> int:
    """Let the time pass after which another worker takes over what a dead one held."""
    with unit_of_work():
        held = db.session.execute(
            sa.update(Outbox)
            .where(Outbox.leased_until.is_not(None))
            .values(leased_until=clock.now() - timedelta(seconds=1))
        )
    return held.rowcount


def test_job_worker_that_is_killed_delivers_everything_once(site: Site) -> None:
    chance = random.Random(20261122)
    with site.opened() as app:
        make = Make(app)
        with unit_of_work():
            settings.change_setting(HOUSE, "discussion.seconds_between_posts", 0)
        members = [make.member() for _ in range(WRITERS)]
        thread = make.thread(author=members[0])
        make.work()
        for number in range(REPLIES):
            with unit_of_work():
                reply(make.viewer(members[number % WRITERS]), thread, ReplyDraft(text_of(number), "fr"))
        told_before = db.session.scalar(sa.select(sa.func.count()).select_from(Notification))
        kills = held = 0
        while (left := waiting()) > 0:
            site.start_jobs()
            enough = left - chance.randint(10, 60)
            until(lambda enough=enough: waiting() <= max(0, enough), "the job worker to deliver")
            if waiting():
                site.process("jobs").kill()
                kills += 1
            site.stop("jobs")
            held += let_leases_end()

        assert kills >= 3
        assert told_before == 0
        rows = db.session.execute(
            sa.select(Notification.member_id, Post.source, Post.author_id)
            .join(Post, Post.id == Notification.subject_id)
            .where(Notification.subject_kind == "post")
        )
        told = Counter((row.member_id, row.source) for row in rows)
        wanted = {
            (member, text_of(number)): 1
            for number in range(REPLIES)
            for member in members
            if member != members[number % WRITERS]
        }
        assert told == wanted
    click.echo(f"\n{kills} kills of the job worker, {held} deliveries taken over")
