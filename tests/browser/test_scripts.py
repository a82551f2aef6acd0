"""What scripts add: menus close, ctrl+Enter sends, nothing written is lost."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

pytestmark = pytest.mark.browser
TEXT = "We met on the market day and kept the box in three hands."


def find(browser, selector: str):
    return browser.find_element(By.CSS_SELECTOR, selector)


def until(browser, script: str) -> None:
    WebDriverWait(browser, 10).until(lambda page: page.execute_script(f"return {script}"), script)


def ready(browser, url: str) -> None:
    browser.get(url)
    until(browser, "document.readyState === 'complete'")


def write(browser, text: str) -> None:
    """Write a reply and wait until the browser has kept it."""
    find(browser, "#reply textarea").send_keys(text)
    until(browser, "Object.keys(localStorage).some((key) => key.startsWith('draft/'))")


def arrived(browser) -> None:
    until(browser, "location.hash === '#post-2' && document.querySelector('#post-2 .prose')")
    until(browser, "document.readyState === 'complete'")


def written(browser) -> str:
    return find(browser, "#reply textarea").get_property("value")


@pytest.fixture
def thread_url(make, enter, site) -> str:
    """Give the address of a thread that the browser's member may reply to."""
    thread = make.thread()
    enter(make.member("Grace Achieng"))
    return f"{site}/thread/{thread}/x"


def test_escape_closes_a_menu_and_goes_back_to_its_button(browser, thread_url) -> None:
    ready(browser, thread_url)
    find(browser, "header details.only-wide summary").click()
    assert find(browser, "header details.only-wide").get_property("open")
    find(browser, "header details.only-wide a").send_keys(Keys.ESCAPE)
    assert not find(browser, "header details.only-wide").get_property("open")
    assert browser.execute_script("return document.activeElement.matches('summary')")


def test_click_elsewhere_closes_a_menu(browser, thread_url) -> None:
    ready(browser, thread_url)
    find(browser, "header details.only-wide summary").click()
    find(browser, "h1").click()
    assert not find(browser, "header details.only-wide").get_property("open")


def test_ctrl_enter_sends_the_reply(browser, thread_url) -> None:
    ready(browser, thread_url)
    find(browser, "#reply textarea").send_keys(TEXT, Keys.CONTROL, Keys.ENTER)
    arrived(browser)
    assert TEXT in find(browser, "#post-2 .prose").text


def test_draft_comes_back_and_can_be_discarded(browser, thread_url) -> None:
    ready(browser, thread_url)
    write(browser, TEXT)
    ready(browser, thread_url)
    until(browser, "document.querySelector('#reply [role=status]')")
    assert written(browser) == TEXT
    find(browser, "#reply [role=status] button").click()
    assert written(browser) == ""
    assert browser.execute_script("return localStorage.length") == 0


def test_draft_ends_when_its_text_has_arrived(browser, thread_url) -> None:
    ready(browser, thread_url)
    write(browser, TEXT)
    find(browser, "#reply button[type=submit]").click()
    arrived(browser)
    until(browser, "localStorage.length === 0")
    assert written(browser) == ""


def test_draft_outlives_a_session_that_ended(browser, thread_url) -> None:
    ready(browser, thread_url)
    write(browser, TEXT)
    browser.delete_all_cookies()
    find(browser, "#reply button[type=submit]").click()
    until(browser, "!document.querySelector('#reply')")
    assert browser.execute_script("return localStorage.length") == 1


def test_draft_sent_again_after_a_preview_ends(browser, thread_url) -> None:
    ready(browser, thread_url)
    write(browser, TEXT)
    find(browser, "#reply button[value=preview]").click()
    until(browser, "document.querySelector('#preview')")
    find(browser, "main form button.btn-main[type=submit]").click()
    arrived(browser)
    until(browser, "localStorage.length === 0")


def test_signing_out_leaves_no_draft_on_the_machine(browser, thread_url) -> None:
    ready(browser, thread_url)
    write(browser, TEXT)
    find(browser, "header details.only-wide summary").click()
    find(browser, "header details.only-wide form button").click()
    until(browser, "!document.documentElement.dataset.member")
    assert browser.execute_script("return localStorage.length") == 0
