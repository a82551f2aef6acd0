"""Our Markdown: the library's frame and tree walk, our own blocks and marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import escape
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.util import Registry

from brain.base.markup.address import is_external
from brain.base.markup.blocks import (
    read_definition,
    read_fenced_code,
    read_heading,
    read_indented_code,
    read_paragraph,
    read_rule,
)
from brain.base.markup.containers import read_block_quote, read_list, read_member_quote
from brain.base.markup.emphasis import WRAPPER
from brain.base.markup.inlines import Mark, add_marks
from brain.base.markup.limits import MAX_LINKS, MAX_MENTIONS
from brain.base.markup.structure import Chunk, expand_indent
from brain.base.markup.tables import read_table

_READERS = (
    read_indented_code,
    read_fenced_code,
    read_heading,
    read_rule,
    read_block_quote,
    read_member_quote,
    read_list,
    read_table,
    read_definition,
    read_paragraph,
)
_VOID = frozenset({"br", "hr", "img"})
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
# A text without any of these says the same in Markdown and in plain paragraphs.
_MARKED = re.compile(
    r"[\\`*_\[\]<>&#|~@]|https?:|www\.|^ {4}|^ *\t|^ {0,3}(?:[-+=]|\d{1,9}[.)])", re.MULTILINE | re.IGNORECASE
)
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")


class _Structure(BlockProcessor):
    """Stand in for all block processors of the library."""

    def test(self, parent: Element, block: str) -> bool:
        """Take every block."""
        return True

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Read all that is left in one walk."""
        lines = [expand_indent(line) for line in "\n\n".join(blocks).rstrip("\n").split("\n")]
        blocks.clear()
        Chunk(parent, lines, _READERS, self.parser.md.references).read()


class Dialect:
    """A Markdown converter to use again and again, by one thread."""

    def __init__(self) -> None:
        self.root = Element("div")
        self.md = Markdown(tab_length=4)
        self.md.preprocessors = Registry()
        self.md.postprocessors = Registry()
        self.md.parser.blockprocessors = Registry()
        self.md.parser.blockprocessors.register(_Structure(self.md.parser), "structure", 1)
        add_marks(self.md)
        self.md.serializer = self._serialise

    def convert(self, text: str) -> str:
        """Turn readable text into HTML, which still has to be sanitised."""
        self.root = Element("div")
        self.md.reset()
        for mark in self.md.inlinePatterns:
            if isinstance(mark, Mark):
                mark.uses = 0
        return self.md.convert(text)

    def _serialise(self, root: Element) -> str:
        self.root = root
        return "".join(_pieces(root))

    def mentions(self) -> tuple[str, ...]:
        """Name the members that the last text called, casefolded.

        Names in quoted words do not count: their first writer called them.
        """
        quoted = {
            link
            for quote in self.root.iter("blockquote")
            if quote.get("class") == "quote"
            for link in quote.iter("a")
        }
        names = (
            unicodedata.normalize("NFKC", unquote(link.get("href", "")).rpartition("/")[2]).casefold()
            for link in self.root.iter("a")
            if link.get("class") == "mention" and link not in quoted
        )
        return tuple(dict.fromkeys(names))[:MAX_MENTIONS]

    def links(self) -> tuple[str, ...]:
        """List the addresses of other sites that the last text links to."""
        found = (link.get("href", "") for link in self.root.iter("a"))
        return tuple(dict.fromkeys(url for url in found if is_external(url)))[:MAX_LINKS]


def _pieces(element: Element) -> Iterator[str]:
    """Write an element and all in it: text escaped, lines broken as typed."""
    stack: list[Element | str] = [element]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
            continue
        if node.tag != WRAPPER:
            attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.items())
            yield f"<{node.tag}{attributes}>"
            if node.tag not in _VOID:
                stack.append(f"</{node.tag}>")
        text = escape(node.text or "", quote=False)
        yield text if node.tag == "code" else text.replace("\n", "<br>")
        for child in reversed(list(node)):
            if child.tail:
                stack.append(escape(child.tail, quote=False).replace("\n", "<br>"))
            stack.append(child)


def readable(source: str) -> str:
    """Put line ends right and replace what no page or database can hold."""
    return _UNREADABLE.sub("\ufffd", source.replace("\r\n", "\n").replace("\r", "\n"))


def is_unmarked(text: str) -> bool:
    """Tell whether a readable text holds nothing that Markdown would see."""
    return _MARKED.search(text) is None


def paragraphs(text: str) -> str:
    """Set readable text in paragraphs and lines, every character as it is."""
    blocks = (block.strip().split("\n") for block in _BLANK_LINES.split(text))
    return "".join(
        f'<p dir="auto">{"<br>".join(escape(line.strip(), quote=False) for line in lines)}</p>'
        for lines in blocks
        if lines != [""]
    )
