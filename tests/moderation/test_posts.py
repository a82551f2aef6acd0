"""A post's way through moderation, from the thread's page to the letter and back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from brain.base import clock, i18n
from brain.base.db import db
from brain.base.errors import NotFound
from brain.base.unit import unit_of_work
from brain.discussion.actions import delete_post, restore_post
from brain.discussion.counters import wrong_counters
from brain.discussion.models import Post
from brain.mail.kept import kept_letters
from brain.moderation import actions
from brain.moderation.log import check_log
from brain.moderation.models import Case, Flag
from brain.moderation.queries import ground_sentence


@pytest.fixture
def karim(make, tmp_path) -> int:
    """Give an author who reads French; no other test writes to his address."""
    return make.member("Karim", language="fr", email=f"{tmp_path.name.lower().replace('_', '-')}@example.org")


@pytest.fixture
def thread(make, karim) -> int:
    """Give a thread with three posts of Karim."""
    return make.thread(author=karim, posts=3)


def post_ids(thread: int) -> list[int]:
    """List the posts of a thread by number."""
    return list(db.session.scalars(sa.select(Post.id).where(Post.thread_id == thread).order_by(Post.number)))


def report(client, thread: int, post: int, **fields):
    """Follow the link of the post and send the form."""
    page = client.get(f"/thread/{thread}/-", follow_redirects=True).text
    link = f"/report/post/{post}"
    assert f'href="{link}"' in page
    return client.submit(link, {"reason": "spam"} | fields)


def settle(client, case: int, decision: str, **fields):
    """Send the form of the case."""
    version = re.search(r'name="version"[^>]*value="(\d+)"', client.get(f"/review/{case}").text)[1]
    return client.submit(
        f"/review/{case}", {"decision": decision, "version": version, "ground": "", "words": ""} | fields
    )


def shown(client, thread: int) -> str:
    """Read the thread's page."""
    return client.get(f"/thread/{thread}/-", follow_redirects=True).text


def test_reported_post_is_hidden_with_its_ground_and_everybody_is_told(make, sign_in, client, karim, thread):
    second = post_ids(thread)[1]
    fatou, lucia = make.member("Fatou"), make.moderator("Lucía")
    assert report(sign_in(fatou), thread, second).status_code == 303
    assert report(sign_in(make.member()), thread, second, reason="off_topic").status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Case)) == 1
    assert settle(sign_in(lucia), 1, "agree", ground="attack", words="Pas ainsi.").status_code == 303
    make.work()
    page = shown(client, thread)
    assert "An answer with the number" in page
    assert page.count("An answer with the number") == 1
    assert ground_sentence("attack") in page
    assert '<p class="event">' in page
    with i18n.speaking("fr"):
        why = ground_sentence("attack")
    told = sign_in(karim).get("/notifications").text
    assert '<html lang="fr"' in told
    assert why in told
    address = next(
        letter for letter in kept_letters() if letter.to.startswith("test-reported-post-is-hidden")
    )
    assert (address.language, why in address.text, "Pas ainsi." in address.text) == ("fr", True, True)
    assert "A moderator agreed" in sign_in(fatou).get("/notifications").text
    assert wrong_counters() == []
    assert check_log().breaks == ()


def test_post_that_is_left_stays_and_its_author_hears_nothing(make, sign_in, client, karim, thread):
    second = post_ids(thread)[1]
    report(sign_in(make.member()), thread, second)
    settle(sign_in(make.moderator()), 1, "disagree")
    make.work()
    assert shown(client, thread).count("An answer with the number") == 2
    assert '<li class="note' not in sign_in(karim).get("/notifications").text


def test_post_that_reports_alone_hid_is_restored(make, sign_in, client, karim, thread):
    second = post_ids(thread)[1]
    for _ in range(2):
        report(sign_in(make.moderator()), thread, second)
    assert shown(client, thread).count("An answer with the number") == 1
    settle(sign_in(make.moderator()), 1, "disagree")
    make.work()
    assert shown(client, thread).count("An answer with the number") == 2
    told = sign_in(karim).get("/notifications").text
    assert told.count('<li class="note') == 2
    assert f"/thread/{thread}/" in sign_in(karim).get(re.search(r"/notifications/\d+/open", told)[0]).location
    assert wrong_counters() == []


