"""Topics: the tree, one topic's threads, and the forms of admins."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _

from brain.base.access import MEMBERS, PUBLIC, STAFF, require
from brain.base.errors import NotFound, Unfit
from brain.base.http import page, page_number, say, see_other, viewer
from brain.base.i18n import LANGUAGES
from brain.discussion.actions import TopicDraft, change_topic, create_topic
from brain.discussion.forms import TopicForm
from brain.discussion.links import topic_url, with_query
from brain.discussion.listing import Style, thread_rows, topic_list
from brain.discussion.queries import (
    TopicRow,
    below,
    crumbs_of,
    every_topic,
    readable_topics,
    readings,
    threads_of_topics,
    with_those_below,
)
from brain.discussion.views.lists import check_page
from brain.members.queries import group_names

MANAGE = "discussion.manage_topics"


def topics() -> Any:
    """Show all topics as a tree."""
    who = viewer()
    may_manage = who.can(MANAGE)
    seen = readable_topics(who)
    unseen = [row for row in every_topic(who) if row.id not in seen] if may_manage else []
    return page(
        "discussion/topics.html", topics=topic_list(who, level=2), may_manage=may_manage, unseen=unseen
    )


def topic(topic_id: int, slug: str = "") -> Any:
    """Show a topic's threads, all or those in one language (`?in=fr`)."""
    who = viewer()
    known_topics = readable_topics(who)
    found = known_topics.get(topic_id)
    if found is None:
        raise NotFound
    if slug != found.slug:
        return redirect(with_query(topic_url(found)), 301)
    language = request.args.get("in", "")
    language = language if language in LANGUAGES else ""
    within = with_those_below(known_topics, found)
    listed = threads_of_topics(who, within, page_number(), language)
    check_page(listed)
    read = readings(who, listed.threads)
    return page(
        "discussion/topic.html",
        topic=found,
        url=topic_url(found),
        new_url=f"/topic/{topic_id}/new",
        crumbs=[(above.name, topic_url(above)) for above in crumbs_of(known_topics, topic_id)[:-1]],
        subtopics=[(child, topic_url(child)) for child in below(known_topics.values(), found)],
        rows=thread_rows(who, listed.threads, read, Style(names_topics=len(within) > 1)),
        page=listed.page,
        last_page=listed.last_page,
        chosen=language,
        may_write=who.can("discussion.open_thread", found),
        may_manage=who.can(MANAGE),
        thread_count=sum(row.thread_count for row in within),
        post_count=sum(row.post_count for row in within),
        is_public=found.audience == PUBLIC,
    )


def new_topic() -> Any:
    """Create a topic."""
    require(viewer(), MANAGE)
    form = _topic_form(None)
    if request.method == "POST":
        try:
            return _managed(create_topic(viewer(), _read(form)))
        except Unfit as error:
            form.refuse(_beside_fields(error))
    status = 422 if request.method == "POST" else 200
    return page("discussion/topic_form.html", form=form, topic=None), status


def edit_topic(topic_id: int) -> Any:
    """Change a topic."""
    found = next((row for row in every_topic(viewer()) if row.id == topic_id), None)
    if found is None:
        raise NotFound
    form = _topic_form(found)
    if request.method == "POST":
        try:
            change_topic(viewer(), topic_id, _read(form))
            return _managed(topic_id)
        except Unfit as error:
            form.refuse(_beside_fields(error))
    status = 422 if request.method == "POST" else 200
    return page("discussion/topic_form.html", form=form, topic=found), status


def _managed(topic_id: int) -> Any:
    """Go on to a topic that was saved, or where it is listed if it is not for its admin."""
    say(_("The topic is saved."))
    found = readable_topics(viewer()).get(topic_id)
    return see_other(topic_url(found) if found is not None else url_for(".topics"))


def _topic_form(topic: TopicRow | None) -> TopicForm:
    values: dict[str, Any] = {"audience": PUBLIC, "position": 0}
    if topic is not None:
        values = {
            "audience": topic.audience,
            "parent_id": str(topic.parent_id or ""),
            "position": topic.position,
        }
        for code in LANGUAGES:
            values[f"names_{code}"] = topic.names.get(code, "")
            values[f"descriptions_{code}"] = topic.descriptions.get(code, "")
    form = TopicForm(data=values)
    form.audience.choices = [
        (PUBLIC, _("Everyone, visitors and search engines too")),
        (MEMBERS, _("Members")),
        (STAFF, _("Moderators and admins")),
        *((f"group:{group_id}", name) for group_id, name in group_names().items()),
    ]
    own = topic.path if topic is not None else "-"
    form.parent_id.choices = [("", _("No other topic"))] + [
        (str(row.id), f"{'— ' * len(row.ancestors)}{row.name}")
        for row in every_topic(viewer())
        if not row.path.startswith(own)
    ]
    return form


def _read(form: TopicForm) -> TopicDraft:
    parent = form.parent_id.data or ""
    return form.read(
        TopicDraft,
        names=form.texts("names"),
        descriptions=form.texts("descriptions"),
        parent_id=int(parent) if parent.isdecimal() else None,  # what is no choice is refused by the form
        position=form.position.data or 0,
    )


def _beside_fields(error: Unfit) -> Unfit:
    """Put objections to all names beside the first name."""
    first = next(iter(LANGUAGES))
    moved = {"names": f"names_{first}", "descriptions": f"descriptions_{first}"}
    return Unfit({moved.get(name, name): sentence for name, sentence in error.problems.items()})
