"""Writing through the pages: forms, previews, quotes, sending twice."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from brain.base import clock
from brain.base.unit import unit_of_work
from brain.discussion import actions, queries
from brain.discussion.links import thread_url
from brain.members import sessions


@pytest.fixture
def topic(make):
    return make.topic()


@pytest.fixture
def author(make):
    return make.member("Grace")


@pytest.fixture
def thread(make, topic, author):
    return make.thread(
        topic, author, posts=2, title="How do you share tools?", text="We have **one** tractor."
    )


@pytest.fixture
def member(make):
    return make.member("Moussa")


def url_of(make, thread, number=0):
    return thread_url(queries.open_thread(make.viewer(make.moderator()), thread), number)


def posts(make, thread):
    return queries.posts_on_page(queries.open_thread(make.viewer(), thread), 1)


def draft_key(html: str) -> str:
    tag = re.search(r'<input[^>]*name="draft_key"[^>]*>', html)
    return re.search(r'value="([^"]+)"', tag[0])[1]


def test_new_thread_is_opened_and_shown(sign_in, make, topic, member):
    fields = {
        "title": "Who lends a mill?",
        "text": "Ours is broken.",
        "language": "fr",
        "tags": "mill, Moulin، tools",
        "draft_key": "k",
    }
    answer = sign_in(member).submit(f"/topic/{topic}/new", fields)
    assert answer.status_code == 303
    (thread,) = queries.latest_threads(make.viewer(), 5)
    assert answer.headers["Location"] == thread_url(thread)
    assert (thread.tags, thread.language) == (("mill", "moulin", "tools"), "fr")


def test_new_thread_that_does_not_fit_keeps_what_was_typed(sign_in, topic, member):
    fields = {"title": "Mill", "text": "Ours is <b>broken</b>.", "language": "en"}
    answer = sign_in(member).submit(f"/topic/{topic}/new", fields)
    assert answer.status_code == 422
    assert "Say a little more" in answer.text
    assert "Ours is &lt;b&gt;broken" in answer.text


def test_preview_shows_the_text_and_publishes_nothing(sign_in, make, topic, member):
    fields = {"title": "Who lends a mill?", "text": "Ours is **broken**.", "language": "en", "do": "preview"}
    answer = sign_in(member).submit(f"/topic/{topic}/new", fields)
    assert answer.status_code == 200
    assert "<strong>broken</strong>" in answer.text
    assert queries.latest_threads(make.viewer(), 5) == []


def test_preview_keeps_the_draft_key(sign_in, topic, member):
    fields = {"title": "Who lends a mill?", "text": "Ours is broken.", "language": "en"}
    answer = sign_in(member).submit(f"/topic/{topic}/new", fields | {"do": "preview", "draft_key": "mine"})
    assert draft_key(answer.text) == "mine"


def test_reply_leads_to_the_new_post(sign_in, make, thread, member):
    client, url = sign_in(member), url_of(make, thread)
    fields = {"text": "We share ours.", "language": "en"}
    answer = client.submit(f"/thread/{thread}/reply", fields, form_at=url)
    assert answer.headers["Location"] == f"{url}#post-3"
    assert "We share ours." in client.get(url).text


def test_reply_sent_twice_is_one_post(sign_in, make, thread, member):
    client, url = sign_in(member), url_of(make, thread)
    fields = {"text": "We share ours.", "language": "en", "draft_key": draft_key(client.get(url).text)}
    answers = [client.submit(f"/thread/{thread}/reply", fields, form_at=url) for _ in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {f"{url}#post-3"}
    assert len(posts(make, thread)) == 3


def test_every_form_has_a_draft_key_of_its_own(sign_in, make, thread, member):
    client, url = sign_in(member), url_of(make, thread)
    assert draft_key(client.get(url).text) != draft_key(client.get(url).text)


def test_reply_to_a_post_shows_what_it_answers(sign_in, make, thread, member):
    client = sign_in(member)
    form = f"/thread/{thread}/reply?to=1"
    page = client.get(form).text
    assert "You reply to post 1 by Grace" in page
    client.submit(f"/thread/{thread}/reply", {"text": "So do we.", "reply_to": "1"} | LANGUAGE, form_at=form)
    assert posts(make, thread)[2].reply_to == 1
    assert "In reply to" in client.get(url_of(make, thread)).text


LANGUAGE = {"language": "en"}


def test_quote_stands_in_the_form(sign_in, thread, member):
    page = sign_in(member).get(f"/thread/{thread}/reply?to=1&quote=1").text
    assert f"[quote=&#34;Grace, post:1, thread:{thread}&#34;]\nWe have **one** tractor.\n[/quote]" in page


def test_quote_leaves_out_what_was_quoted_there(sign_in, make, act, thread, member):
    text = f'[quote="Grace, post:1, thread:{thread}"]\nWe have one.\n[/quote]\n\nOnly one?'
    act(member, actions.reply, thread, actions.ReplyDraft(text))
    page = sign_in(member).get(f"/thread/{thread}/reply?to=3&quote=3").text
    assert "Only one?" in page
    assert "We have one." not in re.search(r"<textarea.*?</textarea>", page, re.DOTALL)[0]


def test_reply_that_is_too_short_is_shown_again(sign_in, make, thread, member):
    answer = sign_in(member).submit(
        f"/thread/{thread}/reply", {"text": "x"} | LANGUAGE, form_at=url_of(make, thread)
    )
    assert answer.status_code == 422
    assert "Write a little more." in answer.text


def test_reply_without_the_forms_token_is_refused(sign_in, thread, member):
    answer = sign_in(member).post(f"/thread/{thread}/reply", data={"text": "We share ours."} | LANGUAGE)
    assert answer.status_code == 400


def test_reply_too_fast_says_how_long_to_wait(sign_in, make, thread, member):
    client, url = sign_in(member), url_of(make, thread)
    client.submit(f"/thread/{thread}/reply", {"text": "We share ours."} | LANGUAGE, form_at=url)
    answer = client.submit(f"/thread/{thread}/reply", {"text": "And the mill."} | LANGUAGE, form_at=url)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 5
    assert "And the mill." in answer.text


def test_closed_thread_has_no_form(sign_in, make, act, thread, member):
    client = sign_in(member)
    act(make.moderator(), actions.close_thread, thread)
    page = client.get(url_of(make, thread)).text
    assert "This thread is closed." in page
    assert "<textarea" not in page
    assert client.get(f"/thread/{thread}/reply").status_code == 409


def test_visitor_is_led_to_the_sign_in_page_and_back(client, topic, thread):
    for path in (f"/topic/{topic}/new", f"/thread/{thread}/reply?to=1", "/new", "/unread"):
        answer = client.get(path)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sign-in?next=/")


def test_author_edits_through_the_page(sign_in, make, thread, author):
    client = sign_in(author)
    page = client.get(f"/thread/{thread}/post/1/edit").text
    assert "We have **one** tractor." in page
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', page)[1]
    fields = {
        "title": "How do you share land?",
        "text": "We have **ten** fields.",
        "seen": seen,
        "tags": "land",
    }
    answer = client.submit(f"/thread/{thread}/post/1/edit", fields | LANGUAGE)
    assert answer.status_code == 303
    assert "<strong>ten</strong>" in client.get(answer.headers["Location"]).text


def test_edit_of_what_moved_on_says_who_and_keeps_the_text(sign_in, make, act, thread, author):
    client = sign_in(author)
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', client.get(f"/thread/{thread}/post/2/edit").text)[1]
    act(make.moderator("Amina"), actions.edit_post, thread, 2, actions.EditDraft("Moderated."))
    mine = "What I wrote in the meantime, long enough to be worth something to me and to others here."
    answer = client.submit(f"/thread/{thread}/post/2/edit", {"text": mine, "seen": seen} | LANGUAGE)
    assert answer.status_code == 409
    assert "Amina changed this post" in answer.text
    assert mine in answer.text


def test_history_shows_what_changed(sign_in, make, act, thread, author):
    draft = actions.EditDraft("We have **two** tractors.", reason="I counted again")
    act(author, actions.edit_post, thread, 1, draft)
    page = sign_in(make.member()).get(f"/thread/{thread}/post/1/history").text
    assert "<del>one</del>" in page
    assert "<ins>two</ins>" in page
    assert "I counted again" in page
    assert "Edited" in sign_in(make.member()).get(url_of(make, thread)).text


def test_author_deletes_and_takes_it_back(sign_in, make, thread, author):
    client, url = sign_in(author), url_of(make, thread)
    assert f"/thread/{thread}/post/2/delete" in client.get(url).text
    answer = client.submit(f"/thread/{thread}/post/2/delete")
    assert "Restore the post" in client.get(answer.headers["Location"]).text
    assert "Post 2 was deleted by its author." in client.get(url).text
    form = f"/thread/{thread}/post/2/withdrawn"
    client.submit(f"/thread/{thread}/post/2/restore", form_at=form)
    assert "was deleted" not in client.get(url).text


def test_author_takes_back_the_deletion_of_a_whole_thread(sign_in, make, topic, author):
    thread = make.thread(topic, author)
    client = sign_in(author)
    answer = client.submit(f"/thread/{thread}/post/1/delete")
    assert client.get(f"/thread/{thread}").status_code == 404
    form = answer.headers["Location"]
    assert client.submit(f"/thread/{thread}/post/1/restore", form_at=form).status_code == 303
    assert client.get(f"/thread/{thread}", follow_redirects=True).status_code == 200


def test_moderator_is_offered_to_hide_posts_and_to_delete_own_ones(sign_in, make, thread):
    moderator, url = make.moderator(), url_of(make, thread)
    own = make.thread(author=moderator)
    client = sign_in(moderator)
    page = client.get(url).text
    assert "/delete" not in page
    link = re.search(r'href="(/hide/post/\d+)"', page)[1]
    answer = client.submit(link, {"ground": "off_topic", "words": ""})
    page = client.get(answer.headers["Location"]).text
    assert "was hidden by the moderators" in page
    withdrawn = re.search(r'href="(/thread/\d+/post/\d+/withdrawn)"', page)[1]
    assert "/review/1" in client.get(withdrawn).text
    assert f"/thread/{own}/post/1/delete" in client.get(url_of(make, own)).text


def test_only_own_posts_offer_to_be_edited(sign_in, make, thread, member, author):
    url = url_of(make, thread)
    assert "/post/1/edit" not in sign_in(member).get(url).text
    assert "/post/1/edit" in sign_in(author).get(url).text
    assert "/post/1/edit" in sign_in(make.moderator()).get(url).text


def test_long_text_is_refused_before_it_is_rendered(sign_in, make, thread, member):
    fields = {"text": "[" * 32_001} | LANGUAGE
    answer = sign_in(member).submit(f"/thread/{thread}/reply", fields, form_at=url_of(make, thread))
    assert answer.status_code == 422


def test_times_of_posts_follow_the_clock(sign_in, make, thread, member):
    with clock.at(clock.now()) as moment:
        client = sign_in(member)
        client.submit(
            f"/thread/{thread}/reply", {"text": "We share ours."} | LANGUAGE, form_at=url_of(make, thread)
        )
    assert posts(make, thread)[2].created_at == moment


def test_quoting_closes_code_and_keeps_words_about_quotes(sign_in, make, member, author):
    code = "Look:\n\n```\ncode that is never closed\n"
    thread = make.thread(author=author, text=code)
    client = sign_in(member)
    form = client.get(f"/thread/{thread}/reply?to=1&quote=1").text
    words = unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", form, re.DOTALL)[1])
    text = words.strip() + "\n\nThank you."
    fields = {"text": text, "language": "en", "do": "preview", "draft_key": "q"}
    shown = client.submit(f"/thread/{thread}/reply", fields).text
    preview = shown[shown.index('id="preview"') :]
    assert '<p dir="auto">Thank you.</p>' in preview
    spoken = make.thread(author=author, text="Write `[quote]` and `[/quote]` around words, then go on.")
    form = client.get(f"/thread/{spoken}/reply?to=1&quote=1").text
    assert "around words, then go on." in form


def test_reply_to_a_post_hidden_meanwhile_is_still_a_reply(sign_in, make, act, member, author):
    thread = make.thread(author=author, posts=2)
    client = sign_in(member)
    url = f"/thread/{thread}/reply?to=2"
    assert "You reply to post 2" in client.get(url).text
    act(author, actions.delete_post, thread, 2)
    fields = {"text": "We share ours.", "language": "en", "reply_to": "2", "draft_key": "h"}
    preview = client.submit(url, fields | {"do": "preview"})
    assert preview.status_code == 200
    assert "We share ours." in preview.text
    assert client.submit(url, fields).status_code == 303


def test_preview_holds_up_no_writer(sign_in, make, act, member, thread, monkeypatch):
    from brain.base import markup, unit

    seen = []
    render = markup.render
    monkeypatch.setattr(markup, "render", lambda text: seen.append(unit.is_writing()) or render(text))
    fields = {"text": "We share ours.", "language": "en", "do": "preview", "draft_key": "p"}
    assert sign_in(member).submit(f"/thread/{thread}/reply", fields).status_code == 200
    assert seen == [False]


def test_text_of_somebody_signed_out_meanwhile_is_not_lost(app, sign_in, make, member, thread):
    client = sign_in(member)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(f"/thread/{thread}/reply").text)[1]
    with unit_of_work():
        sessions.end_sessions(member)
    text = "We share ours, and lend them out."
    answer = client.post(
        f"/thread/{thread}/reply", data={"csrf_token": token, "text": text, "language": "en"}
    )
    assert answer.status_code == 401
    assert text in answer.text
    assert "/sign-in?next=" in answer.text


def test_author_learns_that_the_time_to_edit_is_over(sign_in, make, author, thread):
    with clock.at(timedelta(days=60)):
        answer = sign_in(author).get(f"/thread/{thread}/post/1/edit")
    assert answer.status_code == 409
    assert "The time for this is over" in answer.text


@pytest.mark.parametrize("title", ["\u3164" * 20, "\u2800" * 20, "\u200d" * 20, "\u00ad" * 20])
def test_title_that_nobody_sees_is_refused(sign_in, topic, member, title):
    fields = {"title": title, "text": "We have one tractor.", "tags": "", "language": "en", "draft_key": "k"}
    assert sign_in(member).submit(f"/topic/{topic}/new", fields).status_code == 422


def test_tags_of_dots_are_left_out(sign_in, make, topic, member):
    fields = {
        "title": "How do you share tools?",
        "text": "We have one tractor.",
        "tags": "., .., Tools",
        "language": "en",
        "draft_key": "k",
    }
    client = sign_in(member)
    page = client.get(client.submit(f"/topic/{topic}/new", fields).headers["Location"]).text
    assert re.findall(r'href="(/tag/[^"]*)"', page) == ["/tag/tools"]
    assert client.get("/tag/Tools").headers["Location"].endswith("/tag/tools")
    assert client.get("/tag/tools?page=9").status_code == 404
    assert client.get(f"/topic/{topic}/solidarity-finance?page=9").status_code == 404
    assert client.get("/unread?page=9").status_code == 404


def test_closed_thread_does_not_ask_visitors_to_sign_in(client, make, act, thread):
    act(make.moderator(), actions.close_thread, thread)
    page = client.get(url_of(make, thread)).text
    assert "Sign in to reply" not in page
    assert "This thread is closed" in page
