"""Forms of moderation."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.validators import NumberRange
from wtforms.widgets import HiddenInput

from brain.base.forms import Form, needed, one_of, pick_of, text
from brain.base.http import MOST_ID
from brain.moderation.grounds import GROUNDS, REASONS


def _version() -> IntegerField:
    """Make the field that says which state of the case was seen."""
    return IntegerField(validators=[needed(), NumberRange(1, MOST_ID)], widget=HiddenInput())


class ReportForm(Form):
    """Report a thing: a reason, and words."""

    reason = pick_of(lazy_gettext("What is wrong with it?"), [(key, label) for key, label, _hint in REASONS])
    note = text(
        lazy_gettext("What moderators should know"),
        1000,
        least=0,
        hint=lazy_gettext("Only moderators read this. Needed for something illegal or something else."),
    )


def _ground(none: LazyString, *, required: bool) -> SelectField:
    """Make the field that asks for the ground of hiding something."""
    return one_of(
        lazy_gettext("Ground"),
        [("", none), *((key, label) for key, label, _s in GROUNDS)],
        required=required,
        hint=lazy_gettext("Everybody reads it where the thing was, the author also in a letter."),
    )


def _words() -> TextAreaField:
    return text(lazy_gettext("Reason the author will read"), 1000, least=0)


class HideForm(Form):
    """Hide a thing: why."""

    ground = _ground(lazy_gettext("Choose a ground"), required=True)
    words = _words()


class SettleForm(Form):
    """Decide a case."""

    decision = pick_of(
        lazy_gettext("What do you decide?"),
        [
            ("agree", lazy_gettext("Hide it")),
            ("disagree", lazy_gettext("Leave it")),
            ("ignore", lazy_gettext("Close without a decision")),
        ],
    )
    ground = _ground(lazy_gettext("None, it is not hidden"), required=False)
    words = _words()
    version = _version()


class VersionForm(Form):
    """Take back a decision, as it was seen."""

    version = _version()
