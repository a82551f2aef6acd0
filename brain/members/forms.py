"""Forms of the door and of a member's own settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import Field, PasswordField
from wtforms.validators import Length

from brain.base import i18n
from brain.base.forms import Form, line, needed, one_of, some_of, text, yes
from brain.members import passwords
from brain.members.actions.account import MOST_ABOUT, SettingsDraft
from brain.members.addresses import MOST as MOST_ADDRESS
from brain.members.languages import readable_languages, timezones
from brain.members.queries import OwnSettings
from brain.plugin.contribution import ProfileField

FIELD = "field-"


def _password(label: Any, hint: Any = "") -> PasswordField:
    too_long: Any = lazy_gettext("This is too long: at most %(most)s characters.", most=passwords.MOST)
    checks = [needed(), Length(max=passwords.MOST, message=too_long)]
    return PasswordField(label, checks, description=hint)


def _new_password(label: Any) -> PasswordField:
    hint = lazy_gettext(
        "At least %(least)s characters. A few words in a row are good.", least=passwords.LEAST
    )
    return _password(label, hint)


class RegisterForm(Form):
    """What somebody who wants to join tells. `website` is for programs only."""

    name = line(
        lazy_gettext("Name"),
        80,
        hint=lazy_gettext("As others are to know you here: your own name is best."),
    )
    email = line(
        lazy_gettext("E-mail"),
        MOST_ADDRESS,
        hint=lazy_gettext("Nobody sees it. We send you a letter to confirm it."),
    )
    password = _new_password(lazy_gettext("Password"))
    reads = some_of(lazy_gettext("Languages I read"))
    website = line(lazy_gettext("Leave this empty"), 200, least=0)

    def __init__(self) -> None:
        super().__init__()
        self.reads.choices = readable_languages()
        if request.method == "GET":
            self.reads.data = [i18n.language()]


class SignInForm(Form):
    """A name or address, and the password."""

    who = line(lazy_gettext("E-mail or member name"), MOST_ADDRESS)
    password = _password(lazy_gettext("Password"))
    stays = yes(lazy_gettext("Stay signed in on this device"))


class AddressForm(Form):
    """An address to send a link to."""

    email = line(lazy_gettext("E-mail"), MOST_ADDRESS)


class NewPasswordForm(Form):
    """A password to have from now on."""

    password = _new_password(lazy_gettext("New password"))


class PlainForm(Form):
    """A button, and nothing to fill in."""


class FirstPasswordForm(Form):
    """The password of an account whose address is being confirmed."""

    password = _new_password(lazy_gettext("Password"))


class ChangePasswordForm(Form):
    """The present password and a new one."""

    password = _password(lazy_gettext("Present password"))
    new_password = _new_password(lazy_gettext("New password"))


class ChangeAddressForm(Form):
    """Another address, and the password."""

    email = line(lazy_gettext("New address"), MOST_ADDRESS)
    password = _password(lazy_gettext("Password"))


class SettingsForm(Form):
    """What a member says of themselves, and how the site speaks to them."""

    about = text(
        lazy_gettext("About me"),
        MOST_ABOUT,
        least=0,
        hint=lazy_gettext("What you do, what you look for. Markdown works."),
    )
    country = one_of(lazy_gettext("Country"), required=False)
    reads = some_of(
        lazy_gettext("Languages I read"),
        hint=lazy_gettext("Choose all in which you like to read what others write."),
    )
    language = one_of(lazy_gettext("Language of the site"), tuple(i18n.LANGUAGES.items()))
    timezone = one_of(lazy_gettext("Time zone"))
    theme = one_of(lazy_gettext("Look"), required=False)

    @classmethod
    def holding(cls, own: OwnSettings, declared: Sequence[ProfileField]) -> SettingsForm:
        """Make the form with the profile fields of slices and plugins, filled in."""
        more = {FIELD + item.name: _control(item) for item in declared}
        made: type[SettingsForm] = type("SettingsForm", (cls,), more)
        told: dict[str, Any] = {
            "about": own.about,
            "country": own.country,
            "reads": list(own.reads),
            "language": own.language,
            "timezone": own.timezone,
            "theme": own.theme,
        }
        for item in declared:
            kept = own.fields.get(item.name, "")
            told[FIELD + item.name] = kept.split(",") if item.type == "languages" else kept
        form = made(data=told)
        form._offer_choices()
        return form

    def _offer_choices(self) -> None:
        self.country.choices = [("", _("Not said")), *i18n.countries()]
        self.reads.choices = readable_languages()
        self.timezone.choices = list(timezones())
        self.theme.choices = [
            ("", _("As my device")),
            ("light", _("Light")),
            ("dark", _("Dark")),
        ]

    def profile_fields(self) -> list[Field]:
        """List the fields of slices and plugins, as they stand in the form."""
        return [field for name, field in self._fields.items() if name.startswith(FIELD)]

    def draft(self) -> SettingsDraft:
        """Make the draft. Raises Unfit."""
        texts = {}
        for field in self.profile_fields():
            told = field.data or ""
            texts[field.name.removeprefix(FIELD)] = ",".join(told) if isinstance(told, list) else told
        return self.read(SettingsDraft, reads=tuple(self.reads.data or ()), fields=texts)


def _control(item: ProfileField) -> Any:
    """Make the control of a declared profile field."""
    if item.type == "text":
        return text(item.label, item.most, least=0)
    if item.type == "country":
        return one_of(item.label, [("", ""), *i18n.countries()], required=False)
    if item.type == "languages":
        return some_of(item.label, readable_languages())
    return line(item.label, item.most, least=0)
