"""Sentences for what stands in the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from brain.members.queries import Person

_SENTENCES: Mapping[str, Callable[[str], str]] = {
    "opened": lambda name: _("%(name)s opened the case", name=name),
    "reported": lambda name: _("%(name)s reported it", name=name),
    "held": lambda name: _("Hidden until a moderator has looked"),
    "claimed": lambda name: _("%(name)s took the case", name=name),
    "released": lambda name: _("%(name)s left the case to others", name=name),
    "settled.agree": lambda name: _("%(name)s hid it", name=name),
    "settled.disagree": lambda name: _("%(name)s decided to leave it", name=name),
    "settled.ignore": lambda name: _("%(name)s closed the case without a decision", name=name),
    "reversed": lambda name: _("%(name)s opened the case again and restored it", name=name),
    "withdrawn": lambda name: _("Withdrawn by its author or a moderator"),
    "reminded": lambda name: _("Moderators were reminded"),
    "expired": lambda name: _("Closed without a decision, after waiting too long"),
}


def act_sentence(act: str, person: Person | None, facts: Mapping[str, Any]) -> str:
    """Say an act of the log in the language spoken now."""
    if act == "settled":
        act = f"settled.{facts.get('decision', '')}"
    sentence = _SENTENCES.get(act)
    return act if sentence is None else sentence(person.name if person else _("A former member"))
