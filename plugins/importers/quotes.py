"""The mark that begins a quote of a member: `[quote="Name, post:12, thread:34"]`."""

from __future__ import annotations

import re

from .archive import ThreadOf

_NAME_ENDS = re.compile(r"[\"“”„«»\[\],\r\n]+")
_SOURCED = re.compile(r'\[quote="([^"\[\]\n]{1,100}), post:(\d{1,9}), thread:(\d{1,12})"\]')


def quote_mark(name: str, post: int | None, thread: int | None) -> str:
    """Write the opening mark; without a thread of ours the name stands alone."""
    name = " ".join(_NAME_ENDS.sub(" ", name).split())[:100]
    if not name:
        return "[quote]"
    if post is None or thread is None:
        return f'[quote="{name}"]'
    return f'[quote="{name}, post:{post}, thread:{thread}"]'


def relink_quotes(source: str, thread_of: ThreadOf) -> str:
    """Point quotes that still carry old ids at our threads.

    For sources made while their threads had no new ids. Code that shows such
    a mark is changed with the rest: it names no other thread either.
    """
    return _SOURCED.sub(lambda found: quote_mark(found[1], int(found[2]), thread_of(int(found[3]))), source)
