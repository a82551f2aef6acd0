"""Addresses of topics, threads and posts, made without asking the router.

Lists print them by the dozen, notices and feeds outside a request; a test
holds them equal to the router's.
"""

from __future__ import annotations

from typing import Protocol
from urllib.parse import quote

from flask import request

from brain.discussion.settings import PAGE_SIZE


class Named(Protocol):
    """A topic or thread: what its address is made of."""

    @property
    def id(self) -> int:
        """Give the number in the address."""

    @property
    def slug(self) -> str:
        """Give the readable end of the address."""


def topic_url(topic: Named) -> str:
    """Give the address of a topic."""
    return f"/topic/{topic.id}/{quote(topic.slug)}"


def thread_url(thread: Named, number: int = 0) -> str:
    """Give the address of a thread, or of the post with this number in it."""
    return post_url(thread.id, thread.slug, number)


def post_url(thread_id: int, slug: str, number: int) -> str:
    """Give the address of a post on its page; number 0 or 1 is the thread itself."""
    page = page_of(number)
    url = f"/thread/{thread_id}/{quote(slug)}"
    if page > 1:
        url += f"?page={page}"
    return f"{url}#post-{number}" if number > 1 else url


def page_of(number: int) -> int:
    """Give the page on which a post of this number stands."""
    return max(0, number - 1) // PAGE_SIZE + 1


def with_query(url: str) -> str:
    """Take along what follows the question mark in the present request."""
    query = request.query_string.decode("ascii", "ignore")
    return f"{url}?{query}" if query else url


def tag_url(tag: str) -> str:
    """Give the address of a tag's threads."""
    return f"/tag/{quote(tag, safe='')}"
