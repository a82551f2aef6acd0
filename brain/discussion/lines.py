"""What event lines say in a thread's stream."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from brain.discussion.queries import EventLine

_ICONS = {
    "closed": "lock",
    "opened": "info",
    "pinned": "pin",
    "unpinned": "pin",
    "renamed": "edit",
    "full": "lock",
    "hidden": "eye",
    "brought_back": "eye",
}


def line_of(event: EventLine, name: str) -> tuple[str, str]:
    """Give (icon, sentence in the reader's language); an empty one for an unknown kind.

    Names and titles are set apart by direction isolates.
    """
    who = _isolated(name) if name else _("A former member")
    facts = {key: _isolated(text) for key, text in event.facts.items()}
    number = facts.get("number", "")
    sentences = {
        "closed": lambda: _("%(name)s closed this thread.", name=who),
        "opened": lambda: _("%(name)s opened this thread again.", name=who),
        "pinned": lambda: _("%(name)s pinned this thread.", name=who),
        "unpinned": lambda: _("%(name)s unpinned this thread.", name=who),
        "renamed": lambda: _renamed(who, facts),
        "full": lambda: _("This thread has reached its greatest length and is closed."),
        "hidden": lambda: _("The moderators hid post %(number)s.", number=number),
        "brought_back": lambda: _("The moderators brought post %(number)s back.", number=number),
    }
    say = sentences.get(event.kind)
    return _ICONS.get(event.kind, "info"), say() if say else ""


def _renamed(who: str, facts: Mapping[str, str]) -> str:
    after = facts.get("after", "")
    if "before" not in facts:
        return _("%(name)s changed the title to “%(after)s”.", name=who, after=after)
    return _(
        "%(name)s changed the title from “%(before)s” to “%(after)s”.",
        name=who,
        before=facts["before"],
        after=after,
    )


def _isolated(text: str) -> str:
    return f"\u2068{text}\u2069"
