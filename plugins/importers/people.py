"""People of the old site become staged members, once."""

from __future__ import annotations

import hashlib
import re

import sqlalchemy as sa

from brain.base.db import db
from brain.members.actions import StagedMember, add_staged_members
from brain.members.names import name_key
from brain.members.queries import people

from .archive import ArchivedMember, Survey
from .models import OldMember

NAME_MOST = 255
_AT_ONCE = 500
_CALLED = re.compile(r"(?<![\w/.@])@([\w.-]{1,60})")
#: Drawn as nothing; behind it a name is no mention.
_JOINER = "\u2060"


def fold_name(name: str) -> str:
    """Fold a name for looking up: the old site did not tell case apart."""
    return name.replace("\x00", "").casefold()[:NAME_MOST]


def key_digest(key: str) -> str:
    """Digest what names somebody in an archive."""
    return hashlib.sha256(key.encode()).hexdigest()


def bring_people(source_id: int, survey: Survey, language: str) -> int:
    """Add who is not known from an earlier import; returns how many.

    Runs in the caller's unit, which has locked the source.
    """
    known = member_ids(source_id)
    fresh = [member for member in survey.members if key_digest(member.key) not in known]
    ids = add_staged_members([_staged(member, survey, language) for member in fresh])
    rows = [
        {
            "source_id": source_id,
            "key": key_digest(member.key),
            "old_name": fold_name(member.name),
            "member_id": ids[member.key],
        }
        for member in fresh
    ]
    if rows:
        db.session.execute(sa.insert(OldMember), rows)
    return len(rows)


def _staged(member: ArchivedMember, survey: Survey, language: str) -> StagedMember:
    joined = survey.joined.get(member.key)
    return StagedMember(member.key, member.name, language=language, created_at=joined)


def renamed(source_id: int) -> frozenset[str]:
    """Give the old names, folded, of people who are called otherwise here."""
    rows = db.session.execute(
        sa.select(OldMember.member_id, OldMember.old_name).where(
            OldMember.source_id == source_id, OldMember.member_id.is_not(None)
        )
    ).all()
    found: set[str] = set()
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        known = people(row.member_id for row in some)
        found.update(
            row.old_name
            for row in some
            if row.member_id in known and name_key(known[row.member_id].name) != name_key(row.old_name)
        )
    return frozenset(found)


def call_nobody_else(source: str, names: frozenset[str]) -> str:
    """Keep `@name` from calling a member here who only has the name of somebody there."""
    if "@" not in source or not names:
        return source
    return _CALLED.sub(lambda called: _left_alone(called[1], names), source)


def _left_alone(name: str, names: frozenset[str]) -> str:
    return f"@{_JOINER}{name}" if fold_name(name.rstrip(".-_")) in names else f"@{name}"


def member_ids(source_id: int) -> dict[str, int | None]:
    """Give our ids by `key_digest`; None for somebody who was erased here."""
    rows = db.session.execute(
        sa.select(OldMember.key, OldMember.member_id).where(OldMember.source_id == source_id)
    )
    return {row.key: row.member_id for row in rows}
