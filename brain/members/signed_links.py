"""Links in letters: signed, short-lived, good for one use.

A link is bound to what it changes (password, address): once that has changed,
by the link or otherwise, it is worth nothing.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from brain.base import clock
from brain.base.db import db
from brain.members.errors import ConfirmedAlready, LinkWorn
from brain.members.models import Member

LIFETIMES = {"confirm": timedelta(days=14), "reset": timedelta(hours=2), "claim": timedelta(hours=2)}
MOST = 400


class _Signer(TimestampSigner):
    """A signer that lives by our clock."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def link_token(purpose: str, member: Member) -> str:
    """Make the secret part of a link; purpose is confirm, reset or claim."""
    token = _serializer(purpose).dumps([member.id, _state(purpose, member), _digest(member.wanted_key)])
    return token if isinstance(token, str) else token.decode()


def member_by_link(purpose: str, token: str) -> Member:
    """Find whom a link is for.

    Raises LinkWorn when it is worth nothing, ConfirmedAlready when all that
    it would do was done.
    """
    if len(token) > MOST:
        raise LinkWorn
    try:
        given: Any = _serializer(purpose).loads(token, max_age=int(LIFETIMES[purpose].total_seconds()))
        member_id, state, address = given
    except (BadSignature, ValueError):
        raise LinkWorn from None
    member = db.session.scalar(sa.select(Member).where(Member.id == member_id).with_for_update())
    if member is None or state != _state(purpose, member):
        if purpose == "confirm" and member is not None and address == _digest(member.email_key):
            raise ConfirmedAlready
        raise LinkWorn
    return member


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    key = current_app.config["SECRET_KEY"]
    return URLSafeTimedSerializer(key, salt=f"brain.members.{purpose}", signer=_Signer)


def _state(purpose: str, member: Member) -> str:
    """Digest what the link is bound to."""
    if purpose == "confirm":
        parts = [member.email, member.wanted_email]
    else:
        parts = [member.email or member.wanted_email, member.password_hash, str(member.staged)]
    return _digest("\n".join(part or "" for part in parts))


def _digest(text: str | None) -> str:
    return hashlib.sha256((text or "").encode()).hexdigest()[:24]
