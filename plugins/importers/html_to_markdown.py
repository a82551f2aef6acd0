"""Cooked HTML of a forum post to our Markdown.

Written by hand because the rules that matter (quotes of members, lightboxes,
oneboxes, emoji, mentions) are all our own, and because the best library for
it, markdownify 1.x, ends 500 nested quotes in a RecursionError and takes three
times as long (1.0 ms a post, measured on 2,383 posts of a real forum).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .addresses import OldSite
from .escapes import clean, code_block, collapse, escape, escape_label, escape_line_starts
from .html_tree import Element, Node, parse_html
from .inline_markdown import Line, emphasise, is_inline, write_address, write_line
from .quotes import quote_mark

_MAX_CELLS = 4_000
_NO_LANGUAGE = frozenset({"auto", "nohighlight", "plaintext", "text"})
_UNSEEN = frozenset({"svg", "template", "head", "title", "colgroup", "source", "track"})
_UNSEEN_CLASSES = frozenset({"poll-info", "poll-buttons", "quote-controls"})


def html_to_markdown(html: str, site: OldSite) -> str:
    """Write a cooked post as Markdown; time grows with its length alone."""
    return "\n\n".join(_Blocks(Line(site)).write(parse_html(html).children))


@dataclass(frozen=True)
class _Blocks:
    """Writes blocks one below the other; `line` says what holds inside lines."""

    line: Line

    def write(self, nodes: Sequence[Node]) -> list[str]:
        """Write nodes as blocks, gathering those that share a line."""
        blocks: list[str] = []
        gathered: list[Node] = []
        list_mark = ""
        for node in (*nodes, None):
            if node is not None and is_inline(node):
                gathered.append(node)
                continue
            if gathered:
                paragraph = self.paragraph(gathered)
                list_mark = "" if paragraph else list_mark
                blocks += [paragraph] if paragraph else []
                gathered = []
            if isinstance(node, Element):
                written, list_mark = self.block(node, list_mark)
                blocks += written
        return blocks

    def paragraph(self, nodes: Sequence[Node]) -> str:
        """Write a paragraph, or nothing if only blanks stand in it."""
        return escape_line_starts(write_line(nodes, self.line).strip()).strip()

    def block(self, element: Element, list_mark: str) -> tuple[list[str], str]:
        """Write one element; also return the mark of the list that it was.

        Two lists in a row would be read as one, so the second one takes
        another mark than `list_mark`, that of the list just before.
        """
        if element.tag in ("ul", "ol"):
            mark = _list_mark(element.tag, list_mark)
            text = self.write_list(element, mark)
            return ([text], mark) if text else ([], list_mark)
        return self.one(element), ""

    def one(self, element: Element) -> list[str]:
        """Write an element that is no list."""
        if element.tag in _UNSEEN or not element.classes.isdisjoint(_UNSEEN_CLASSES):
            return []
        return _WRITERS.get(element.tag, _Blocks.division)(self, element)

    def division(self, element: Element) -> list[str]:
        """Write an element that only its class tells something about."""
        for name, writer in _CLASS_WRITERS.items():
            if name in element.classes:
                return writer(self, element)
        return self.write(element.children)

    def heading(self, element: Element) -> list[str]:
        """Write a heading on one line."""
        text = self.paragraph(element.children).replace("\n", " ")
        return [f"{'#' * int(element.tag[1])} {text}"] if text else []

    def rule(self, element: Element) -> list[str]:
        """Write a line across."""
        return ["---"]

    def code(self, element: Element) -> list[str]:
        """Write a block of code, in the language that its class names."""
        code = next((inner for inner in element.elements() if inner.tag == "code"), element)
        names = code.get("class").split() + element.get("class").split()
        language = next((re.sub("^lang(uage)?-", "", name) for name in names if name.startswith("lang")), "")
        text = clean(element.text()).removeprefix("\n").rstrip()
        return [code_block(text, "" if language in _NO_LANGUAGE else language)]

    def block_quote(self, element: Element) -> list[str]:
        """Write a quote of nobody in particular."""
        text = "\n\n".join(self.write(element.children))
        return ["\n".join(f"> {line}" if line else ">" for line in text.split("\n"))] if text else []

    def term(self, element: Element) -> list[str]:
        """Write what a list of definitions defines, in bold."""
        text = self.paragraph(element.children)
        return [emphasise("**", text)] if text else []

    def event(self, element: Element) -> list[str]:
        """Write a date that members could sign up for, which is all in attributes."""
        named = ("data-name", "data-start", "data-end", "data-timezone", "data-url")
        return [" · ".join(escape(clean(element.get(name))) for name in named if element.get(name))]

    def formula(self, element: Element) -> list[str]:
        """Write a formula that stands alone."""
        return [escape_line_starts(f"$${escape(clean(element.text()).strip())}$$")]

    def aside(self, element: Element) -> list[str]:
        """Write a quote of a member, or the preview of another page."""
        if "quote" not in element.classes and "onebox" not in element.classes:
            return self.write(element.children)
        if "quote" in element.classes and element.get("data-username"):
            return [self.member_quote(element)]
        return self.onebox(element)

    def member_quote(self, quote: Element) -> str:
        """Write a quote of a member, which names the post it is from."""
        bodies = [
            child for child in quote.children if isinstance(child, Element) and child.tag == "blockquote"
        ]
        inside = "\n\n".join(self.write(bodies[0].children if bodies else quote.children))
        post, old_thread = _number(quote.get("data-post")), _number(quote.get("data-topic"))
        thread = None if old_thread is None else self.line.site.thread_of(old_thread)
        return f"{quote_mark(clean(quote.get('data-username')), post, thread)}\n\n{inside}\n\n[/quote]"

    def onebox(self, box: Element) -> list[str]:
        """Write a preview of another page as the link that it was made from."""
        links = [inner for inner in box.elements() if inner.tag == "a" and inner.get("href").strip()]
        heads = [inner for inner in box.elements() if inner.tag in ("h3", "h4")]
        named = [link for head in heads for link in head.elements() if link.tag == "a"] or links
        address = box.get("data-onebox-src") or (named or [Element("a")])[0].get("href")
        url = self.line.site.resolve(address)
        if url is None:
            return self.write(box.children)
        text = next((collapse(clean(link.text())).strip() for link in named if link.text().strip()), "")
        return [write_address(url, text or address, escape_label(text or url))]

    def frame(self, element: Element) -> list[str]:
        """Write a film, a sound or a page in a frame as a link to it."""
        sources = (element, *element.elements())
        named = (inner.get(name) for inner in sources for name in ("data-original-href", "src", "data"))
        url = self.line.site.resolve(next((address for address in named if address), ""))
        return [write_address(url, url, escape_label(url))] if url else self.write(element.children)

    def video(self, element: Element) -> list[str]:
        """Write a film that was to be loaded on a click as a link to it."""
        link = next((inner.get("href") for inner in element.elements() if inner.tag == "a"), "")
        film = element.get("data-youtube-id") or element.get("data-video-id")
        if not link and film and element.get("data-provider-name") in ("", "youtube"):
            link = f"https://www.youtube.com/watch?v={film}"
        url = self.line.site.resolve(link or element.get("data-video-src"))
        if url is None:
            return self.write(element.children)
        title = clean(element.get("data-youtube-title") or element.get("data-video-title"))
        return [write_address(url, title or url, escape_label(collapse(title) or url))]

    def details(self, element: Element) -> list[str]:
        """Write a part that opens on a click: its summary in bold, then all of it."""
        head: list[str] = []
        rest: list[Node] = []
        for child in element.children:
            if isinstance(child, Element) and child.tag == "summary":
                head += [emphasise("**", text)] if (text := self.paragraph(child.children)) else []
            else:
                rest.append(child)
        return head + self.write(rest)

    def write_list(self, element: Element, mark: str) -> str:
        """Write a list; items stand close together unless one has paragraphs."""
        number = _number(element.get("start")) if element.tag == "ol" else None
        number = 1 if number is None else number
        items: list[str] = []
        is_loose = False
        for child in element.children:
            if isinstance(child, str) and not child.strip():
                continue
            is_item = isinstance(child, Element) and child.tag == "li"
            inside: Sequence[Node] = child.children if isinstance(child, Element) and is_item else [child]
            is_loose = is_loose or any(isinstance(node, Element) and node.tag == "p" for node in inside)
            marker = mark if element.tag == "ul" else f"{number}{mark}"
            items.append(_item(marker, self.write(inside)))
            number += 1
        return ("\n\n" if is_loose else "\n").join(items)

    def table(self, table: Element) -> list[str]:
        """Write a table of pipes; one too large for that as lines."""
        rows = [
            [cell for cell in row.children if isinstance(cell, Element) and cell.tag in ("td", "th")]
            for row in table.elements()
            if row.tag == "tr"
        ]
        rows = [row for row in rows if row]
        if not rows or any(inner.tag == "table" for inner in table.elements()):
            return self.write(_cells_of(table))  # a table for the layout of a page
        written = [[self.cell(cell) for cell in row] for row in rows]
        width = max(map(len, written))
        if width * len(written) > _MAX_CELLS:
            return ["\n".join(escape_line_starts(" | ".join(row)) for row in written)]
        head = written.pop(0) if all(cell.tag == "th" for cell in rows[0]) else []
        lines = [_row(head, width), _row(["---"] * width, width), *(_row(row, width) for row in written)]
        return ["\n".join(lines)]

    def cell(self, cell: Element) -> str:
        """Write what stands in a cell on one line."""
        return " ".join(write_line(cell.children, self.line).replace("|", "\\|").split())


def _cells_of(table: Element) -> list[Node]:
    """List the cells outside of any other cell, as divisions."""
    cells: list[Node] = []
    for child in table.children:
        if isinstance(child, Element):
            is_cell = child.tag in ("td", "th", "caption")
            cells += [Element("div", {}, child.children)] if is_cell else _cells_of(child)
    return cells


def _row(cells: list[str], width: int) -> str:
    return f"| {' | '.join(cells + [''] * (width - len(cells)))} |"


def _list_mark(tag: str, before: str) -> str:
    first, second = ("-", "*") if tag == "ul" else (".", ")")
    return second if before == first else first


def _item(marker: str, blocks: list[str]) -> str:
    """Set an item's blocks behind its mark; a list in it may follow at once."""
    text = ""
    for block in blocks:
        gap = "\n" if re.match(r"(?:[-*]|1[.)]) ", block) else "\n\n"
        text = f"{text}{gap}{block}" if text else block
    first, *rest = text.split("\n")
    indent = " " * (len(marker) + 1)
    return "\n".join([f"{marker} {first}".rstrip(), *(f"{indent}{line}" if line else "" for line in rest)])


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


_Writer = Callable[[_Blocks, Element], list[str]]
_WRITERS: dict[str, _Writer] = {
    "aside": _Blocks.aside,
    "blockquote": _Blocks.block_quote,
    "details": _Blocks.details,
    "dt": _Blocks.term,
    "hr": _Blocks.rule,
    "pre": _Blocks.code,
    "table": _Blocks.table,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _Blocks.heading),
    **dict.fromkeys(("iframe", "video", "audio", "embed", "object"), _Blocks.frame),
}
# In order: a film's box is called a onebox too, but only as a film has it an address.
_CLASS_WRITERS: dict[str, _Writer] = {
    "lazyYT": _Blocks.video,
    "lazy-video-container": _Blocks.video,
    "video-placeholder-container": _Blocks.video,
    "discourse-post-event": _Blocks.event,
    "math": _Blocks.formula,
    "onebox": _Blocks.onebox,
}
