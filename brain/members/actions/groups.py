"""Groups: members who belong together and may have rooms of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from brain.base import clock
from brain.base.db import db, insert_ignore
from brain.base.errors import Unfit
from brain.base.i18n import is_language
from brain.members.models import Group, Membership

MOST = 80
_KEY = re.compile(r"[a-z0-9-]{1,60}")


def add_group(key: str, names: Mapping[str, str]) -> int:
    """Add a group with its names by language; returns the id.

    A group with this key gets these names instead of its own. Raises Unfit.
    """
    problems: dict[str, str | LazyString] = {}
    if not _KEY.fullmatch(key):
        problems["key"] = lazy_gettext("A key holds small letters, digits and - only, at most 60.")
    if not names or not all(is_language(code) and 0 < len(name) <= MOST for code, name in names.items()):
        problems["names"] = lazy_gettext(
            "Names look like en=Savers: one of our languages, and at most %(most)s characters.", most=MOST
        )
    if problems:
        raise Unfit(problems)
    found = db.session.scalar(sa.select(Group).where(Group.key == key))
    if found is None:
        found = Group(key=key, names=dict(names), created_at=clock.now())
        db.session.add(found)
    else:
        found.names = dict(names)
    db.session.flush()
    return found.id


def join_group(member_id: int, group_id: int) -> None:
    """Put a member into a group; who is in it stays in it."""
    row = {"group_id": group_id, "member_id": member_id, "is_owner": False, "joined_at": clock.now()}
    db.session.execute(insert_ignore(Membership, [row], ["group_id", "member_id"]))


def leave_group(member_id: int, group_id: int) -> None:
    """Take a member out of a group."""
    place = sa.and_(Membership.group_id == group_id, Membership.member_id == member_id)
    db.session.execute(sa.delete(Membership).where(place))
