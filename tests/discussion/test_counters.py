"""Counters equal COUNT(*), whatever happened, in whatever order."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
import sqlalchemy as sa

from brain.base import clock
from brain.base.db import db
from brain.base.errors import Refusal
from brain.base.unit import unit_of_work
from brain.discussion import actions, counters
from brain.discussion.actions import EditDraft, ReplyDraft, ThreadDraft, TopicDraft
from brain.discussion.models import Post, Thread


class Life:
    """A small community in which things happen at random."""

    def __init__(self, make, seed: int) -> None:
        self.chance = random.Random(seed)
        self.viewers = [make.viewer(make.member()) for _ in range(3)] + [make.viewer(make.moderator())]
        self.admin = make.viewer(make.admin())
        self.topics = [make.topic("One"), make.topic("Two")]
        self.threads: list[int] = []
        self.moment = clock.now()
        self.count = 0

    def step(self) -> None:
        self.count += 1
        # a clock is set back now and then, and another machine's is late
        self.moment += timedelta(seconds=self.chance.choice((30, 30, 400, 400, -20)))
        viewer = self.chance.choice(self.viewers)
        acts = [self.open, *[self.reply] * 4, self.edit, self.delete, self.delete, self.restore]
        acts += [self.hide, self.bring_back, self.stand, self.change]
        act = self.open if not self.threads else self.chance.choice(acts)
        try:
            with clock.at(self.moment), unit_of_work():
                act(viewer)
        except Refusal:
            pass  # not everything is allowed to everybody: nothing may have changed then

    def place(self) -> tuple[int, int]:
        return self.chance.choice(self.threads), self.chance.randint(1, 4)

    def post(self) -> int:
        return self.chance.randint(1, max(1, self.count // 2))

    def open(self, viewer) -> None:
        draft = ThreadDraft(f"A thread of number {self.count}", f"Text {self.count}")
        self.threads.append(actions.open_thread(viewer, self.chance.choice(self.topics), draft)[0])

    def reply(self, viewer) -> None:
        actions.reply(viewer, self.chance.choice(self.threads), ReplyDraft(f"Reply {self.count}"))

    def edit(self, viewer) -> None:
        actions.edit_post(viewer, *self.place(), EditDraft(f"Edited {self.count}"))

    def delete(self, viewer) -> None:
        actions.delete_post(viewer, *self.place())

    def restore(self, viewer) -> None:
        actions.restore_post(viewer, *self.place())

    def hide(self, viewer) -> None:
        actions.withdraw_post(viewer, self.post(), "attack")

    def bring_back(self, viewer) -> None:
        actions.bring_back_post(viewer, self.post())

    def stand(self, viewer) -> None:
        change = self.chance.choice(
            (actions.close_thread, actions.open_again, actions.pin_thread, actions.unpin)
        )
        change(viewer, self.chance.choice(self.threads))

    def change(self, viewer) -> None:
        audience = self.chance.choice(("public", "members"))
        actions.change_topic(self.admin, self.topics[0], TopicDraft({"en": "One"}, audience=audience))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counters_are_right_after_a_random_life(make, seed):
    life = Life(make, seed)
    for _ in range(80):
        life.step()
    assert counters.wrong_counters() == []


@pytest.mark.parametrize("seed", [4])
def test_thread_is_withdrawn_exactly_when_nothing_of_it_is_visible(make, seed):
    life = Life(make, seed)
    for _ in range(60):
        life.step()
        wrong = db.session.scalars(
            sa.select(Thread.id).where(Thread.is_withdrawn != (Thread.post_count == 0))
        )
        assert list(wrong) == []
        db.session.rollback()


def test_wrong_counters_are_found_and_put_right(make):
    thread = make.thread(posts=3)
    with unit_of_work():
        db.session.execute(sa.update(Thread).values(post_count=7, last_author_id=None))
        db.session.execute(sa.update(Post).where(Post.number == 2).values(withdrawn="deleted"))
    found = {(wrong.table, wrong.column) for wrong in counters.wrong_counters()}
    assert {("thread", "post_count"), ("thread", "last_author_id"), ("topic", "post_count")} <= found
    with unit_of_work():
        counters.recount([thread])
    assert counters.wrong_counters() == []


def test_recount_of_everything_changes_nothing_that_is_right(make):
    make.thread(posts=3)
    with unit_of_work():
        counters.recount()
    assert counters.wrong_counters() == []
