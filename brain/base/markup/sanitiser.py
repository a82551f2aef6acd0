"""The one gate that HTML passes before it is stored: bleach, then nh3.

Two parsers of different make (html5lib in Python, html5ever in Rust) must
agree. Both ask the same attribute rule, because bleach alone would keep
`href="javascript:1"` when http is allowed. To swap a sanitiser, change here.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

import nh3
from bleach.sanitizer import Cleaner
from markupsafe import Markup

from brain.base.markup.address import is_external, safe_url
from brain.base.markup.limits import SIMPLE_TAGS

DIRECTED = frozenset({"blockquote", "h3", "h4", "h5", "h6", "li", "p", "td", "th"})
TAGS = (
    SIMPLE_TAGS
    | DIRECTED
    | {"a", "br", "cite", "code", "div", "hr", "img", "ol", "pre", "table", "tbody", "thead", "tr", "ul"}
)
EXTERNAL_REL = "nofollow ugc noopener"

_WORDS = {
    ("a", "class"): re.compile("mention|picture"),
    ("a", "rel"): re.compile(EXTERNAL_REL),
    ("blockquote", "class"): re.compile("quote"),
    ("code", "class"): re.compile(r"language-[A-Za-z0-9_+#.-]{1,30}"),
    ("div", "class"): re.compile("table-box"),
    ("div", "tabindex"): re.compile("0"),
    ("img", "loading"): re.compile("lazy"),
    ("ol", "start"): re.compile(r"\d{1,9}"),
    ("pre", "tabindex"): re.compile("0"),
}
_FREE = {("a", "title"), ("img", "alt")}
_NAMES = {tag: {name for owner, name in (*_WORDS, *_FREE) if owner == tag} for tag in TAGS}
_NAMES["a"].add("href")
_NAMES["img"].add("src")
for _tag in DIRECTED:
    _NAMES[_tag].add("dir")

_local = threading.local()


def _keeps(tag: str, name: str, value: str) -> bool:
    """Say whether an attribute may stay; `value` is what a browser would read."""
    if (tag, name) in _FREE:
        return True
    if tag == "a" and name == "href":
        return safe_url(value) is not None
    if tag == "img" and name == "src":  # pages fetch nothing from other sites
        return safe_url(value) is not None and value.strip().startswith("/")
    if name == "dir":
        return tag in DIRECTED and value == "auto"
    words = _WORDS.get((tag, name))
    return words is not None and words.fullmatch(value) is not None


def _keeps_raw(tag: str, name: str, value: str) -> bool:
    return _keeps(tag, name, unescape(value))  # bleach hands over `&#58;` as it was written


def _keeps_value(tag: str, name: str, value: str) -> str | None:
    return value.strip() if _keeps(tag, name, value) else None


def _with_duties(source: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Add what every link to another site and every image must carry."""
    for token in source:
        attributes = token.get("data")
        if isinstance(attributes, dict):
            href = unescape(attributes.get((None, "href"), ""))
            if token["name"] == "a" and is_external(href.strip()):
                attributes[None, "rel"] = EXTERNAL_REL
            if token["name"] == "img":
                attributes[None, "loading"] = "lazy"
        yield token


_FILTERS: list[Any] = [_with_duties]  # bleach asks no more than something to iterate over


def _bleach() -> Cleaner:
    """Return this thread's cleaner: bleach keeps its parser's state in it."""
    cleaner: Cleaner | None = getattr(_local, "cleaner", None)
    if cleaner is None:
        cleaner = _local.cleaner = Cleaner(
            tags=TAGS,
            attributes=_keeps_raw,
            protocols={"http", "https", "mailto"},
            strip=True,
            filters=_FILTERS,
        )
    return cleaner


def sanitise(html: str) -> str:
    """Reduce HTML to the elements and attributes that a post may have."""
    return last_gate(_bleach().clean(html))


def last_gate(html: str) -> str:
    """Pass HTML of our own making through nh3 alone."""
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes=_NAMES,
        attribute_filter=_keeps_value,
        # code wider than the page is scrolled, by keyboard too
        set_tag_attribute_values={"pre": {"tabindex": "0"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )


def as_markup(html: str) -> Markup:
    """Mark sanitised HTML as safe for templates: the only place that may.

    Give it `Rendered.html` or what `sanitise` returned, nothing else.
    """
    return Markup(html)  # noqa: S704 - this function is the one place
