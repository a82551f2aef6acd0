"""What a real browser makes of hostile texts, after we are done with them.

A parser of ours may be wrong about HTML; Chromium is the one that counts.
Every vector goes both ways that member text can take: as Markdown through the
renderer, and as foreign HTML through the sanitiser.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from selenium import webdriver

from brain.base.markup import render_here, sanitise
from tests import services

pytestmark = pytest.mark.browser

VECTORS = Path(__file__).parents[3] / "shared/data/trust/xss/ALL_VECTORS.json.gz"
COPIED = Path(__file__).parents[1] / "base/fixtures/markup"
A_PAGE = 150

# What would open a dialog notes which text did it instead.
WATCH = """
window.executed = [];
for (const name of ["alert", "prompt", "confirm", "print", "open"])
  window[name] = (...words) => { window.executed.push(`${name} ${words}`); };
"""

AUDIT = """
const tags = new Set(`A B BLOCKQUOTE BR CITE CODE DEL DIV EM H3 H4 H5 H6 HR I IMG INS KBD LI MARK OL P PRE
  S SMALL STRONG SUB SUP TABLE TBODY TD TH THEAD TR U UL`.split(/\\s+/));
const names = new Set("alt class dir href loading rel src start tabindex title".split(" "));
const classes = /^(mention|quote|table-box|language-[\\w+#.-]{1,30})$/;
const faults = [];
const boxes = [...document.body.children].filter((box) => box.className === "vector");
for (const box of boxes) {
  const fault = (what) => faults.push([Number(box.dataset.number), what]);
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_COMMENT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeType === Node.COMMENT_NODE) { fault("comment"); continue; }
    if (!tags.has(node.tagName)) fault(`element ${node.tagName}`);
    if (node.namespaceURI !== "http://www.w3.org/1999/xhtml") fault(`namespace ${node.namespaceURI}`);
    if (node.shadowRoot) fault("shadow root");
    for (const attribute of node.attributes) {
      if (/^on/i.test(attribute.name)) fault(`handler ${attribute.name}`);
      if (!names.has(attribute.name)) fault(`attribute ${attribute.name}`);
      if (attribute.name === "class" && !classes.test(attribute.value)) fault(`class ${attribute.value}`);
    }
    for (const name of ["href", "src"]) {
      if (!node.hasAttribute(name)) continue;
      const written = node.getAttribute(name);
      let url;
      try { url = new URL(written, location.href); } catch { continue; }
      if (!["http:", "https:", "mailto:"].includes(url.protocol)) fault(`scheme ${url.protocol}`);
      if (name === "src" && url.protocol === "mailto:") fault("image by mail");
      const isHere = !/^(https?|mailto):/i.test(written);
      if (isHere && url.origin !== location.origin) fault(`origin ${url.origin}`);
      if (node[name] !== url.href) fault(`address ${node[name]}`);
    }
  }
}
const strangers = [...document.body.children].filter((box) => box.className !== "vector").length;
return { faults, texts: boxes.length, strangers, executed: window.executed };
"""


def hostile_texts() -> list[str]:
    if VECTORS.exists():
        with gzip.open(VECTORS) as packed:
            return [vector["v"] for vector in json.load(packed)]
    copied = (COPIED / "markdownit_xss.txt").read_text().split("\n.\n")
    return [*json.loads((COPIED / "ammonia.json").read_text()), *copied]


def written_page(number: int, pieces: list[str]) -> str:
    boxes = "".join(
        f'<div class="vector" data-number="{number + offset}">{piece}</div>'
        for offset, piece in enumerate(pieces)
    )
    head = f"<meta charset=utf-8><script>{WATCH}</script>"
    return f"<!doctype html><html><head>{head}</head><body>{boxes}</body></html>"


@pytest.fixture(scope="module")
def sealed_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """Start a Chromium of its own that reaches nothing but this machine."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        services.absent("Chromium is not installed here (Debian: apt-get install chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (
        *("headless=new", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-sync"),
        *("disable-background-networking", "disable-component-update", "no-proxy-server"),
        "host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        f"user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):
        options.add_argument(f"--{flag}")
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=driver))
    yield opened
    opened.quit()


@pytest.fixture
def show() -> Iterator[Callable[[str], str]]:
    """Serve a page on this machine and return its address."""
    pages: list[str] = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown = pages[-1].encode() if self.path.startswith("/page") else b""
            self.send_response(200 if shown else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(shown)))
            self.end_headers()
            self.wfile.write(shown)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()

        def address_of(page: str) -> str:
            pages.append(page)
            return f"http://127.0.0.1:{server.server_port}/page/{len(pages)}"

        yield address_of
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "clean",
    [lambda text: render_here(text).html, sanitise],
    ids=["rendered as Markdown", "sanitised as HTML"],
)
def test_no_hostile_text_gets_anything_past_a_real_browser(
    clean: Callable[[str], str], sealed_browser: webdriver.Chrome, show: Callable[[str], str]
) -> None:
    texts = hostile_texts()
    faults: list[tuple[str, str]] = []
    executed: list[str] = []
    seen = strangers = 0

    for number in range(0, len(texts), A_PAGE):
        sealed_browser.get(
            show(written_page(number, [clean(text) for text in texts[number : number + A_PAGE]]))
        )
        found = sealed_browser.execute_script(AUDIT)
        faults += [(texts[at], what) for at, what in found["faults"]]
        executed += found["executed"]
        seen += found["texts"]
        strangers += found["strangers"]

    assert faults == []
    assert executed == []
    assert (seen, strangers) == (len(texts), 0)


def test_the_audit_itself_sees_what_is_wrong(
    sealed_browser: webdriver.Chrome, show: Callable[[str], str]
) -> None:
    wrong = [
        "<img src=x onerror=alert(1)>",
        "<a href='java\nscript:1'>x</a>",
        "<svg><p id=a></svg>",
        "<a href='//evil.example'>x</a>",
        "<script>alert(2)</script>",
        "</div><i>out</i>",
    ]

    sealed_browser.get(show(written_page(0, wrong)))
    found = sealed_browser.execute_script(AUDIT)

    assert {number for number, _ in found["faults"]} >= {0, 1, 2, 3, 4}
    assert "alert 2" in found["executed"]
    assert found["strangers"] == 1
