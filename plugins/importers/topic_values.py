"""Values out of a topic's JSON, which may hold anything at any place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from .escapes import clean

PRIVATE = "private_message"
_MAX_ID = 2**53
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_CLOCKS_DIFFER = timedelta(days=1)

Values = Mapping[str, Any]


def number_of(values: Values, name: str, lowest: int = 0) -> int | None:
    """Return a whole number, or None if there is none, or one out of range."""
    value = values.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if lowest <= value < _MAX_ID else None


def text_of(values: Values, name: str) -> str:
    """Return a text without characters that no database takes, or nothing."""
    value = values.get(name)
    return clean(value) if isinstance(value, str) else ""


def line_of(values: Values, name: str) -> str:
    """Return a text on one line."""
    return " ".join(text_of(values, name).split())


def is_set(values: Values, name: str) -> bool:
    """Tell whether a flag is true, not merely something."""
    return values.get(name) is True


def seems_set(values: Values, name: str) -> bool:
    """Tell whether a flag that keeps something from readers is true, or anything but false."""
    value = values.get(name)
    return bool(value) and not (isinstance(value, str) and value.strip().lower() in ("false", "0", "no"))


def is_private(values: Values) -> bool:
    """Tell whether a record says that it is of a private message."""
    return line_of(values, "archetype") == PRIVATE


def objects_of(values: Values, name: str) -> list[dict[str, Any]]:
    """Return the objects of a list."""
    value = values.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def object_of(values: Values, name: str) -> Values:
    """Return an object, or an empty one."""
    value = values.get(name)
    return value if isinstance(value, dict) else {}


def time_of(values: Values, name: str, read_at: datetime) -> datetime | None:
    """Return a moment in UTC; None if it is missing, unreadable or absurd.

    Absurd is what lies before the web or after the reading.
    """
    value = values.get(name)
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(re.sub(r"\s*UTC$", "+00:00", value.strip()))
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _EARLIEST <= moment <= read_at + _CLOCKS_DIFFER else None


def thread_id_of(values: Values) -> int | None:
    """Find which thread a record is of."""
    named = number_of(values, "id", 1) or number_of(values, "topic_id", 1)
    if named is None and (posts := listed_posts(values)):
        named = next((number_of(post, "topic_id", 1) for post in posts if isinstance(post, dict)), None)
    return named


def listed_posts(values: Values) -> list[Any]:
    """Return what a record lists as posts, whatever it is."""
    stream = values.get("post_stream")
    posts = stream.get("posts") if isinstance(stream, dict) else values.get("posts")
    return posts if isinstance(posts, list) else []


def stream_of(values: Values) -> list[int]:
    """Return the ids of all posts the thread is said to have."""
    stream = object_of(values, "post_stream").get("stream")
    return [post_id for post_id in stream if isinstance(post_id, int)] if isinstance(stream, list) else []


def site_addresses(values: Values) -> Iterator[str]:
    """Walk through addresses that are certainly on the old site itself."""
    for link in objects_of(object_of(values, "details"), "links"):
        if is_set(link, "internal"):
            yield text_of(link, "url")
    for post in listed_posts(values):
        if isinstance(post, dict):
            yield from (
                text_of(link, "url") for link in objects_of(post, "link_counts") if is_set(link, "internal")
            )
            yield from _QUOTE_TITLE.findall(text_of(post, "cooked"))


_QUOTE_TITLE = re.compile(r'class="avatar">\s{0,20}<a href="(https?://[^"]{1,300})')