def test_reversal_brings_the_post_back(make, sign_in, client, thread):
    second = post_ids(thread)[1]
    report(sign_in(make.member()), thread, second)
    moderator = sign_in(make.moderator())
    settle(moderator, 1, "agree", ground="attack")
    moderator.submit("/review/1/reverse", {"version": "2"}, form_at="/review/1")
    make.work()
    assert shown(client, thread).count("An answer with the number") == 2
    assert wrong_counters() == []


def test_thread_whose_only_post_is_hidden_is_gone_and_comes_back(make, sign_in, client):
    thread = make.thread()
    first = post_ids(thread)[0]
    report(sign_in(make.member()), thread, first)
    moderator = sign_in(make.moderator())
    settle(moderator, 1, "agree", ground="advertising")
    assert client.get(f"/thread/{thread}/-", follow_redirects=True).status_code == 404
    moderator.submit("/review/1/reverse", {"version": "2"}, form_at="/review/1")
    assert client.get(f"/thread/{thread}/-", follow_redirects=True).status_code == 200


def test_post_deleted_by_its_author_settles_its_case(make, sign_in, karim, thread):
    third = post_ids(thread)[2]
    report(sign_in(make.member()), thread, third)
    with unit_of_work():
        delete_post(make.viewer(karim), thread, 3)
    make.work()
    case = db.session.execute(sa.select(Case.status, Case.decision, Case.ground)).one()
    assert tuple(case) == ("settled", "agree", "withdrawn")


def test_author_cannot_empty_the_queue_by_deleting_and_restoring(make, sign_in, karim, thread):
    third = post_ids(thread)[2]
    report(sign_in(make.member()), thread, third)
    with unit_of_work():
        delete_post(make.viewer(karim), thread, 3)
    make.work()
    with pytest.raises(NotFound), unit_of_work():
        restore_post(make.viewer(karim), thread, 3)
    with unit_of_work():
        restore_post(make.viewer(make.moderator()), thread, 3)
    assert wrong_counters() == []


def test_post_that_was_deleted_cannot_be_reported(make, sign_in, karim, thread):
    third = post_ids(thread)[2]
    with unit_of_work():
        delete_post(make.viewer(karim), thread, 3)
    assert sign_in(make.member()).get(f"/report/post/{third}").status_code == 404
    with clock.at(timedelta(minutes=1)):
        answer = sign_in(make.moderator()).submit(f"/report/post/{third}", {"reason": "spam"})
    assert answer.status_code == 409
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Flag)) == 0


def test_post_of_a_closed_topic_is_hidden_by_reports_too(make, sign_in):
    from brain.members.actions import add_group, join_group

    with unit_of_work():
        group = add_group("edition-1", {"en": "Edition 1"})
    members = [make.moderator(), make.moderator(), make.member()]
    with unit_of_work():
        for member in members:
            join_group(member, group)
    thread = make.thread(topic=make.topic(audience=f"group:{group}"), author=members[2], posts=2)
    second = post_ids(thread)[1]
    assert sign_in(make.moderator()).get(f"/report/post/{second}").status_code == 404
    for member in members[:2]:
        viewer = make.viewer(member)
        with unit_of_work():
            actions.raise_flag(viewer, "post", second, actions.FlagDraft("spam"))
    db.session.rollback()
    assert db.session.scalar(sa.select(Post.withdrawn).where(Post.id == second)) == "hidden"


def test_queue_of_posts_keeps_its_budget(make, sign_in, queries):
    for _ in range(6):
        thread = make.thread()
        report(sign_in(make.member()), thread, post_ids(thread)[0])
    client = sign_in(make.moderator())
    client.get("/review")
    with queries(most=10):
        assert client.get("/review").status_code == 200
