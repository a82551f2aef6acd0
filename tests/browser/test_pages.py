"""Pages fit a narrow window and give the browser nothing to complain about."""

from __future__ import annotations

import re

import pytest

from tests.browser.look import set_window, sideways_px

pytestmark = pytest.mark.browser
FOR_ALL = ["/", "/topics", "/search?q=visit", "/nowhere"]
FOR_VISITORS = [*FOR_ALL, "/sign-in", "/register", "/reset"]
FOR_MEMBERS = [*FOR_ALL, "/notifications", "/settings", "/settings/sessions", "/members", "/unread"]
FOR_STAFF = ["/admin", "/admin/plugins", "/admin/settings", "/admin/jobs", "/review", "/topic/new"]
#: A page that is not there, and what a browser asks for beside a bare picture.
EXPECTED = re.compile(r"/nowhere|/favicon\.ico")
LONG_TITLE = "Gemeinschaftsunterstützungsgenossenschaftsversammlung " + "W" * 120


def narrow_faults(browser, site: str, paths: list[str]) -> list[str]:
    """Say which pages are too wide at 320 pixels, or upset the browser."""
    faults = []
    set_window(browser, 320)
    for path in paths:
        for language in ("en", "ar"):
            browser.get(f"{site}{path}{'&' if '?' in path else '?'}lang={language}")
            if beyond := sideways_px(browser):
                faults.append(f"{path} {language}: {beyond} px too wide")
            messages = [entry["message"] for entry in browser.get_log("browser")]
            faults += [f"{path} {language}: {m}" for m in messages if not EXPECTED.search(m)]
    return faults


@pytest.fixture
def places(make) -> list[str]:
    """Give a topic and a thread whose title no line can hold."""
    topic = make.topic()
    thread = make.thread(topic=topic, title=LONG_TITLE, posts=2)
    return [f"/topic/{topic}/x", f"/thread/{thread}/x", f"/topic/{topic}/new"]


def test_pages_for_visitors_fit(browser, site, places) -> None:
    assert narrow_faults(browser, site, [*FOR_VISITORS, *places[:2]]) == []


def test_pages_for_members_fit(browser, site, places, make, enter) -> None:
    enter(make.member("M" * 30))
    assert narrow_faults(browser, site, [*FOR_MEMBERS, *places]) == []


def test_pages_for_staff_fit(browser, site, make, enter) -> None:
    enter(make.admin())
    assert narrow_faults(browser, site, FOR_STAFF) == []
