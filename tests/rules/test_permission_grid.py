"""Every permission says the same in Python and in SQL, for every role and object.

A permission that is new must be entered in `ABOUT`: with the kind of thing
that it is about, or with None when it is about the viewer alone. Those of
plugins are compared by the contract tests, over grids of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa
from flask import Flask

from brain.base import clock
from brain.base.access import HOUSE, MEMBERS, PUBLIC, STAFF, VISITOR, Viewer, permission_named
from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.discussion.actions import (
    ReplyDraft,
    ThreadDraft,
    close_thread,
    delete_post,
    open_thread,
    reply,
    withdraw_post,
)
from brain.discussion.models import Post, Thread, Topic
from brain.discussion.queries.rows import (
    THREAD_COLUMNS,
    TOPIC_COLUMNS,
    post_row,
    select_posts,
    thread_row,
    topic_row,
)
from brain.members.actions import add_group, join_group
from brain.members.models import Member, MemberSession
from brain.members.queries import viewer_of
from brain.members.sessions import open_session
from brain.moderation.models import Case, Statement
from brain.notifications.models import Notification
from brain.plugin.testing import Grid, disagreements, has_own_rule
from tests.factories import Make

#: Permission -> kind of thing; None: about the viewer alone.
ABOUT: dict[str, str | None] = {
    "admin.change_settings": None,
    "admin.retry_deliveries": None,
    "admin.see": None,
    "discussion.close_thread": "thread",
    "discussion.delete_post": "post",
    "discussion.edit_post": "post",
    "discussion.manage_topics": None,
    "discussion.open_thread": "topic",
    "discussion.pin_thread": "thread",
    "discussion.read_history": "post",
    "discussion.read_post": "post",
    "discussion.read_thread": "thread",
    "discussion.read_topic": "topic",
    "discussion.reply": "thread",
    "discussion.restore_post": "post",
    "discussion.withdraw_post": "post",
    "members.change_account": "member",
    "members.change_role": None,
    "members.end_session": "session",
    "members.see_directory": None,
    "members.see_profile": "member",
    "moderation.read_statement": "statement",
    "moderation.report": None,
    "moderation.settle": "case",
    "notifications.read": "notification",
    "plugin.manage": None,
    "search.use": None,
}


class Village:
    """People of every role, and things in every state, made through actions."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.group = self._group()
        self.author = make.member("Amina")
        self.fellow = make.member("Bruno")
        self.moderator = make.moderator("Chipo")
        self.insider = make.moderator("Driss")
        with unit_of_work():
            for member_id in (self.author, self.fellow, self.insider):
                join_group(member_id, self.group)
        self.viewers = self._viewers()
        self.audiences = (PUBLIC, MEMBERS, STAFF, f"group:{self.group}")
        self.steps = count(1)
        topics = {audience: make.topic(audience, audience=audience) for audience in self.audiences}
        with unit_of_work():
            self._settle(topics)
            self._keep_records()

    def _group(self) -> int:
        with unit_of_work():
            return add_group("agadir", {"en": "Agadir"})

    def _viewers(self) -> dict[str, Viewer]:
        people = {
            "author": self.author,
            "member of the group": self.fellow,
            "member": self.make.member("Elena"),
            "unconfirmed": self._unconfirmed("Farid", "member"),
            "moderator": self.moderator,
            "moderator of the group": self.insider,
            "unconfirmed moderator": self._unconfirmed("Gloria", "moderator"),
            "admin": self.make.admin("Hassan"),
        }
        viewers = {who: viewer_of(member_id) for who, member_id in people.items()}
        return {"visitor": VISITOR, "house": HOUSE, **viewers}

    def _unconfirmed(self, name: str, role: str) -> int:
        member_id = self.make.member(name, role=role)
        waiting = {"confirmed_at": None, "wanted_email": "x@example.org", "wanted_key": f"x{member_id}"}
        with unit_of_work():
            db.session.execute(sa.update(Member).where(Member.id == member_id).values(**waiting))
        return member_id

    def _settle(self, topics: Mapping[str, int]) -> None:
        """Open threads in each topic: old, closed, withdrawn, new; the oldest first, as in life."""
        for days in (400, 3, 1, 0):
            for audience, topic in topics.items():
                writers = [self.insider] if audience == STAFF else [self.author, self.insider]
                thread = self._thread(topic, days, writers)
                if days == 3:
                    self._do(days, close_thread, viewer_of(self.insider), thread)
                if days == 1:
                    self._end(thread)

    def _thread(self, topic: int, days: int, writers: list[int]) -> int:
        """Open a thread so many days ago; its posts are shown, deleted, hidden, without author."""
        first, staff = viewer_of(writers[0]), viewer_of(self.insider)
        title = f"A conversation in {topic} of {days} days ago"
        draft = ThreadDraft(title=title, text=f"{title}.", tags=(), language="en", draft_key=title)
        thread, _post = self._do(days, open_thread, first, topic, draft)
        for number in range(2, 9):
            words = f"Answer {number} in {title}"
            answer = ReplyDraft(text=words, language="en", reply_to=None, draft_key=words)
            self._do(days, reply, viewer_of(writers[number % len(writers)]), thread, answer)
        for number in (2, 3, 4):
            self._do(days, delete_post, viewer_of(writers[number % len(writers)]), thread, number)
        hidden = db.session.scalar(sa.select(Post.id).where(Post.thread_id == thread, Post.number == 5))
        self._do(days, withdraw_post, staff, hidden, "spam")
        left = sa.and_(Post.thread_id == thread, Post.number.in_((6, 7)))
        db.session.execute(sa.update(Post).where(left).values(author_id=None))
        return thread

    def _end(self, thread: int) -> None:
        """Hide what is left of a thread: it is withdrawn then."""
        left = sa.select(Post.id).where(Post.thread_id == thread, Post.withdrawn == "")
        for post in db.session.scalars(left).all():
            self._do(0, withdraw_post, viewer_of(self.insider), post, "spam")

    def _do(self, days_ago: int, action: Callable[..., Any], *given: Any) -> Any:
        """Act so many days and 12 hours ago, 20 s after what was done before."""
        moment = timedelta(days=-days_ago, hours=-12, seconds=20 * next(self.steps))
        with clock.at(moment):
            return action(*given)

    def _keep_records(self) -> None:
        """Write cases, statements, notifications and sessions of everybody, and of who left."""
        ids = [viewer.id for viewer in self.viewers.values() if viewer.id is not None]
        moment = clock.now()
        for number, member_id in enumerate([*ids, None]):
            for audience in self.audiences:
                key = f"post:{number}:{audience}"
                about = {"kind": "post", "subject_id": number, "open_key": key, "language": "en"}
                case = Case(**about, audience=audience, author_id=member_id, opened_at=moment)
                db.session.add(case)
                db.session.flush()
                told = {"ground": "spam", "text": "It is spam.", "language": "en", "at": moment}
                db.session.add(Statement(case_id=case.id, member_id=member_id, **told))
        for member_id in ids:
            open_session(member_id, device="test", address="127.0.0.1")
            about = {"type": "discussion.reply", "subject_kind": "post", "subject_id": 1, "at": moment}
            db.session.add(Notification(member_id=member_id, group_key="x", key="x", **about))

    def grid(self, kind: str | None) -> Grid | None:
        """Give all things of a kind, as doors and views give them to rules."""
        tables = {
            "case": Case,
            "member": Member,
            "notification": Notification,
            "session": MemberSession,
            "statement": Statement,
        }
        if kind is None:
            return None
        if kind in tables:
            table = tables[kind]
            rows = db.session.execute(sa.select(table.__table__))
            return Grid({row.id: row for row in rows}, sa.select(table.id))
        if kind == "topic":
            topics = map(topic_row, db.session.execute(sa.select(*TOPIC_COLUMNS)))
            return Grid({row.id: row for row in topics}, sa.select(Topic.id))
        if kind == "thread":
            threads = map(thread_row, db.session.execute(sa.select(*THREAD_COLUMNS)))
            return Grid({row.id: row for row in threads}, sa.select(Thread.id))
        posts = map(post_row, db.session.execute(select_posts()))
        return Grid({row.id: row for row in posts}, sa.select(Post.id).join(Thread))


def test_every_permission_of_the_core_is_in_the_grid(app: Flask) -> None:
    slices = app.extensions["brain"].slices.values()
    declared = {permission.name for part in slices for permission in part.permissions}
    assert declared == set(ABOUT)


def test_rule_and_criterion_agree_for_every_role_and_object(make: Make) -> None:
    village = Village(make)
    found, one_sided = [], []
    with clock.at(clock.now()):
        for name, kind in ABOUT.items():
            grid = village.grid(kind)
            found += disagreements(name, village.viewers, grid)
            subjects = [None] if grid is None else list(grid.subjects.values())
            answers = {viewer.can(name, thing) for viewer in village.viewers.values() for thing in subjects}
            if has_own_rule(permission_named(name)) and answers != {True, False}:
                one_sided.append(name)
    assert not found, "\n".join(found)
    assert not one_sided, f"the grid holds nothing to allow, or nothing to refuse: {one_sided}"


def test_permission_about_objects_has_a_rule_of_its_own(app: Flask) -> None:
    plain = [name for name, kind in ABOUT.items() if kind and not has_own_rule(permission_named(name))]
    assert not plain, "\n".join(plain)
