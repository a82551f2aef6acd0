"""Refusals of moderation."""

from __future__ import annotations

from flask_babel import lazy_gettext

from brain.base.errors import Refusal, Stale


class OwnThing(Refusal):
    """Somebody reports what they wrote themselves."""

    status = 409
    sentence = lazy_gettext("This is your own. You can edit or delete it where it stands.")


class HiddenAlready(Refusal):
    """A moderator reports what is hidden or deleted."""

    status = 409
    sentence = lazy_gettext("This is hidden or deleted already.")


class LookedAtAlready(Refusal):
    """Somebody reports again what a moderator has just decided to leave."""

    status = 409
    sentence = lazy_gettext(
        "A moderator has looked at this after your last report and left it as it is. "
        "You can report it again tomorrow if it still troubles you."
    )


class TakeFirst(Refusal):
    """An administrator decides a case of a closed group without having taken it."""

    status = 409
    sentence = lazy_gettext("Take this case first: you then see what was reported, and the log keeps it.")


class SettledMeanwhile(Stale):
    """Another moderator was faster; says who."""

    def __init__(self, name: str) -> None:
        if name:
            super().__init__(
                lazy_gettext(
                    "%(name)s has decided this case while you were reading it. "
                    "Nothing of yours was saved; open the case again to see what became of it.",
                    name=name,
                )
            )
        else:
            super().__init__()
