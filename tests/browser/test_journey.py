"""A new member's first day, in a real Chromium on a real site, with scripts and without."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from brain.base import settings
from brain.base.access import HOUSE
from brain.base.unit import unit_of_work
from brain.config import ROOT
from brain.discussion.actions import ReplyDraft, reply
from tests import services
from tests.browser.look import SEALED, open_browser, set_window
from tests.browser.walk import Walk
from tests.factories import PASSWORD, Make
from tests.journeys.client import signed_in
from tests.journeys.site import Site, empty_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NO_SCRIPTS = {"profile.managed_default_content_settings.javascript": 2}
HAS_MEETING_POINT = (ROOT / "plugins" / "meeting_point").is_dir()
ADDRESS = "amina@example.org"
RUDE = "Whoever keeps hens is a fool."
OFFER = {
    "title": "Two trainers and a printed method for savings groups",
    "summary": "Used by a cooperative of one hundred and thirty members.",
    "body": "We come for a week, bring the method and stay in touch for a year afterwards.",
    "themes": "T3",
    "modalities": "training",
    "country": "MA",
    "languages": "en",
    "language": "en",
    "audience": "public",
    "draft_key": "offer",
}


@dataclass(frozen=True)
class Day:
    """The site that the new member comes to, and where they will write."""

    walk: Walk
    site: Site
    thread: str
    is_narrow: bool

    def sign_in(self, who: str) -> None:
        """Sign in by the keyboard alone."""
        self.walk.open("/sign-in")
        self.walk.tab_to("input[name=who]")
        self.walk.type(who, Keys.TAB, PASSWORD)
        self.walk.enter()
        assert self.walk.has("html[data-member]"), self.walk.text()

    def menu(self) -> str:
        """Open the menu of one's account; gives where its links are."""
        place = "header details.nav-narrow" if self.is_narrow else "header details.only-wide"
        self.walk.unfold(place)
        return place

    def sign_out(self) -> None:
        """Sign out by the menu."""
        self.walk.click(f"{self.menu()} form[data-forgets] button")
        assert not self.walk.has("html[data-member]")


