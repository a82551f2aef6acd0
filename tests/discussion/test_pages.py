"""Pages as members and visitors see them."""

from __future__ import annotations

import re

import pytest

from brain.base.unit import unit_of_work
from brain.discussion import actions, queries
from brain.discussion.actions import ReplyDraft, ThreadDraft, TopicDraft
from brain.discussion.links import post_url, tag_url, thread_url, topic_url


@pytest.fixture
def topic(make):
    return make.topic("Solidarity finance")


@pytest.fixture
def author(make):
    return make.member("Grace Achieng", country="KE")


@pytest.fixture
def thread(make, topic, author):
    return make.thread(topic, author, posts=3, title="How do you share tools?", tags=("tools",))


def url_of(make, thread, number=0):
    return thread_url(queries.open_thread(make.viewer(make.moderator()), thread), number)


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def form_values(html: str) -> dict[str, str]:
    found = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', html)
    found += [
        (name, value) for value, name in re.findall(r'<input[^>]*value="([^"]*)"[^>]*name="([^"]+)"', html)
    ]
    return dict(found)


# reading


def test_home_shows_latest_threads_and_topics(client, thread):
    page = text_of(client.get("/").text)
    assert "How do you share tools?" in page
    assert "Solidarity finance" in page
    assert "Grace Achieng replied" in page


def test_home_of_an_empty_site_says_so(client):
    assert "Nobody has written yet" in client.get("/").text


def test_home_greets_the_member(sign_in, author):
    assert "Welcome back, Grace Achieng" in sign_in(author).get("/").text


def test_topics_are_listed_with_their_sub_topics(client, make, topic):
    make.topic("Savings", parent=topic)
    page = client.get("/topics").text
    assert "Solidarity finance" in page
    assert "Savings" in page


def test_topic_without_threads_says_so(client, topic):
    page = client.get(f"/topic/{topic}", follow_redirects=True).text
    assert "Nobody has written here yet" in page


def test_topic_name_is_shown_in_the_language_of_the_reader(client, make, act):
    act(make.admin(), actions.create_topic, TopicDraft({"en": "Finance", "ar": "التمويل التضامني"}))
    assert "التمويل التضامني" in client.get("/topics?lang=ar").text
    assert 'lang="en" dir="ltr">Finance' in client.get("/topics?lang=fr").text


def test_topic_can_be_read_in_one_language(client, make, topic, author):
    make.thread(topic, author, title="How do you share tools?", language="en")
    make.thread(topic, author, title="¿Cómo comparten herramientas?", language="es")
    page = client.get(f"/topic/{topic}/solidarity-finance?in=es").text
    assert "herramientas" in page
    assert "share tools" not in page
    assert "No thread here" in client.get(f"/topic/{topic}/solidarity-finance?in=pt").text


def test_pinned_threads_stand_on_top(client, make, act, topic, author, thread):
    make.thread(topic, author, title="A newer thread of Grace")
    act(make.moderator(), actions.pin_thread, thread)
    page = client.get(f"/topic/{topic}/solidarity-finance").text
    assert page.index("share tools") < page.index("A newer thread")
    assert "Pinned" in page


def test_thread_shows_its_posts_with_language_and_direction(client, make, act, topic):
    draft = ThreadDraft("نماذج عقود التعاونيات", "من يشارك **تجربته** معنا؟", (), "ar")
    thread, _post = act(make.member("كريم"), actions.open_thread, topic, draft)
    page = client.get(url_of(make, thread)).text
    assert '<h1 lang="ar" dir="rtl">نماذج' in page
    assert '<div class="prose" lang="ar" dir="rtl">' in page
    assert "العربية" in page


def test_page_in_arabic_is_written_from_the_right(client, make, thread):
    assert '<html lang="ar" dir="rtl"' in client.get(url_of(make, thread) + "?lang=ar").text


def test_thread_has_pages_of_twenty_numbers(client, make, topic, author):
    thread = make.thread(topic, author, posts=23)
    url = url_of(make, thread)
    first, second = client.get(url).text, client.get(f"{url}?page=2").text
    assert first.count("<article") == 20
    assert second.count("<article") == 3
    assert 'id="post-21"' in second
    assert client.get(f"{url}?page=3").status_code == 404


def test_gap_makes_its_page_shorter_and_no_other(client, make, act, topic, author):
    thread = make.thread(topic, author, posts=23)
    act(author, actions.delete_post, thread, 5)
    url = url_of(make, thread)
    assert client.get(url).text.count("<article") == 19
    assert 'id="post-21"' in client.get(f"{url}?page=2").text


def test_post_has_one_address_for_good(client, make, topic, author):
    thread = make.thread(topic, author, posts=23)
    there = client.get(f"/thread/{thread}/post/22")
    assert there.headers["Location"] == url_of(make, thread, 22)
    assert there.headers["Location"].endswith("?page=2#post-22")
    assert client.get(f"/thread/{thread}/post/24").status_code == 404


