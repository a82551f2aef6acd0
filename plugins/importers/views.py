"""Addresses of the old site lead to where its threads, topics and people are now."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, url_for

from brain.base.errors import NotFound
from brain.base.http import viewer

from . import queries

blueprint = Blueprint("importers", __name__)


@blueprint.get("/t/<int:old_id>/", strict_slashes=False)
@blueprint.get("/t/<slug>/<int:old_id>/", strict_slashes=False)
def thread(old_id: int, slug: str = "") -> Response:
    """Lead to a thread."""
    found, _moved = queries.thread_at(viewer(), old_id, slug)
    return _gone_to(url_for("discussion.thread", thread_id=found.id, slug=found.slug))


@blueprint.get("/t/<int:old_id>/<int:number>/", strict_slashes=False)
@blueprint.get("/t/<slug>/<int:old_id>/<int:number>/", strict_slashes=False)
def post(old_id: int, number: int, slug: str = "") -> Response:
    """Lead to a post of a thread."""
    found, moved = queries.thread_at(viewer(), old_id, slug)
    number = queries.post_number_at(found, moved, number)
    return _gone_to(url_for("discussion.post", thread_id=found.id, number=number))


@blueprint.get("/c/<int:old_id>/", strict_slashes=False)
@blueprint.get("/c/<path:slugs>/<int:old_id>/", strict_slashes=False)
def topic(old_id: int, slugs: str = "") -> Response:
    """Lead to a topic."""
    if old_id == 0:
        raise NotFound
    found = queries.topic_at(viewer(), old_id)
    return _gone_to(url_for("discussion.topic", topic_id=found.id, slug=found.slug))


@blueprint.get("/u/<name>")
@blueprint.get("/u/<name>/<path:rest>")
@blueprint.get("/users/<name>")
def member(name: str, rest: str = "") -> Response:
    """Lead to a member's page, whatever part of the old one was named."""
    found = queries.member_at(viewer(), name)
    return _gone_to(url_for("members.profile", name=found.name))


def _gone_to(url: str) -> Response:
    """Answer that something has moved for good."""
    return redirect(url, 301, Response=Response)  # type: ignore[return-value]
