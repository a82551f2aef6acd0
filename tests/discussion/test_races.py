"""Acts that meet: the second waits for the first, and then sees what it did."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from brain.base import clock
from brain.base.db import db
from brain.base.errors import NotFound
from brain.base.unit import unit_of_work
from brain.discussion import actions, counters
from brain.discussion.actions import EditDraft, ReplyDraft, ThreadDraft, TopicDraft
from brain.discussion.errors import HasReplies
from brain.discussion.models import Post, Thread, ThreadEvent

Act = Callable[[], Any]
DRAFT = ThreadDraft(title="How do you share tools?", text="We have one tractor.", draft_key="1")


@pytest.fixture
def meet(app):
    """Do one act, begin another before the first is committed; gives what became of the second."""

    def together(first: Act, second: Act) -> Any:
        outcome: list[Any] = []

        def elsewhere() -> None:
            with app.app_context():
                try:
                    with unit_of_work():
                        outcome.append(second())
                except Exception as error:  # what it was is what the test asks
                    outcome.append(error)
                finally:
                    db.session.remove()

        other = threading.Thread(target=elsewhere)
        with unit_of_work():
            first()
            other.start()
            time.sleep(0.3)
        other.join(20)
        assert not other.is_alive()
        db.session.rollback()
        assert counters.wrong_counters() == []
        return outcome[0]

    return together


@pytest.fixture
def people(make):
    """Give the viewers of an author, another member, a moderator and an admin."""
    return [make.viewer(who) for who in (make.member(), make.member(), make.moderator(), make.admin())]


def post_of(thread: int, number: int) -> Any:
    return db.session.execute(
        sa.select(Post.id, Post.withdrawn, Post.withdrawn_by, Post.withdrawn_ground, Post.source).where(
            Post.thread_id == thread, Post.number == number
        )
    ).one()


def test_case_about_a_post_that_is_being_deleted_keeps_it_from_its_author(make, people, meet):
    author, _other, moderator, _admin = people
    thread = make.thread(author=author.id, posts=2)
    post = post_of(thread, 2).id
    meet(
        lambda: actions.delete_post(author, thread, 2),
        lambda: actions.withdraw_post(moderator, post, "attack"),
    )
    assert post_of(thread, 2)[1:4] == ("deleted", author.id, "attack")
    with pytest.raises(NotFound), unit_of_work():
        actions.restore_post(author, thread, 2)


def test_author_does_not_restore_what_is_being_hidden(make, people, meet):
    author, _other, moderator, _admin = people
    thread = make.thread(author=author.id, posts=2)
    post = post_of(thread, 2).id
    with unit_of_work():
        actions.delete_post(author, thread, 2)
    outcome = meet(
        lambda: actions.withdraw_post(moderator, post, "attack"),
        lambda: actions.restore_post(author, thread, 2),
    )
    assert isinstance(outcome, NotFound)
    assert post_of(thread, 2).withdrawn_ground == "attack"


def test_first_post_that_is_being_answered_stays(make, people, meet):
    author, other, _moderator, _admin = people
    thread = make.thread(author=author.id)
    outcome = meet(
        lambda: actions.reply(other, thread, ReplyDraft("We share ours.", draft_key="k")),
        lambda: actions.delete_post(author, thread, 1),
    )
    assert isinstance(outcome, HasReplies)
    assert post_of(thread, 1).withdrawn == ""


def test_post_that_is_being_deleted_is_not_edited(make, people, meet):
    author, _other, _moderator, _admin = people
    thread = make.thread(author=author.id, posts=2)
    said = post_of(thread, 2).source
    outcome = meet(
        lambda: actions.delete_post(author, thread, 2),
        lambda: actions.edit_post(author, thread, 2, EditDraft("Changed while deleted.")),
    )
    assert isinstance(outcome, NotFound)
    assert post_of(thread, 2).source == said


def test_thread_is_closed_once(make, people, meet):
    _author, _other, moderator, admin = people
    thread = make.thread()
    meet(lambda: actions.close_thread(moderator, thread), lambda: actions.close_thread(admin, thread))
    assert db.session.scalars(sa.select(ThreadEvent.kind)).all() == ["closed"]


def test_last_thread_of_a_topic_is_right_after_two_writers(make, people, meet):
    author, other, moderator, _admin = people
    topic = make.topic()
    first, second = make.thread(topic, author.id), make.thread(topic, author.id, posts=2)
    post = post_of(second, 2).id
    meet(
        lambda: actions.reply(other, first, ReplyDraft("We share ours.", draft_key="k")),
        lambda: actions.withdraw_post(moderator, post, "attack"),
    )


def test_recount_beside_a_writer_is_right(make, people, meet):
    author, other, _moderator, _admin = people
    topic = make.topic()
    first, second = make.thread(topic, author.id), make.thread(topic, other.id, posts=2)
    meet(
        lambda: actions.reply(other, first, ReplyDraft("We share ours.", draft_key="k")),
        lambda: counters.recount([second]),
    )


def test_thread_opened_while_its_topic_is_closed_to_visitors_is_closed_too(make, people, meet):
    _author, other, _moderator, admin = people
    topic = make.topic()
    closed = TopicDraft({"en": "Board"}, audience="staff")
    meet(lambda: actions.open_thread(other, topic, DRAFT), lambda: actions.change_topic(admin, topic, closed))
    assert db.session.scalars(sa.select(Thread.audience)).all() == ["staff"]


def test_nobody_opens_a_thread_where_they_are_being_shut_out(make, people, meet):
    _author, other, _moderator, admin = people
    topic = make.topic()
    closed = TopicDraft({"en": "Board"}, audience="staff")
    outcome = meet(
        lambda: actions.change_topic(admin, topic, closed), lambda: actions.open_thread(other, topic, DRAFT)
    )
    assert isinstance(outcome, NotFound)
    assert db.session.scalars(sa.select(Thread.audience)).all() == []


def test_topic_is_changed_while_somebody_replies_in_it(make, people, meet):
    author, other, _moderator, admin = people
    topic = make.topic()
    thread = make.thread(topic, author.id)
    with clock.at(timedelta(minutes=1)):
        outcome = meet(
            lambda: actions.reply(other, thread, ReplyDraft("We share ours.", draft_key="k")),
            lambda: actions.change_topic(admin, topic, TopicDraft({"en": "Members"}, audience="members")),
        )
    assert outcome is None
