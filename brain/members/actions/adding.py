"""Add people without asking them first: the demo, commands, imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext

from brain.base import clock, events, i18n, markup
from brain.base.access import MEMBER_ROLES
from brain.base.db import db
from brain.base.errors import Unfit
from brain.base.unit import savepoint
from brain.members import names, passwords
from brain.members.addresses import address_key, clean_address
from brain.members.models import Member

AT_ONCE = 500
Item = TypeVar("Item")


@dataclass(frozen=True)
class NewMember:
    """Somebody to be added at once, address confirmed.

    Without a password they get in by a letter (reset). `reads` are BCP 47.
    """

    name: str
    email: str = ""
    password: str = ""
    role: str = "member"
    language: str = "en"
    reads: tuple[str, ...] = ()
    timezone: str = "UTC"
    country: str = ""
    about: str = ""


@dataclass(frozen=True)
class StagedMember:
    """An author found in an import; `key` names them in their source."""

    key: str
    name: str
    email: str = ""
    language: str = "en"
    country: str = ""
    created_at: datetime | None = None


def add_member(new: NewMember) -> int:
    """Add a member whose address counts as confirmed; returns the id.

    Raises Unfit when the name does not fit or is taken, the address is, or the
    password is not good enough.
    """
    name = fit_new_name(new.name)
    address = _address_of(new)
    if new.role not in MEMBER_ROLES:
        raise Unfit({"role": lazy_gettext("Choose one of the list.")})
    if not i18n.is_language(new.language):
        raise Unfit({"language": lazy_gettext("%(code)s is none of our languages.", code=new.language)})
    objection = passwords.objection_to(new.password, name, new.email) if new.password else None
    if objection is not None:
        raise Unfit({"password": objection})
    member = Member(
        **row_of(name, new.language),
        email=address,
        email_key=address_key(address) if address else None,
        password_hash=passwords.hash_password(new.password) if new.password else None,
        role=new.role,
        confirmed_at=clock.now(),
        reads=list(new.reads or (new.language,)),
        timezone=new.timezone,
        country=new.country,
        about=new.about,
        about_html=markup.render(new.about).html if new.about else "",
    )
    insert_member(member)
    events.publish("member_joined", member_id=member.id)
    return member.id


def fit_new_name(wanted: str) -> str:
    """Clean a name that somebody chose. Raises Unfit."""
    name = names.clean_name(wanted)
    objection = names.objection_to(name)
    if objection is None and names.sound_alike(name, current_app.config["BRAIN_SITE_NAME"]):
        objection = names.KEPT
    if objection is not None:
        raise Unfit({"name": objection})
    if db.session.scalar(sa.select(Member.id).where(Member.name_key == names.name_key(name))):
        raise Unfit({"name": _name_taken()})
    return name


def insert_member(member: Member) -> None:
    """Insert a member. Raises Unfit when somebody else was faster with the name."""
    try:
        with savepoint():
            db.session.add(member)
            db.session.flush()
    except sa.exc.IntegrityError:
        raise Unfit({"name": _name_taken()}) from None


def row_of(name: str, language: str) -> dict[str, Any]:
    """Give the columns that every new member has."""
    return {
        "name": name,
        "name_key": names.name_key(name),
        "name_order": names.name_order(name),
        "language": language,
        "created_at": clock.now(),
    }


def add_staged_members(newcomers: Sequence[StagedMember]) -> dict[str, int]:
    """Add authors of an import; returns ids by source key.

    Names are made fit and unique by our rules. Who has an address that a
    member has already is that member. Runs in the caller's unit.
    """
    known = _ids_by_address({_key_of(person) for person in newcomers})
    fresh: dict[str, StagedMember] = {}
    stands_for: dict[str, str] = {}
    for person in newcomers:
        address = _key_of(person)
        if not address or (address not in known and address not in stands_for):
            fresh.setdefault(person.key, person)
            stands_for.setdefault(address, person.key)
    found = _insert_staged(list(fresh.values()))
    for person in newcomers:
        address = _key_of(person)
        if person.key not in found:
            found[person.key] = known[address] if address in known else found[stands_for[address]]
    return found


def _insert_staged(people: Sequence[StagedMember]) -> dict[str, int]:
    is_free = _Free(names.name_key(person.name) for person in people)
    found: dict[str, int] = {}
    inserted = sa.insert(Member).returning(Member.id, sort_by_parameter_order=True)
    for some in _in_lots(people):
        rows = [_staged_row(person, is_free) for person in some]
        ids = db.session.scalars(inserted, rows)
        found.update(zip((person.key for person in some), ids, strict=True))
    return found


class _Free:
    """Which name keys nobody has; a key that was asked for successfully is given away."""

    def __init__(self, likely: Iterable[str]) -> None:
        self._asked = set(likely)
        self._taken = _taken_keys(self._asked)

    def __call__(self, key: str) -> bool:
        if key not in self._asked:
            self._asked.add(key)
            self._taken |= _taken_keys({key})
        return key not in self._taken

    def give_away(self, key: str) -> None:
        """Note that somebody of this import has the name."""
        self._taken.add(key)
        self._asked.add(key)


def _staged_row(person: StagedMember, is_free: _Free) -> dict[str, Any]:
    name = names.fit_name(person.name, is_free)
    is_free.give_away(names.name_key(name))
    address = clean_address(person.email) if person.email else None
    return row_of(name, person.language) | {
        "email": address,
        "email_key": address_key(address) if address else None,
        "staged": True,
        "reads": [person.language],
        "country": person.country,
        "created_at": person.created_at or clock.now(),
    }


def _key_of(person: StagedMember) -> str:
    address = clean_address(person.email) if person.email else None
    return address_key(address) if address else ""


def _ids_by_address(keys: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in _in_lots(sorted(key for key in keys if key)):
        rows = db.session.execute(sa.select(Member.email_key, Member.id).where(Member.email_key.in_(some)))
        found.update({str(row.email_key): row.id for row in rows})
    return found


def _taken_keys(keys: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for some in _in_lots(sorted(keys)):
        found.update(db.session.scalars(sa.select(Member.name_key).where(Member.name_key.in_(some))))
    return found


def _in_lots(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Divide into lots that one statement can carry."""
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]


def _address_of(new: NewMember) -> str | None:
    if not new.email:
        return None
    address = clean_address(new.email)
    if address is None:
        raise Unfit({"email": lazy_gettext("This is no e-mail address.")})
    if _ids_by_address([address_key(address)]):
        raise Unfit({"email": lazy_gettext("Another member has this address.")})
    return address


def _name_taken() -> Any:
    return lazy_gettext("Another member has this name, or one that looks the same. Choose another one.")
