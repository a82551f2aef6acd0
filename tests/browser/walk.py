"""A person at a browser: opens pages, follows links, fills in forms, and notices faults."""

from __future__ import annotations

from collections.abc import Callable

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser.look import sideways_px

PATIENCE_SECONDS = 60
TABS_MOST = 40


class Walk:
    """One person's way through the site; `faults` holds what went wrong on any page."""

    def __init__(self, browser: webdriver.Chrome, url: str) -> None:
        self.browser = browser
        self.url = url
        self.faults: list[str] = []

    def open(self, path: str) -> None:
        """Go to an address of the site, or to a whole one."""
        self.browser.get(path if path.startswith("http") else self.url + path)
        self.examine()

    def find(self, selector: str) -> WebElement:
        """Give the first element that fits, once it is there and can be seen."""

        def seen(browser: webdriver.Chrome) -> WebElement | None:
            several = browser.find_elements(By.CSS_SELECTOR, selector)
            return next((one for one in several if one.is_displayed()), None)

        return self._wait(seen, f"{selector} to be seen")

    def has(self, selector: str) -> bool:
        """Say whether an element is on the page."""
        return bool(self.browser.find_elements(By.CSS_SELECTOR, selector))

    def text(self, selector: str = "main") -> str:
        """Read a part of the page."""
        return self.find(selector).text

    def follow(self, words: str, within: str = "main") -> None:
        """Follow the link that says these words."""
        for link in self.browser.find_elements(By.CSS_SELECTOR, f"{within} a"):
            if link.is_displayed() and words in link.text:
                self._leave(lambda link=link: self._press(link))
                return
        raise AssertionError(f"no link “{words}” in {within} of {self.browser.current_url}:\n{self.text()}")

    def click(self, selector: str) -> None:
        """Use a link or a button that leads to another page."""
        self._leave(lambda: self._press(self.find(selector)))

    def unfold(self, selector: str) -> None:
        """Open a menu or a fold."""
        summary = self.find(f"{selector} > summary")
        if not summary.find_element(By.XPATH, "..").get_property("open"):
            self._press(summary)

    def write(self, selector: str, words: str) -> None:
        """Replace what stands in a field."""
        field = self.find(selector)
        field.clear()
        field.send_keys(words)

    def pick(self, name: str, *values: str) -> None:
        """Pick boxes by their labels, as a finger would."""
        for value in values:
            box = self.browser.find_element(By.CSS_SELECTOR, f'main input[name="{name}"][value="{value}"]')
            if not box.is_selected():
                self._press(self.find(f'label[for="{box.get_attribute("id")}"]'))
            assert box.is_selected(), f"{name} {value}"

    def choose(self, name: str, value: str) -> None:
        """Choose from a list."""
        Select(self.find(f'main select[name="{name}"]')).select_by_value(value)

    def tab_to(self, selector: str) -> None:
        """Move there by the Tab key alone; where one is must be visible."""
        for _ in range(TABS_MOST):
            active = self.browser.switch_to.active_element
            if active.id in {one.id for one in self.browser.find_elements(By.CSS_SELECTOR, selector)}:
                outline = active.value_of_css_property("outline-style")
                assert outline != "none", f"the focus on {selector} cannot be seen"
                return
            active.send_keys(Keys.TAB)
        raise AssertionError(f"{selector} is not reached by {TABS_MOST} tabs")

    def type(self, *keys: str) -> None:
        """Type where the focus is."""
        self.browser.switch_to.active_element.send_keys(*keys)

    def enter(self) -> None:
        """Press Enter where the focus is, to go on to another page."""
        self._leave(lambda: self.type(Keys.ENTER))

    def reload_until(self, holds: Callable[[], object], what: str) -> None:
        """Load the page again until it holds: a job is at work."""

        def again(browser: webdriver.Chrome) -> bool:
            if holds():
                return True
            browser.refresh()
            return False

        self._wait(again, what)
        self.examine()

    def examine(self) -> None:
        """Note what is wrong with this page: complaints of the browser, sideways scroll, no heading."""
        where = self.browser.current_url.removeprefix(self.url)
        self.faults += [f"{where}: {entry['message']}" for entry in self.browser.get_log("browser")]
        if beyond := sideways_px(self.browser):
            self.faults.append(f"{where}: {beyond} px too wide")
        if len(self.browser.find_elements(By.CSS_SELECTOR, "h1")) != 1:
            self.faults.append(f"{where}: not one h1")

    def _press(self, element: WebElement) -> None:
        """Press what is brought to the middle of the window first, away from what sticks to its edges."""
        self.browser.execute_script(
            "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element
        )
        element.click()

    def _leave(self, act: Callable[[], None]) -> None:
        """Act and wait for the page that follows."""
        before = self._birth()
        act()
        self._wait(lambda browser: self._birth() != before and _is_ready(browser), "the next page")
        self.examine()

    def _birth(self) -> float:
        """Give the moment in which this page began; no two pages share it."""
        return self.browser.execute_script("return performance.timeOrigin")

    def _wait(self, holds: Callable[[webdriver.Chrome], object], what: str):
        message = f"waited for {what} at {self.browser.current_url}"
        # between two pages the driver fails in many ways: what does not pass ends in a time-out
        return WebDriverWait(self.browser, PATIENCE_SECONDS, 0.1, [WebDriverException]).until(holds, message)


def _is_ready(browser: webdriver.Chrome) -> bool:
    return browser.execute_script("return document.readyState") == "complete"