@pytest.fixture(params=["with scripts", "without scripts"])
def day(request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> Iterator[Day]:
    """Give a running site with a few people; without scripts in a narrow window."""
    if not shutil.which("chromedriver"):
        services.absent("there is no Chromium with its driver here")
    has_scripts = request.param == "with scripts"
    with empty_site(tmp_path, worker_id) as site:
        site.start_web()
        site.start_jobs()
        thread = prepare(site)
        browser = open_browser(*SEALED, preferences={} if has_scripts else NO_SCRIPTS)
        try:
            set_window(browser, 1280 if has_scripts else 360)
            yield Day(Walk(browser, site.url), site, thread, is_narrow=not has_scripts)
        finally:
            browser.quit()


def prepare(site: Site) -> str:
    """Add a topic, a rude member, a moderator, an offer; gives the thread's address."""
    with site.opened() as app:
        make = Make(app)
        with unit_of_work():
            settings.change_setting(HOUSE, "discussion.seconds_between_posts", 0)
        grace, karim = make.member("Grace"), make.member("Karim", password=PASSWORD)
        make.moderator("Lucía", password=PASSWORD)
        topic = make.topic("Animals and land")
        thread = make.thread(topic, grace, title="Who keeps hens together?")
        with unit_of_work():
            reply(make.viewer(karim), thread, ReplyDraft(RUDE, "en"))
        if HAS_MEETING_POINT:
            form = "/meeting-point/new/offer"
            client = signed_in(site, app, grace)
            answer = client.post(form, {**OFFER, "csrf_token": client.token(form)})
            assert answer.status == 303, answer.text
    return f"/thread/{thread}/who-keeps-hens-together"


def join(day: Day) -> None:
    """Register, read the letter, confirm where nobody is signed in, sign in."""
    walk = day.walk
    walk.open("/register")
    walk.write("input[name=name]", "Amina")
    walk.write("input[name=email]", ADDRESS)
    walk.write("input[name=password]", PASSWORD)
    walk.pick("reads", "en", "ar")
    walk.click("main button[type=submit]")
    assert ADDRESS in walk.text("[role=status]")
    day.sign_out()
    walk.open("/dev/mail")
    walk.reload_until(lambda: walk.has("main table a"), "the letter")
    walk.click("main table a")
    assert ADDRESS in walk.text()
    walk.follow(f"{walk.url}/confirm/")
    assert "Amina" in walk.text()
    walk.write("input[name=password]", PASSWORD)
    walk.click("main button[type=submit]")
    assert walk.has("html[data-member]"), walk.text()
    day.sign_out()
    day.sign_in(ADDRESS)


def write(day: Day) -> None:
    """Open a thread, reply, edit the reply, quote the first post."""
    walk = day.walk
    walk.open("/")
    walk.follow("New thread")
    walk.follow("Animals and land")
    walk.write("input[name=title]", "Which hens lay in the dry season?")
    walk.write("textarea[name=text]", "Ours stop in **October**.")
    walk.click("main form button.btn-main")
    assert walk.text("h1") == "Which hens lay in the dry season?"
    assert walk.text("#post-1 .prose strong") == "October"

    walk.write("#reply textarea", "We tried more wather.")
    walk.click("#reply button.btn-main")
    assert walk.browser.current_url.endswith("#post-2")

    walk.unfold("#post-2 details.menu")
    walk.follow("Edit", "#post-2")
    assert walk.find("textarea[name=text]").get_property("value") == "We tried more wather."
    walk.write("textarea[name=text]", "We tried more water, and quebracho leaves.")
    walk.click("main form button.btn-main")
    assert "quebracho" in walk.text("#post-2")

    walk.unfold("#post-1 details.menu")
    walk.follow("Quote", "#post-1")
    quoted = walk.find("textarea[name=text]")
    assert "Ours stop in **October**." in quoted.get_property("value")
    quoted.send_keys(Keys.CONTROL, Keys.END)
    quoted.send_keys("And again in March.")
    walk.click("main form button.btn-main")
    assert "Ours stop in October." in walk.text("#post-3 .quote")
    assert "And again in March." in walk.text("#post-3")


def search(day: Day) -> None:
    """Find what was written a moment ago."""
    walk = day.walk
    walk.open("/search")
    walk.write("main input[name=q]", "quebracho")
    walk.find("main input[name=q]").send_keys(Keys.ENTER)
    walk.reload_until(lambda: walk.has("main mark"), "the reply to be found")
    assert "quebracho" in walk.text("main mark")
    walk.follow("Which hens lay in the dry season?")
    assert walk.browser.current_url.endswith("#post-2")


def report(day: Day) -> None:
    """Report the rude post."""
    walk = day.walk
    walk.open(day.thread)
    walk.unfold("#post-2 details.menu")
    walk.follow("Report", "#post-2")
    walk.pick("reason", "inappropriate")
    walk.write("textarea[name=note]", "It calls people fools.")
    walk.click("main form button.btn-main")
    assert "A moderator will look at what you reported." in walk.text()
    day.sign_out()


def moderate(day: Day) -> None:
    """Settle the case; its author reads why."""
    walk = day.walk
    day.sign_in("Lucía")
    walk.follow("Review", day.menu())
    walk.follow("Who keeps hens together?")
    assert "It calls people fools." in walk.text()
    walk.pick("decision", "agree")
    walk.choose("ground", "attack")
    walk.write("textarea[name=words]", "Say it without calling names.")
    walk.click("main form button.btn-main")
    assert "The case is settled." in walk.text("[role=status]")
    walk.open(day.thread)
    assert RUDE not in walk.text()
    assert "Post 2 was hidden by the moderators." in walk.text()
    day.sign_out()

    day.sign_in("Karim")
    walk.open("/notifications")
    walk.reload_until(lambda: walk.has("main li.note a"), "the author to be told")
    walk.click("main li.note a")
    assert "It attacks a person or a group of people." in walk.text()
    assert "Say it without calling names." in walk.text()
    day.sign_out()


def meet(day: Day) -> None:
    """Publish a need, and read why an offer fits it."""
    walk = day.walk
    day.sign_in(ADDRESS)
    walk.open("/meeting-point/")
    walk.follow("State a need")
    walk.write("input[name=title]", "Train twelve groups to lend to each other")
    walk.write("textarea[name=summary]", "Three to five days on the rules of lending.")
    walk.write("textarea[name=body]", "We look for people who have kept a register of loans together before.")
    walk.pick("themes", "T3")
    walk.pick("modalities", "training")
    walk.pick("languages", "en")
    walk.choose("country", "SN")
    walk.choose("language", "en")
    walk.click("main form button.btn-main")
    assert walk.text("h1") == "Train twelve groups to lend to each other"
    walk.reload_until(lambda: walk.has("main .why"), "a match")
    assert OFFER["title"] in walk.text("main .match")
    assert re.search(r"Both concern .+\.", walk.text("main .why")), walk.text("main .why")
    assert "Common language: English." in walk.text("main .why")


def turn_to_arabic(day: Day) -> None:
    """Read the site in Arabic from now on, and leave."""
    walk = day.walk
    walk.open(day.thread)
    assert walk.has('html[lang=en][dir="ltr"]')
    walk.click("footer a[lang=ar]")
    walk.click("main form button")
    assert walk.has('html[lang=ar][dir="rtl"]')
    assert walk.has('#post-1 .prose[lang=en][dir="ltr"]')
    day.sign_out()
    assert walk.has('html[lang=ar][dir="rtl"]')


def test_first_day_of_a_new_member(day: Day) -> None:
    join(day)
    write(day)
    search(day)
    report(day)
    moderate(day)
    if HAS_MEETING_POINT:
        meet(day)
    else:
        day.sign_in(ADDRESS)
    turn_to_arabic(day)
    assert day.walk.faults == []
