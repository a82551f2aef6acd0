"""A member's own data: all of it to take along, or to be forgotten."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from brain.base import pulse
from brain.base.db import db
from brain.members.models import Group, Member, MemberSession, Membership
from brain.members.names import ERASED, name_key, name_order


def export_member(member_id: int) -> dict[str, Any]:
    """Give everything that this slice keeps of a member, ready for JSON.

    Hashes of passwords and tokens are left out: they are no use to anybody.
    """
    member = db.session.get(Member, member_id)
    if member is None:
        return {}
    hidden = {"password_hash", "name_key", "name_order", "email_key", "wanted_key", "about_html"}
    account = {
        column.key: _plain(getattr(member, column.key))
        for column in sa.inspect(Member).columns
        if column.key not in hidden
    }
    seen: Any = sa.select(
        MemberSession.device, MemberSession.address, MemberSession.created_at, MemberSession.seen_at
    ).where(MemberSession.member_id == member_id)
    groups: Any = sa.select(Group.key, Membership.joined_at).join(Group, Group.id == Membership.group_id)
    return {
        "account": account,
        "sessions": _rows(seen),
        "groups": _rows(groups.where(Membership.member_id == member_id)),
    }


def erase_member(member_id: int) -> None:
    """Forget who a member is: a neutral name stays beside what they wrote."""
    name = f"{ERASED}{member_id}"
    db.session.execute(sa.delete(MemberSession).where(MemberSession.member_id == member_id))
    db.session.execute(sa.delete(Membership).where(Membership.member_id == member_id))
    db.session.execute(
        sa.update(Member)
        .where(Member.id == member_id)
        .values(
            name=name,
            name_key=name_key(name),
            name_order=name_order(name),
            email=None,
            email_key=None,
            wanted_email=None,
            wanted_key=None,
            wanted_at=None,
            password_hash=None,
            role="member",
            confirmed_at=None,
            staged=False,
            language="en",
            reads=[],
            timezone="UTC",
            theme="",
            country="",
            about="",
            about_html="",
            fields={},
            seen_at=None,
        )
    )
    pulse.beat("content")
    pulse.beat("people")


def _rows(wanted: Any) -> list[dict[str, Any]]:
    return [{key: _plain(value) for key, value in row._mapping.items()} for row in db.session.execute(wanted)]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
