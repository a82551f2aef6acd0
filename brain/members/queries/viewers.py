"""Members as viewers: who they are, what is open to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from brain.base import clock
from brain.base.access import MEMBERS, PUBLIC, STAFF, STAFF_ROLES, Viewer
from brain.base.db import db
from brain.base.errors import NotFound
from brain.members.models import Member, MemberSession, Membership

_COLUMNS = (
    Member.id,
    Member.name,
    Member.role,
    Member.language,
    Member.reads,
    Member.timezone,
    Member.theme,
    Member.confirmed_at,
    Membership.group_id,
)


@dataclass(frozen=True)
class SignedIn:
    """A session that stands, and when it was last noted as used."""

    viewer: Viewer
    noted_at: datetime


def viewer_of(member_id: int) -> Viewer:
    """Give a member as a viewer. Raises NotFound."""
    found = viewers_of([member_id]).get(member_id)
    if found is None:
        raise NotFound
    return found


def viewers_of(ids: Iterable[int]) -> dict[int, Viewer]:
    """Give members as viewers, in one query; who is gone is missing."""
    wanted = set(ids)
    if not wanted:
        return {}
    joined = sa.outerjoin(Member, Membership, Membership.member_id == Member.id)
    rows = db.session.execute(sa.select(*_COLUMNS).select_from(joined).where(Member.id.in_(wanted))).all()
    by_member: dict[int, list[Any]] = {}
    for row in rows:
        by_member.setdefault(row.id, []).append(row)
    return {member_id: _viewer(own) for member_id, own in by_member.items()}


#: Built once: putting a statement together costs more than asking it.
_SESSION = (
    sa.select(*_COLUMNS, MemberSession.id.label("session_id"), MemberSession.seen_at.label("noted_at"))
    .select_from(MemberSession)
    .join(Member, MemberSession.member_id == Member.id)
    .outerjoin(Membership, Membership.member_id == Member.id)
    .where(
        MemberSession.token_hash == sa.bindparam("token_hash"),
        MemberSession.seen_at >= sa.bindparam("used_since", type_=MemberSession.seen_at.type),
        sa.or_(
            Member.suspended_until.is_(None),
            Member.suspended_until <= sa.bindparam("moment", type_=Member.suspended_until.type),
        ),
    )
)


def viewer_of_session(token_hash: str, used_since: datetime) -> SignedIn | None:
    """Find the member of a session: one query for session, member and groups.

    None when the session is revoked, was last used before `used_since`, or its
    member is suspended.
    """
    rows = db.session.execute(
        _SESSION, {"token_hash": token_hash, "used_since": used_since, "moment": clock.now()}
    ).all()
    if not rows:
        return None
    return SignedIn(_viewer(rows, rows[0].session_id), rows[0].noted_at)


def _viewer(rows: Sequence[Any], session_id: int | None = None) -> Viewer:
    """Make a viewer of one member's rows, one for each group.

    Who has not confirmed their address reads what is public, and writes nothing,
    whatever role waits for them.
    """
    first = rows[0]
    tokens = {PUBLIC, f"member:{first.id}"}
    if first.confirmed_at is not None:
        tokens.add(MEMBERS)
        tokens.update(f"group:{row.group_id}" for row in rows if row.group_id is not None)
        if first.role in STAFF_ROLES:
            tokens.add(STAFF)
    return Viewer(
        id=first.id,
        name=first.name,
        role=first.role if first.confirmed_at is not None else "member",
        tokens=frozenset(tokens),
        language=first.language,
        languages=tuple(first.reads),
        timezone=first.timezone,
        theme=first.theme,
        session_id=session_id,
        confirmed=first.confirmed_at is not None,
    )
