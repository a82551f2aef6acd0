"""Saying in words how a question was understood, where that is not plain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from brain.base.i18n import day, endonym
from brain.plugin import registry
from brain.search.query import Filter, Phrase, Query, Word


def understood(query: Query) -> Iterator[str]:
    """Say each part of a question that narrows it; plain words go without saying."""
    for phrase in query.phrases:
        yield _("With exactly “%(words)s”", words=phrase.text)
    if query.in_title:
        yield _("In titles only")
    for wanted in query.filters:
        yield _say(wanted)
    if query.after is not None:
        yield _("From %(day)s on", day=day(query.after))
    if query.before is not None:
        yield _("Before %(day)s", day=day(query.before))
    for part in query.without:
        yield _("Without “%(words)s”", words=_text(part))
    for unwanted in query.without_filters:
        yield _("Not: %(what)s", what=_say(unwanted))


def _text(part: Word | Phrase) -> str:
    return part.text


def _say(chosen: Filter) -> str:
    names = {mark.partition("=")[0] for mark in chosen.marks}
    values = [mark.partition("=")[2] for mark in chosen.marks]
    listed = " · ".join(values)
    if names == {"topic", "tag"}:
        return _("Topic or tag: %(names)s", names=values[0])
    if names == {"author", "by"}:
        others = [mark.partition("=")[2] for mark in chosen.marks if mark.startswith("by=")]
        return _("Written by you or %(names)s", names=" · ".join(others))
    sentences = {
        "by": lambda: _("Written by %(names)s", names=listed),
        "author": lambda: _("Written by you"),
        "topic": lambda: _("In the topic %(names)s", names=listed),
        "tag": lambda: _("With the tag %(names)s", names=listed),
        "kind": lambda: _("Only %(kinds)s", kinds=_kinds(values)),
        "lang": lambda: _("In %(languages)s", languages=" · ".join(map(endonym, values))),
        "status": lambda: " · ".join(map(_state, values)),
    }
    return sentences[next(iter(names))]()


def _kinds(kinds: Sequence[str]) -> str:
    known = registry.search_sources()
    return " · ".join(str(known[kind].label) if kind in known else kind for kind in kinds)


def _state(name: str) -> str:
    states = {"open": _("Open threads"), "closed": _("Closed threads"), "archived": _("Archived threads")}
    return states[name]
