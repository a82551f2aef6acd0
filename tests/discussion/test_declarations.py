"""What the discussion offers to the engines: search, review, notices, export."""

from __future__ import annotations

import pytest

from brain.base.access import VISITOR
from brain.base.i18n import speaking
from brain.base.unit import unit_of_work
from brain.discussion import actions, flags, notices, queries, records, search
from brain.discussion.actions import EditDraft, ReplyDraft, ThreadDraft, TopicDraft


@pytest.fixture
def parent(make):
    return make.topic("Finance")


@pytest.fixture
def topic(make, parent):
    return make.topic("Savings", parent=parent)


@pytest.fixture
def author(make):
    return make.member("Grace")


@pytest.fixture
def thread(make, topic, author):
    return make.thread(topic, author, posts=2, title="How do you share tools?", tags=("tools",))


def ids_of(make, thread):
    viewer = make.viewer(make.moderator())
    return [post.id for post in queries.posts_on_page(queries.open_thread(viewer, thread), 1)]


# search


def test_document_of_a_post_holds_what_is_searched(make, thread, parent, topic, author):
    first, _second = search.post_documents(ids_of(make, thread))
    assert (first.kind, first.title, first.language, first.author) == (
        "post",
        "How do you share tools?",
        "en",
        "Grace",
    )
    assert first.topics == (parent, topic)
    assert first.tags == ("tools",)
    assert (first.group, first.number) == (f"thread:{thread}", 1)
    assert first.audience == {"public"}
    assert "<p" not in first.body


def test_withdrawn_post_has_neither_document_nor_card(make, act, thread, author):
    ids = ids_of(make, thread)
    act(author, actions.delete_post, thread, 2)
    assert [document.id for document in search.post_documents(ids)] == ids[:1]
    for viewer in (VISITOR, make.viewer(make.moderator())):
        assert set(search.post_cards(ids, viewer)) == {ids[0]}


def test_cards_leave_out_what_the_viewer_may_not_read(make):
    hidden = make.thread(make.topic(audience="staff"), make.moderator())
    ids = ids_of(make, hidden)
    assert search.post_cards(ids, VISITOR) == {}
    assert set(search.post_cards(ids, make.viewer(make.moderator()))) == set(ids)


def test_changed_audience_reaches_every_post(make, act, topic, thread):
    act(make.admin(), actions.change_topic, topic, TopicDraft({"en": "Savings"}, audience="members"))
    source = search.SOURCES[0]
    told = list(source.changed_by["discussion.thread_changed"]({"thread_id": thread}))
    assert told == ids_of(make, thread)
    assert all(document.audience == {"members"} for document in search.post_documents(told))


def test_all_ids_walk_in_order(make, thread):
    ids = ids_of(make, thread)
    source = search.SOURCES[0]
    assert list(source.all_ids(0, 1)) == ids[:1]
    assert list(source.all_ids(ids[0], 10)) == ids[1:]


def test_topic_is_found_by_its_name_in_any_language(make, act):
    names = {"en": "Finance", "ar": "التمويل"}
    topic = act(make.admin(), actions.create_topic, TopicDraft(names, {"en": "Money of our own."}))
    (document,) = search.topic_documents([topic])
    assert document.title == "Finance · التمويل"
    with speaking("ar"):
        assert search.topic_cards([topic], VISITOR)[topic].title == "التمويل"


# review


def test_reported_post_leads_to_its_place(make, thread):
    ids = ids_of(make, thread)
    subject = flags.reported_posts(ids, VISITOR)[ids[1]]
    assert subject.context_url.endswith("#post-2")
    assert not subject.is_withdrawn


def test_hidden_post_is_still_a_subject_for_staff(make, act, thread, work):
    ids, moderator = ids_of(make, thread), make.moderator()
    target = flags.TARGETS[0]
    with unit_of_work():
        target.withdraw(make.viewer(moderator), ids[1], "attack")
    assert flags.reported_posts(ids, make.viewer(moderator))[ids[1]].is_withdrawn
    assert ids[1] not in flags.reported_posts(ids, make.viewer(make.member()))
    with unit_of_work():
        target.restore(make.viewer(moderator), ids[1])
    assert ids[1] in flags.reported_posts(ids, VISITOR)


# notices


def told(member, client):
    return client.get("/notifications").text


def test_reply_is_told_to_whom_it_answers(make, act, sign_in, thread, author, work):
    other = make.member("Moussa")
    act(other, actions.reply, thread, ReplyDraft("So do we.", "en", 1))
    work()
    page = told(author, sign_in(author))
    assert "replied to you" in page
    assert "Moussa" in page


def test_reply_is_told_in_the_language_of_the_reader(make, act, thread, author):
    act(make.member("Moussa"), actions.reply, thread, ReplyDraft("So do we.", "en", 1))
    (notice,) = _recipients("discussion.reply", _last_post(make, thread))
    assert (notice.member_id, notice.subject_kind, notice.group_key) == (author, "post", f"thread:{thread}")


def _last_post(make, thread):
    return {"post_id": ids_of(make, thread)[-1], "thread_id": thread}


def _recipients(name, ids):
    return next(kind for kind in notices.TYPES if kind.name == name).recipients(ids)


