"""Tables of pipes and dashes."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

from brain.base.markup.limits import MAX_CELLS
from brain.base.markup.structure import Chunk, starts_block

_DIVIDER = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*+\|?[ \t]*$")
_PIPE = re.compile(r"(?<!\\)\|")


def starts_table(chunk: Chunk) -> bool:
    """Tell whether this line and the next are a table's head and divider."""
    if "|" not in chunk.line or chunk.at + 1 >= len(chunk.lines):
        return False
    divider = chunk.lines[chunk.at + 1]
    if "-" not in divider or not _DIVIDER.match(divider):
        return False
    return len(_cells(divider)) == len(_cells(chunk.line))


def read_table(chunk: Chunk) -> bool:
    """Read a table with its head; it ends at a blank line or another block."""
    if not starts_table(chunk):
        return False
    head = _cells(chunk.line)
    end = chunk.at + 2
    while end < len(chunk.lines) and chunk.lines[end].strip() and not starts_block(chunk.lines[end]):
        end += 1
    if len(head) * (end - chunk.at) > MAX_CELLS:
        return False
    # It scrolls on its own, also by keyboard, so that the page never does.
    box = SubElement(chunk.parent, "div", {"class": "table-box", "tabindex": "0"})
    table = SubElement(box, "table")
    _add_row(SubElement(table, "thead"), "th", head)
    rows = chunk.lines[chunk.at + 2 : end]
    body = SubElement(table, "tbody") if rows else table
    for row in rows:
        cells = _cells(row)[: len(head)]
        _add_row(body, "td", cells + [""] * (len(head) - len(cells)))
    chunk.at = end
    return True


def _add_row(parent: Element, tag: str, cells: list[str]) -> None:
    row = SubElement(parent, "tr")
    for cell in cells:
        SubElement(row, tag, {"dir": "auto"}).text = cell


def _cells(line: str) -> list[str]:
    """Split a row at its pipes; `\\|` is a pipe inside a cell."""
    cells = [cell.strip().replace("\\|", "|") for cell in _PIPE.split(line.strip())]
    if not cells[0]:
        del cells[0]
    if cells and not cells[-1]:
        del cells[-1]
    return cells
