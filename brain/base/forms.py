"""Forms: input becomes a frozen dataclass, or refusals beside their fields.

Every text field has a length, text is cleaned of NUL and stray control
characters, and what was typed is never lost: a form that does not fit is shown
again with its values.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from flask import request
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from brain.base.errors import Unfit

Draft = TypeVar("Draft")
_OF_THE_LIST: Any = lazy_gettext("Choose one of the list.")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_BIDI = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def clean_text(text: str | None) -> str:
    """Normalise line ends and Unicode (NFC), drop NUL and control characters."""
    if not text:
        return ""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _CONTROL.sub("", text))


def clean_line(text: str | None) -> str:
    """Clean a text of one line: white space folded, bidi controls dropped."""
    return " ".join(_BIDI.sub("", clean_text(text)).split())


class Form(FlaskForm):
    """A form of ours: WTForms with CSRF, messages translated by us."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)  # type: ignore[no-untyped-call]  # WTForms has no types here

    class Meta(FlaskForm.Meta):
        """Keep WTForms' own messages out: ours are translated with the rest."""

        locales = ("en",)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Leave files out: no form of ours takes one, and none is a text."""
            wrapped = super().wrap_formdata(form, formdata)  # type: ignore[no-untyped-call]
            return request.form if wrapped is not None and request.files else wrapped

        def get_translations(self, form: Any) -> Any:
            """Use no catalogue of WTForms."""
            return None

    def read(self, draft: type[Draft], **more: Any) -> Draft:
        """Make the frozen dataclass from fields of the same names and `more`.

        Raises Unfit when the input does not fit.
        """
        if not self.validate():
            raise Unfit({str(name): str(next(iter(found))) for name, found in self.errors.items() if found})
        wanted = {field.name for field in dataclasses.fields(draft)}  # type: ignore[arg-type]
        values = {name: value for name, value in self.data.items() if name in wanted}
        return draft(**(values | more))

    def refuse(self, error: Unfit) -> None:
        """Put an action's objections beside their fields."""
        for name, sentence in error.problems.items():
            field = self._fields.get(name)
            if field is None:
                self.form_errors.append(str(sentence))
            elif str(sentence) not in field.errors:  # what the form itself found stands there already
                field.errors = [*field.errors, str(sentence)]


def needed() -> InputRequired:
    """Say that a field cannot be empty."""
    sentence: Any = lazy_gettext("Enter something here.")
    return InputRequired(message=sentence)


def line(label: Any, most: int, *, least: int = 1, hint: Any = "") -> StringField:
    """Make a field for one line of at most `most` characters; `least` 0 lets it be empty."""
    return StringField(label, _checks(least, most), filters=[clean_line], description=hint)


def text(label: Any, most: int, *, least: int = 1, hint: Any = "") -> TextAreaField:
    """Make a field for text of at most `most` characters; `least` 0 lets it be empty."""
    return TextAreaField(label, _checks(least, most), filters=[clean_text], description=hint)


def yes(label: Any, hint: Any = "") -> BooleanField:
    """Make a box to tick."""
    return BooleanField(label, description=hint)


def one_of(
    label: Any, choices: Iterable[tuple[str, Any]] = (), *, hint: Any = "", required: bool = True
) -> SelectField:
    """Make a list to choose one of; choices may be set later on the field."""
    checks = [needed()] if required else [Optional()]
    return _OneOf(label, checks, choices=_offered(choices), description=hint, filters=[clean_line])


def pick_of(label: Any, choices: Iterable[tuple[str, Any]]) -> RadioField:
    """Make buttons to pick one of; the action checks that it is one of them."""
    return RadioField(label, [InputRequired(_OF_THE_LIST)], choices=_offered(choices), validate_choice=False)


def some_of(
    label: Any, choices: Iterable[tuple[str, Any]] = (), *, hint: Any = "", among: range = range(51)
) -> SelectMultipleField:
    """Make boxes to tick some of, so many as `among` says; choices may be set later on the field."""
    checks = [_NotTooMany(among.stop - 1), *([_AtLeastOne()] if among.start else [])]
    return _SomeOf(
        label,
        checks,
        choices=_offered(choices),
        description=hint,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def let_be_empty(field: Field) -> None:
    """Take back that at least one has to be ticked."""
    field.validators = [check for check in field.validators if not isinstance(check, _AtLeastOne)]
    field.flags.at_least_one = False


def kept(most: int = 200) -> HiddenField:
    """Make a hidden field."""
    return HiddenField(validators=[Length(max=most)], filters=[clean_line])


def whole(label: Any, among: range, *, hint: Any = "", required: bool = True) -> IntegerField:
    """Make a field for a whole number of a range; None when it may be empty and is."""
    least, most = among.start, among.stop - 1
    problem: Any = lazy_gettext("Enter a number from %(least)s to %(most)s.", least=least, most=most)
    first = needed() if required else Optional()
    return _Whole(label, [first, NumberRange(least, most, message=problem)], description=hint)


def sent_key(draft_key: str, *said: str) -> str | None:
    """Name what a form said when it was sent: sent again it is the same, with other words it is not.

    None for a form without a key of its own.
    """
    if not draft_key:
        return None
    return hashlib.sha256("\n".join((draft_key, *said)).encode()).hexdigest()


def _offered(choices: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in choices]


def _checks(least: int, most: int) -> list[Any]:
    checks: list[Any] = [needed()] if least else [Optional()]
    too_long: Any = lazy_gettext("This is too long: at most %(most)s characters.", most=most)
    too_short: Any = lazy_gettext("This is too short: at least %(least)s characters.", least=least)
    checks.append(Length(max=most, message=too_long))
    if least > 1:
        checks.append(Length(min=least, message=too_short))
    return checks


class _OneOf(SelectField):
    """A list to choose one of, which refuses what it does not offer in our words."""

    def pre_validate(self, form: Any) -> None:
        """Refuse a choice that is not offered."""
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_OF_THE_LIST) from None


class _SomeOf(SelectMultipleField):
    """Boxes to tick, which refuse what they do not offer in our words."""

    def pre_validate(self, form: Any) -> None:
        """Refuse choices that are not offered."""
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_OF_THE_LIST) from None


class _Whole(IntegerField):
    """A whole number; what is none is refused in our words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
            sentence: Any = lazy_gettext("Enter a whole number.")
            raise ValueError(sentence) from None


class _AtLeastOne:
    """Refuse none.

    The flag is not `required`: WTForms would write that on each box, and a
    browser then asks for all of them.
    """

    field_flags: ClassVar[dict[str, bool]] = {"at_least_one": True}

    def __call__(self, form: Any, field: Field) -> None:
        if not field.data:
            sentence: Any = lazy_gettext("Choose at least one.")
            raise ValidationError(sentence)


class _NotTooMany:
    """Refuse more choices than `most`."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, form: Any, field: Field) -> None:
        if len(field.data or []) > self.most:
            sentence: Any = lazy_gettext("Choose at most %(most)s.", most=self.most)
            raise ValidationError(sentence)
