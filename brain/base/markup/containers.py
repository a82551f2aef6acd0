"""Blocks that hold blocks: quotes by `>`, quotes of members, lists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from brain.base.markup.inlines import read_entities
from brain.base.markup.structure import (
    MARKER,
    OPENER,
    QUOTED,
    RULE,
    Chunk,
    carries_on,
    expand_indent,
    fence_after,
    indent_of,
    starts_block,
)

QUOTE_TAG = re.compile(r"\[(?:quote(?:=[^\]\n]*)?|/quote)\]", re.IGNORECASE)
_SOURCE = re.compile(r",\s*(post|thread)\s*:\s*(\d{1,12})\s*(?=,|$)")
_DETAIL = re.compile(r",\s*\w+\s*:.*$", re.DOTALL)


def read_block_quote(chunk: Chunk) -> bool:
    """Read lines marked by `>`, and unmarked ones that carry on a paragraph."""
    if chunk.is_deep or not QUOTED.match(chunk.line):
        return False
    lines: list[str] = []
    fence = ""
    while chunk.at < len(chunk.lines):
        line = chunk.line
        mark = QUOTED.match(line)
        if mark:
            lines.append(expand_indent(line[mark.end() :]))
            fence = fence_after(fence, lines[-1])
        elif fence or not line.strip() or starts_block(line) or not carries_on(lines[-1]):
            break
        else:
            lines.append(line.strip())
        chunk.at += 1
    chunk.read_inside(chunk.add("blockquote"), lines)
    return True


def lay_out_quotes(chunk: Chunk) -> None:
    """Find which [quote] of this container ends at which [/quote]."""
    done = chunk.lines[: chunk.at]
    rest, ends = member_quotes(chunk.lines[chunk.at :])
    chunk.lines = done + rest
    chunk.quotes = {start + len(done): (last + len(done), cut) for start, (last, cut) in ends.items()}


def member_quotes(lines: list[str]) -> tuple[list[str], dict[int, tuple[int, int]]]:
    """Find quotes of members: by the line that opens one, the last line and where it is cut.

    What follows a [/quote] on its line becomes a line of its own. One pass:
    a quote that is never closed is left as text and costs nothing more.
    """
    result: list[str] = []
    rest = lines[::-1]
    ends: dict[int, tuple[int, int]] = {}
    opened: list[int | None] = []
    fence = ""
    while rest:
        line = rest.pop()
        fence = fence_after(fence, line)
        for tag in QUOTE_TAG.finditer(line) if not fence else ():
            if tag[0][1] != "/":
                opened.append(len(result) if OPENER.match(line[: tag.end()]) else None)
            elif opened:
                start = opened.pop()
                if start is not None:
                    ends[start] = (len(result), tag.start())
                if line[tag.end() :].strip():
                    rest.append(line[tag.end() :])
                    line = line[: tag.end()]
                break
        result.append(line)
    return result, ends


def read_member_quote(chunk: Chunk) -> bool:
    """Read `[quote="Name, post:12, thread:34"]` up to its [/quote]."""
    start = OPENER.match(chunk.line)
    if not start or chunk.is_deep:
        return False
    if chunk.quotes is None:
        lay_out_quotes(chunk)
    end = (chunk.quotes or {}).get(chunk.at)
    if end is None:
        return False
    last, cut = end
    lines = [*chunk.lines[chunk.at : last], chunk.lines[last][:cut]]
    lines[0] = lines[0][start.end() :].lstrip(" ")
    quote = SubElement(chunk.parent, "blockquote", {"class": "quote", "dir": "auto"})
    _add_cite(quote, start[2] or "")
    chunk.read_inside(quote, lines)
    chunk.at = last + 1
    return True


def _add_cite(quote: Element, attribution: str) -> None:
    """Name who is quoted, linked to the post if post and thread are given."""
    attribution = read_entities(attribution).strip().strip("\"'“”„«»")
    source = dict(_SOURCE.findall(attribution))
    name = _DETAIL.sub("", attribution).strip()
    if not name:
        return
    cite = SubElement(quote, "cite")
    if "post" in source and "thread" in source:
        address = f"/thread/{int(source['thread'])}/post/{int(source['post'])}"
        cite = SubElement(cite, "a", {"href": address})
    cite.text = AtomicString(name)


@dataclass
class _Mark:
    """A list item's mark: where it stands, where its text begins, its kind."""

    indent: int
    content: int
    kind: str
    number: str
    text: str


