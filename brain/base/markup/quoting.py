"""Words of a post as another post may quote them."""

from __future__ import annotations

import re

from brain.base.markup.containers import QUOTE_TAG, member_quotes
from brain.base.markup.structure import fence_after

#: Drawn as nothing: keeps `[/quote]` in somebody's words from ending the quote around them.
_JOINER = "\u2060"


def quotable(source: str) -> str:
    """Prepare a text to stand in `[quote]`: without its own quotes, its code closed."""
    lines, ends = member_quotes(source.split("\n"))
    kept: list[str] = []
    fence, at = "", 0
    while at < len(lines):
        if not fence and at in ends:
            at = ends[at][0] + 1
            continue
        fence = fence_after(fence, lines[at])
        kept.append(lines[at] if fence else QUOTE_TAG.sub(_let_be, lines[at]))
        at += 1
    words = "\n".join(kept).strip("\n")
    return f"{words}\n{fence}" if fence else words


def _let_be(tag: re.Match[str]) -> str:
    return f"[{_JOINER}{tag[0][1:]}"
