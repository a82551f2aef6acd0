"""Topics: the tree, names by language, and what a changed audience means."""

from __future__ import annotations

import pytest

from brain.base.access import VISITOR
from brain.base.errors import NotFound, Unfit
from brain.base.i18n import speaking
from brain.discussion import actions, queries
from brain.discussion.actions import TopicDraft
from brain.discussion.errors import TopicInUse


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
