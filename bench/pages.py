"""What is measured: pages, by whom they are asked, and how often."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask.sessions import SecureCookieSessionInterface

from bench.community import COMMON_WORD, RARE_WORD, STAFF
from bench.load import Browser, press
from bench.server import Server, environment
from brain.app import create_app
from brain.base.db import db
from brain.base.pulse import forget_kept
from brain.base.unit import unit_of_work
from brain.config import read_config
from brain.discussion.models import Thread
from brain.members.models import Member
from brain.members.sessions import open_session

CLIENTS = (1, 16)
Make = Callable[[int, int], bytes]


@dataclass(frozen=True)
class Row:
    """One line of the table; `share` is hello-world's processor time over this page's."""

    page: str
    who: str
    clients: int
    rate: float
    p50: float
    p95: float
    p99: float
    cpu_ms: float
    share: float
    size: int
    packed: int
    failed: int
    memory_mb: float


@dataclass(frozen=True)
class _Place:
    name: str
    path: str


def measure_everything(server: Server, seconds: float, only: str) -> list[Row]:
    """Measure every page signed out and in, then replies."""
    visitor = Browser(server.port)
    members = _sign_in(server, "member")
    rows: list[Row] = []
    base = dict.fromkeys(CLIENTS, 0.0)
    for clients in CLIENTS:
        row = _measure(
            server, _Job("hello-world", "", lambda c, n: visitor.request("/hello-world"), clients), seconds, 0
        )
        base[clients] = row.cpu_ms
        rows.append(row)
    for place in _places(visitor):
        if only not in place.name:
            continue
        packed = _packed_size(server.port, place.path)
        for who, browsers in (("signed out", [visitor]), ("signed in", members)):
            for clients in CLIENTS:
                job = _Job(place.name, who, _same_page(browsers, place.path), clients, packed)
                rows.append(_measure(server, job, seconds, base[clients]))
        etag = visitor.get(place.path).headers.get("etag", "")
        if etag:
            again = _Job(f"{place.name} (304)", "signed out", _same_page([visitor], place.path, etag), 1)
            rows.append(_measure(server, again, seconds, base[1]))
    if only in "reply":
        staff = _sign_in(server, "moderator")  # whose pace is not limited
        jobs = [_Job("reply", "moderator", _replies(staff), clients) for clients in CLIENTS]
        rows += [_measure(server, job, seconds, base[job.clients]) for job in jobs]
    return rows


@dataclass(frozen=True)
class _Job:
    page: str
    who: str
    make: Make
    clients: int
    packed: int = 0


def _measure(server: Server, job: _Job, seconds: float, base: float) -> Row:
    press(server.port, job.make, 2, min(1.0, seconds))  # warm
    before = server.cpu_seconds()
    found = press(server.port, job.make, job.clients, seconds)
    cpu_ms = (server.cpu_seconds() - before) * 1000 / max(1, found.requests)
    return Row(
        page=job.page,
        who=job.who,
        clients=job.clients,
        rate=found.rate,
        p50=found.p50,
        p95=found.p95,
        p99=found.p99,
        cpu_ms=cpu_ms,
        share=base / cpu_ms if base and cpu_ms else 1.0,
        size=found.size,
        packed=job.packed,
        failed=found.failed,
        memory_mb=server.memory_mb(),
    )


def _sign_in(server: Server, role: str) -> list[Browser]:
    """Open sessions as signing in would; signing in itself is limited by address.

    Each has seen a page: its cookie is the one that a browser goes on with.
    """
    app = create_app(read_config(environment(server.folder)))
    name = app.config["SESSION_COOKIE_NAME"]
    browsers = []
    with app.test_request_context():
        some = sa.select(Member.id).where(Member.role == role).order_by(Member.id).limit(STAFF)
        for member_id in db.session.scalars(some).all():
            with unit_of_work():
                token = open_session(member_id, device="bench", address="127.0.0.1")
            signer = SecureCookieSessionInterface().get_signing_serializer(app)
            if signer is None:
                raise LookupError("no secret key")
            browsers.append(
                Browser(server.port, {name: str(signer.dumps({"_user_id": token, "_fresh": True}))})
            )
    for browser in browsers:
        browser.get("/")
    return browsers


def _places(visitor: Browser) -> list[_Place]:
    topic = _link(visitor, "/topics", "/topic/")
    return [
        _Place("home", "/"),
        _Place("topic list", topic),
        _Place("thread, first page", _follow(visitor, "/thread/12/x")),
        _Place("thread, page 75", _longest(visitor) + "?page=75"),
        _Place("search, rare word", f"/search?q={RARE_WORD}"),
        _Place("search, common word", f"/search?q={COMMON_WORD}"),
    ]


def _link(visitor: Browser, page: str, start: str) -> str:
    return next(
        part.split('"')[0] for part in visitor.get(page).text.split('href="')[1:] if part.startswith(start)
    )


def _follow(visitor: Browser, path: str) -> str:
    answer = visitor.get(path)
    while answer.status in (301, 302, 303, 308):
        path = answer.headers["location"]
        answer = visitor.get(path)
    return path


def _longest(visitor: Browser) -> str:
    from bench.shape import SIZES

    for size in SIZES.values():
        path = _follow(visitor, f"/thread/{size.threads // 2 + 1}/x")
        if visitor.get(f"{path}?page=75").status == 200:
            return path
    return _follow(visitor, "/thread/51/x")


def _same_page(browsers: list[Browser], path: str, etag: str = "") -> Make:
    headers = {"If_None_Match": etag} if etag else {}
    ready = [browser.request(path, None, **headers) for browser in browsers]
    return lambda client, number: ready[client % len(ready)]


def _packed_size(port: int, path: str) -> int:
    return len(Browser(port, gzip=True).get(path).body)


def _replies(members: list[Browser]) -> Make:
    chance = random.Random()
    tokens = []
    from bench.load import CSRF

    for member in members:
        found = CSRF.search(member.get("/thread/20/x/").text) or CSRF.search(
            member.get("/thread/20/reply").text
        )
        if found is None:
            raise LookupError("no reply form")
        tokens.append(found[1])

    def make(client: int, number: int) -> bytes:
        place = client % len(members)
        key = f"bench-{client}-{number}-{chance.random()}"
        fields = {
            "csrf_token": tokens[place],
            "text": f"A reply that was measured, with the key {key}.",
            "language": "en",
            "draft_key": key,
        }
        return members[place].request(f"/thread/{chance.randrange(1, 90)}/reply", fields)

    return make


def statements_by_page(folder: Path) -> dict[str, tuple[int, int]]:
    """Count what each page asks of the database for a visitor: in a new process, and again."""
    app = create_app(read_config(environment(folder)))
    said: list[str] = []

    @sa.event.listens_for(sa.Engine, "before_cursor_execute")
    def note(*parts: Any) -> None:
        if not parts[2].upper().startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            said.append(parts[2])

    with app.app_context():
        thread = db.session.scalar(sa.select(Thread.id).limit(1))
        db.session.rollback()
    counts: dict[str, tuple[int, int]] = {}
    client = app.test_client()
    for asked in ("/", "/topic/1/x", f"/thread/{thread}/x", f"/search?q={RARE_WORD}"):
        path = client.get(asked, follow_redirects=True).request.full_path.removesuffix("?")
        forget_kept()
        said.clear()
        client.get(path)
        first = len(said)
        client.get(path)
        counts[path] = (first, len(said) - first)
    sa.event.remove(sa.Engine, "before_cursor_execute", note)
    return counts
