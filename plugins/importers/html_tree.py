"""HTML as a shallow tree, built in one pass and in linear time.

Cooked posts are well-formed, but an archive comes from anywhere. The parser
of the standard library needs quadratic time for some broken input and a tree
of any depth would end in a RecursionError, so both are bounded here. Text is
never lost: what is not a tag is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import TypeAlias

MAX_DEPTH = 60
"""Elements inside one another; deeper ones are dissolved into their parent."""

_VOID = "area base br col embed hr img input link meta param source track use wbr"
VOID = frozenset(_VOID.split())
DROPPED = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style")}

# A new one of these ends the open one beside it.
_CLOSED_BY = {
    "li": {"li"},
    "p": {"p"},
    "tr": {"tr", "td", "th"},
    "td": {"td", "th"},
    "th": {"td", "th"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
}
_QUOTED_TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9:-]*)((?:[^>"']|"[^"]*"|'[^']*')*+)>""")
_PLAIN_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)([^>]*+)>")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?""")
_MAX_STRAY_QUOTES = 8

Node: TypeAlias = "str | Element"


@dataclass(slots=True)
class Element:
    """An element with its attributes and what stands inside it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)

    @property
    def classes(self) -> frozenset[str]:
        """Return the words of its class attribute."""
        return frozenset(self.attributes.get("class", "").split())

    def get(self, name: str) -> str:
        """Return an attribute's value, or nothing."""
        return self.attributes.get(name, "")

    def elements(self) -> Iterator[Element]:
        """Walk through all elements inside, in order."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.elements()

    def text(self) -> str:
        """Join all text inside."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)


def parse_html(html: str) -> Element:
    """Build the tree of a post's HTML under an element without a tag."""
    builder = _Builder(html)
    at = 0
    while at < len(html):
        at = builder.take(at)
    return builder.root


class _Builder:
    """The open elements while the text is read from left to right."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.root = Element("")
        self.open = [self.root]
        self.dissolved = 0
        self.stray_quotes = 0
        self.last_tag_end = html.rfind(">")
        self.last_comment_end = html.rfind("-->")

    def take(self, at: int) -> int:
        """Read one tag, comment or run of text; return where it ends."""
        if self.html[at] != "<":
            end = self.html.find("<", at)
            end = len(self.html) if end < 0 else end
            self.open[-1].children.append(unescape(self.html[at:end]))
            return end
        if self.html.startswith("<!--", at) and at < self.last_comment_end:
            return self.html.index("-->", at) + 3
        if self.html.startswith(("<!d", "<!D", "<?"), at) and at < self.last_tag_end:
            return self.html.index(">", at) + 1
        tag = self.match_tag(at)
        if tag is None:
            self.open[-1].children.append("<")
            return at + 1
        name = tag[2].lower()
        if tag[1]:
            self.close(name)
        elif name in DROPPED:
            end_tag = DROPPED[name].search(self.html, tag.end())
            return end_tag.end() if end_tag else len(self.html)
        else:
            self.start(name, tag[3])
        return tag.end()

    def match_tag(self, at: int) -> re.Match[str] | None:
        """Match a tag whose quoted values may hold `>`.

        A stray quote sends that search to the end of the text; after a few of
        those the plain form alone is tried, which keeps the time linear.
        """
        if at > self.last_tag_end or not self.html[at + 1 : at + 3].lstrip("/")[:1].isalpha():
            return None
        tag = None
        if self.stray_quotes < _MAX_STRAY_QUOTES:
            tag = _QUOTED_TAG.match(self.html, at)
            self.stray_quotes += tag is None
        return tag or _PLAIN_TAG.match(self.html, at)

    def start(self, name: str, attributes: str) -> None:
        """Open an element, or append it if it can hold nothing."""
        if self.open[-1].tag in _CLOSED_BY.get(name, ()):
            self.open.pop()
            if name == "tr" and self.open[-1].tag == "tr":
                self.open.pop()
        element = Element(name, read_attributes(attributes) if attributes else {})
        if name in VOID:
            self.open[-1].children.append(element)
        elif len(self.open) > MAX_DEPTH:
            self.dissolved += 1
        else:
            self.open[-1].children.append(element)
            self.open.append(element)

    def close(self, name: str) -> None:
        """Close the innermost open element of that name, with those inside it."""
        if self.dissolved:
            self.dissolved -= name not in VOID
            return
        for number in range(len(self.open) - 1, 0, -1):
            if self.open[number].tag == name:
                del self.open[number:]
                return


def read_attributes(text: str) -> dict[str, str]:
    """Read the attributes of a tag; of two with one name the first counts."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        value = match[2] if match[2] is not None else match[3] or match[4] or ""
        found.setdefault(match[1].lower(), unescape(value))
    return found
