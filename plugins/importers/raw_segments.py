"""Where code stands in a raw post: nothing in there may be changed.

One walk from left to right. A mark whose end is missing is text; that it is
missing is remembered, so that a thousand such marks cost one search.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from .escapes import code_block, code_span

_START = re.compile(
    r"^(?P<indented>(?: {4}|\t)[^\n]*)$"
    r"|^ {0,3}(?P<fence>`{3,}|~{3,})(?P<words>[^`\n]*)$"
    r"|(?P<ticks>`+)"
    r"|\[(?P<bbcode>code|pre|tt)(?:=(?P<language>[^\]\n]{0,40}))?\]"
    r"|<(?P<html>code|pre|table)(?: [^<>\n]{0,200})?>"
    r"|(?P<comment><!--)",
    re.MULTILINE | re.IGNORECASE,
)
_LANGUAGE = re.compile(r"(?:^|[\s\"'])lang(?:uage)?-([A-Za-z0-9_+#.-]{1,30})")
_TAG_LENGTH = 200
_MARGINS = re.compile(r"\A(?:[ \t]*\n)+|\s+\Z")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a post: code or a table, to be left alone, or running text."""

    text: str
    is_text: bool
    is_table: bool = False


@dataclass
class _Walk:
    """The post and what is known not to come any more."""

    text: str
    missing: set[str] = field(default_factory=set)
    code_end: int = -1

    def find(self, mark: str, at: int) -> re.Match[str] | None:
        """Find the end of a piece that began with this mark."""
        if mark in self.missing:
            return None
        found = _end_of(mark).search(self.text, at)
        if not found:
            self.missing.add(mark)
        return found


def _end_of(mark: str) -> re.Pattern[str]:
    if mark[0] in "`~" and mark[-1] == "\n":
        return re.compile(rf"^ {{0,3}}{mark[0]}{{{len(mark) - 1},}}[ \t]*$", re.MULTILINE)
    if mark[0] == "`":
        return re.compile(rf"(?<!`){mark}(?!`)")
    if mark == "<!--":
        return re.compile("-->")
    return re.compile(rf"{re.escape(mark[0])}/{mark[1:]}\s*{re.escape(']' if mark[0] == '[' else '>')}", re.I)


def segments(text: str) -> Iterator[Segment]:
    """Cut a raw post at its code; comments are left out."""
    walk = _Walk(text)
    done = at = 0
    while start := _START.search(text, at):
        cut = _cut(walk, start)
        if cut is None:
            at = start.end()
            continue
        segment, at = cut
        if start.start() > done:
            yield Segment(text[done : start.start()], is_text=True)
        if segment.text:
            yield segment
        done = at
    if done < len(text):
        yield Segment(text[done:], is_text=True)


def _cut(walk: _Walk, start: re.Match[str]) -> tuple[Segment, int] | None:
    """Return what begins here and where it ends; None if it is only text."""
    if start["indented"] is not None:
        return _cut_indented(walk, start)
    if start["fence"]:
        end = walk.find(f"{start['fence']}\n", start.end())
        stop = end.end() if end else len(walk.text)  # an open fence runs to the end
        return Segment(walk.text[start.start() : stop], is_text=False), stop
    name = (start["bbcode"] or start["html"] or "").lower()
    end = walk.find(start["ticks"] or start["comment"] or f"{start[0][0]}{name}", start.end())
    return None if end is None else (_enclosed(walk.text, start, end), end.end())


def _enclosed(text: str, start: re.Match[str], end: re.Match[str]) -> Segment:
    """Write what stands between a mark and its end."""
    if start["comment"]:
        return Segment("", is_text=False)
    is_table = (start["html"] or "").lower() == "table"
    if start["ticks"] or is_table:
        return Segment(text[start.start() : end.end()], is_text=False, is_table=is_table)
    return Segment(_as_code(text, start, end), is_text=False)


def _cut_indented(walk: _Walk, start: re.Match[str]) -> tuple[Segment, int] | None:
    """Take a line set in by four blanks if a blank line or such code is above."""
    above = walk.text[max(0, start.start() - 200) : start.start()]
    if above and above.rpartition("\n")[0].rpartition("\n")[2].strip() and walk.code_end != start.start() - 1:
        return None
    walk.code_end = start.end()
    return Segment(start[0], is_text=False), start.end()


def _as_code(text: str, start: re.Match[str], end: re.Match[str]) -> str:
    """Write the inside of [code] or <code> as a span, or as a block of its own."""
    inside = text[start.end() : end.start()]
    begins_line = not text[max(0, start.start() - 200) : start.start()].rpartition("\n")[2].strip(" ")
    ends_line = text[end.end() : end.end() + 1] in ("", "\n")
    language = _LANGUAGE.search(start[0]) or _LANGUAGE.search(inside[: _TAG_LENGTH if start["html"] else 0])
    if start["html"]:
        inside = unescape(re.sub(r"\A\s*<code[^>]{0,200}>|</code>\s*\Z", "", inside))
    is_pre = "pre" in start[0][:5].lower()
    if "\n" not in inside and not is_pre and (start["html"] or not (begins_line and ends_line)):
        return code_span(inside)
    code = _MARGINS.sub("", inside)
    block = code_block(code, (start["language"] or "").strip("\"' ") or (language[1] if language else ""))
    return ("" if begins_line else "\n\n") + block + ("" if ends_line else "\n\n")
