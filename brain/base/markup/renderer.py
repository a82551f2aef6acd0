"""From a member's text to safe HTML, in this process."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

from brain.base.markup.dialect import Dialect, is_unmarked, paragraphs, readable
from brain.base.markup.limits import MAX_LENGTH, OutOfTime, is_absurd, within_cpu_limit
from brain.base.markup.sanitiser import last_gate, sanitise

RENDERER_VERSION: int = 2
"""Stored with each post; raise it when the same text gives other HTML."""

_log = logging.getLogger(__name__)
_local = threading.local()


@dataclass(frozen=True)
class Rendered:
    """A text as HTML, and what its writer pointed at.

    `mentions` are casefolded names outside code and quoted posts, `links`
    absolute http(s) addresses: each at most 50, in order, none twice.
    `is_plain`: too long, absurd or too slow, so shown without its marks.
    """

    html: str
    mentions: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    is_plain: bool = False


def render_here(source: str) -> Rendered:
    """Render a text in this process, for jobs that run in their own.

    In the main thread processor time is limited; other threads have no such
    limit. Never raises: what cannot be parsed is shown in plain paragraphs.
    """
    early = render_unparsed(source)
    if early is not None:
        return early
    try:
        return within_cpu_limit(lambda: _parse(source))
    except OutOfTime:
        _log.warning("A text of %d characters took too long to render.", len(source))
    except Exception:  # the parsers below are not ours, and a post must never be lost to them
        _log.exception("A text of %d characters could not be rendered.", len(source))
    _local.dialect = None  # stopped half-way, it may remember parts of the last text
    return render_plain(source)


def render_unparsed(source: str) -> Rendered | None:
    """Render what needs no parser: too long, absurd, or without any mark."""
    if len(source) > MAX_LENGTH or is_absurd(source):
        return render_plain(source)
    text = readable(source)
    return Rendered(last_gate(paragraphs(text))) if is_unmarked(text) else None


def render_plain(source: str) -> Rendered:
    """Show a text as it was typed, in paragraphs."""
    return Rendered(paragraphs(readable(source)), is_plain=True)


def _parse(source: str) -> Rendered:
    dialect: Dialect | None = getattr(_local, "dialect", None)
    if dialect is None:
        dialect = _local.dialect = Dialect()
    html = sanitise(dialect.convert(readable(source)))
    return Rendered(html, dialect.mentions(), dialect.links())
