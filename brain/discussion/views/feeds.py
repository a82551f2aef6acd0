"""Atom feeds: of the site, a topic, a thread. They hold what visitors may read."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, current_app, request
from flask_babel import gettext as _

from brain.base.access import VISITOR
from brain.base.i18n import language
from brain.discussion.feeds import Entry, Feed, atom
from brain.discussion.links import post_url, thread_url, topic_url
from brain.discussion.queries import open_thread, open_topic, topic_names, with_those_below
from brain.discussion.queries.feeds import FeedPost, first_posts, last_posts
from brain.members.queries import people


def site_feed() -> Response:
    """Follow the new threads of the whole site."""
    name = current_app.config["BRAIN_SITE_NAME"]
    return _answer(Feed(name, language(), "/feed.atom", "/", _entries(first_posts())))


def topic_feed(topic_id: int) -> Response:
    """Follow the new threads of a topic and of those below it."""
    topic = open_topic(VISITOR, topic_id)
    within = with_those_below(topic_names(VISITOR), topic)
    entries = _entries(first_posts([row.id for row in within]))
    return _answer(
        Feed(topic.name, topic.name_language, f"/topic/{topic_id}/feed.atom", topic_url(topic), entries)
    )


def thread_feed(thread_id: int) -> Response:
    """Follow the posts of a thread."""
    thread = open_thread(VISITOR, thread_id)
    entries = _entries(last_posts(thread_id))
    return _answer(
        Feed(thread.title, thread.language, f"/thread/{thread_id}/feed.atom", thread_url(thread), entries)
    )


def _entries(posts: Sequence[FeedPost]) -> list[Entry]:
    known = people([post.author_id for post in posts if post.author_id is not None]) if posts else {}
    former = _("A former member")
    entries = []
    for post in posts:
        author = known.get(post.author_id or 0)
        entries.append(
            Entry(
                id_path=f"/thread/{post.thread_id}/post/{post.number}",
                path=post_url(post.thread_id, post.slug, post.number),
                title=post.title,
                language=post.language,
                author=author.name if author else former,
                html=post.html,
                published_at=post.created_at,
                updated_at=post.edited_at or post.created_at,
                tags=tuple(post.tags) if post.number == 1 else (),
            )
        )
    return entries


def _answer(feed: Feed) -> Response:
    body = atom(feed, current_app.config["BRAIN_BASE_URL"])
    response = Response(body, content_type="application/atom+xml; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.vary.update(["Cookie", "Accept-Language"])
    response.add_etag()
    response.make_conditional(request)
    return response