def _mark_of(line: str) -> _Mark | None:
    found = MARKER.match(line)
    if not found or RULE.match(line):
        return None
    indent, mark, blanks = len(found[1]), found[2], found[3] or " "
    if "\t" in blanks:
        expanded = line[: found.end()].expandtabs(4)
        line = expanded + line[found.end() :]
        blanks = " " * (len(expanded) - indent - len(mark))
    width = len(blanks) if len(blanks) <= 4 else 1  # further in, the item begins with code
    content = indent + len(mark) + width
    return _Mark(indent, content, mark[-1], mark[:-1], expand_indent(line[content:]))


def _opens_list(line: str) -> bool:
    """Tell whether a mark begins a list, not merely the next of its items."""
    mark = _mark_of(line)
    return mark is not None and mark.number in ("", "1")


def read_list(chunk: Chunk) -> bool:
    """Read items of one kind of mark; another kind begins another list."""
    mark = None if chunk.is_deep else _mark_of(chunk.line)
    if mark is None:
        return False
    kind = mark.kind
    listed = SubElement(chunk.parent, "ol" if mark.number else "ul")
    if mark.number and int(mark.number) != 1:
        listed.set("start", str(int(mark.number)))
    is_loose = False
    while mark is not None and mark.kind == kind:
        lines = _take_item(chunk, mark)
        inner = chunk.read_inside(SubElement(listed, "li", {"dir": "auto"}), lines)
        is_loose = is_loose or inner.has_gap
        after = chunk.at
        while after < len(chunk.lines) and not chunk.lines[after].strip():
            after += 1
        mark = _mark_of(chunk.lines[after]) if after < len(chunk.lines) else None
        if mark is not None and mark.kind == kind:
            is_loose = is_loose or after > chunk.at
            chunk.at = after
    if not is_loose:
        for item in listed:
            _unwrap_paragraphs(item)
    return True


def _take_item(chunk: Chunk, mark: _Mark) -> list[str]:
    """Take an item's lines from the chunk, freed of their indent.

    A nested list may be set in by two blanks only, whatever the width of the
    mark above it; the rest of that item is then measured by that.
    """
    lines = [mark.text]
    fence = fence_after("", mark.text)
    chunk.at += 1
    while chunk.at < len(chunk.lines):
        line = chunk.line
        indent = indent_of(line)
        if not line.strip():
            if not lines[-1].strip() and len(lines) == 1:
                break  # an item that begins with a blank line holds nothing more
            lines.append("")
        elif indent >= mark.content:
            lines.append(line[mark.content :])
        elif not fence and indent >= mark.indent + 2 and _opens_list(line[indent:]):
            mark.content = indent
            lines.append(line[indent:])
        elif fence or _mark_of(line) or not carries_on(lines[-1]) or starts_block(line):
            break
        else:
            lines.append(line.strip())
        fence = fence_after(fence, lines[-1])
        chunk.at += 1
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
        chunk.at -= 1
    return lines


def _unwrap_paragraphs(item: Element) -> None:
    """Set an item's text into the item itself: its list is a tight one."""
    before: Element | None = None
    for child in list(item):
        if child.tag != "p":
            before = child
            continue
        item.remove(child)
        if before is None:
            item.text = f"{item.text}\n{child.text}" if item.text else child.text
        else:
            before.tail = f"{before.tail}\n{child.text}" if before.tail else child.text