@pytest.mark.parametrize("slug", ["", "/an-older-title"])
def test_other_slug_leads_to_the_right_address(client, make, thread, slug):
    answer = client.get(f"/thread/{thread}{slug}")
    assert (answer.status_code, answer.headers["Location"]) == (301, url_of(make, thread))


def test_links_made_here_are_the_routers(app, make, topic, thread):
    found = queries.open_thread(make.viewer(), thread)
    row = queries.open_topic(make.viewer(), topic)
    with app.test_request_context():
        from flask import url_for

        assert thread_url(found) == url_for("discussion.thread", thread_id=thread, slug=found.slug)
        assert topic_url(row) == url_for("discussion.topic", topic_id=topic, slug=row.slug)
        assert tag_url("community currency") == url_for("discussion.tag", tag="community currency")
        there = url_for("discussion.thread", thread_id=thread, slug=found.slug, page=2, _anchor="post-22")
        assert post_url(thread, found.slug, 22) == there


def test_tag_lists_its_threads(client, thread):
    assert "How do you share tools?" in client.get("/tag/tools").text
    assert "No thread has this tag" in client.get("/tag/nothing").text


def test_event_lines_stand_between_posts(client, make, act, thread):
    moderator = make.moderator("Amina")
    act(moderator, actions.close_thread, thread)
    act(moderator, actions.open_again, thread)
    act(make.member(), actions.reply, thread, ReplyDraft("So it is open."))
    page = client.get(url_of(make, thread)).text
    places = [
        page.index(text) for text in ("closed this thread", "opened this thread again", "So it is open")
    ]
    assert places == sorted(places)


def test_renamed_thread_says_so(client, make, act, author, thread):
    draft = actions.EditDraft("Which tools do you share?", title="Which tools do you share?")
    act(author, actions.edit_post, thread, 1, draft)
    assert "changed the title from" in client.get(url_of(make, thread)).text


def test_visitor_is_offered_to_sign_in_and_gets_no_token(client, make, thread):
    answer = client.get(url_of(make, thread))
    assert "Sign in to reply" in answer.text
    assert "csrf_token" not in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/topics", "/tag/tools", "/feed.atom"])
