"""Editing posts, and what stays of earlier versions."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
import sqlalchemy as sa

from brain.base.db import db
from brain.base.errors import NotFound, Stale
from brain.base.unit import unit_of_work
from brain.discussion import actions, queries
from brain.discussion.actions import EditDraft, ReplyDraft
from brain.discussion.actions.edits import changed_characters
from brain.discussion.differences import changes_between
from brain.discussion.errors import TooLate
from brain.discussion.models import Thread
from brain.discussion.queries.history import difference
from brain.moderation.actions import FlagDraft, raise_flag

LONG_AGO = timedelta(hours=1)


@pytest.fixture
def author(make):
    return make.member("Grace")


@pytest.fixture
def thread(make, act, author):
    """A thread opened just now, ahead of the clock, so that its grace runs."""
    draft = actions.ThreadDraft("How do you share tools?", "We have one tractor for ten farms.", ("tools",))
    return act(author, actions.open_thread, make.topic(), draft)[0]


def history(make, thread, number=1):
    return queries.post_history(make.viewer(make.moderator()), thread, number).versions


def test_small_edit_soon_after_makes_no_version(make, act, author, thread):
    post = act(author, actions.edit_post, thread, 1, EditDraft("We have two tractors for ten farms."))
    assert (post.version, len(history(make, thread))) == (1, 1)
    assert "two tractors" in post.html


def test_edit_after_five_minutes_makes_a_version(make, act, author, thread):
    act(author, actions.edit_post, thread, 1, EditDraft("We have two tractors."), later=LONG_AGO)
    newest, first = history(make, thread)
    assert (newest.number, first.number) == (2, 1)
    assert ("gone", "one") in newest.parts
    assert first.parts == [("same", "We have one tractor for ten farms.")]


def test_grace_runs_from_the_version_and_not_from_the_last_edit(make, act, author, thread):
    for number, word in enumerate(("two", "three", "four")):
        later = timedelta(seconds=140 * number)
        act(author, actions.edit_post, thread, 1, EditDraft(f"We have {word} tractors."), later=later)
    assert len(history(make, thread)) == 2


def test_large_edit_makes_a_version_at_once(make, act, author, thread):
    act(author, actions.edit_post, thread, 1, EditDraft("Something else entirely. " * 10))
    assert len(history(make, thread)) == 2


def test_edit_with_a_reason_makes_a_version_at_once(make, act, author, thread):
    act(author, actions.edit_post, thread, 1, EditDraft("We have two tractors.", reason="I counted again"))
    assert history(make, thread)[0].reason == "I counted again"


def test_edit_by_somebody_else_makes_a_version_at_once(make, act, thread):
    moderator = make.moderator()
    act(moderator, actions.edit_post, thread, 1, EditDraft("We have two tractors for ten farms."))
    assert history(make, thread)[0].editor_id == moderator


def test_edit_that_changes_nothing_leaves_no_trace(make, act, author, thread):
    before = queries.open_post(make.viewer(author), thread, 1)
    act(author, actions.edit_post, thread, 1, EditDraft(before.source), later=LONG_AGO)
    assert queries.open_post(make.viewer(author), thread, 1) == before


def test_title_and_tags_are_kept_with_the_first_post(make, act, author, thread):
    draft = EditDraft("We have one tractor for ten farms.", title="How do you share land?", tags=("land",))
    act(author, actions.edit_post, thread, 1, draft, later=LONG_AGO)
    newest = history(make, thread)[0]
    assert tuple(p for p in newest.title_parts if p[0] != "same") == (("gone", "tools"), ("new", "land"))
    assert newest.tag_parts == [("gone", "tools"), ("new", "land")]
    found = queries.open_thread(make.viewer(), thread)
    assert (found.title, found.slug, found.tags) == (
        "How do you share land?",
        "how-do-you-share-land",
        ("land",),
    )
    assert [t.id for t in queries.threads_with_tag(make.viewer(), "land").threads] == [thread]
    assert queries.threads_with_tag(make.viewer(), "tools").threads == []


def test_reply_has_no_title_to_change(make, act, author, thread):
    act(author, actions.reply, thread, ReplyDraft("And one mill."))
    act(author, actions.edit_post, thread, 2, EditDraft("And two mills.", title="A title from nowhere"))
    assert queries.open_thread(make.viewer(), thread).title == "How do you share tools?"


def test_edit_of_what_moved_on_is_refused_and_says_who(make, act, author, thread):
    seen = queries.open_post(make.viewer(author), thread, 1).stamp
    moderator = make.moderator("Amina")
    act(moderator, actions.edit_post, thread, 1, EditDraft("We have two tractors.", seen=seen))
    with pytest.raises(Stale, match="Amina"):
        act(author, actions.edit_post, thread, 1, EditDraft("We have three tractors.", seen=seen))
    assert queries.open_post(make.viewer(author), thread, 1).source == "We have two tractors."


def test_edit_in_grace_also_moves_the_stamp(make, act, author, thread):
    seen = queries.open_post(make.viewer(author), thread, 1).stamp
    act(author, actions.edit_post, thread, 1, EditDraft("We have two tractors for ten farms.", seen=seen))
    with pytest.raises(Stale):
        act(make.moderator(), actions.edit_post, thread, 1, EditDraft("We have none.", seen=seen))


def test_edit_bumps_only_from_the_last_post_with_a_new_version(make, act, author, thread):
    act(author, actions.reply, thread, ReplyDraft("And one mill."))
    bumped = queries.open_thread(make.viewer(), thread).bumped_at
    act(author, actions.edit_post, thread, 1, EditDraft("Rather two tractors."), later=LONG_AGO)
    assert queries.open_thread(make.viewer(), thread).bumped_at == bumped
    act(author, actions.edit_post, thread, 2, EditDraft("Rather two mills."), later=LONG_AGO)
    assert queries.open_thread(make.viewer(), thread).bumped_at > bumped


def test_author_may_edit_for_thirty_days(make, act, author, thread):
    with pytest.raises(TooLate):
        act(author, actions.edit_post, thread, 1, EditDraft("We had two."), later=timedelta(days=31))


def test_rewrite_with_a_new_tag_is_a_version(make, act, author):
    thread = make.thread(author=author, tags=("a",))
    draft = EditDraft("Something else altogether. " * 20, tags=("b",))
    assert act(author, actions.edit_post, thread, 1, draft).version == 2


def test_reported_post_is_not_mended_without_a_trace(make, act, author, thread):
    post = queries.open_post(make.viewer(), thread, 1)
    draft = EditDraft(post.source + "!")
    with unit_of_work():
        raise_flag(make.viewer(make.member()), "post", post.id, FlagDraft("spam"))
    assert act(author, actions.edit_post, thread, 1, draft).version == 2


def test_old_title_does_not_stay_when_staff_took_it_away(make, act, author, client):
    thread = make.thread(author=author, title="Anna Smith is a thief")
    staff = EditDraft("What happened to the funds?", title="What happened to the funds")
    act(make.moderator("Lucía"), actions.edit_post, thread, 1, staff)
    page = client.get(f"/thread/{thread}/-", follow_redirects=True).text
    assert "Lucía" in page
    assert "changed the title to" in page
    assert "thief" not in page


def test_title_shorter_than_titles_are_now_does_not_stop_a_new_text(make, act, author, thread):
    with unit_of_work():
        db.session.execute(sa.update(Thread).values(title="Help"))
    post = act(author, actions.edit_post, thread, 1, EditDraft("We have two tractors.", title="Help"))
    assert (post.title, post.source) == ("Help", "We have two tractors.")


def test_staff_may_edit_always(make, act, thread):
    post = act(
        make.moderator(), actions.edit_post, thread, 1, EditDraft("Mended."), later=timedelta(days=400)
    )
    assert post.version == 2


def test_others_may_not_edit(make, act, thread):
    with pytest.raises(NotFound):
        act(make.member(), actions.edit_post, thread, 1, EditDraft("Not mine."))


def test_history_is_for_members(make, act, author, thread):
    act(author, actions.edit_post, thread, 1, EditDraft("We have two."), later=LONG_AGO)
    with pytest.raises(Exception, match="Sign in"):
        queries.post_history(make.viewer(), thread, 1)


def test_long_history_comes_in_pages(make, act, sign_in, author, thread):
    for number in range(2, 46):
        draft = EditDraft(f"Text number {number} ends.")
        act(author, actions.edit_post, thread, 1, draft, later=LONG_AGO + timedelta(minutes=10 * number))
    viewer = make.viewer(make.member())
    pages = [queries.post_history(viewer, thread, 1, page) for page in (1, 2, 3)]
    assert [[v.number for v in found.versions] for found in pages] == [
        list(range(45, 25, -1)),
        list(range(25, 5, -1)),
        list(range(5, 0, -1)),
    ]
    versions = {version.number: version for found in pages for version in found.versions}
    for number in range(3, 46):
        words = [("gone", str(number - 1)), ("new", str(number))]
        assert [part for part in versions[number].parts if part[0] != "same"] == words
    assert versions[1].parts == [("same", "We have one tractor for ten farms.")]
    assert {version.editor_id for version in versions.values()} == {author}
    client = sign_in(make.member())
    path = f"/thread/{thread}/post/1/history"
    assert f'href="{path}?page=2"' in client.get(path).text
    assert "Version 25" in client.get(f"{path}?page=2").text
    assert client.get(f"{path}?page=4").status_code == 404


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("one two three", "one two three", 0),
        ("one two three", "one 2 three", 3),
        ("", "abc", 3),
        ("abc", "", 3),
        ("aaaa", "aaaab", 1),
        ("one two", "two one", 8),
        ("x" * 99, "y" * 99, 99),
        ("x" * 32_000, "y" * 32_000, 101),
        ("x" * 300, "", 101),
    ],
)
def test_changed_characters(before, after, changed):
    assert changed_characters(before, after, 100) == changed


@pytest.mark.parametrize("seed", range(40))
def test_changes_make_the_new_of_the_old(seed):
    dice = random.Random(seed)
    old = [dice.choice("abc") for _ in range(dice.randrange(30))]
    new = [dice.choice("abc") for _ in range(dice.randrange(30))]
    made, at = [], 0
    for change in changes_between(old, new, 100):
        made += old[at : change.i1] + new[change.j1 : change.j2]
        at = change.i2
    assert made + old[at:] == new
    fewest = len(old) + len(new) - 2 * _longest_common(old, new)
    assert changes_between(old, new, fewest) is not None
    assert fewest == 0 or changes_between(old, new, fewest - 1) is None


def _longest_common(old, new):
    row = [0] * (len(new) + 1)
    for item in old:
        above = row[:]
        for at, other in enumerate(new):
            row[at + 1] = above[at] + 1 if item == other else max(above[at + 1], row[at])
    return row[-1]


class Counted(str):
    """A letter that counts how often it is compared."""

    seen = 0
    __hash__ = str.__hash__

    def __eq__(self, other):
        Counted.seen += 1
        return str.__eq__(self, other)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<" + "abc" * 5_000 + ">", "{" + "cba" * 5_000 + "}"),
        ("ab" * 8_000, "ba" * 8_000),
        (
            "".join(chr(0x4E00 + n % 110) for n in range(15_900)),
            "".join(chr(0x4E6D - n % 110) for n in range(15_900)),
        ),
    ],
)
def test_no_text_drives_up_the_cost_of_comparing(before, after):
    Counted.seen = 0
    changes_between([Counted(letter) for letter in before], list(after), 200)
    assert Counted.seen < 200 * (len(before) + len(after))


def test_difference_is_told_in_words():
    assert difference("We have one tractor.\nGood.", "We have two tractors.\nGood.") == [
        ("same", "We have "),
        ("gone", "one"),
        ("new", "two"),
        ("same", " "),
        ("gone", "tractor"),
        ("new", "tractors"),
        ("same", ".\nGood."),
    ]


def test_difference_of_two_long_texts_shows_both_whole():
    before, after = "a b " * 4_000, "c d " * 4_000
    assert difference(before, after) == [("gone", before), ("new", after)]


@pytest.mark.parametrize(
    "texts", [("a\nb\n", "b\na\n"), ("", "new"), ("x" * 50, "x\n" * 9), ("é\u200f!", "é?")]
)
def test_difference_loses_no_letter(texts):
    before, after = texts
    parts = difference(before, after)
    assert "".join(text for kind, text in parts if kind != "new") == before
    assert "".join(text for kind, text in parts if kind != "gone") == after
