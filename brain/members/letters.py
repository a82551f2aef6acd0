"""Letters about accounts: to whom they go, and what they need to say it.

What an action cannot tell to whoever asked (is this address known here?) is
said in these letters, to whoever reads the mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from brain.base.db import db
from brain.members.models import Member
from brain.members.signed_links import link_token
from brain.plugin.contribution import Letter, LetterDraft

Ids = Mapping[str, Any]


def confirm_drafts(ids: Ids) -> list[LetterDraft]:
    """Ask whoever reads the wanted address to confirm it, if nobody has it."""
    member = _member(ids)
    if member is None or not member.wanted_email or _owner_of_wanted(member) is not None:
        return []
    return [_draft(member, member.wanted_email, token=link_token("confirm", member))]


def already_here_drafts(ids: Ids) -> list[LetterDraft]:
    """Tell the owner of an address that somebody wanted it for another account."""
    owner = _owner_of_wanted(_member(ids))
    if owner is None or owner.staged or not owner.email:
        return []
    return [_draft(owner, owner.email)]


def claim_wanted_drafts(ids: Ids) -> list[LetterDraft]:
    """Offer somebody who registers the account that an import made for them."""
    return _claim(_owner_of_wanted(_member(ids)))


def claim_drafts(ids: Ids) -> list[LetterDraft]:
    """Offer somebody who asks for a way in the account that an import made for them."""
    return _claim(_member(ids))


def reset_drafts(ids: Ids) -> list[LetterDraft]:
    """Give somebody who asks for a way in a link to a new password."""
    member = _member(ids)
    address = (member.email or member.wanted_email) if member is not None else None
    if member is None or address is None or member.staged:
        return []
    return [_draft(member, address, token=link_token("reset", member))]


def address_notice_drafts(ids: Ids) -> list[LetterDraft]:
    """Tell the old address that the account is to move to another one."""
    member = _member(ids)
    if member is None or not member.email or not member.wanted_email:
        return []
    return [_draft(member, member.email)]


def password_notice_drafts(ids: Ids) -> list[LetterDraft]:
    """Tell a member that the password was changed."""
    member = _member(ids)
    return [_draft(member, member.email)] if member is not None and member.email else []


def role_drafts(ids: Ids) -> list[LetterDraft]:
    """Tell a member what they may do from now on."""
    member = _member(ids)
    return [_draft(member, member.email, role=member.role)] if member is not None and member.email else []


def _claim(member: Member | None) -> list[LetterDraft]:
    if member is None or not member.staged or not member.email:
        return []
    return [_draft(member, member.email, token=link_token("claim", member))]


def _draft(member: Member, address: str, **more: str) -> LetterDraft:
    return LetterDraft(address, member.language, {"name": member.name, **more}, member.timezone)


def _member(ids: Ids) -> Member | None:
    return db.session.get(Member, ids["member_id"])


def _owner_of_wanted(member: Member | None) -> Member | None:
    if member is None or member.wanted_key is None:
        return None
    owner = sa.select(Member).where(Member.email_key == member.wanted_key, Member.id != member.id)
    return db.session.scalar(owner)


def _letter(name: str, event: str, drafts: Any, template: str = "") -> Letter:
    return Letter(f"members.{name}", event, f"members/letters/{template or name}", drafts)


LETTERS = (
    _letter("address_notice", "members.address_change_asked", address_notice_drafts),
    _letter("confirm", "members.address_wanted", confirm_drafts),
    _letter("already_here", "members.address_wanted", already_here_drafts),
    _letter("claim_wanted", "members.address_wanted", claim_wanted_drafts, "claim"),
    _letter("claim", "members.way_in_asked", claim_drafts),
    _letter("reset", "members.way_in_asked", reset_drafts),
    _letter("role_changed", "members.role_changed", role_drafts),
    _letter("password_changed", "members.password_changed", password_notice_drafts),
)
