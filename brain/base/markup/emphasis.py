"""Emphasis, strong emphasis and strike-out, paired as CommonMark says.

The library's own pairing (3.11.3) loses the last letter of `x*d**g*y`, and
differs from release to release. Here one walk over the marks pairs them all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from markdown.util import INLINE_PLACEHOLDER, INLINE_PLACEHOLDER_RE, AtomicString

EMPHASIS = r"(?:[*_]|~~).*"
WRAPPER = ""
"""The tag of an element that is not shown itself, only what is in it."""

Stashed = Callable[[str], Element | str]

_RUN = re.compile(r"\*+|_+|(?<!~)~~(?!~)")
_TAGS = {("*", 1): "em", ("*", 2): "strong", ("_", 1): "em", ("_", 2): "strong", ("~", 2): "del"}


@dataclass
class _Run:
    """Marks of one kind side by side, as many as are not paired yet."""

    at: int
    mark: str
    length: int
    opens: bool
    closes: bool
    left: int
    used: int = 0


@dataclass(frozen=True, order=True)
class _Edge:
    """Where an element begins or ends; `width` marks are not text."""

    at: int
    width: int
    tag: str
    is_start: bool


def emphasise(text: str, start: int, stashed: Stashed) -> Element | None:
    """Return a text from `start` on in a wrapper, or None if it has no emphasis."""
    runs = [_run(text, found, stashed) for found in _RUN.finditer(text, start)]
    edges = sorted(_pair(runs))
    return _build(text, start, edges, stashed) if edges else None


def _run(text: str, found: re.Match[str], stashed: Stashed) -> _Run:
    before = _kind(_letter_before(text, found.start(), stashed))
    after = _kind(_letter_after(text, found.end(), stashed))
    is_left = after != "blank" and (after == "letter" or before != "letter")
    is_right = before != "blank" and (before == "letter" or after != "letter")
    mark = found[0][0]
    if mark == "_":  # not inside words: snake_case
        opens, closes = (
            is_left and (not is_right or before == "sign"),
            is_right and (not is_left or after == "sign"),
        )
    else:
        opens, closes = is_left, is_right
    length = len(found[0])
    return _Run(found.start(), mark, length, opens, closes, length)


def _letter_before(text: str, at: int, stashed: Stashed) -> str:
    if at and text[at - 1] == "\x03":
        opened = text.rfind("\x02", 0, at)
        return _seen(stashed(text[opened:at]))[-1:]
    return text[at - 1 : at]


def _letter_after(text: str, at: int, stashed: Stashed) -> str:
    if text[at : at + 1] == "\x02":
        return _seen(stashed(text[at : text.find("\x03", at) + 1]))[:1]
    return text[at : at + 1]


def _seen(node: Element | str) -> str:
    """Return what stood where a node was set aside, as far as it matters here."""
    if isinstance(node, str):
        return node
    return " " if node.tag == "br" else "["


def _kind(letter: str) -> str:
    if not letter or letter.isspace():
        return "blank"
    return "sign" if unicodedata.category(letter)[0] in "PS" else "letter"


def _pair(runs: list[_Run]) -> Iterable[_Edge]:
    """Pair each closing run with the nearest that may open for it.

    `floors` says below which height of the stack a kind of closing run has
    looked in vain before: no opener is looked at twice for the same reason.
    """
    stack: list[_Run] = []
    floors: dict[tuple[str, bool, int], int] = {}
    for run in runs:
        kind = (run.mark, run.opens, run.length % 3)
        while run.closes and run.left:
            height = _opener(stack, run, floors.get(kind, 0))
            if height is None:
                floors[kind] = len(stack)
                break
            opener = stack[height]
            width = 2 if opener.left > 1 and run.left > 1 else 1
            opener.left -= width
            tag = _TAGS[run.mark, width]
            yield _Edge(opener.at + opener.left, width, tag, is_start=True)
            yield _Edge(run.at + run.used, width, tag, is_start=False)
            run.left -= width
            run.used += width
            del stack[height + (opener.left > 0) :]
            floors = {kind: min(floor, len(stack)) for kind, floor in floors.items()}
        if run.opens and run.left:
            stack.append(run)


def _opener(stack: list[_Run], run: _Run, floor: int) -> int | None:
    for height in range(len(stack) - 1, floor - 1, -1):
        opener = stack[height]
        # A run that could do both pairs with one like it only if the marks add up without rest.
        is_ambiguous = (opener.closes or run.opens) and (opener.length + run.length) % 3 == 0
        if opener.mark == run.mark and not (is_ambiguous and (opener.length % 3 or run.length % 3)):
            return height
    return None


def _build(text: str, start: int, edges: list[_Edge], stashed: Stashed) -> Element:
    wrapper = Element(WRAPPER)
    wrapper.text = AtomicString("")
    nest = [wrapper]
    end = start
    for edge in edges:
        _add_text(nest[-1], text[end : edge.at], stashed)
        if edge.is_start:
            nest.append(SubElement(nest[-1], edge.tag))
        else:
            nest.pop()
        end = edge.at + edge.width
    _add_text(wrapper, text[end:], stashed)
    return wrapper


def _add_text(element: Element, text: str, stashed: Stashed) -> None:
    """Append words, and what was set aside among them, to an element."""
    parts = INLINE_PLACEHOLDER_RE.split(text)
    for at, part in enumerate(parts):
        node = stashed(INLINE_PLACEHOLDER % part) if at % 2 else part
        if isinstance(node, Element):
            element.append(node)
        elif len(element):
            element[-1].tail = AtomicString((element[-1].tail or "") + node)
        else:
            element.text = AtomicString((element.text or "") + node)