def test_pages_for_visitors_touch_no_session(client, thread, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "csrf_token" not in answer.text


# hidden things


def test_hidden_and_missing_things_answer_the_same(client, make):
    hidden = make.topic("Board", audience="staff")
    thread = make.thread(hidden, make.moderator(), title="A thread of the board")
    pairs = [
        (f"/topic/{hidden}/board", "/topic/999/board"),
        (f"/thread/{thread}/a-thread-of-the-board", "/thread/999/a-thread-of-the-board"),
        (f"/thread/{thread}", "/thread/999"),
        (f"/thread/{thread}/post/1", "/thread/999/post/1"),
        (f"/thread/{thread}/reply", "/thread/999/reply"),
        (f"/thread/{thread}/post/1/edit", "/thread/999/post/1/edit"),
        (f"/thread/{thread}/post/1/history", "/thread/999/post/1/history"),
        (f"/thread/{thread}/post/1/delete", "/thread/999/post/1/delete"),
        (f"/thread/{thread}/feed.atom", "/thread/999/feed.atom"),
        (f"/topic/{hidden}/feed.atom", "/topic/999/feed.atom"),
        (f"/topic/{hidden}/new", "/topic/999/new"),
    ]
    for there, nowhere in pairs:
        one, other = client.get(there), client.get(nowhere)
        assert (one.status_code, other.status_code) == (404, 404), there
        text = one.text.replace(there, "").replace(f"/{hidden}/", "/").replace(f"/{thread}/", "/")
        assert "board" not in text.lower().replace("/board", "").replace("a-thread-of-the-board", ""), there


def test_hidden_things_are_in_no_list(client, make, topic):
    hidden = make.topic("Board", audience="staff", parent=topic)
    make.thread(hidden, make.moderator(), title="A thread of the chair", tags=("tools",))
    for path in ("/", "/topics", "/tag/tools", "/feed.atom", f"/topic/{topic}/solidarity-finance"):
        text = client.get(path).text
        assert "Board" not in text, path
        assert "chair" not in text, path


def test_text_of_a_hidden_post_is_on_no_page(client, make, act, sign_in, topic, author):
    thread = make.thread(topic, author, posts=2, title="How do you share tools?")
    act(author, actions.reply, thread, ReplyDraft("Canary sentence."))
    post = queries.open_post(make.viewer(author), thread, 3)
    act(make.moderator(), actions.withdraw_post, post.id, "advertising")
    reader, url = sign_in(make.member()), url_of(make, thread)
    for who in (client, reader, sign_in(author)):
        for path in (
            url,
            f"/thread/{thread}/feed.atom",
            "/feed.atom",
            f"/thread/{thread}/reply?to=3&quote=3",
        ):
            assert "Canary" not in who.get(path).text
    page = client.get(url).text
    assert "Post 3 was hidden by the moderators." in page
    assert "It advertises" in page


def test_staff_open_a_stub(sign_in, make, act, author, thread):
    act(author, actions.delete_post, thread, 2)
    moderator = sign_in(make.moderator())
    assert f"/thread/{thread}/post/2/withdrawn" in moderator.get(url_of(make, thread)).text
    assert moderator.get(f"/thread/{thread}/post/2/withdrawn").status_code == 200
    assert sign_in(make.member()).get(f"/thread/{thread}/post/2/withdrawn").status_code == 404


# topics by admins


def test_admin_creates_and_edits_a_topic(sign_in, make):
    admin = sign_in(make.admin())
    fields = {
        "names_en": "Food",
        "names_es": "Alimentos",
        "audience": "public",
        "position": "3",
        "parent_id": "",
    }
    created = admin.submit("/topic/new", fields)
    assert created.headers["Location"] == "/topic/1/food"
    admin.submit("/topic/1/edit", fields | {"names_en": "Food and farming", "audience": "members"})
    row = queries.open_topic(make.viewer(make.member()), 1)
    assert (row.names["en"], row.audience, row.position) == ("Food and farming", "members", 3)


def test_topic_without_a_name_is_refused_beside_its_field(sign_in, make):
    answer = sign_in(make.admin()).submit("/topic/new", {"audience": "public", "position": "0"})
    assert answer.status_code == 422
    assert "Give the topic a name" in answer.text


def test_members_find_no_topic_form(sign_in, make, topic):
    for member in (make.member(), make.moderator()):
        client = sign_in(member)
        assert client.get("/topic/new").status_code == 404
        assert client.get(f"/topic/{topic}/edit").status_code == 404


def test_staff_close_and_pin_from_the_page(sign_in, make, thread):
    moderator = sign_in(make.moderator())
    for act, closed, pinned in (
        ("close", True, False),
        ("pin", True, True),
        ("open", False, True),
        ("unpin", False, False),
    ):
        moderator.submit(f"/thread/{thread}/change", {"act": act}, form_at=url_of(make, thread))
        found = queries.open_thread(make.viewer(), thread)
        assert (found.closed_at is not None, found.pinned_at is not None) == (closed, pinned)


def test_unconfirmed_member_is_told_why_they_cannot_reply(sign_in, make, thread):
    from brain.base.db import db
    from brain.members.models import Member

    member = make.member()
    with unit_of_work():
        db.session.get(Member, member).confirmed_at = None
    page = sign_in(member).get(url_of(make, thread)).text
    assert "Confirm your e-mail address to reply" in page
    assert "<textarea" not in page


def test_topic_shows_the_threads_below_it_as_well(client, make, topic, author):
    savings = make.topic("Savings", parent=topic)
    boxes = make.topic("Boxes", parent=savings)
    make.thread(boxes, author, title="Who keeps the third key?")
    make.thread(topic, author, title="How do you share tools?")
    page = client.get(f"/topic/{topic}/solidarity-finance").text
    assert page.index("How do you share tools?") < page.index("Who keeps the third key?")
    assert "Boxes" in text_of(page)
    assert "2 threads · 2 posts" in page
    assert "share tools" not in client.get(f"/topic/{savings}/savings").text


def test_topic_shows_no_thread_of_a_hidden_topic_below(client, make, topic):
    make.thread(
        make.topic("Board", audience="staff", parent=topic), make.moderator(), title="Of the chair alone"
    )
    page = client.get(f"/topic/{topic}/solidarity-finance").text
    assert "chair" not in page
    assert "0 threads" in page


def test_topic_has_pages_of_thirty_threads_over_all_below(client, make, topic, author):
    savings = make.topic("Savings", parent=topic)
    for number in range(34):
        make.thread(savings if number % 2 else topic, author, title=f"A thread of number {number}")
    url = f"/topic/{topic}/solidarity-finance"
    first, second = client.get(url).text, client.get(f"{url}?page=2").text
    numbers = [int(n) for n in re.findall(r">A thread of number (\d+)<", first + second)]
    assert numbers == list(range(33, -1, -1))
    assert second.count("row-title") == 4


@pytest.mark.parametrize("path", ["/topic/1", "/thread/1"])
def test_way_to_the_right_address_keeps_the_question(client, thread, path):
    assert client.get(f"{path}?lang=ar&page=1").headers["Location"].endswith("?lang=ar&page=1")
