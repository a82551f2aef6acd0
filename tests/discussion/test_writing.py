"""Opening threads and replying, as actions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from brain.base import clock
from brain.base.access import VISITOR
from brain.base.errors import NotFound, SignInNeeded, TooSoon, Unfit
from brain.base.unit import unit_of_work
from brain.discussion import actions, counters, queries
from brain.discussion.actions import ReplyDraft, ThreadDraft
from brain.discussion.errors import SameText, ThreadClosed, ThreadFull


def thread_of(make, thread_id, member=None):
    return queries.open_thread(make.viewer(member), thread_id)


def post_of(make, thread_id, number, member=None):
    return queries.open_post(make.viewer(member), thread_id, number)


def test_opened_thread_has_its_first_post(make, act):
    author, topic = make.member(), make.topic()
    draft = ThreadDraft(
        "How do you share tools?", "We have **one** tractor.", ("Tools", "tools", " Law "), "en"
    )
    thread_id, post_id = act(author, actions.open_thread, topic, draft)
    thread = thread_of(make, thread_id)
    post = post_of(make, thread_id, 1)
    assert (thread.title, thread.tags, thread.post_count, thread.highest) == (
        "How do you share tools?",
        ("tools", "law"),
        1,
        1,
    )
    assert post.id == post_id
    assert "<strong>one</strong>" in post.html


def test_title_in_arabic_gets_a_readable_address(make, act):
    draft = ThreadDraft("نماذج عقود التعاونيات", "من يشارك تجربته معنا؟", (), "ar")
    thread_id, _post = act(make.member(), actions.open_thread, make.topic(), draft)
    assert thread_of(make, thread_id).slug == "نماذج-عقود-التعاونيات"


@pytest.mark.parametrize("title", ["Reply", "CHANGE!", "new", "Edit"])
def test_title_never_takes_the_address_of_a_page(make, act, client, title):
    make.member()
    from brain.discussion.texts import slug_of

    assert slug_of(title) not in {"reply", "change", "new", "edit", "post"}


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (ThreadDraft("Short", "Long enough a text"), "title"),
        (ThreadDraft(" \u202e ", "Long enough a text"), "title"),
        (ThreadDraft("x" * 256, "Long enough a text"), "title"),
        (ThreadDraft("Long enough a title", "x"), "text"),
        (ThreadDraft("Long enough a title", " \n\x00 "), "text"),
        (ThreadDraft("Long enough a title", "x" * 32_001), "text"),
        (ThreadDraft("Long enough a title", "Long enough", tuple("abcdef")), "tags"),
        (ThreadDraft("Long enough a title", "Long enough", ("t" * 41,)), "tags"),
        (ThreadDraft("Long enough a title", "Long enough", (), "<script>"), "language"),
    ],
)
def test_unfit_thread_is_refused_beside_its_field(make, act, draft, field):
    with pytest.raises(Unfit) as refusal:
        act(make.member(), actions.open_thread, make.topic(), draft)
    assert field in refusal.value.problems


def test_title_in_a_dense_script_may_be_shorter(make, act):
    draft = ThreadDraft("合作社如何", "我们有一台拖拉机。", (), "zh")
    assert act(make.member(), actions.open_thread, make.topic(), draft)


def test_reply_gets_the_next_number(make, act):
    thread = make.thread(posts=2)
    assert act(make.member(), actions.reply, thread, ReplyDraft("We share ours.", "en", 2)) == 3
    assert post_of(make, thread, 3).reply_to == 2


def test_reply_to_a_post_that_is_not_there_answers_the_thread(make, act):
    thread = make.thread()
    number = act(make.member(), actions.reply, thread, ReplyDraft("We share ours.", "en", 99))
    assert post_of(make, thread, number).reply_to is None


def test_reply_bumps_the_thread(make, act):
    topic = make.topic()
    older, newer = make.thread(topic), make.thread(topic)
    act(make.member(), actions.reply, older, ReplyDraft("Still of interest."))
    assert [t.id for t in queries.latest_threads(VISITOR, 2)] == [older, newer]


def test_same_draft_key_gives_the_same_reply(make, act):
    thread, member = make.thread(), make.member()
    draft = ReplyDraft("We share ours.", draft_key="k")
    first = act(member, actions.reply, thread, draft)
    assert act(member, actions.reply, thread, draft) == first
    assert thread_of(make, thread).post_count == 2
    assert counters.wrong_counters() == []


def test_same_draft_key_gives_the_same_thread(make, act):
    topic, member = make.topic(), make.member()
    draft = ThreadDraft("How do you share tools?", "We have one tractor.", draft_key="k")
    assert act(member, actions.open_thread, topic, draft) == act(member, actions.open_thread, topic, draft)
    assert len(queries.latest_threads(VISITOR, 5)) == 1


def test_used_draft_key_with_another_text_is_another_post(make, act):
    thread, other, author = make.thread(), make.thread(), make.member()
    first = act(author, actions.reply, thread, ReplyDraft("We share ours.", draft_key="k"))
    second = act(author, actions.reply, thread, ReplyDraft("We share ours, and lend them.", draft_key="k"))
    assert (first, second) == (2, 3)
    again = act(author, actions.reply, thread, ReplyDraft("We share ours, and lend them.", draft_key="k"))
    assert again == 3
    elsewhere = ReplyDraft("We share ours.", draft_key="k")
    assert act(author, actions.reply, other, elsewhere, later=timedelta(minutes=10)) == 2
    assert queries.open_thread(VISITOR, other).post_count == 2


def test_text_sent_to_the_wrong_thread_may_be_deleted_and_sent_to_the_right_one(make, act):
    wrong, right, author = make.thread(), make.thread(), make.member()
    number = act(author, actions.reply, wrong, ReplyDraft("We share ours.", draft_key="a"))
    act(author, actions.delete_post, wrong, number)
    assert act(author, actions.reply, right, ReplyDraft("We share ours.", draft_key="b")) == 2


def test_same_draft_key_of_another_member_is_another_post(make, act):
    thread = make.thread()
    first = act(make.member(), actions.reply, thread, ReplyDraft("We share ours.", draft_key="k"))
    second = act(make.member(), actions.reply, thread, ReplyDraft("So do we.", draft_key="k"))
    assert first != second


def test_same_text_is_refused_for_some_minutes(make, act):
    thread, member = make.thread(), make.member()
    act(member, actions.reply, thread, ReplyDraft("We share ours."))
    with pytest.raises(SameText):
        act(member, actions.reply, make.thread(), ReplyDraft("We share ours."))
    act(member, actions.reply, thread, ReplyDraft("We share ours."), later=timedelta(minutes=6))


def test_two_posts_within_five_seconds_are_too_fast(make):
    thread, member = make.thread(), make.member()
    viewer = make.viewer(member)
    with unit_of_work():
        actions.reply(viewer, thread, ReplyDraft("We share ours."))
    with pytest.raises(TooSoon) as refusal, unit_of_work():
        actions.reply(viewer, thread, ReplyDraft("And the mill, too."))
    assert timedelta(0) < refusal.value.wait <= timedelta(seconds=5)


def test_two_threads_within_fifteen_seconds_are_too_fast(make):
    topic, viewer = make.topic(), make.viewer(make.member())
    with unit_of_work():
        actions.open_thread(viewer, topic, ThreadDraft("How do you share tools?", "We have one tractor."))
    later = clock.now() + timedelta(seconds=10)
    with pytest.raises(TooSoon), clock.at(later), unit_of_work():
        actions.open_thread(viewer, topic, ThreadDraft("How do you share land?", "We have one field."))


def test_posts_stand_in_order_of_time_when_the_clock_is_set_back(make, act):
    thread = make.thread()
    act(make.member(), actions.reply, thread, ReplyDraft("We share ours."))
    before = thread_of(make, thread).last_post_at
    with clock.at(before - timedelta(minutes=5)), unit_of_work():
        number = actions.reply(make.viewer(make.member()), thread, ReplyDraft("So do we."))
    assert post_of(make, thread, number).created_at == before
    assert counters.wrong_counters() == []


def test_staff_may_write_fast(make):
    thread, viewer = make.thread(), make.viewer(make.moderator())
    with unit_of_work():
        actions.reply(viewer, thread, ReplyDraft("Please keep to the topic."))
        assert actions.reply(viewer, thread, ReplyDraft("And be kind.")) == 3


def test_reply_to_closed_thread_is_refused(make, act):
    thread = make.thread()
    act(make.moderator(), actions.close_thread, thread)
    with pytest.raises(ThreadClosed):
        act(make.member(), actions.reply, thread, ReplyDraft("One more word."))


def test_staff_may_reply_to_closed_thread(make, act):
    thread, moderator = make.thread(), make.moderator()
    act(moderator, actions.close_thread, thread)
    assert act(moderator, actions.reply, thread, ReplyDraft("Closed, since it is settled.")) == 2


def test_thread_closes_when_it_is_full(make, act, monkeypatch):
    from brain.base import settings

    thread, admin = make.thread(posts=9), make.admin()
    act(admin, settings.change_setting, "discussion.posts_most", 10)
    act(make.member(), actions.reply, thread, ReplyDraft("The last word."))
    assert thread_of(make, thread).closed_at is not None
    with pytest.raises(ThreadClosed):
        act(make.member(), actions.reply, thread, ReplyDraft("One more word."))
    with pytest.raises(ThreadFull):
        act(admin, actions.reply, thread, ReplyDraft("One more word."))


def test_visitor_is_asked_to_sign_in(make):
    thread = make.thread()
    with pytest.raises(SignInNeeded), unit_of_work():
        actions.reply(VISITOR, thread, ReplyDraft("We share ours."))


def test_hidden_topic_and_missing_one_answer_the_same(make, act):
    hidden = make.topic(audience="staff")
    for topic in (hidden, 999):
        with pytest.raises(NotFound):
            act(make.member(), actions.open_thread, topic, ThreadDraft("A title of it", "A text of it"))


def test_hidden_thread_and_missing_one_answer_the_same(make, act):
    hidden = make.thread(make.topic(audience="staff"), make.moderator())
    for thread in (hidden, 999):
        with pytest.raises(NotFound):
            act(make.member(), actions.reply, thread, ReplyDraft("We share ours."))
