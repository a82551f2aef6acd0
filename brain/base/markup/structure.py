"""How a text falls into blocks: one walk from its first line to its last.

Python-Markdown finds blocks by searching all text for each kind in turn; its
lists need a blank line before them and its code fences are lost in quotes.
Here each container is read once, line by line, as CommonMark does it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from brain.base.markup.limits import MAX_DEPTH

FENCE = re.compile(r"( {0,3})(`{3,}(?=[^`]*$)|~{3,})[ \t]*(.*)")
HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*$")
RULE = re.compile(r" {0,3}(?:(?:-[ \t]*+){3,}+|(?:\*[ \t]*+){3,}+|(?:_[ \t]*+){3,}+)$")
QUOTED = re.compile(r" {0,3}> ?")
MARKER = re.compile(r"( {0,3})([-+*]|\d{1,9}[.)])(?:([ \t]+)(?=\S)|[ \t]*$)")
OPENER = re.compile(r" {0,3}(\[quote(?:=([^\]\n]*))?\])", re.IGNORECASE)
# Lists may follow a line of text at once, but only from 1 on: "In\n1984. It was cold."
_STARTING_MARKER = re.compile(r" {0,3}(?:[-+*]|1[.)])[ \t]+\S")
_STARTS = (HEADING, QUOTED, FENCE, RULE, _STARTING_MARKER, OPENER)
_MAY_START = frozenset("#>`~-+*_1[")
_INDENT = re.compile(r"[ ]*\t[ \t]*")


@dataclass
class Chunk:
    """The lines of one container, read once from top to bottom."""

    parent: Element
    lines: list[str]
    readers: tuple[Reader, ...]
    references: dict[str, tuple[str, str]]
    depth: int = 0
    at: int = 0
    has_gap: bool = False
    quotes: dict[int, tuple[int, int]] | None = None

    @property
    def line(self) -> str:
        """Return the line that is read next."""
        return self.lines[self.at]

    @property
    def is_deep(self) -> bool:
        """Tell whether no further container may open in here."""
        return self.depth >= MAX_DEPTH

    def read(self) -> None:
        """Turn all lines into elements under the parent.

        `has_gap` tells afterwards whether a blank line stood between blocks.
        """
        was_blank = False
        while self.at < len(self.lines):
            if not self.line.strip():
                self.at += 1
                was_blank = True
                continue
            self.has_gap = self.has_gap or (was_blank and len(self.parent) > 0)
            was_blank = False
            for reader in self.readers:
                if reader(self):
                    break

    def read_inside(self, parent: Element, lines: list[str]) -> Chunk:
        """Read a container's lines, one level deeper."""
        inner = Chunk(parent, lines, self.readers, self.references, self.depth + 1)
        inner.read()
        return inner

    def add(self, tag: str) -> Element:
        """Append an element that finds its own writing direction."""
        return SubElement(self.parent, tag, {"dir": "auto"})


Reader = Callable[[Chunk], bool]


def starts_block(line: str) -> bool:
    """Tell whether a line ends the paragraph before it without a blank line."""
    return line.lstrip(" ")[:1] in _MAY_START and any(start.match(line) for start in _STARTS)


def carries_on(line: str) -> bool:
    """Tell whether a paragraph may go on after this line without its mark (lazily)."""
    stripped = MARKER.sub("", QUOTED.sub("", line))
    ends = (HEADING, FENCE, RULE)
    return bool(stripped.strip()) and not any(end.match(stripped) for end in ends)


def fence_after(fence: str, line: str) -> str:
    """Return the fence that is open after a line ("" for none)."""
    found = FENCE.match(line)
    if not fence:
        return found[2] if found else ""
    return "" if closes(fence, line) else fence


def closes(fence: str, line: str) -> bool:
    """Tell whether a line closes a code fence."""
    mark = line.strip()
    return mark.startswith(fence) and not mark.strip(fence[0]) and indent_of(line) < 4


def indent_of(line: str) -> int:
    """Count the blanks a line begins with."""
    return len(line) - len(line.lstrip(" "))


def expand_indent(line: str) -> str:
    """Replace tabs at the start of a line by blanks, four to a stop."""
    found = _INDENT.match(line)
    return found[0].expandtabs(4) + line[found.end() :] if found else line
