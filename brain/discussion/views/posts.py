"""Earlier versions of a post; deleting it and taking that back."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _

from brain.base.access import require
from brain.base.errors import NotFound
from brain.base.http import page, page_number, say, see_other, viewer
from brain.base.markup import as_markup
from brain.discussion import actions, queries
from brain.discussion.links import post_url
from brain.members.queries import people
from brain.moderation.queries import ground_sentence, last_case_about


def post_history(thread_id: int, number: int) -> Any:
    """Show what a post said before, and what changed each time."""
    found = queries.post_history(viewer(), thread_id, number, page_number())
    post = found.post
    ids = [version.editor_id for version in found.versions if version.editor_id is not None]
    return page(
        "discussion/history.html",
        post=post,
        url=post_url(post.thread_id, post.slug, number),
        found=found,
        people=people(ids) if ids else {},
    )


def delete_post(thread_id: int, number: int) -> Any:
    """Ask, then delete a post."""
    who = viewer()
    post = queries.open_post(who, thread_id, number)
    if request.method == "POST":
        actions.delete_post(who, thread_id, number)
        say(_("The post is deleted."))
        return see_other(f"/thread/{thread_id}/post/{number}/withdrawn")
    require(who, "discussion.delete_post", post)
    return page(
        "discussion/delete.html",
        post=post,
        url=post_url(post.thread_id, post.slug, number),
        prose=as_markup(post.html),
    )


def withdrawn_post(thread_id: int, number: int) -> Any:
    """Show a deleted or hidden post to those who may restore it, and to staff."""
    who = viewer()
    post = queries.open_post(who, thread_id, number)
    if not post.withdrawn:
        raise NotFound
    thread_is_there = post.post_count > 0
    return page(
        "discussion/withdrawn.html",
        post=post,
        url=post_url(post.thread_id, post.slug, number) if thread_is_there else "",
        prose=as_markup(post.html),
        ground=ground_sentence(post.withdrawn_ground),
        may_restore=who.can("discussion.restore_post", post),
        case_id=last_case_about(who, "post", post.id),
    )


def restore_post(thread_id: int, number: int) -> Any:
    """Take a deletion back."""
    who = viewer()
    actions.restore_post(who, thread_id, number)
    post = queries.open_post(who, thread_id, number)
    say(_("The post is back."))
    return see_other(post_url(post.thread_id, post.slug, number))
