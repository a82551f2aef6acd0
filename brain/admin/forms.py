"""Forms of the administration; those of settings are made from their declarations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from brain.admin.groups import SettingGroup
from brain.admin.queries import shown_value
from brain.base import forms, settings
from brain.base.forms import Form
from brain.base.settings import Setting

NUMBER_MOST = 20
TEXT_MOST = 2000


@dataclass(frozen=True)
class Purge:
    """What is typed to confirm a purge."""

    name: str


class PurgeForm(Form):
    """Ask to type a plugin's name, so that nobody deletes by a slip."""

    name = forms.line(lazy_gettext("Name of the plugin"), 40)


def settings_form(group: SettingGroup) -> Form:
    """Make the form of a group's settings, filled with their present values."""
    fields: dict[str, Any] = {setting.name: _field(setting) for setting in group.settings}
    fields["stamp"] = forms.kept()
    made: type[Form] = type("SettingsForm", (Form,), fields)
    values = {setting.name: _typed(setting) for setting in group.settings}
    return made(data={**values, "stamp": group.stamp})


def texts_of(form: Form, group: SettingGroup) -> dict[str, str]:
    """Read what was sent for each setting, as text."""
    sent = {setting.name: form[setting.name].data for setting in group.settings}
    return {name: str(value or "") for name, value in sent.items()}


def _typed(setting: Setting) -> Any:
    value = settings.value(setting.name)
    return value if setting.type is bool else str(value)


def _field(setting: Setting) -> Any:
    label, hint = str(setting.label), _hint(setting)
    if setting.type is bool:
        return forms.yes(label, hint)
    if setting.choices:
        return forms.one_of(label, [(str(choice), word) for choice, word in setting.choices], hint=hint)
    if setting.type is not str:
        return forms.line(label, NUMBER_MOST, hint=hint)
    if "\n" in setting.default:
        return forms.text(label, TEXT_MOST, hint=hint, least=0)
    return forms.line(label, TEXT_MOST, hint=hint, least=0)


def _hint(setting: Setting) -> str:
    parts = [str(setting.hint)] if setting.hint else []
    if setting.unit:
        parts.append(_("Unit: %(unit)s.", unit=setting.unit))
    parts.append(_("Default: %(value)s.", value=shown_value(setting, setting.default)))
    return " ".join(parts)
