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
from tests.fixtures import make_session_cookie
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

    acknowledged: dict[int, tuple[str, float]] = field(default_factory=dict)
    broken: int = 0
    kills: int = 0

    def acknowledge(self, number: int, location: str) -> None:
        """Note that a reply was said to be stored, where and when."""
        self.acknowledged[number] = location, time.monotonic()

    def last_at(self) -> float:
        """Give the moment of the last acknowledgement."""
        return max(at for _location, at in self.acknowledged.values())


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


def waiting() -> int:
    """Count what the outbox still holds; `given up` would stay for ever."""
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Outbox)) or 0


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
    """Prepare threads, a job worker, and members with their forms open."""
    with site.opened() as app:
        make = Make(app)
        with unit_of_work():
            settings.change_setting(HOUSE, "discussion.seconds_between_posts", 0)
        topic = make.topic()
        places = [make.thread(topic) for _ in range(threads)]
        clients = [signed_in(site, app, make.member()) for _ in range(WRITERS)]
        site.start_jobs()
        until(lambda: waiting() == 0, "the job worker to build the index")
    urls = [f"/thread/{place}" for place in places]
    return [Writer(client, tuple((url, client.token(f"{url}/reply")) for url in urls)) for client in clients]


def write_all(site: Site, writers: list[Writer], tally: Tally) -> None:
    """Have all replies written while web workers die."""
    done = threading.Event()
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


class Searcher:
    """Looks for every reply by its own word, all the while.

    It reads the search page in this process: a page of a web worker that has
    just been killed would say nothing about the index.
    """

    def __init__(self, site: Site, tally: Tally) -> None:
        self._site = site
        self._tally = tally
        self.found: dict[int, float] = {}

    def look(self, done: threading.Event) -> None:
        """Search for what was acknowledged, until all replies are found or waiting ends."""
        ends = time.monotonic() + PATIENCE
        with self._site.opened() as app:
            client = app.test_client()
            make_session_cookie(app, client, Make(app).member("Searcher", email="searcher@example.org"))
            while len(self.found) < REPLIES and time.monotonic() < ends and not done.wait(0.05):
                for number in sorted(set(self._tally.acknowledged) - set(self.found)):
                    page = client.get(f"/search?q={word(number)}").text
                    if f'href="{self._tally.acknowledged[number][0]}"' in page:
                        self.found[number] = time.monotonic()

    def seconds_behind(self) -> list[float]:
        """Give how long after its acknowledgement each reply was found, in order of size."""
        return sorted(self.found[n] - self._tally.acknowledged[n][1] for n in self.found)


def test_web_workers_that_are_killed_lose_no_reply_and_double_none(site: Site) -> None:
    site.start_web()
    writers = make_writers(site, THREADS)
    tally, given_up = Tally(), threading.Event()
    searcher = Searcher(site, tally)

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(searcher.look, given_up)
        try:
            write_all(site, writers, tally)
            looking.result()
        finally:
            given_up.set()

    behind = searcher.seconds_behind()
    late = max(searcher.found.values()) - tally.last_at()
    click.echo(f"\n{tally.kills} web workers killed, {tally.broken} requests broken off")
    click.echo(
        f"found after {behind[len(behind) // 2]:.1f} s in the middle, {behind[-10]:.1f} s at p95; ", nl=False
    )
    click.echo(f"everything {late:.1f} s after the last acknowledgement")
    assert len(tally.acknowledged) == REPLIES
    assert tally.kills >= 10
    assert tally.broken > 0
    assert len(searcher.found) == REPLIES
    assert late <= SEARCHABLE_WITHIN
    with site.opened():
        stored = Counter(db.session.scalars(sa.select(Post.source)).all())
        wanted = {text_of(number): 1 for number in range(REPLIES)}
        assert {text: count for text, count in stored.items() if "zunzun" in text} == wanted
        assert wrong_counters() == []
        numbers = db.session.execute(sa.select(Post.source, Post.thread_id, Post.number)).all()
        places = {row.source: (row.thread_id, row.number) for row in numbers}
    for number, (location, _at) in tally.acknowledged.items():
        thread, post = places[text_of(number)]
        assert location.startswith(f"/thread/{thread}/"), (number, location)
        assert location.endswith(f"#post-{post}"), (number, location)


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

        reader = app.test_client()
        make_session_cookie(app, reader, members[0])
        pages = (reader.get(f"/search?q={word(number)}").text for number in range(REPLIES))
        assert [n for n, page in enumerate(pages) if f"<mark>{word(n)}</mark>" not in page] == []
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
