"""Topics: the tree, names by language, and what a changed audience means."""

from __future__ import annotations

import re

import pytest

from brain.base.access import VISITOR
from brain.base.errors import NotFound, Unfit
from brain.base.i18n import LANGUAGES, speaking
from brain.base.unit import unit_of_work
from brain.discussion import actions, queries
from brain.discussion.actions import TopicDraft
from brain.discussion.errors import TopicInUse
from brain.members.actions import add_group


@pytest.fixture
def admin(make):
    return make.admin()


def names(nodes):
    return [(node.topic.name, names(node.children)) for node in nodes]


def test_tree_is_nested_and_in_order(make, act, admin):
    finance = act(admin, actions.create_topic, TopicDraft({"en": "Finance"}, position=2))
    act(admin, actions.create_topic, TopicDraft({"en": "Welcome"}, position=1))
    savings = act(admin, actions.create_topic, TopicDraft({"en": "Savings"}, parent_id=finance))
    act(admin, actions.create_topic, TopicDraft({"en": "Boxes"}, parent_id=savings))
    with speaking("en"):
        assert names(queries.topic_tree(VISITOR)) == [
            ("Welcome", []),
            ("Finance", [("Savings", [("Boxes", [])])]),
        ]


def test_hidden_parent_does_not_hide_a_public_child(make):
    hidden = make.topic("Board", audience="staff")
    make.topic("Minutes", parent=hidden)
    with speaking("en"):
        assert names(queries.topic_tree(VISITOR)) == [("Minutes", [])]


@pytest.mark.parametrize(("language", "name"), [("es", "Finanzas"), ("fr", "Finance"), ("en", "Finance")])
def test_name_falls_back_to_english(make, act, admin, language, name):
    topic = act(admin, actions.create_topic, TopicDraft({"en": "Finance", "es": "Finanzas"}))
    with speaking(language):
        assert queries.open_topic(VISITOR, topic).name == name


def test_name_falls_back_to_any_language(make, act, admin):
    topic = act(admin, actions.create_topic, TopicDraft({"ar": "التمويل"}))
    with speaking("pt"):
        found = queries.open_topic(VISITOR, topic)
        assert (found.name, found.name_language) == ("التمويل", "ar")


def test_only_admins_create_topics(make, act):
    for member in (make.member(), make.moderator()):
        with pytest.raises(NotFound):
            act(member, actions.create_topic, TopicDraft({"en": "Mine"}))


@pytest.mark.parametrize(
    "draft",
    [
        TopicDraft({}),
        TopicDraft({"en": " "}),
        TopicDraft({"en": "x" * 81}),
        TopicDraft({"en": "Fine"}, {"en": "x" * 301}),
        TopicDraft({"en": "Fine"}, audience="everybody"),
        TopicDraft({"en": "Fine"}, audience="group:0"),
    ],
)
def test_unfit_topic_is_refused(act, admin, draft):
    with pytest.raises(Unfit):
        act(admin, actions.create_topic, draft)


def test_new_audience_holds_for_the_threads_at_once(make, act, admin):
    topic = make.topic()
    thread = make.thread(topic)
    act(admin, actions.change_topic, topic, TopicDraft({"en": "Finance"}, audience="members"))
    with pytest.raises(NotFound):
        queries.open_thread(VISITOR, thread)
    assert queries.latest_threads(VISITOR, 5) == []
    assert queries.open_thread(make.viewer(make.member()), thread).audience == "members"


def test_topic_moves_with_all_below_it(make, act, admin):
    old, new = make.topic("Old"), make.topic("New")
    child = make.topic("Child", parent=old)
    grandchild = make.topic("Grandchild", parent=child)
    act(admin, actions.change_topic, child, TopicDraft({"en": "Child"}, parent_id=new))
    assert queries.open_topic(VISITOR, grandchild).ancestors == (new, child)


def test_topic_cannot_stand_inside_itself(make, act, admin):
    parent = make.topic("Parent")
    child = make.topic("Child", parent=parent)
    for inside in (parent, child):
        with pytest.raises(TopicInUse):
            act(admin, actions.change_topic, parent, TopicDraft({"en": "Parent"}, parent_id=inside))


def test_topics_are_at_most_five_deep(make):
    topic = None
    for depth in range(5):
        topic = make.topic(f"Level {depth}", parent=topic)
    with pytest.raises(TopicInUse):
        make.topic("Level 6", parent=topic)


def test_new_topic_is_seen_at_once(make):
    assert queries.topic_tree(VISITOR) == []
    make.topic("Finance")
    with speaking("en"):
        assert names(queries.topic_tree(VISITOR)) == [("Finance", [])]


def fields_of(name, audience, parent="") -> dict:
    names = {f"{kind}_{code}": "" for kind in ("names", "descriptions") for code in LANGUAGES}
    return names | {"names_en": name, "audience": audience, "parent_id": parent, "position": "0"}


def test_admin_manages_topics_of_groups_that_they_are_not_in(make, admin, sign_in):
    with unit_of_work():
        group = add_group("savers", {"en": "Savers"})
    client = sign_in(admin)
    answer = client.submit("/topic/new", fields_of("Savers only", f"group:{group}"))
    assert (answer.status_code, answer.location) == (303, "/topics")
    page = client.get("/topics").text
    assert "Savers only" in page
    edit = re.search(r'href="(/topic/\d+/edit)"[^>]*>Savers only', page)[1]
    assert client.submit(edit, fields_of("Savers alone", f"group:{group}")).status_code == 303
    assert "Savers alone" in client.get("/topics").text
    assert "Savers alone" not in sign_in(make.moderator()).get("/topics").text


def test_parent_that_an_admin_does_not_read_is_kept(make, admin, sign_in):
    with unit_of_work():
        group = add_group("savers", {"en": "Savers"})
    parent = make.topic("Savers only", audience=f"group:{group}")
    child = make.topic("Minutes", parent=parent)
    client = sign_in(admin)
    form = client.get(f"/topic/{child}/edit").text
    assert re.search(rf'<option selected value="{parent}"', form)
    client.submit(f"/topic/{child}/edit", fields_of("Minutes", "public", str(parent)))
    assert queries.open_topic(VISITOR, child).parent_id == parent


def test_more_pinned_threads_than_a_page_holds_are_all_listed(client, make, act):
    topic, moderator = make.topic(), make.moderator()
    threads = [make.thread(topic) for _ in range(32)]
    for thread in threads:
        act(moderator, actions.pin_thread, thread)
    page = client.get(f"/topic/{topic}/solidarity-finance").text
    assert all(f"/thread/{thread}/" in page for thread in threads)
