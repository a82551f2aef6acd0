"""Photograph pages of a running site, to be looked at by people.

    python -m tests.browser.look http://127.0.0.1:5000 shots / /topics /sign-in

Takes each page in English and Arabic, light and dark, at 1280 and 360 pixels,
and says what a picture does not show: sideways scroll at 320 pixels, and what
the browser complained about. With `--axe axe.min.js` (the script of npm's
axe-core) also every violation of WCAG 2.2 AA that axe finds.
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import click
from selenium import webdriver
from selenium.webdriver.common.by import By

TALLEST_PX = 6000


#: Flags that keep a browser on this machine.
SEALED = (
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-proxy-server",
)


def open_browser(*flags: str, preferences: Mapping[str, object] | None = None) -> webdriver.Chrome:
    """Start a Chromium without a window; `preferences` are those of its profile."""
    options = webdriver.ChromeOptions()
    arguments = [
        "--headless=new",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--force-device-scale-factor=1",
        *flags,
    ]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    for argument in arguments:
        options.add_argument(argument)
    options.add_experimental_option("prefs", dict(preferences or {}))
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.binary_location = _program("chromium", "chromium-browser", "google-chrome")
    # a driver that is named keeps selenium from looking for one on the network
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(_program("chromedriver")))


def _program(*names: str) -> str:
    for name in names:
        if found := shutil.which(name):
            return found
    raise SystemExit(f"{names[0]} is not here. Run: make chromium")


def set_window(browser: webdriver.Chrome, width_px: int, theme: str = "light") -> None:
    """Make the page so wide, and prefer a theme."""
    size = {"width": width_px, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    # without motion: a colour on its way from one theme to the other is in neither
    features = {"prefers-color-scheme": theme, "prefers-reduced-motion": "reduce"}
    media = [{"name": name, "value": value} for name, value in features.items()]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})


def sideways_px(browser: webdriver.Chrome) -> int:
    """Give by how many pixels the page is wider than its window."""
    script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(browser.execute_script(script))


def photograph(browser: webdriver.Chrome, file: Path) -> None:
    """Take the whole page, down to `TALLEST_PX`.

    The window is made as tall as the page: what Chromium captures beyond its
    window is shifted on short pages that read from right to left.
    """
    tall = min(int(browser.execute_script("return document.documentElement.scrollHeight")), TALLEST_PX)
    wide = int(browser.execute_script("return document.documentElement.clientWidth"))
    size = {"width": wide, "height": tall, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    shot = browser.execute_cdp_cmd("Page.captureScreenshot", {})
    file.write_bytes(base64.b64decode(shot["data"]))


def violations(browser: webdriver.Chrome, axe: Path) -> list[str]:
    """Give what axe-core finds against WCAG 2.2 AA and good practice."""
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": axe.read_text("utf-8")})
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    script = (
        "axe.run({runOnly: arguments[0]}).then(arguments[1], (fault) => arguments[1]({violations: [fault]}))"
    )
    found = browser.execute_async_script(script, tags)["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def sign_in(browser: webdriver.Chrome, site: str, who: str) -> None:
    """Sign in with `address:password` through the page that members use."""
    address, _colon, password = who.partition(":")
    browser.get(f"{site}/sign-in")
    browser.find_element(
        By.CSS_SELECTOR, "main form input:not([type=hidden]):not([type=password])"
    ).send_keys(address)
    browser.find_element(By.CSS_SELECTOR, "main form input[type=password]").send_keys(password)
    browser.find_element(By.CSS_SELECTOR, "main form button[type=submit]").click()
    if not browser.find_elements(By.CSS_SELECTOR, "html[data-member]"):
        raise SystemExit(f"{address} could not sign in.")


def looks(given: argparse.Namespace) -> Iterator[tuple[str, str, str, int]]:
    """Give each page in each language, theme and width."""
    yield from product(given.paths, given.languages.split(","), given.themes.split(","), given.widths)


def look(browser: webdriver.Chrome, given: argparse.Namespace) -> None:
    """Photograph every page and print what the pictures do not show."""
    given.folder.mkdir(parents=True, exist_ok=True)
    for path, language, theme, width in looks(given):
        set_window(browser, width, theme)
        browser.get(f"{given.site}{path}{'&' if '?' in path else '?'}lang={language}")
        name = re.sub(r"\W+", "-", path).strip("-") or "home"
        photograph(browser, given.folder / f"{given.prefix}{name}-{language}-{theme}-{width}.png")
        for complaint in browser.get_log("browser"):
            click.echo(f"{path} {language}: {complaint['message']}")
        for violation in violations(browser, given.axe) if given.axe else []:
            click.echo(f"{path} {language} {theme} {width}: {violation}")
        for narrow in (width, 320):
            set_window(browser, narrow, theme)
            if beyond := sideways_px(browser):
                click.echo(f"{path} {language}: {beyond} px too wide at {narrow} px")


def read_arguments() -> argparse.Namespace:
    """Read what is to be photographed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("site", help="base address, for example http://127.0.0.1:5000")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("paths", nargs="+", help="rooted paths")
    parser.add_argument("--as", dest="who", default="", help="sign in first: address:password")
    parser.add_argument("--languages", default="en,ar")
    parser.add_argument("--themes", default="light,dark")
    parser.add_argument("--widths", type=int, nargs="+", default=[1280, 360])
    parser.add_argument("--axe", type=Path, help="the file axe.min.js")
    parser.add_argument("--prefix", default="", help="begins each file name")
    return parser.parse_args()


def main() -> None:
    """Look at a site."""
    given = read_arguments()
    browser = open_browser()
    try:
        if given.who:
            sign_in(browser, given.site, given.who)
        look(browser, given)
    finally:
        browser.quit()


if __name__ == "__main__":
    main()