def test_writers_of_a_thread_are_told_and_nobody_twice(make, act, sign_in, thread, author, work):
    second, third = make.member("Moussa"), make.member("Leïla")
    act(second, actions.reply, thread, ReplyDraft("So do we."))
    act(third, actions.reply, thread, ReplyDraft("And we.", "en", 1))
    ids = _last_post(make, thread)
    assert {notice.member_id for notice in _recipients("discussion.post", ids)} == {author, second}
    work()
    assert told(author, sign_in(author)).count('class="note') == 1


def test_who_has_read_the_post_already_is_not_told(make, act, sign_in, thread, author):
    act(make.member("Moussa"), actions.reply, thread, ReplyDraft("So do we.", "en", 1))
    sign_in(author).get(f"/thread/{thread}", follow_redirects=True)
    assert _recipients("discussion.reply", _last_post(make, thread)) == []


def test_quoted_and_named_members_are_told(make, act, thread, author):
    named = make.member("Leïla")
    text = f'[quote="Grace, post:1, thread:{thread}"]\nWe plan.\n[/quote]\n\nAnd you, @Leïla?'
    act(make.member("Moussa"), actions.reply, thread, ReplyDraft(text))
    ids = _last_post(make, thread)
    assert [notice.member_id for notice in _recipients("discussion.quote", ids)] == [author]
    assert [notice.member_id for notice in _recipients("discussion.mention", ids)] == [named]


def test_nobody_is_told_of_what_they_may_not_read(make, act):
    moderator, stranger = make.moderator(), make.member("Leïla")
    hidden = make.thread(make.topic(audience="staff"), moderator)
    act(make.moderator(), actions.reply, hidden, ReplyDraft("What does @Leïla think?"))
    assert _recipients("discussion.mention", _last_post(make, hidden)) == []
    assert stranger not in {n.member_id for n in _recipients("discussion.post", _last_post(make, hidden))}


def test_notice_of_a_hidden_post_disappears(make, act, sign_in, thread, author, work):
    act(make.member("Moussa"), actions.reply, thread, ReplyDraft("Buy cheap pills.", "en", 1))
    work()
    client = sign_in(author)
    assert "Moussa" in told(author, client)
    act(make.moderator(), actions.withdraw_post, _last_post(make, thread)["post_id"], "advertising")
    work()
    assert "Moussa" not in told(author, client)


def test_reading_the_post_marks_its_notice_as_read(make, act, sign_in, thread, author, work):
    from brain.notifications.queries import unread_count

    act(make.member("Moussa"), actions.reply, thread, ReplyDraft("So do we.", "en", 1))
    work()
    viewer = make.viewer(author)
    assert unread_count(viewer) == 1
    sign_in(author).get(f"/thread/{thread}", follow_redirects=True)
    assert unread_count(viewer) == 0


# a member's own data


def test_export_holds_all_that_a_member_wrote(make, act, sign_in, thread, author):
    act(author, actions.edit_post, thread, 2, EditDraft("Rather like this.", reason="clearer"))
    sign_in(author).get(f"/thread/{thread}", follow_redirects=True)
    kept = records.export(author)
    assert [post["number"] for post in kept["posts"]] == [1, 2]
    assert len(kept["earlier_versions"]) == 1
    assert kept["readings"][0]["last_read"] == 2


def test_erasing_forgets_readings_and_names_in_quotes(make, act, sign_in, thread, author, work):
    sign_in(author).get(f"/thread/{thread}", follow_redirects=True)
    text = f'[quote="Grace, post:1, thread:{thread}"]\nWe plan.\n[/quote]\n\nSo do we.'
    act(make.member("Moussa"), actions.reply, thread, ReplyDraft(text))
    with unit_of_work():
        records.erase(author)
    assert records.export(author)["readings"] == []
    post = queries.open_post(VISITOR, thread, 3)
    assert "Grace" not in post.source
    assert "Grace" not in post.html
    assert "We plan." in post.html


def test_person_renamed_by_erasure_is_renamed_on_kept_pages(make, client, thread, author, work):
    from brain.members.actions import erase_member

    url = f"/thread/{thread}"
    assert "Grace" in client.get(url, follow_redirects=True).text
    with unit_of_work():
        erase_member(author)
        records.erase(author)
    assert "Grace" not in client.get(url, follow_redirects=True).text


def test_thread_written_in_another_language_is_marked_in_search(make, act, topic):
    draft = ThreadDraft("¿Cómo comparten herramientas?", "Tenemos un tractor.", (), "es")
    _thread, post = act(make.member(), actions.open_thread, topic, draft)
    assert search.post_documents([post])[0].language == "es"


def test_result_shows_the_tag_and_the_topic_that_it_was_found_by(make, client):
    topic = make.topic("Savings and credit")
    make.thread(
        topic, text="نلتقي كل شهر.", title="كيف نحفظ الدفتر؟", language="ar", tags=("ledger", "women")
    )
    make.work()
    found = client.get("/search?q=ledger").text
    assert '<li class="tag"><bdi><mark>ledger</mark></bdi></li>' in found
    assert "women" not in found.split('class="hit"')[1].split("</article>")[0]
    assert "<mark>Savings</mark> and credit" in client.get("/search?q=savings&kind=post").text


def test_found_words_are_marked_in_titles(make, client):
    make.thread(title="Who keeps the ledger of the fund")
    make.work()
    assert "the <mark>ledger</mark> of the fund</a></h3>" in client.get("/search?q=ledger").text
