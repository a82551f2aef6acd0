"""A thread's page as HTML: one shared skeleton with personal holes.

What a page of posts shows is the same for everyone of one language, time zone
and role. It is rendered once per version of the thread (and of the people and
topics it names: the pulses `people` and `topics`) and kept; what is personal
(unread marks, own posts' menus, form tokens, plugins' parts) is put into holes
when the page is sent.
"""

from __future__ import annotations

import secrets
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import get_template_attribute
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from brain.base import pulse
from brain.base.access import PUBLIC, Viewer
from brain.base.face import icons_of, use_icons
from brain.base.fragments import Fragments
from brain.base.i18n import country_name, language
from brain.base.markup import as_markup
from brain.discussion.forms import language_choices, new_draft_key
from brain.discussion.lines import line_of
from brain.discussion.links import page_of, post_url, tag_url, topic_url
from brain.discussion.queries import (
    EventLine,
    PostView,
    ThreadRow,
    TopicRow,
    Visit,
    events_on_page,
    pages_of,
    posts_on_page,
)
from brain.members.queries import Person, people
from brain.moderation.queries import ground_sentence

#: Stands around a hole's name; no member can write it, since nobody knows it.
_EDGE = f"\x02{secrets.token_hex(8)}\x02"
_STORE_BYTES = 24 * 1024 * 1024

Holes = dict[str, Markup | str]


@dataclass(frozen=True)
class Fragment:
    """A page of posts: static pieces, and the places of the holes between them.

    `places` gives the pieces to replace by the hole's name (`menu:12`).
    """

    page: int
    pieces: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]
    posts: tuple[PostView, ...]
    shown: tuple[PostView, ...]
    icons: tuple[str, ...]


_fragments: Fragments[Fragment] = Fragments(_STORE_BYTES)


def role_in_stream(viewer: Viewer) -> str:
    """Name the role that decides what a stream offers: visitor, reader, member, staff."""
    if viewer.is_staff:
        return "staff"
    if viewer.is_member:
        return "member" if viewer.confirmed else "reader"
    return "visitor"


@dataclass(frozen=True)
class Place:
    """Which page of which thread, under which topics that the reader may see."""

    thread: ThreadRow
    page: int
    topics: tuple[TopicRow, ...]


def fragment_of(viewer: Viewer, place: Place) -> Fragment:
    """Give the kept fragment of a page, or render it. The thread came through its door."""
    role, thread = role_in_stream(viewer), place.thread
    topics = tuple(topic.id for topic in place.topics)
    state = (thread.id, thread.created_at, thread.version, place.page, topics)
    pulses = (pulse.beats("people"), pulse.beats("topics"))
    key = (state, pulses, language(), viewer.timezone, role)
    found = _fragments.get(key)
    if found is None:
        found = _render(place, role)
        _fragments.put(key, found, sum(len(piece) for piece in found.pieces) * 2)
    use_icons(*found.icons)
    return found


def _render(place: Place, role: str) -> Fragment:
    thread = place.thread
    posts = posts_on_page(thread, place.page)
    events = events_on_page(thread, place.page)
    known = people(
        [
            *(post.author_id for post in posts),
            *(post.answered_id for post in posts),
            *(event.member_id for event in events),
        ]
    )
    write: Any = get_template_attribute("discussion/_thread.html", "thread_page")
    with icons_of() as icons:
        html = write(
            thread=thread,
            page=place.page,
            last_page=pages_of(thread),
            crumbs=[(topic.name, topic_url(topic)) for topic in place.topics],
            tags=[(tag, tag_url(tag)) for tag in thread.tags],
            here=post_url(thread.id, thread.slug, 0) + (f"?page={place.page}" if place.page > 1 else ""),
            is_public=thread.audience == PUBLIC,
            role=role,
            posts=posts,
            lines=_by_number(events, [post.number for post in posts], known),
            people=known,
            countries={p.country: country_name(p.country) for p in known.values() if p.country},
            prose=as_markup,
            ground_of=ground_sentence,
            hole=_hole,
            at_post=lambda number: _address_of(place, number),
        )
    return _fragment(place.page, str(html), posts, tuple(sorted(icons)))


def _fragment(page: int, html: str, posts: list[PostView], icons: tuple[str, ...]) -> Fragment:
    pieces = html.split(_EDGE)
    places: dict[str, tuple[int, ...]] = {}
    for at in range(1, len(pieces), 2):
        places[pieces[at]] = (*places.get(pieces[at], ()), at)
        pieces[at] = ""
    shown = tuple(post for post in posts if not post.withdrawn)
    return Fragment(page, tuple(pieces), places, tuple(posts), shown, icons)


