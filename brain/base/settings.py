"""Settings that admins change: declared as data, typed, logged.

The page that edits them is generated. A name nobody declared raises. Values
are kept in each process and read again when the site's pulse moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Mapped, mapped_column

from brain.base import clock, events, pulse
from brain.base.access import Viewer
from brain.base.db import Base, JsonText, db, upsert
from brain.base.errors import Unfit
from brain.base.known import Known


def _fits(value: Any) -> str | LazyString | None:
    return None


@dataclass(frozen=True)
class Setting:
    """One setting: `check` returns a sentence when a value does not fit.

    `type` is bool, int, float or str; with `choices` (value, label) a closed list.
    """

    name: str
    type: type
    default: Any
    label: str | LazyString
    unit: str | LazyString = ""
    hint: str | LazyString = ""
    choices: tuple[tuple[Any, str | LazyString], ...] = ()
    check: Callable[[Any], str | LazyString | None] = _fits


class SettingValue(Base):
    """A value that differs from its default."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    value: Mapped[Any] = mapped_column(JsonText)


class SettingChange(Base):
    """Who changed which setting, from what, to what; never edited."""

    __tablename__ = "setting_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120), index=True)
    before: Mapped[Any] = mapped_column(JsonText)
    after: Mapped[Any] = mapped_column(JsonText)
    member_id: Mapped[int | None]
    at: Mapped[datetime]


_known = Known[Setting]("setting")
_values = pulse.Kept[dict[str, Any]](
    lambda: {
        row.name: row.value for row in db.session.execute(sa.select(SettingValue.name, SettingValue.value))
    }
)


def register_settings(settings: Iterable[Setting]) -> None:
    """Make settings known to the application."""
    for setting in settings:
        _known.by_name()[setting.name] = setting


def known_settings() -> list[Setting]:
    """List every declared setting, by name."""
    known = _known.by_name()
    return [known[name] for name in sorted(known)]


def setting_named(name: str) -> Setting:
    """Find a declaration. Raises LookupError for a name nobody declared."""
    try:
        return _known.by_name()[name]
    except KeyError:
        raise LookupError(f"no setting is named {name!r}") from None


def value(name: str) -> Any:
    """Give the present value of a setting."""
    setting = setting_named(name)
    return _values.get().get(name, setting.default)


def parse(setting: Setting, text: str) -> Any:
    """Read a form's text as the setting's type.

    Raises Unfit with a sentence when it is no such value.
    """
    try:
        if setting.type is bool:
            parsed: Any = text.strip().casefold() in {"1", "true", "on", "yes"}
        else:
            parsed = setting.type(text.strip())
    except ValueError:
        raise Unfit({setting.name: lazy_gettext("Enter a number.")}) from None
    if setting.choices and parsed not in [choice for choice, _label in setting.choices]:
        raise Unfit({setting.name: lazy_gettext("Choose one of the list.")})
    if isinstance(parsed, str) and len(parsed) > 2000:
        raise Unfit({setting.name: lazy_gettext("This is too long.")})
    problem = setting.check(parsed)
    if problem:
        raise Unfit({setting.name: problem})
    return parsed


def change_setting(viewer: Viewer, name: str, new: Any) -> None:
    """Store a new value, log it and tell every worker.

    Permission is the caller's matter (`admin.change_settings`).
    """
    before = value(name)
    if new == before:
        return
    db.session.execute(upsert(SettingValue, {"name": name, "value": new}, ["name"], {"value": new}))
    db.session.add(SettingChange(name=name, before=before, after=new, member_id=viewer.id, at=clock.now()))
    db.session.flush()
    pulse.beat("state")
    events.publish("setting_changed", name=name)
