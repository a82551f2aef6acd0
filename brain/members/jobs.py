"""What time takes away: old sessions, addresses of machines, accounts never confirmed."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from brain.base import clock, limits, settings
from brain.base.db import db
from brain.base.events import Ids
from brain.base.jobs import Job
from brain.members.models import Member, MemberSession
from brain.members.sessions import LONGEST_REST

#: The internet address of a device is kept no longer than this after its last use.
ADDRESS_KEPT = timedelta(days=30)


def forget_old(ids: Ids) -> None:
    """Delete sessions out of use, addresses of machines, accounts that waited too long."""
    moment = clock.now()
    limits.forget_old_hits()
    db.session.execute(sa.delete(MemberSession).where(MemberSession.seen_at < moment - LONGEST_REST))
    db.session.execute(
        sa.update(MemberSession)
        .where(MemberSession.seen_at < moment - ADDRESS_KEPT, MemberSession.address != "")
        .values(address="")
    )
    waited = moment - timedelta(days=settings.value("members.unconfirmed_days"))
    db.session.execute(sa.delete(Member).where(Member.confirmed_at.is_(None), Member.wanted_at < waited))
    db.session.execute(
        sa.update(Member)
        .where(Member.wanted_at < waited)
        .values(wanted_email=None, wanted_key=None, wanted_at=None)
    )


FORGET_OLD = Job("members.forget_old", forget_old, every=timedelta(hours=12))
