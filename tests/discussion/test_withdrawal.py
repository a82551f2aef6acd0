"""Deleting, restoring, hiding and bringing back posts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from brain.base.access import VISITOR
from brain.base.errors import NotFound
from brain.discussion import actions, counters, queries
from brain.discussion.actions import ReplyDraft
from brain.discussion.errors import HasReplies, TooLate
from brain.moderation.actions import Reason, hide_thing
from brain.moderation.grounds import ELSEWHERE


@pytest.fixture
def author(make):
    return make.member()


@pytest.fixture
def thread(make, author):
    return make.thread(author=author, posts=3)


def stream(thread_id, viewer=VISITOR, page=1):
    return queries.posts_on_page(queries.open_thread(viewer, thread_id), page)


def post_id(make, thread, number):
    return queries.open_post(make.viewer(make.moderator()), thread, number).id


def test_deleted_post_leaves_a_stub_without_its_text(make, act, author, thread):
    act(author, actions.delete_post, thread, 2)
    stubs = [post for post in stream(thread) if post.withdrawn]
    assert [(post.number, post.html) for post in stubs] == [(2, "")]
    assert queries.open_thread(VISITOR, thread).post_count == 2
    assert counters.wrong_counters() == []


def test_deleted_number_is_never_given_again(make, act, author, thread):
    act(author, actions.delete_post, thread, 3)
    assert act(make.member(), actions.reply, thread, ReplyDraft("And then?")) == 4


def test_deleting_the_last_post_takes_the_bump_back(make, act, author, thread):
    before = queries.open_thread(VISITOR, thread)
    spammer = make.member()
    act(spammer, actions.reply, thread, ReplyDraft("Buy cheap pills."))
    hide(act, make.moderator(), post_id(make, thread, 4))
    after = queries.open_thread(VISITOR, thread)
    assert (after.bumped_at, after.last_author_id) == (before.bumped_at, before.last_author_id)


def test_author_restores_within_a_day(make, act, author, thread):
    act(author, actions.delete_post, thread, 2)
    act(author, actions.restore_post, thread, 2)
    assert not any(post.withdrawn for post in stream(thread))
    assert counters.wrong_counters() == []


def test_author_may_not_restore_after_a_day(make, act, author, thread):
    act(author, actions.delete_post, thread, 2)
    with pytest.raises(NotFound):
        act(author, actions.restore_post, thread, 2, later=timedelta(hours=25))


def test_author_may_not_delete_after_a_day(make, act, author, thread):
    with pytest.raises(TooLate):
        act(author, actions.delete_post, thread, 2, later=timedelta(hours=25))


def hide(act, moderator, post):
    """Hide a post as the moderators' page does it."""
    act(moderator, hide_thing, "post", post, Reason("advertising"))


def test_moderators_hide_what_others_wrote_and_delete_nothing(make, act, thread):
    with pytest.raises(NotFound):
        act(make.moderator(), actions.delete_post, thread, 2)
    hide(act, make.moderator(), post_id(make, thread, 2))
    assert [post.withdrawn for post in stream(thread)] == ["", "hidden", ""]
    assert counters.wrong_counters() == []


def test_author_may_not_restore_what_staff_hid(make, act, author, thread):
    hide(act, make.moderator(), post_id(make, thread, 2))
    with pytest.raises(NotFound):
        act(author, actions.restore_post, thread, 2)


def test_others_may_neither_delete_nor_see_the_deleted_post(make, act, author, thread):
    with pytest.raises(NotFound):
        act(make.member(), actions.delete_post, thread, 2)
    act(author, actions.delete_post, thread, 2)
    with pytest.raises(NotFound):
        queries.open_post(make.viewer(make.member()), thread, 2)


def test_first_post_with_replies_stays(act, author, thread):
    with pytest.raises(HasReplies):
        act(author, actions.delete_post, thread, 1)