def _hole(kind: str, number: int = 0) -> str:
    return f"{_EDGE}{kind}:{number}{_EDGE}"


def _address_of(place: Place, number: int) -> str:
    return f"#post-{number}" if page_of(number) == place.page else f"/thread/{place.thread.id}/post/{number}"


def _by_number(
    events: list[EventLine], numbers: list[int], known: Mapping[int, Person]
) -> dict[int, list[tuple[str, str, EventLine]]]:
    """Give (icon, sentence, line) of the event lines by the post they follow.

    A line whose post is gone follows the one before; 0 is the top of the page.
    """
    lines: dict[int, list[tuple[str, str, EventLine]]] = {}
    for event in events:
        person = known.get(event.member_id or 0)
        icon, sentence = line_of(event, person.name if person else "")
        if sentence:
            at = bisect_right(numbers, event.after_number)
            lines.setdefault(numbers[at - 1] if at else 0, []).append((icon, sentence, event))
    return lines


def fill(fragment: Fragment, holes: Holes, slots: Mapping[str, Mapping[int, Markup]]) -> Markup:
    """Put a reader's own parts into the holes; a hole without one stays empty.

    `slots` are what plugins give, by the hole's kind and the post's id.
    """
    pieces = list(fragment.pieces)
    given = {f"{kind}:{number}": piece for kind, of in slots.items() for number, piece in of.items()}
    for name, piece in (holes | given).items():
        for at in fragment.places.get(name, ()):
            pieces[at] = piece
    # every piece is what an escaping template printed
    return as_markup("".join(pieces))


def holes_of(viewer: Viewer, thread: ThreadRow, visit: Visit, fragment: Fragment) -> Holes:
    """Give a reader's own parts of a page; visitors have none."""
    if not viewer.is_member:
        return {}
    holes = _unread_holes(viewer, visit, thread, fragment) | _own_holes(viewer, thread, fragment)
    for post in fragment.shown:
        if post.author_id == viewer.id:
            holes[f"class:{post.number}"] = " is-own"
    if "token:0" in fragment.places:
        # letters of both are safe in an attribute: they need no escaping
        token: Any = generate_csrf
        holes |= {"token:0": token(), "draft:0": new_draft_key()}
        holes["languages:0"] = _languages(viewer.language, viewer.languages)
    return holes


@lru_cache(maxsize=256)
def _languages(mine: str, languages: tuple[str, ...]) -> Markup:
    """Print the options of the field for a reply's language."""
    option = Markup('<option value="{0}" lang="{0}"{1}>{2}</option>')
    chosen = {True: Markup(" selected"), False: ""}
    return Markup("").join(
        option.format(code, chosen[code == mine], name) for code, name in language_choices(languages)
    )


def _unread_holes(viewer: Viewer, visit: Visit, thread: ThreadRow, fragment: Fragment) -> Holes:
    """Mark what others wrote since the reader's last visit; nothing at the first one."""
    if not visit.last_read or visit.last_read >= thread.last_number:
        return {}
    since = [post for post in fragment.shown if post.number > visit.last_read]
    new = [post.number for post in since if post.author_id != viewer.id]
    if since and not new and since[-1].number == thread.last_number:
        return {}
    parts: Any = get_template_attribute("discussion/_holes.html", "marks")
    url = post_url(thread.id, thread.slug, thread.next_number)
    line, said, badge, link = parts(thread=thread, url=url).split("|")
    holes: Holes = {"unread:0": link}
    if new:
        holes[f"before:{new[0]}"] = line
    for number in new:
        holes |= {f"class:{number}": " is-new", f"said:{number}": said, f"badge:{number}": badge}
    return holes


def _own_holes(viewer: Viewer, thread: ThreadRow, fragment: Fragment) -> Holes:
    """Offer authors what they may do to their own posts and stubs."""
    holes: Holes = {}
    links: Any = None
    for post in fragment.posts:
        if post.author_id != viewer.id:
            continue
        # to edit and to restore the page offers to staff at every post already
        acts = {"delete"} if viewer.is_staff else {"edit", "delete", "restore"}
        may = {act for act in acts if viewer.can(f"discussion.{act}_post", post)}
        if may:
            links = links or get_template_attribute("discussion/_holes.html", "own_links")
            kind = "stub" if post.withdrawn else "menu"
            holes[f"{kind}:{post.number}"] = links(thread=thread, post=post, may=may)
    return holes


def views_said(thread: ThreadRow) -> str:
    """Say how often members have read a thread."""
    if thread.views <= 1:
        return _("Read once by members") if thread.views else ""
    return _("Read %(count)s times by members", count=thread.views)
