"""A thread's page, the way to one post, and what staff do to threads."""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from flask_babel import gettext as _

from brain.base.access import PUBLIC, Viewer
from brain.base.errors import NotFound
from brain.base.http import page, page_number, say, see_other, viewer
from brain.base.unit import after_response
from brain.discussion import stream
from brain.discussion.actions import close_thread, open_again, pin_thread, unpin
from brain.discussion.links import post_url, thread_url, with_query
from brain.discussion.queries import (
    ThreadRow,
    Visit,
    needs_note,
    note_visit,
    open_thread,
    open_thread_page,
    pages_of,
    path_to,
)
from brain.notifications.actions import saw


def thread(thread_id: int, slug: str = "") -> Any:
    """Show a page of a thread."""
    who = viewer()
    found, visit = open_thread_page(who, thread_id)
    number = page_number()
    if slug != found.slug:
        return redirect(with_query(thread_url(found)), 301)
    last_page = pages_of(found)
    if number > last_page:
        raise NotFound
    place = stream.Place(found, number, tuple(path_to(who, found.topic_id)))
    fragment = stream.fragment_of(who, place)
    if who.is_member and needs_note(found, visit, number):
        _note_later(who, found, visit, fragment)
    return page(
        "discussion/thread.html",
        thread=found,
        page=number,
        is_public=found.audience == PUBLIC,
        fragment=fragment,
        holes=stream.holes_of(who, found, visit, fragment),
        fill=stream.fill,
        views=stream.views_said(found),
        may_reply=who.can("discussion.reply", found),
    )


def _note_later(who: Viewer, found: ThreadRow, visit: Visit, fragment: stream.Fragment) -> None:
    def note() -> None:
        note_visit(who, found, visit, fragment.page)
        saw(who, "post", [post.id for post in fragment.posts])

    after_response(note)


def post(thread_id: int, number: int) -> Any:
    """Lead to the page on which a post stands: the address of a post for good."""
    who = viewer()
    found = open_thread(who, thread_id)
    if not 1 <= number <= found.highest:
        raise NotFound
    return redirect(post_url(found.id, found.slug, number))


def change_thread(thread_id: int) -> Any:
    """Close, open again, pin or unpin a thread."""
    acts = {
        "close": (close_thread, _("The thread is closed.")),
        "open": (open_again, _("The thread is open again.")),
        "pin": (pin_thread, _("The thread is pinned.")),
        "unpin": (unpin, _("The thread is no longer pinned.")),
    }
    chosen = acts.get(request.form.get("act", ""))
    if chosen is None:
        raise NotFound
    act, done = chosen
    act(viewer(), thread_id)
    say(done)
    return see_other(thread_url(open_thread(viewer(), thread_id)))
