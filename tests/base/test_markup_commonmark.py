"""How much of CommonMark a post may use: the specification's own examples."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from brain.base.markup import render_here, safe_url

SPECIFICATION = "data/trust/markdown/commonmark_spec.json"
# On purpose, raw HTML is shown as it was written, and addresses are links only if they are
# safe and complete (no `page.html`, no `irc://`): no example of these can pass.
RAW = {"HTML blocks", "Raw HTML"}
ADDRESS = re.compile(r'(?:href|src)="([^"]*)"')
FLOOR_PCT = 77
FLOOR_OF_MEANT_PCT = 91

BLOCKS = {
    *("blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "table"),
    *("tbody", "td", "th", "thead", "tr", "ul"),
}
KEPT = {"href", "src", "alt", "class", "start"}


class _Essence(HTMLParser):
    """What a reader gets of HTML: elements, words, addresses; no layout.

    Headings are two levels lower here, and a line ends where its writer ended it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.in_pre = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.parts.append(" ")
            return
        self.in_pre = self.in_pre or tag == "pre"
        kept = sorted(f"{name}={unquote(value or '')}" for name, value in attrs if name in KEPT)
        self._add_tag(f"<{tag} {' '.join(kept)}>", tag)

    def handle_endtag(self, tag: str) -> None:
        self.in_pre = self.in_pre and tag != "pre"
        if tag not in {"br", "hr", "img"}:
            self._add_tag(f"</{tag}>", tag)

    def handle_data(self, data: str) -> None:
        self.parts.append(data.replace(" ", "\x00").replace("\n", "\x01") if self.in_pre else data)

    def _add_tag(self, written: str, tag: str) -> None:
        blank = "\n" if tag in BLOCKS else ""
        self.parts += [blank, written, blank]

    def essence(self) -> str:
        text = re.sub(r"\s+", " ", "".join(self.parts))
        return re.sub(r" ?(</?(?:" + "|".join(BLOCKS) + r")\b[^>]*>) ?", r"\1", text).strip()


def essence(html: str) -> str:
    parser = _Essence()
    parser.feed(html)
    parser.close()
    return parser.essence()


def lowered(html: str) -> str:
    return re.sub(r"(?<=<)(/?)h([1-6])(?=>)", lambda tag: f"{tag[1]}h{min(6, int(tag[2]) + 2)}", html)


@pytest.fixture(scope="module")
def examples(shared: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((shared / SPECIFICATION).read_text())
    return found


def passed_in(examples: list[dict[str, Any]]) -> Counter[str]:
    return Counter(
        example["section"]
        for example in examples
        if essence(render_here(example["markdown"]).html) == essence(lowered(example["html"]))
    )


def is_meant(example: dict[str, Any]) -> bool:
    return example["section"] not in RAW and all(map(safe_url, ADDRESS.findall(example["html"])))


def test_most_examples_of_the_specification_read_as_it_says(examples: list[dict[str, Any]]) -> None:
    assert passed_in(examples).total() / len(examples) * 100 >= FLOOR_PCT


def test_nine_of_ten_examples_without_raw_html_read_as_it_says(examples: list[dict[str, Any]]) -> None:
    meant = [example for example in examples if is_meant(example)]

    assert passed_in(meant).total() / len(meant) * 100 >= FLOOR_OF_MEANT_PCT


def test_no_example_is_too_much_for_the_renderer(examples: list[dict[str, Any]]) -> None:
    assert [example["example"] for example in examples if render_here(example["markdown"]).is_plain] == []
