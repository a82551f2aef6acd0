"""Lists of threads over all topics: home, unread, by tag."""

from __future__ import annotations

from typing import Any

from flask import redirect

from brain.base.errors import NotFound, SignInNeeded
from brain.base.http import page, page_number, viewer
from brain.discussion.links import tag_url
from brain.discussion.listing import Style, thread_rows, topic_list
from brain.discussion.queries import ThreadList, latest_threads, readings, threads_with_tag, unread_threads

_LEFT_OFF = 6
_LATEST = 12


def home() -> Any:
    """Show where the reader left off, the latest threads and the topics."""
    who = viewer()
    left_off = unread_threads(who, 1, _LEFT_OFF).threads
    waiting = {thread.id: thread.last_read for thread in left_off}
    latest = [thread for thread in latest_threads(who, _LATEST) if thread.id not in waiting]
    return page(
        "discussion/home.html",
        left_off=thread_rows(who, left_off, waiting),
        latest=thread_rows(who, latest, readings(who, latest)),
        topics=topic_list(who),
        may_write=who.is_member and who.confirmed,
    )


def unread() -> Any:
    """List every thread with posts that the member has not read."""
    who = viewer()
    if not who.is_member:
        raise SignInNeeded
    found = unread_threads(who, page_number())
    check_page(found)
    read = {thread.id: thread.last_read for thread in found.threads}
    rows = thread_rows(who, found.threads, read, Style(level=2))
    return page("discussion/unread.html", rows=rows, page=found.page, last_page=found.last_page)


def tag(tag: str) -> Any:
    """List the threads that carry a tag."""
    who = viewer()
    if tag != tag.lower():
        return redirect(tag_url(tag.lower()), 301)
    found = threads_with_tag(who, tag, page_number())
    check_page(found)
    rows = thread_rows(who, found.threads, readings(who, found.threads), Style(level=2))
    return page("discussion/tag.html", rows=rows, page=found.page, last_page=found.last_page, tag=tag)


def check_page(found: ThreadList) -> None:
    """Say that a page is not there rather than that nothing is. Raises NotFound."""
    if found.page > 1 and not found.threads:
        raise NotFound
