"""Member text: Markdown to safe HTML, and back to words.

The rooms, in the order a text walks through them: `limits` (too long, absurd,
too slow), `dialect` (Markdown; `structure`, `blocks`, `containers`, `tables`,
`inlines` and `emphasis` hold its rules), `sanitiser` (the one gate before the database),
`pool`, `crew` and `child` (the same work in processes that can be killed),
`reading` (HTML back to plain words).
"""

from brain.base.markup.address import safe_url
from brain.base.markup.crew import Crew
from brain.base.markup.limits import MAX_LENGTH
from brain.base.markup.pool import render
from brain.base.markup.quoting import quotable
from brain.base.markup.reading import excerpt, plain_text
from brain.base.markup.renderer import RENDERER_VERSION, Rendered, render_here
from brain.base.markup.sanitiser import as_markup, sanitise

__all__ = [
    "MAX_LENGTH",
    "RENDERER_VERSION",
    "Crew",
    "Rendered",
    "as_markup",
    "excerpt",
    "plain_text",
    "quotable",
    "render",
    "render_here",
    "safe_url",
    "sanitise",
]
