"""Refusals: named exceptions that carry a sentence and an HTTP status.

Slices raise subclasses from their own `errors.py`; views never catch them.
One reader (`brain.base.http.show_refusal`) speaks for all, in HTML and JSON.
"""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext, lazy_ngettext
from flask_babel.speaklater import LazyString


def words_of(error: BaseException, most: int = 2000) -> str:
    """Say an error in a text that any database takes, whatever the error makes of itself."""
    name = type(error).__name__
    try:
        said = str(error)
    except Exception as worse:  # an error that cannot even be said
        said = f"(it cannot be said: {type(worse).__name__})"
    return f"{name}: {said}".replace("\0", "").encode("utf-8", "replace").decode()[:most]


class Refusal(Exception):
    """Say no in a sentence that a member can act on."""

    status: int = 400
    sentence: str | LazyString = lazy_gettext("This could not be done. Go back and check what you entered.")

    def __init__(self, sentence: str | LazyString | None = None) -> None:
        super().__init__()
        if sentence is not None:
            self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


class NotFound(Refusal):
    """Not there, or not for this viewer: the answer is the same."""

    status = 404
    sentence = lazy_gettext("This page is not here, or it is not open to you.")


class SignInNeeded(Refusal):
    """A visitor asked for something that any member may do."""

    status = 401
    sentence = lazy_gettext("Sign in to go on.")


class ConfirmFirst(Refusal):
    """A member does what takes a confirmed address."""

    status = 403
    sentence = lazy_gettext("Confirm your e-mail address first: the letter we sent you has a link.")


class Stale(Refusal):
    """Somebody else changed the thing in the meantime."""

    status = 409
    sentence = lazy_gettext("Somebody changed this while you were at it. Reload the page and look again.")


class TooSoon(Refusal):
    """A limit on how often something may be done; `wait` says how long."""

    status = 429

    def __init__(self, wait: timedelta) -> None:
        seconds = max(1, round(wait.total_seconds()))
        self.wait = wait
        if seconds < 90:
            sentence = lazy_ngettext(
                "This is a little fast. Try again in %(num)s second.",
                "This is a little fast. Try again in %(num)s seconds.",
                seconds,
            )
        elif seconds < 90 * 60:
            sentence = lazy_ngettext(
                "This is more than is allowed for now. Try again in %(num)s minute.",
                "This is more than is allowed for now. Try again in %(num)s minutes.",
                round(seconds / 60),
            )
        else:
            sentence = lazy_ngettext(
                "This is more than is allowed for now. Try again in %(num)s hour.",
                "This is more than is allowed for now. Try again in %(num)s hours.",
                round(seconds / 3600),
            )
        super().__init__(sentence)


class Unfit(Refusal):
    """A form's input does not fit; `problems` maps field name to sentence."""

    status = 422
    sentence = lazy_gettext("Some entries need another look.")

    def __init__(self, problems: dict[str, str | LazyString]) -> None:
        super().__init__()
        self.problems = problems
