"""Give people who came with an import an address, by which they claim their account."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from brain.base.access import Viewer, require
from brain.base.db import db
from brain.base.unit import savepoint
from brain.members.actions.joining import no_address
from brain.members.addresses import address_key, clean_address
from brain.members.models import Member


def give_addresses(viewer: Viewer, addresses: Mapping[int, str]) -> dict[int, LazyString]:
    """Give staged members their addresses; returns why not, by member id.

    Nothing is sent: a letter goes out when somebody asks for a way in, or
    registers, with that address. Given again, the last address counts.
    """
    require(viewer, "members.change_role")
    refused: dict[int, LazyString] = {}
    for member_id, text in addresses.items():
        problem = _give(member_id, clean_address(text.strip()))
        if problem is not None:
            refused[member_id] = problem
    return refused


def _give(member_id: int, address: str | None) -> LazyString | None:
    """Give one address, or say why it cannot be."""
    if address is None:
        return no_address()
    try:
        with savepoint():
            changed = db.session.execute(
                sa.update(Member)
                .where(Member.id == member_id, Member.staged)
                .values(email=address, email_key=address_key(address))
                .returning(Member.id)
                .execution_options(synchronize_session=False)
            ).all()
    except sa.exc.IntegrityError:
        return lazy_gettext("Another member has this address.")
    return None if changed else lazy_gettext("This account is in its member's hands already.")
