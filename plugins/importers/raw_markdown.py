"""Markdown as Discourse keeps it (`/raw`) to ours, BBCode and HTML in it included.

Code is left alone. Marks count only in pairs; what is not closed stays as it
was typed, for nobody knows what it was meant to be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .addresses import OldSite, mask_mail
from .bbcode import ALONE, ITEMS, WRITERS, Tag, item_mark, write_alone
from .emoji import set_emoji
from .escapes import clean
from .html_to_markdown import html_to_markdown
from .html_tree import read_attributes
from .raw_segments import segments

_MAX_OPEN = 30

_TAG = re.compile(
    r"""\[(?P<end>/?)(?P<name>\*|[A-Za-z][A-Za-z0-9]{0,11})"""
    r"""(?P<value>=(?:"[^"\n]{0,500}"[^\[\]\n]{0,200}|[^\[\]\n]{0,500})|[ ][^\[\]\n]{0,500})?\](?!\()"""
    r"""|<(?P<end_html>/?)(?P<html>[a-z][a-z0-9]{0,11}|[A-Z][A-Z0-9]{0,11})(?P<attributes>\s[^<>]{0,4000})?/?>"""
)
_MARGIN = re.compile(r"\A\n* {0,3}(?=\S)|\A\n+")  # but four blanks begin code
_TARGET = re.compile(r"(?<=\]\()(?:<([^<>\n]{1,2000})>|([^\s()<>]{1,2000}))")
_SIZED = re.compile(
    r"(!?\[[^\[\]\n|]{0,300})\|(?:\d{1,5}x\d{1,5}[^\]\n|]{0,20}|attachment|video|audio|thumbnail)\](?=\()"
)
_MAIL_LINK = re.compile(
    r"\[([^\[\]\n]{0,300})\]\(mailto:[^()\s]{0,400}\)|<(?:mailto:)?([^\s<>@:/]{1,64}@[^\s<>@/]{1,255})>"
)
_BARE_ADDRESS = re.compile(
    r"(?<![^\s<(])<?(https?://[^\s<>()\[\]\"']{1,2000}/t/[^\s<>()\[\]\"']{1,400}(?<![.,;:!?]))>?"
)


def raw_to_markdown(raw: str, site: OldSite) -> str:
    """Write a raw post as our Markdown; time grows with its length alone."""
    writer = _Writer(site)
    for segment in segments(clean(raw)):
        if segment.is_table:
            writer.add(f"\n\n{html_to_markdown(segment.text, site)}\n\n")
        elif segment.is_text:
            writer.read(segment.text)
        else:
            writer.add(segment.text)
    return writer.finish().strip("\n").rstrip()


@dataclass
class _Writer:
    """The marks that are open while a post is read from left to right."""

    site: OldSite
    open: list[Tag] = field(default_factory=lambda: [Tag("", "", "")])

    def add(self, text: str) -> None:
        """Append inside the innermost open mark, with one blank line at most between."""
        parts = self.open[-1].parts
        if parts and text.startswith("\n\n"):
            parts[-1] = parts[-1].rstrip(" \n")
        elif parts and parts[-1].endswith("\n\n"):
            text = _MARGIN.sub("", text)
        parts.append(text)

    def read(self, text: str) -> None:
        """Read running text with the marks in it."""
        at = 0
        for found in _TAG.finditer(text):
            name = (found["name"] or found["html"]).lower()
            kind = f"<{name}>" if found["html"] else name
            if kind not in WRITERS and kind not in ALONE:
                continue
            self.add_text(text[at : found.start()])
            at = found.end()
            if found["end"] or found["end_html"]:
                self.close(kind, found[0])
            else:
                self.start(Tag(kind, _value_of(found), found[0]))
        self.add_text(text[at:])

    def add_text(self, text: str) -> None:
        """Append text between marks, unless a mark takes it as an address."""
        if text:
            self.add(text if self.open[-1].takes_address else settle_text(text, self.site))

    def start(self, tag: Tag) -> None:
        """Open a mark, or write it at once if nothing can stand inside."""
        if tag.kind in ALONE:
            self.add(write_alone(tag, self.open, self.site))
        elif len(self.open) > _MAX_OPEN:
            self.add(tag.typed)
        else:
            self.open.append(tag)

    def close(self, kind: str, typed: str) -> None:
        """Close the innermost mark of this kind; those inside it stay as typed."""
        if kind in ITEMS and item_mark(self.open):
            return
        if all(tag.kind != kind for tag in self.open):
            self.add(typed)
            return
        while self.open[-1].kind != kind:
            self.dissolve()
        tag = self.open.pop()
        self.add(WRITERS[kind](tag, "".join(tag.parts), self.site))

    def dissolve(self) -> None:
        """Give up the innermost mark: it was never closed."""
        tag = self.open.pop()
        inside = "".join(tag.parts)
        self.add(tag.typed + (settle_text(inside, self.site) if tag.takes_address else inside))

    def finish(self) -> str:
        """Return all that was written."""
        while len(self.open) > 1:
            self.dissolve()
        return "".join(self.open[0].parts)


def _value_of(found: re.Match[str]) -> str:
    """Return what a mark says about itself: after `=`, or in its attributes."""
    if found["html"]:
        named = read_attributes(found["attributes"] or "")
        return named.get("href") or named.get("src") or ""
    return (found["value"] or "").removeprefix("=").strip()


def settle_text(text: str, site: OldSite) -> str:
    """Make addresses whole, mask mail and set emoji in text that is no code."""
    if "](" in text:
        text = _SIZED.sub(r"\1]", text)
        text = _TARGET.sub(lambda found: _resolved(found, site), text)
    if "@" in text:
        text = _MAIL_LINK.sub(lambda found: mask_mail(found[1] or found[2] or ""), text)
        text = mask_mail(text)
    if "/t/" in text:
        text = _BARE_ADDRESS.sub(lambda found: _own_link(found, site), text)
    return set_emoji(text)


def _resolved(found: re.Match[str], site: OldSite) -> str:
    address = found[1] or found[2]
    if not address.startswith(("upload://", "/", "http://", "https://")):
        return found[0]
    if address.startswith("http") and "/t/" not in address:
        return found[0]
    return site.resolve(address) or found[0]


def _own_link(found: re.Match[str], site: OldSite) -> str:
    """Link the bare address of a thread that came along."""
    url = site.resolve(found[1])
    return f"[{found[1]}]({url})" if url and url.startswith("/") else found[0]
