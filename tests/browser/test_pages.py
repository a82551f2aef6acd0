"""Pages fit every window, say their language, and give the browser nothing to complain about.

With BRAIN_TEST_AXE naming the script of axe-core (`axe.min.js`) each page is
also held to WCAG 2.2 AA, in each language, theme and width.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from tests.browser import village
from tests.browser.look import set_window, sideways_px, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DIRECTIONS = {"en": "ltr", "ar": "rtl"}
WINDOWS = [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark"), (320, "light")]
AXE = os.environ.get("BRAIN_TEST_AXE")
#: A page that is not there.
EXPECTED = re.compile(r"/nowhere")


def faults_in_windows(browser) -> Iterator[str]:
    """Look at the open page in each width and theme."""
    for width, theme in WINDOWS:
        set_window(browser, width, theme)
        if beyond := sideways_px(browser):
            yield f"{beyond} px too wide at {width}"
        for violation in violations(browser, Path(AXE)) if AXE else ():
            yield f"{theme} {width}: {violation}"


def faults_of(browser, site: str, paths: list[str]) -> list[str]:
    """Say what is wrong with these pages, in English and in Arabic."""
    faults = []
    for path in paths:
        for language, direction in DIRECTIONS.items():
            browser.get(f"{site}{path}{'&' if '?' in path else '?'}lang={language}")
            here = f"{path} {language}: "
            if not browser.find_elements(By.CSS_SELECTOR, f"html[lang={language}][dir={direction}]"):
                faults.append(here + "another language or direction")
            if len(browser.find_elements(By.TAG_NAME, "h1")) != 1:
                faults.append(here + "not one h1")
            faults += [here + fault for fault in faults_in_windows(browser)]
            messages = [entry["message"] for entry in browser.get_log("browser")]
            faults += [here + message for message in messages if not EXPECTED.search(message)]
    return faults


@pytest.mark.parametrize("role", ["visitor", "member", "moderator", "admin"])
def test_pages_fit_and_are_accessible(browser, site, make, sign_in, enter, role) -> None:
    built = village.build(make, sign_in)
    if role != "visitor":
        enter(getattr(built, role))
        browser.get_log("browser")  # it asked for an icon beside the bare picture
    assert "\n".join(faults_of(browser, site, built.pages[role])) == ""


@pytest.mark.parametrize("path", ["/register", "/settings/address", "/meeting-point/new/need"])
def test_refused_forms_take_the_focus_and_fit(browser, site, make, sign_in, enter, path) -> None:
    if path.startswith("/meeting-point"):
        if not village.HAS_MEETING_POINT:
            pytest.skip("the Meeting Point was taken away")
        village.switch("meeting_point", True)
    if path != "/register":
        enter(make.member())
    browser.get(f"{site}{path}")
    browser.execute_script(
        "const form = document.querySelector('main form'); form.noValidate = true; form.requestSubmit()"
    )
    browser.find_element(By.CSS_SELECTOR, "main .errors a")
    assert browser.execute_script("return document.activeElement.id") == "errors"
    assert "\n".join(faults_in_windows(browser)) == ""
