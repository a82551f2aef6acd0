"""Lists of threads and topics as HTML, made of pieces that many pages share.

A row of a thread is the same for every reader who has read as far: it is
rendered once for each such state and kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import get_template_attribute
from markupsafe import Markup

from brain.base import clock, pulse
from brain.base.access import Viewer
from brain.base.face import use_icons
from brain.base.fragments import Fragments
from brain.base.i18n import ago, language
from brain.base.markup import as_markup
from brain.discussion.links import post_url, tag_url, thread_url, topic_url
from brain.discussion.queries import ThreadRow, TopicNode, TopicRow, new_since, path_to, topic_tree
from brain.members.queries import Person, people

_OPEN, _CLOSE = '<ol class="rows">', "</ol>"
_rows: Fragments[str] = Fragments(16 * 1024 * 1024)
_topics: Fragments[Markup] = Fragments(4 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class ThreadItem:
    """One row of a list, as the macro `rows` wants it."""

    title: str
    url: str
    language: str
    author: Person | None
    last_person: Person | None
    last_at: datetime
    replies: int
    topic: str
    topic_url: str
    tags: list[tuple[str, str]]
    unread: int
    is_new: bool
    is_closed: bool
    is_pinned: bool


@dataclass(frozen=True, slots=True)
class TopicItem:
    """A topic of a list: itself, its sub-topics, and where somebody wrote last."""

    topic: TopicRow
    url: str
    subtopics: list[tuple[TopicRow, str]]
    thread_count: int
    last_title: str
    last_language: str
    last_url: str
    last_person: Person | None
    last_at: datetime | None


@dataclass(frozen=True)
class Style:
    """How a list looks: the level of its titles, and whether rows name their topic."""

    level: int = 3
    names_topics: bool = True


@dataclass(frozen=True, slots=True)
class _State:
    """A thread and how far the reader is in it."""

    thread: ThreadRow
    unread: int
    number: int
    is_new: bool


def thread_rows(
    viewer: Viewer, threads: Sequence[ThreadRow], read: Mapping[int, int], style: Style | None = None
) -> Markup:
    """Print rows of threads; `read` says how far the viewer has read each."""
    style = style or Style()
    if not threads:
        return Markup("")
    since = new_since(viewer)
    states = [_state(viewer, thread, read.get(thread.id, 0), since) for thread in threads]
    common = (language(), pulse.beats("people"), pulse.beats("topics"), style)
    keys = [(_key(state), common) for state in states]
    pieces = [_rows.get(key) for key in keys]
    missing = [at for at, piece in enumerate(pieces) if piece is None]
    if missing:
        made = _render(viewer, [states[at] for at in missing], style)
        for at, piece in zip(missing, made, strict=True):
            pieces[at] = piece
            _rows.put(keys[at], piece, 2 * len(piece))
    if any(thread.pinned_at or thread.closed_at for thread in threads):
        use_icons("pin", "lock")
    return as_markup(_OPEN + "".join(piece or "" for piece in pieces) + _CLOSE)


def _state(viewer: Viewer, thread: ThreadRow, last_read: int, since: datetime | None) -> _State:
    """Say how a thread stands to the reader: new is what they neither opened nor wrote."""
    is_new = since is not None and thread.created_at > since
    is_new = is_new and not last_read and thread.author_id != viewer.id
    return _State(thread, thread.unread_after(last_read), thread.next_after(last_read), is_new)


def _key(state: _State) -> tuple[Any, ...]:
    thread = state.thread
    seen = (state.unread, state.number, state.is_new, ago(thread.last_post_at))
    return (thread.id, thread.created_at, thread.version, seen)


def _render(viewer: Viewer, states: Sequence[_State], style: Style) -> list[str]:
    known = people(
        member_id for state in states for member_id in (state.thread.author_id, state.thread.last_author_id)
    )
    rows: Any = get_template_attribute("macros.html", "rows")
    made = []
    for state in states:
        topic = path_to(viewer, state.thread.topic_id)[-1:] if style.names_topics else []
        html = str(rows([_item(state, known, topic[0] if topic else None)], style.level))
        made.append(html.removeprefix(_OPEN).removesuffix(_CLOSE))
    return made


def _item(state: _State, known: Mapping[int, Person], topic: TopicRow | None) -> ThreadItem:
    thread = state.thread
    return ThreadItem(
        title=thread.title,
        url=thread_url(thread, state.number),
        language=thread.language,
        author=known.get(thread.author_id or 0),
        last_person=known.get(thread.last_author_id or 0),
        last_at=thread.last_post_at,
        replies=thread.reply_count,
        topic=topic.name if topic else "",
        topic_url=topic_url(topic) if topic else "",
        tags=[(tag, tag_url(tag)) for tag in thread.tags],
        unread=state.unread,
        is_new=state.is_new,
        is_closed=thread.closed_at is not None,
        is_pinned=thread.pinned_at is not None,
    )


def topic_list(viewer: Viewer, level: int = 3) -> Markup:
    """Print the tree of topics that the viewer may read; empty without any.

    Kept for a minute, since it says how long ago somebody wrote.
    """
    tokens = frozenset(token for token in viewer.tokens if not token.startswith("member:"))
    minute = int(clock.now().timestamp()) // 60
    key = (pulse.beats("content"), tokens, language(), level, minute)
    found = None if pulse.has_moved() else _topics.get(key)
    if found is None:
        nodes = topic_tree(viewer)
        write: Any = get_template_attribute("discussion/_topics.html", "topics")
        found = write(_topic_items(nodes), level) if nodes else Markup("")
        if not pulse.has_moved():
            _topics.put(key, found, 2 * len(found))
    return found


def _topic_items(nodes: Iterable[TopicNode]) -> list[TopicItem]:
    nodes = list(nodes)
    known = people(node.last.last_author_id for node in nodes if node.last is not None)
    items = []
    for node in nodes:
        last = node.last
        items.append(
            TopicItem(
                topic=node.topic,
                url=topic_url(node.topic),
                subtopics=[(child.topic, topic_url(child.topic)) for child in node.children],
                thread_count=node.thread_count,
                last_title=last.title if last else "",
                last_language=last.language if last else "",
                last_url=post_url(last.id, last.slug, last.last_number) if last else "",
                last_person=known.get(last.last_author_id or 0) if last else None,
                last_at=last.last_post_at if last else None,
            )
        )
    return items
