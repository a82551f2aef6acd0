"""Come in: register, confirm an address, move to another one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from brain.base import clock, events, limits, settings
from brain.base.access import Viewer, require
from brain.base.db import db
from brain.base.errors import NotFound, Unfit
from brain.base.limits import check_limit
from brain.base.unit import savepoint
from brain.members import passwords, sessions
from brain.members.actions.adding import fit_new_name, insert_member, row_of
from brain.members.actions.pacing import digest, limit_letters
from brain.members.addresses import address_key, clean_address
from brain.members.errors import AddressTaken, RegistrationClosed
from brain.members.models import Member
from brain.members.queries import needs_password
from brain.members.signed_links import member_by_link
from brain.plugin import containment

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Registration:
    """What somebody who wants to join tells; `reads` are BCP 47, most used first."""

    name: str
    email: str
    password: str
    reads: tuple[str, ...]
    language: str


@dataclass(frozen=True)
class AddressDraft:
    """A new address, and the password to show that the member asks for it."""

    email: str
    password: str


def register(draft: Registration) -> int:
    """Open an account that waits for its address to be confirmed; returns the id.

    All goes the same way whether the address is known here or not: only who
    reads its mail learns which. Raises Unfit, RegistrationClosed, TooSoon.
    """
    if not settings.value("members.registration_open"):
        raise RegistrationClosed
    name, address = _fit(draft)
    check_limit("members.register", limits.address(), settings.value("members.registrations_a_day"), DAY)
    limit_letters("members.letters_to", digest(address_key(address)))
    containment.call("refuse_registration", name=name, address=address)
    member = Member(
        **row_of(name, draft.language),
        wanted_email=address,
        wanted_key=address_key(address),
        wanted_at=clock.now(),
        password_hash=passwords.hash_password(draft.password),
        reads=list(draft.reads or (draft.language,)),
    )
    insert_member(member)
    events.publish("members.address_wanted", member_id=member.id)
    return member.id


def confirm_address(viewer: Viewer, token: str, password: str = "") -> int:
    """Give a member the address whose mail they showed to read; returns their id.

    Who confirms their first address elsewhere than where they are signed in
    chooses the password: whoever opened the account, perhaps in their name,
    is signed out and cannot come back. Raises LinkWorn, Unfit, and
    AddressTaken when another account was faster.
    """
    member = member_by_link("confirm", token)
    if needs_password(viewer, member):
        passwords.give_password(member, password)
    if member.confirmed_at is None:
        sessions.end_sessions(member.id, but=viewer.session_id if viewer.id == member.id else None)
    take_wanted_address(member)
    return member.id


def confirm_by_hand(viewer: Viewer, member_id: int) -> None:
    """Take a member's wanted address for confirmed, as an admin may.

    Raises NotFound, or Unfit when no address waits.
    """
    require(viewer, "members.change_role")
    member = db.session.get(Member, member_id)
    if member is None:
        raise NotFound
    if not member.wanted_email:
        raise Unfit({"name": lazy_gettext("No address of this member waits to be confirmed.")})
    take_wanted_address(member)


def take_wanted_address(member: Member) -> None:
    """Make the wanted address the member's own. Raises AddressTaken."""
    owner = sa.select(Member.id).where(Member.email_key == member.wanted_key, Member.id != member.id)
    if db.session.scalar(owner) is not None:
        raise AddressTaken
    has_joined = member.confirmed_at is None
    member.email, member.email_key = member.wanted_email, member.wanted_key
    member.wanted_email = member.wanted_key = member.wanted_at = None
    member.confirmed_at = member.confirmed_at or clock.now()
    try:
        with savepoint():
            db.session.flush()
    except sa.exc.IntegrityError:
        raise AddressTaken from None
    if has_joined:
        events.publish("member_joined", member_id=member.id)


def ask_confirmation_again(viewer: Viewer) -> None:
    """Send the letter that confirms the address once more. Raises TooSoon."""
    require(viewer, "members.change_account", viewer)
    limit_letters("members.letters", f"member:{viewer.id}")
    events.publish("members.address_wanted", member_id=viewer.id)


def ask_new_address(viewer: Viewer, draft: AddressDraft) -> None:
    """Want another address: it counts once it is confirmed, the old one is told.

    Raises Unfit, TooSoon.
    """
    require(viewer, "members.change_account", viewer)
    limit_letters("members.letters", f"member:{viewer.id}")
    member = db.session.get_one(Member, viewer.id)
    if not passwords.is_right(member.password_hash, draft.password):
        raise Unfit({"password": lazy_gettext("This is not your password.")})
    address = clean_address(draft.email)
    if address is None:
        raise Unfit({"email": no_address()})
    if address_key(address) == member.email_key:
        raise Unfit({"email": lazy_gettext("This is your address already.")})
    limit_letters("members.letters_to", digest(address_key(address)))
    member.wanted_email, member.wanted_key = address, address_key(address)
    member.wanted_at = clock.now()
    db.session.flush()
    # the old address is told first: its letter leaves before the one that can be confirmed
    events.publish("members.address_change_asked", member_id=member.id)
    events.publish("members.address_wanted", member_id=member.id)


def drop_new_address(viewer: Viewer) -> None:
    """Take back that one wants another address: its link dies, the present one stays."""
    require(viewer, "members.change_account", viewer)
    member = db.session.get_one(Member, viewer.id)
    if member.email is not None:
        member.wanted_email = member.wanted_key = member.wanted_at = None


def no_address() -> LazyString:
    """Say that a text is no e-mail address."""
    return lazy_gettext("This is no e-mail address. It looks like name@example.org.")


def _fit(draft: Registration) -> tuple[str, str]:
    """Check what was told, all at once; returns name and address. Raises Unfit."""
    problems: dict[str, str | LazyString] = {}
    name, address = "", clean_address(draft.email)
    try:
        name = fit_new_name(draft.name)
    except Unfit as error:
        problems |= error.problems
    if address is None:
        problems["email"] = no_address()
    objection = passwords.objection_to(draft.password, draft.name, draft.email)
    if objection is not None:
        problems["password"] = objection
    if problems or address is None:
        raise Unfit(problems)
    return name, address
