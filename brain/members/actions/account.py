"""Change an account: what it says, how it speaks, its role, its devices."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from brain.base import events, i18n, markup, pulse
from brain.base.access import MEMBER_ROLES, STAFF_ROLES, Viewer, require
from brain.base.db import db
from brain.base.errors import NotFound, Unfit
from brain.base.markup.address import is_external
from brain.members import sessions
from brain.members.languages import is_readable, is_timezone
from brain.members.models import Member, MemberSession
from brain.plugin import registry

log = logging.getLogger("brain.members")
THEMES = ("", "light", "dark")
MOST_ABOUT = 2000


@dataclass(frozen=True)
class SettingsDraft:
    """What a member says of themselves and how the site speaks to them.

    `fields` are the profile fields of slices and plugins by name; `theme` is
    light, dark or empty (as the device).
    """

    about: str
    country: str
    reads: tuple[str, ...]
    language: str
    timezone: str
    theme: str
    fields: Mapping[str, str] = field(default_factory=dict)


def change_settings(viewer: Viewer, draft: SettingsDraft) -> None:
    """Change what a member's own page and pages look like. Raises Unfit."""
    require(viewer, "members.change_account", viewer)
    problems = _problems(draft)
    if problems:
        raise Unfit(problems)
    member = db.session.get_one(Member, viewer.id)
    known = {declared.name for declared in registry.profile_fields()}
    if member.about != draft.about:
        member.about = draft.about
        member.about_html = markup.render(draft.about).html if draft.about else ""
    member.country = draft.country
    member.reads = list(dict.fromkeys(draft.reads))
    member.language = draft.language
    member.timezone = draft.timezone
    member.theme = draft.theme
    # a switched-off plugin's fields are not in the form: they stay as they are
    kept = {name: text for name, text in member.fields.items() if name not in known}
    member.fields = kept | {name: text for name, text in draft.fields.items() if name in known and text}
    db.session.flush()
    pulse.beat("content")
    pulse.beat("people")


def change_language(viewer: Viewer, code: str) -> None:
    """Have the site speak another language to a member from now on."""
    require(viewer, "members.change_account", viewer)
    if not i18n.is_language(code):
        raise NotFound
    db.session.execute(sa.update(Member).where(Member.id == viewer.id).values(language=code))


def change_role(viewer: Viewer, member_id: int, role: str) -> None:
    """Make somebody a member, moderator or admin, and tell them; who loses a role is signed out.

    Raises Unfit for a role that is none, NotFound.
    """
    require(viewer, "members.change_role")
    if role not in MEMBER_ROLES:
        raise Unfit({"role": lazy_gettext("Choose one of the list.")})
    before = db.session.scalar(sa.select(Member.role).where(Member.id == member_id))
    if before is None:
        raise NotFound
    if before == role:
        return
    db.session.execute(sa.update(Member).where(Member.id == member_id).values(role=role))
    if before in STAFF_ROLES:
        sessions.end_sessions(member_id)
    log.info("member %s was %s and is %s, by %s", member_id, before, role, viewer.id or viewer.name)
    events.publish("members.role_changed", member_id=member_id)


def end_session(viewer: Viewer, session_id: int) -> None:
    """Sign out one of one's own devices. Raises NotFound."""
    found = db.session.get(MemberSession, session_id)
    if found is None:
        raise NotFound
    require(viewer, "members.end_session", found)
    db.session.execute(sa.delete(MemberSession).where(MemberSession.id == session_id))


def end_other_sessions(viewer: Viewer) -> int:
    """Sign out all one's devices but this one; returns how many."""
    require(viewer, "members.change_account", viewer)
    assert viewer.id is not None  # noqa: S101
    return sessions.end_sessions(viewer.id, but=viewer.session_id)


def _problems(draft: SettingsDraft) -> dict[str, str | LazyString]:
    choose = lazy_gettext("Choose one of the list.")
    fits = {
        "language": i18n.is_language(draft.language),
        "timezone": is_timezone(draft.timezone),
        "theme": draft.theme in THEMES,
        "country": not draft.country or draft.country in dict(i18n.countries()),
        "reads": bool(draft.reads) and all(is_readable(code) for code in draft.reads),
        "about": len(draft.about) <= MOST_ABOUT,
    }
    return {name: choose for name, is_fit in fits.items() if not is_fit} | _field_problems(draft.fields)


def _field_problems(told: Mapping[str, str]) -> dict[str, str | LazyString]:
    """Check declared profile fields; problems by `field-<name>`."""
    problems: dict[str, str | LazyString] = {}
    for declared in registry.profile_fields():
        text = told.get(declared.name, "")
        if declared.type == "url" and text and not (is_external(text) and markup.safe_url(text)):
            problems[f"field-{declared.name}"] = lazy_gettext(
                "This is no web address. It looks like https://example.org."
            )
        elif declared.type in ("line", "text", "url") and len(text) > declared.most:
            problems[f"field-{declared.name}"] = lazy_gettext(
                "This is too long: at most %(most)s characters.", most=declared.most
            )
    return problems
