"""Pages are light: what a browser fetches on a first visit, as it crosses the wire."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import click
import pytest

from brain.base import settings
from brain.base.access import HOUSE
from brain.base.unit import unit_of_work
from brain.demo.loader import content
from brain.discussion.actions import ReplyDraft, reply
from tests.factories import Make
from tests.journeys.client import Client, signed_in
from tests.journeys.site import Site

pytestmark = pytest.mark.slow
PACKED = {"Accept-Encoding": "gzip"}
#: What a browser fetches by itself: style sheets, scripts, icons, pictures; not feeds.
FETCHED = re.compile(
    r'<link rel="(?:stylesheet|icon|manifest|modulepreload)"[^>]*href="([^"]+)"'
    r'|<(?:script|img)[^>]*src="([^"]+)"'
)
BEHAVIOUR = re.compile(r'data-behaviour="([^"]+)"')
TEXT = "We meet on the market day and keep the box in three hands; whoever lends says so in the book."


@dataclass(frozen=True)
class Visit:
    """What one page cost: bytes on the wire by address, headers included."""

    page: str
    sizes: dict[str, int]

    @property
    def total(self) -> int:
        """Count all bytes."""
        return sum(self.sizes.values())

    def say(self, what: str) -> None:
        """Print the figures."""
        parts = ", ".join(f"{urlsplit(url).path} {size:,}" for url, size in self.sizes.items())
        click.echo(f"\n{what}: {self.total:,} bytes in {len(self.sizes)} requests ({parts})")

    def of(self, ending: str) -> int:
        """Count the bytes of files with this ending."""
        return sum(size for url, size in self.sizes.items() if urlsplit(url).path.endswith(ending))


def first_visit(client: Client, path: str) -> Visit:
    """Fetch a page and everything that a browser fetches with it."""
    page = client.get(path)
    assert page.status == 200, page.text
    addresses = [style or source for style, source in FETCHED.findall(page.text)]
    version = next(url.partition("?")[2] for url in addresses if url.endswith(".js") or ".js?" in url)
    named = {name for names in BEHAVIOUR.findall(page.text) for name in names.split()}
    addresses += [f"/static/js/{name}.js?{version}" for name in sorted(named)]
    sizes = {path: page.size}
    for address in dict.fromkeys(addresses):
        assert address.startswith("/static/"), f"{path} fetches {address}"
        fetched = client.get(address)
        assert fetched.status == 200, address
        sizes[address] = fetched.size
    return Visit(path, sizes)


@pytest.fixture
def place(site: Site) -> tuple[Client, str]:
    """Give a signed-in client, and a thread of twenty posts among others."""
    with site.opened() as app:
        make = Make(app)
        with unit_of_work():
            settings.change_setting(HOUSE, "discussion.seconds_between_posts", 0)
        topics = [make.topic(name) for name in ("Savings", "Seeds", "Land", "Water", "Work", "Housing")]
        authors = [make.member(name) for name in ("Grace Achieng", "Moussa Diallo", "Lucía Quispe")]
        for number in range(12):
            make.thread(topics[number % len(topics)], authors[number % 3], tags=("loans", "books"))
        texts = [post["text"] for thread in content("threads-en") for post in thread["posts"]][:20]
        thread = make.thread(topics[0], authors[0], text=texts[0])
        for number, text in enumerate(texts[1:]):
            with unit_of_work():
                reply(make.viewer(authors[number % 3]), thread, ReplyDraft(text, "en"))
        make.work()
        client = signed_in(site, app, make.member("Amina"), **PACKED)
    site.start_web()
    return client, f"/thread/{thread}"


def test_first_visits_are_light(site: Site, place) -> None:
    member, thread = place
    path = member.get(thread).location
    for who, client in (("visitor", Client(site, **PACKED)), ("member", member)):
        read = first_visit(client, path)
        read.say(f"A thread of 20 posts, {who}")
        home = first_visit(client, "/")
        home.say(f"Home, {who}")
        assert read.total <= 50_000
        assert len(read.sizes) <= 5
        assert read.sizes[path] <= 20_000
        assert read.of(".css") <= 12_000
        assert read.of(".js") <= 15_000
        assert home.total <= 40_000
        assert len(home.sizes) <= 5


def test_reply_and_its_way_back_are_light(site: Site, place) -> None:
    member, thread = place
    fields = {"csrf_token": member.token(f"{thread}/reply"), "text": TEXT, "language": "en", "draft_key": "k"}
    answer = member.post(f"{thread}/reply", fields)
    assert answer.status == 303
    back = member.get(answer.location.partition("#")[0])
    click.echo(f"\nReply: {answer.size:,} bytes, and the page it leads to {back.size:,}")
    assert answer.size <= 5_000


def test_second_visit_of_a_page_that_has_not_changed_costs_next_to_nothing(site: Site, place) -> None:
    path = Client(site).get(place[1]).location
    first = Client(site, **PACKED).get(path)
    again = Client(site, **PACKED, **{"If-None-Match": first.headers["ETag"]}).get(path)
    assert (again.status, again.body) == (304, b"")
    assert again.size <= 1_000
