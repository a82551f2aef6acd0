"""Members' own pages, their settings, and the list of members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from brain.base import i18n, markup
from brain.base.access import Viewer, allowed_rows, require
from brain.base.db import db
from brain.base.errors import NotFound
from brain.members.models import Member, MemberSession
from brain.members.names import hue, initials, name_key, name_order
from brain.members.queries.people import Person, person_from
from brain.plugin import registry

PAGE = 30


@dataclass(frozen=True)
class Fact:
    """A profile field as shown; `url` is set when it is an address to go to."""

    label: str | LazyString
    text: str
    url: str = ""


@dataclass(frozen=True)
class Profile:
    """A member's page. `reads` are BCP 47 codes; `has_arrived`: may be met here."""

    id: int
    name: str
    initials: str
    hue: int
    role: str
    country: str
    language: str
    about: Markup
    reads: tuple[str, ...]
    post_count: int
    created_at: datetime
    has_arrived: bool
    is_staged: bool
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class OwnSettings:
    """What a member has set, as the form shows it."""

    id: int
    name: str
    email: str
    wanted_email: str
    about: str
    country: str
    reads: tuple[str, ...]
    language: str
    timezone: str
    theme: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Device:
    """A session as its member sees it."""

    id: int
    device: str
    address: str
    created_at: datetime
    seen_at: datetime
    is_here: bool


@dataclass(frozen=True)
class Wanted:
    """Whom the list of members shows: country and language read, or anybody."""

    words: str = ""
    country: str = ""
    language: str = ""
    page: int = 1


@dataclass(frozen=True)
class ListedMember:
    """A row of the list of members."""

    person: Person
    reads: tuple[str, ...]


@dataclass(frozen=True)
class Directory:
    """A page of the list of members."""

    rows: tuple[ListedMember, ...]
    count: int
    page: int
    last_page: int


def profile(viewer: Viewer, name: str) -> Profile:
    """Open a member's page, by a name or one that looks the same. Raises NotFound."""
    key = name_key(name) if name and len(name) <= 200 else ""
    member = db.session.scalar(sa.select(Member).where(Member.name_key == key))
    if member is None or not viewer.can("members.see_profile", member):
        raise NotFound
    return Profile(
        id=member.id,
        name=member.name,
        initials=initials(member.name),
        hue=hue(member.id),
        role=member.role,
        country=member.country,
        language=member.language,
        about=markup.as_markup(member.about_html),
        reads=tuple(member.reads),
        post_count=member.post_count,
        created_at=member.created_at,
        has_arrived=member.confirmed_at is not None,
        is_staged=member.staged,
        facts=_facts(viewer, member.fields),
    )


def own_settings(viewer: Viewer) -> OwnSettings:
    """Open a member's own settings. Raises SignInNeeded."""
    require(viewer, "members.change_account", viewer)
    member = db.session.get_one(Member, viewer.id)
    return OwnSettings(
        id=member.id,
        name=member.name,
        email=member.email or "",
        wanted_email=member.wanted_email or "",
        about=member.about,
        country=member.country,
        reads=tuple(member.reads),
        language=member.language,
        timezone=member.timezone,
        theme=member.theme,
        fields=dict(member.fields),
    )


def own_devices(viewer: Viewer) -> list[Device]:
    """List where a member is signed in, the last used first. Raises SignInNeeded."""
    require(viewer, "members.change_account", viewer)
    rows = db.session.execute(
        sa.select(
            MemberSession.id,
            MemberSession.device,
            MemberSession.address,
            MemberSession.created_at,
            MemberSession.seen_at,
        )
        .where(allowed_rows(viewer, "members.end_session"))
        .order_by(MemberSession.seen_at.desc(), MemberSession.id.desc())
    )
    return [
        Device(r.id, r.device, r.address, r.created_at, r.seen_at, r.id == viewer.session_id) for r in rows
    ]


def directory(viewer: Viewer, wanted: Wanted) -> Directory:
    """Give a page of the list of members, by name. Raises SignInNeeded, NotFound."""
    require(viewer, "members.see_directory")
    conditions = [allowed_rows(viewer, "members.see_directory")]
    if wanted.words:
        conditions.append(Member.name_order.contains(name_order(wanted.words), autoescape=True))
    if wanted.country:
        conditions.append(Member.country == wanted.country)
    if wanted.language:
        reads = sa.type_coerce(Member.reads, sa.Text)
        conditions.append(reads.contains(f'"{wanted.language}"', autoescape=True))
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Member).where(*conditions)) or 0
    last = max(1, -(-count // PAGE))
    page = min(wanted.page, last)
    rows = db.session.execute(
        sa.select(Member.id, Member.name, Member.country, Member.language, Member.reads)
        .where(*conditions)
        .order_by(Member.name_order, Member.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    listed = tuple(ListedMember(person_from(row), tuple(row.reads)) for row in rows)
    return Directory(listed, count, page, last)


def _facts(viewer: Viewer, fields: Mapping[str, str]) -> tuple[Fact, ...]:
    """Show the profile fields that are filled in and meant for this viewer."""
    found: list[Fact] = []
    for declared in registry.profile_fields():
        text = fields.get(declared.name, "")
        if not text or declared.audience not in viewer.tokens:
            continue
        if declared.type == "country":
            found.append(Fact(declared.label, i18n.country_name(text)))
        elif declared.type == "languages":
            found.append(Fact(declared.label, _languages(text.split(","))))
        elif declared.type == "url":
            found.append(Fact(declared.label, text, markup.safe_url(text) or ""))
        else:
            found.append(Fact(declared.label, text))
    return tuple(found)


def _languages(codes: Sequence[str]) -> str:
    return " · ".join(i18n.language_name(code) for code in codes)
