"""Get in: sign in, and find the way back in by a letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext

from brain.base import clock, events, limits
from brain.base.access import Viewer, require
from brain.base.db import db
from brain.base.errors import Unfit
from brain.members import passwords, sessions
from brain.members.actions.joining import no_address, take_wanted_address
from brain.members.actions.pacing import count_failure, digest, limit_attempts, limit_letters
from brain.members.addresses import address_key, clean_address
from brain.members.errors import LinkWorn, Suspended
from brain.members.models import Member, MemberSession
from brain.members.names import name_key
from brain.members.signed_links import member_by_link

#: The id in events about an address that nobody has: as much is written as for a known one.
NOBODY = 0
MOST_WHO = 200


@dataclass(frozen=True)
class SignIn:
    """Who says to be whom: `who` is an address or a name."""

    who: str
    password: str


@dataclass(frozen=True)
class PasswordDraft:
    """The present password and the one to have from now on."""

    password: str
    new_password: str


def check_sign_in(draft: SignIn) -> int:
    """Find out whose name and password these are; returns the member's id.

    Unknown people and wrong passwords take the same time and say the same.
    Raises Unfit, Suspended, TooSoon.
    """
    called = _people_called(draft.who)
    counted = [("address", limits.address()), *(("account", one) for one in _accounts(draft.who, called))]
    for what, who in counted:
        limit_attempts(what, who)
    found = [person for person in called if _opens(person, draft.password)]
    if not found:
        for what, who in counted:
            count_failure(what, who)
        raise Unfit({"password": lazy_gettext("Name or address and password do not fit together.")})
    member = found[0]
    assert member is not None  # noqa: S101
    _refuse_suspended(member)
    if member.password_hash and passwords.is_outdated(member.password_hash):
        member.password_hash = passwords.hash_password(draft.password)
    return member.id


def ask_way_in(address_text: str) -> None:
    """Send whoever reads this address a link to a new password.

    Says and writes the same for known and unknown addresses. Raises Unfit
    when it is no address at all, TooSoon.
    """
    address = clean_address(address_text)
    if address is None:
        raise Unfit({"email": no_address()})
    limit_letters("members.way_in", limits.address())
    limit_letters("members.way_in", digest(address_key(address)))
    people = [person for person in _people_with(address) if person is not None]
    member_id = people[0].id if people else NOBODY
    events.publish("members.way_in_asked", member_id=member_id)


def set_password_by_link(purpose: str, token: str, password: str) -> int:
    """Set the password of whom a link is for; returns their id.

    `purpose` is reset or claim. The link shows that they read its address, so
    that is confirmed; every device is signed out. Raises LinkWorn, Unfit,
    AddressTaken, Suspended.
    """
    member = member_by_link(purpose, token)
    if member.email is None and member.wanted_email is None:
        raise LinkWorn
    _refuse_suspended(member)
    _set_password(member, password)
    if member.email is None:
        take_wanted_address(member)
    elif member.confirmed_at is None:
        member.confirmed_at = clock.now()
        member.staged = False
        events.publish("member_joined", member_id=member.id)
    sessions.end_sessions(member.id)
    return member.id


def change_password(viewer: Viewer, draft: PasswordDraft) -> None:
    """Give oneself another password; other devices are signed out. Raises Unfit."""
    require(viewer, "members.change_account", viewer)
    limit_attempts("password", f"member:{viewer.id}")
    member = db.session.get_one(Member, viewer.id)
    if not passwords.is_right(member.password_hash, draft.password):
        count_failure("password", f"member:{viewer.id}")
        raise Unfit({"password": lazy_gettext("This is not your password.")})
    try:
        _set_password(member, draft.new_password)
    except Unfit as error:
        raise Unfit({"new_password": error.problems["password"]}) from None
    sessions.end_sessions(member.id, but=viewer.session_id)


def _set_password(member: Member, password: str) -> None:
    passwords.give_password(member, password)
    if member.email is not None:
        # who knew the old password may have asked for another address: its link dies with it
        member.wanted_email = member.wanted_key = member.wanted_at = None
    db.session.flush()
    events.publish("members.password_changed", member_id=member.id)


def _people_called(who: str) -> list[Member | None]:
    """Find who may be meant, always as many: two for an address, one for a name."""
    address = clean_address(who) if "@" in who else None
    if address is not None:
        return _people_with(address)
    key = name_key(who) if len(who) <= MOST_WHO else ""
    return [db.session.scalar(sa.select(Member).where(Member.name_key == key))]


def _people_with(address: str) -> list[Member | None]:
    """Find who has an address, and who last wanted it at registration."""
    key = address_key(address)
    newest = sa.select(Member).where(Member.wanted_key == key, Member.confirmed_at.is_(None))
    return [
        db.session.scalar(sa.select(Member).where(Member.email_key == key)),
        db.session.scalar(newest.order_by(Member.id.desc()).limit(1)),
    ]


def _opens(person: Member | None, password: str) -> bool:
    return passwords.is_right(person.password_hash if person else None, password)


def _refuse_suspended(member: Member) -> None:
    if member.suspended_until is not None and member.suspended_until > clock.now():
        raise Suspended(member.suspended_until)


def _accounts(who: str, people: Sequence[Member | None]) -> list[str]:
    """Say for which accounts an attempt counts: names that look alike are one.

    It does not count where the account is signed in from this internet
    address: otherwise a stranger who guesses would keep its owner out.
    """
    here = sa.select(MemberSession.member_id).where(
        MemberSession.member_id.in_([person.id if person else NOBODY for person in people]),
        MemberSession.address == limits.address(),
    )
    known = set(db.session.scalars(here))
    met = [person.id for person in people if person is not None]
    return [f"member:{member_id}" for member_id in met if member_id not in known] if met else [_typed(who)]


def _typed(who: str) -> str:
    """Fold what somebody typed for counting."""
    address = clean_address(who) if "@" in who else None
    return digest(address_key(address) if address is not None else name_key(who[:MOST_WHO]))
