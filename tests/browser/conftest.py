"""A running site and a real Chromium to visit it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from threading import Thread

import pytest
from selenium import webdriver
from werkzeug.serving import make_server

from tests import services
from tests.browser.look import SEALED, open_browser, set_window


@pytest.fixture
def site(app) -> Iterator[str]:
    """Serve the application; gives its base address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[webdriver.Chrome]:
    """Start Chromium once."""
    if not shutil.which("chromedriver"):
        services.absent("there is no Chromium with its driver here")
    browser = open_browser(*SEALED)
    yield browser
    browser.quit()


@pytest.fixture
def browser(chromium: webdriver.Chrome, site: str) -> Iterator[webdriver.Chrome]:
    """Give a browser that has never been here."""
    set_window(chromium, 1280)
    yield chromium
    chromium.get(f"{site}/static/mark.svg")
    chromium.execute_script("localStorage.clear(); sessionStorage.clear()")
    chromium.delete_all_cookies()
    chromium.get_log("browser")


@pytest.fixture
def enter(app, browser: webdriver.Chrome, site: str):
    """Sign the browser in as this member (id)."""
    from tests.fixtures import make_session_cookie

    def as_member(member_id: int) -> None:
        client = app.test_client()
        make_session_cookie(app, client, member_id)
        name = app.config["SESSION_COOKIE_NAME"]
        browser.get(f"{site}/static/mark.svg")
        browser.add_cookie({"name": name, "value": client.get_cookie(name).value, "httpOnly": True})
        browser.get_log("browser")  # asked for a favicon beside the bare picture

    return as_member
