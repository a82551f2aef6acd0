"""Lists of threads over all topics: home, unread, by tag."""

from __future__ import annotations

from brain.base.errors import SignInNeeded
from brain.base.http import page, page_number, viewer
from brain.discussion.listing import people_of, thread_items, topic_items
from brain.discussion.queries import (
    ThreadList,
    home_threads,
    readable_topics,
    threads_with_tag,
    topic_names,
    topic_tree,
    unread_threads,
)

_LEFT_OFF = 6
_LATEST = 12


def home() -> str:
    """Show where the reader left off, the latest threads and the topics."""
    who = viewer()
    left_off, latest = home_threads(who, _LEFT_OFF, _LATEST)
    nodes = topic_tree(who)
    known = people_of([*left_off, *latest], nodes)
    topics = readable_topics(who)
    return page(
        "discussion/home.html",
        left_off=thread_items(who, left_off, known, topics),
        latest=thread_items(who, latest, known, topics),
        topics=topic_items(nodes, known),
        may_write=who.is_member and who.confirmed,
    )


def unread() -> str:
    """List every thread with posts that the member has not read."""
    who = viewer()
    if not who.is_member:
        raise SignInNeeded
    return _list_page("discussion/unread.html", unread_threads(who, page_number()))


def tag(tag: str) -> str:
    """List the threads that carry a tag."""
    return _list_page("discussion/tag.html", threads_with_tag(viewer(), tag, page_number()), tag)


def _list_page(template: str, found: ThreadList, tag: str = "") -> str:
    who = viewer()
    threads = thread_items(who, found.threads, people_of(found.threads), topic_names(who))
    return page(template, threads=threads, page=found.page, last_page=found.last_page, tag=tag)