def test_deleting_a_thread_without_replies_withdraws_it(make, act, author):
    thread = make.thread(author=author)
    act(author, actions.delete_post, thread, 1)
    with pytest.raises(NotFound):
        queries.open_thread(make.viewer(make.member()), thread)
    assert queries.latest_threads(make.viewer(make.moderator()), 10) == []
    assert queries.open_thread(make.viewer(make.moderator()), thread).is_withdrawn
    assert counters.wrong_counters() == []


def test_restoring_the_only_post_brings_the_thread_back(make, act, author):
    thread = make.thread(author=author)
    act(author, actions.delete_post, thread, 1)
    act(author, actions.restore_post, thread, 1)
    assert not queries.open_thread(VISITOR, thread).is_withdrawn
    assert counters.wrong_counters() == []


def test_deleting_twice_counts_once(make, act, author, thread):
    act(author, actions.delete_post, thread, 2)
    act(author, actions.delete_post, thread, 2)
    assert counters.wrong_counters() == []


def test_hidden_post_shows_its_ground(make, act, thread):
    act(make.moderator(), actions.withdraw_post, post_id(make, thread, 2), "advertising")
    (stub,) = [post for post in stream(thread) if post.withdrawn]
    assert (stub.withdrawn, stub.withdrawn_ground, stub.html) == ("hidden", "advertising", "")
    lines = queries.events_on_page(queries.open_thread(VISITOR, thread), 1)
    assert [(line.kind, line.facts["number"], line.member_id) for line in lines] == [("hidden", "2", None)]


def test_hidden_post_cannot_be_restored_by_its_author(make, act, author, thread):
    act(make.moderator(), actions.withdraw_post, post_id(make, thread, 2), "advertising")
    with pytest.raises(NotFound):
        act(author, actions.restore_post, thread, 2)


def test_hidden_post_is_brought_back(make, act, thread):
    moderator, hidden = make.moderator(), post_id(make, thread, 2)
    act(moderator, actions.withdraw_post, hidden, "advertising")
    act(moderator, actions.bring_back_post, hidden)
    assert not any(post.withdrawn for post in stream(thread))
    assert counters.wrong_counters() == []


def test_case_holds_against_a_deletion_by_the_author(make, act, author, thread):
    moderator, hidden = make.moderator(), post_id(make, thread, 2)
    act(author, actions.delete_post, thread, 2)
    act(moderator, actions.withdraw_post, hidden, "attack")
    with pytest.raises(NotFound):
        act(author, actions.restore_post, thread, 2)
    act(moderator, actions.bring_back_post, hidden)
    assert any(post.withdrawn for post in stream(thread))
    assert counters.wrong_counters() == []


def test_members_may_not_hide(make, act, thread):
    with pytest.raises(NotFound):
        act(make.member(), actions.withdraw_post, post_id(make, thread, 2), "attack")


def test_reversed_case_gives_a_deletion_back_to_its_author(make, act, author, thread):
    moderator, post = make.moderator(), post_id(make, thread, 2)
    act(author, actions.delete_post, thread, 2)
    act(moderator, actions.withdraw_post, post, "attack")
    with pytest.raises(NotFound):
        act(author, actions.restore_post, thread, 2)
    act(moderator, actions.bring_back_post, post)
    act(author, actions.restore_post, thread, 2)
    assert not any(post.withdrawn for post in stream(thread))


def test_staff_show_what_was_hidden_where_it_came_from(make, act, author, thread):
    moderator, post = make.moderator(), post_id(make, thread, 2)
    act(moderator, actions.withdraw_post, post, ELSEWHERE)
    with pytest.raises(NotFound):
        act(author, actions.restore_post, thread, 2)
    act(moderator, actions.restore_post, thread, 2)
    assert not any(post.withdrawn for post in stream(thread))
    act(moderator, actions.withdraw_post, post, "attack")
    with pytest.raises(NotFound):
        act(moderator, actions.restore_post, thread, 2)
