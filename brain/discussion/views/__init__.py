"""Pages of the discussion: the table of their addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from brain.base.shared import shared_page
from brain.discussion.views import feeds, lists, posts, threads, topics, writing

View = Callable[..., Any]
GET = ("GET",)
FORM = ("GET", "POST")
POST = ("POST",)

#: (address, view, methods); the endpoint is the view's name.
PAGES: tuple[tuple[str, View, tuple[str, ...]], ...] = (
    ("/", lists.home, GET),
    ("/unread", lists.unread, GET),
    ("/tag/<tag>", lists.tag, GET),
    ("/topics", topics.topics, GET),
    ("/topic/new", topics.new_topic, FORM),
    ("/topic/<int:topic_id>", topics.topic, GET),
    ("/topic/<int:topic_id>/<slug>", topics.topic, GET),
    ("/topic/<int:topic_id>/edit", topics.edit_topic, FORM),
    ("/topic/<int:topic_id>/new", writing.new_thread, FORM),
    ("/new", writing.choose_topic, GET),
    ("/thread/<int:thread_id>", threads.thread, GET),
    ("/thread/<int:thread_id>/<slug>", threads.thread, GET),
    ("/thread/<int:thread_id>/reply", writing.reply, FORM),
    ("/thread/<int:thread_id>/change", threads.change_thread, POST),
    ("/thread/<int:thread_id>/post/<int:number>", threads.post, GET),
    ("/thread/<int:thread_id>/post/<int:number>/edit", writing.edit_post, FORM),
    ("/thread/<int:thread_id>/post/<int:number>/history", posts.post_history, GET),
    ("/thread/<int:thread_id>/post/<int:number>/delete", posts.delete_post, FORM),
    ("/thread/<int:thread_id>/post/<int:number>/withdrawn", posts.withdrawn_post, GET),
    ("/thread/<int:thread_id>/post/<int:number>/restore", posts.restore_post, POST),
    ("/feed.atom", feeds.site_feed, GET),
    ("/topic/<int:topic_id>/feed.atom", feeds.topic_feed, GET),
    ("/thread/<int:thread_id>/feed.atom", feeds.thread_feed, GET),
)

#: Views whose page is the same for every visitor without a session, and as such kept.
SHARED: dict[View, View] = {
    view: shared_page(view) for view in (lists.home, lists.tag, topics.topics, topics.topic, threads.thread)
}


def make_blueprint() -> Blueprint:
    """Build the blueprint of the discussion with all its pages."""
    blueprint = Blueprint("discussion", __name__, template_folder="../templates")
    for address, view, methods in PAGES:
        blueprint.add_url_rule(address, view.__name__, SHARED.get(view, view), methods=methods)
    return blueprint
