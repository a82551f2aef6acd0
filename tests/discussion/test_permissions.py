"""Each rule in Python and its condition in SQL decide alike, over a grid."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from brain.base import clock
from brain.base.access import VISITOR, allowed_rows
from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.discussion import actions
from brain.discussion.models import Post, Thread, Topic
from brain.discussion.queries.rows import (
    THREAD_COLUMNS,
    TOPIC_COLUMNS,
    post_row,
    select_posts,
    thread_row,
    topic_row,
)

ON_TOPICS = ("read_topic", "open_thread")
ON_THREADS = ("read_thread", "reply", "close_thread", "pin_thread")
ON_POSTS = (
    "read_post",
    "edit_post",
    "read_history",
    "delete_post",
    "restore_post",
    "withdraw_post",
)


@pytest.fixture
def viewers(make):
    """One viewer of each kind; the second member is the author of everything."""
    from brain.members.actions import add_group, join_group
    from brain.members.models import Member

    author, other, lone = make.member(), make.member(), make.member()
    with unit_of_work():
        group = add_group("edition", {"en": "Edition"})
        join_group(author, group)
        db.session.get(Member, lone).confirmed_at = None
    return {
        "visitor": VISITOR,
        "author": make.viewer(author),
        "member": make.viewer(other),
        "unconfirmed": make.viewer(lone),
        "moderator": make.viewer(make.moderator()),
        "admin": make.viewer(make.admin()),
    }


@pytest.fixture
def world(make, act, viewers):
    """Threads of every audience and standing, posts of every age and state."""
    author = viewers["author"].id
    for audience in ("public", "members", "staff", "group:1"):
        topic = make.topic(f"Topic {audience}", audience=audience)
        writer = author if audience != "staff" else viewers["moderator"].id
        make.thread(topic, writer, posts=2)
    public = 1
    closed = make.thread(public, author, posts=1)
    act(viewers["moderator"].id, actions.close_thread, closed)
    withdrawn = make.thread(public, author, posts=1)
    states = make.thread(public, author, posts=6)
    with unit_of_work():
        moment = clock.now()
        for number, values in (
            (2, {"created_at": moment - timedelta(days=2)}),
            (3, {"created_at": moment - timedelta(days=40)}),
            (4, {"withdrawn": "deleted", "withdrawn_by": author, "withdrawn_at": moment}),
            (5, {"withdrawn": "deleted", "withdrawn_by": viewers["moderator"].id, "withdrawn_at": moment}),
            (6, {"withdrawn": "hidden", "withdrawn_ground": "attack", "withdrawn_at": moment}),
        ):
            which = sa.and_(Post.thread_id == states, Post.number == number)
            db.session.execute(sa.update(Post).where(which).values(**values))
        db.session.execute(sa.update(Thread).where(Thread.id == withdrawn).values(is_withdrawn=True))
    return viewers


def compare(world, names, table, subjects, joined):
    for kind, viewer in world.items():
        for name in names:
            permission = f"discussion.{name}"
            by_rule = {subject.id for subject in subjects if viewer.can(permission, subject)}
            query = sa.select(table.id).select_from(joined).where(allowed_rows(viewer, permission))
            assert by_rule == set(db.session.scalars(query)), f"{permission} for {kind}"


def test_rules_of_topics(world):
    subjects = [topic_row(row) for row in db.session.execute(sa.select(*TOPIC_COLUMNS))]
    compare(world, ON_TOPICS, Topic, subjects, Topic)


def test_rules_of_threads(world):
    subjects = [thread_row(row) for row in db.session.execute(sa.select(*THREAD_COLUMNS))]
    compare(world, ON_THREADS, Thread, subjects, Thread)


def test_rules_of_posts(world):
    subjects = [post_row(row) for row in db.session.execute(select_posts())]
    compare(world, ON_POSTS, Post, subjects, sa.join(Post, Thread, Post.thread_id == Thread.id))


@pytest.mark.parametrize(
    ("kind", "audiences"),
    [
        ("visitor", {"public"}),
        ("member", {"public", "members"}),
        ("author", {"public", "members", "group:1"}),
        ("moderator", {"public", "members", "staff"}),
    ],
)
def test_audiences_that_are_open(world, kind, audiences):
    query = sa.select(Topic.audience).where(allowed_rows(world[kind], "discussion.read_topic"))
    assert set(db.session.scalars(query)) == audiences
