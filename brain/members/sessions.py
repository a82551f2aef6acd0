"""Who is signed in: Flask-Login over session rows that can be revoked.

The signed cookie holds a random token; the database holds its hash. Signing
out, a new password, a lost role or a click on the list of devices deletes the
row, and the cookie is worth nothing from then on.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, request, session
from flask_login import LoginManager, current_user, login_user, logout_user

from brain.base import clock, limits
from brain.base.access import VISITOR, Viewer
from brain.base.db import change, db
from brain.base.forms import clean_line
from brain.base.unit import after_response
from brain.members.models import Member, MemberSession
from brain.members.names import hue, initials
from brain.members.queries import viewer_of_session

#: A session that nobody used for so long is over.
LONGEST_REST = timedelta(days=90)
#: The time of use is written down at most this often.
NOTE_EVERY = timedelta(minutes=10)


class _Visit:
    """A session as Flask-Login wants to see it."""

    is_active = True
    is_anonymous = False

    def __init__(self, token: str, viewer: Viewer) -> None:
        self.token = token
        self.viewer = viewer

    @property
    def is_authenticated(self) -> bool:
        """Say that somebody stands behind this session."""
        return self.viewer.is_member

    def get_id(self) -> str:
        """Give what the cookie holds."""
        return self.token


def init_app(app: Flask) -> None:
    """Attach sign-in to the application."""
    app.config.update(PERMANENT_SESSION_LIFETIME=LONGEST_REST, SESSION_REFRESH_EACH_REQUEST=False)
    manager: Any = LoginManager()
    # a session row remembers enough: the library's second cookie is not looked at
    manager._update_remember_cookie = lambda response: response
    manager.session_protection = None
    manager.anonymous_user = lambda: _Visit("", VISITOR)
    manager.user_loader(_find_visit)
    manager.init_app(app, add_context_processor=False)
    app.jinja_env.globals.update(initials=initials, hue=hue)


def current_viewer() -> Viewer:
    """Give the viewer of this request.

    One query for a member; none, and no look at the session, for visitors
    without a cookie.
    """
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return VISITOR
    viewer: Viewer = current_user.viewer
    return viewer


def open_session(member_id: int, device: str, address: str) -> str:
    """Write down that a member is signed in on a device; returns its token."""
    token = secrets.token_urlsafe(32)
    moment = clock.now()
    row = {
        "member_id": member_id,
        "token_hash": _hash(token),
        "device": clean_line(device)[:200],
        "address": address,
        "created_at": moment,
        "seen_at": moment,
    }
    db.session.execute(sa.insert(MemberSession).values(**row))
    return token


def sign_in_member(member_id: int, stays: bool = False) -> None:
    """Sign a member in on the device of this request.

    `stays` keeps the cookie when the browser is closed. What the session held
    before (of somebody else, perhaps) is dropped.
    """
    token = open_session(member_id, request.user_agent.string, limits.address())
    session.clear()
    session.permanent = stays
    login_user(_Visit(token, Viewer(id=member_id, role="member")))


def sign_out_here() -> None:
    """End the session of this request."""
    token = session.get("_user_id")
    if token:
        db.session.execute(sa.delete(MemberSession).where(MemberSession.token_hash == _hash(token)))
    logout_user()
    session.clear()


def end_sessions(member_id: int, but: int | None = None) -> int:
    """End a member's sessions, all or all but one (session id); returns how many."""
    which = sa.delete(MemberSession).where(MemberSession.member_id == member_id)
    if but is not None:
        which = which.where(MemberSession.id != but)
    return change(which)


def _find_visit(token: str) -> _Visit | None:
    found = viewer_of_session(_hash(token), clock.now() - LONGEST_REST)
    if found is None:
        return None
    moment = clock.now()
    if moment - found.noted_at >= NOTE_EVERY:
        _note_use(found.viewer, moment)
    return _Visit(token, found.viewer)


def _note_use(viewer: Viewer, moment: datetime) -> None:
    """Write down after the answer that the session was used now, and from where."""
    address = limits.address()

    def write() -> None:
        db.session.execute(
            sa.update(MemberSession)
            .where(MemberSession.id == viewer.session_id)
            .values(seen_at=moment, address=address)
        )
        db.session.execute(sa.update(Member).where(Member.id == viewer.id).values(seen_at=moment))

    after_response(write)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
