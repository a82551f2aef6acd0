"""The stream of a thread as HTML: one shared skeleton with personal holes.

What a page of posts shows is the same for everyone of one language, time zone
and role. It is rendered once per version of the thread (and of the people it
names: the pulse `people`) and kept; what is
personal (unread marks, own posts' menus, plugins' parts) is put into holes
when the page is sent.
"""

from __future__ import annotations

import secrets
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import g, get_template_attribute
from flask_babel import gettext as _
from markupsafe import Markup

from brain.base import pulse
from brain.base.access import Viewer
from brain.base.face import use_icons
from brain.base.fragments import Fragments
from brain.base.i18n import country_name, language
from brain.base.markup import as_markup
from brain.discussion.links import page_of
from brain.discussion.queries import (
    EventLine,
    PostView,
    ThreadRow,
    Visit,
    events_on_page,
    posts_on_page,
)
from brain.members.queries import Person, people
from brain.moderation.queries import ground_sentence

#: Stands around a hole's name; no member can write it, since nobody knows it.
_EDGE = f"\x02{secrets.token_hex(8)}\x02"
_STORE_BYTES = 24 * 1024 * 1024


@dataclass(frozen=True)
class Fragment:
    """A page of posts: static pieces, and between each two the name of a hole."""

    page: int
    pieces: tuple[Markup, ...]
    posts: tuple[PostView, ...]
    icons: tuple[str, ...]

    @property
    def shown(self) -> list[PostView]:
        """Give the posts that are not stubs."""
        return [post for post in self.posts if not post.withdrawn]


_fragments: Fragments[Fragment] = Fragments(_STORE_BYTES)


def role_in_stream(viewer: Viewer) -> str:
    """Name the role that decides what a stream offers: visitor, reader, member, staff."""
    if viewer.is_staff:
        return "staff"
    if viewer.is_member:
        return "member" if viewer.confirmed else "reader"
    return "visitor"


def stream_of(viewer: Viewer, thread: ThreadRow, page: int) -> Fragment:
    """Give the kept stream of a page, or render it. The thread came through its door."""
    role = role_in_stream(viewer)
    state = (thread.id, thread.created_at, thread.version, pulse.beats("people"), page)
    key = (*state, language(), viewer.timezone, role)
    found = _fragments.get(key)
    if found is None:
        found = _render(thread, page, role)
        size = sum(len(piece) for piece in found.pieces) * 2
        _fragments.put(key, found, size)
    use_icons(*found.icons)
    return found


def _render(thread: ThreadRow, page: int, role: str) -> Fragment:
    posts = posts_on_page(thread, page)
    events = events_on_page(thread, page)
    ids = {post.author_id for post in posts} | {post.answered_id for post in posts}
    ids |= {event.member_id for event in events}
    wanted = [member_id for member_id in ids if member_id is not None]
    known = people(wanted) if wanted else {}
    icons_before = set(g.get("icons", ()))
    g.icons = set()
    stream: Any = get_template_attribute("discussion/_stream.html", "stream")
    html: Markup = stream(
        thread=thread,
        posts=posts,
        lines=_by_number(events, [post.number for post in posts], known),
        people=known,
        countries={p.country: country_name(p.country) for p in known.values() if p.country},
        role=role,
        prose=as_markup,
        ground_of=ground_sentence,
        hole=_hole,
        at_post=lambda number: _address_of(thread, page, number),
    )
    icons = tuple(sorted(g.icons))
    g.icons |= icons_before
    return Fragment(page, tuple(html.split(_EDGE)), tuple(posts), icons)


def _hole(kind: str, number: int) -> str:
    return f"{_EDGE}{kind}:{number}{_EDGE}"


def _address_of(thread: ThreadRow, page: int, number: int) -> str:
    return f"#post-{number}" if page_of(number) == page else f"/thread/{thread.id}/post/{number}"


def _by_number(
    events: list[EventLine], numbers: list[int], known: Mapping[int, Person]
) -> dict[int, list[tuple[str, str, EventLine]]]:
    """Give (icon, sentence, line) of the event lines by the post they follow.

    A line whose post is gone follows the one before; 0 is the top of the page.
    """
    lines: dict[int, list[tuple[str, str, EventLine]]] = {}
    for event in events:
        person = known.get(event.member_id or 0)
        sentence = event_sentence(event, person.name if person else "")
        if sentence:
            at = bisect_right(numbers, event.after_number)
            line = (_ICONS.get(event.kind, "info"), sentence, event)
            lines.setdefault(numbers[at - 1] if at else 0, []).append(line)
    return lines


_ICONS = {
    "closed": "lock",
    "opened": "info",
    "pinned": "pin",
    "unpinned": "pin",
    "renamed": "edit",
    "full": "lock",
    "hidden": "eye",
    "brought_back": "eye",
}


def event_sentence(event: EventLine, name: str) -> str:
    """Say in the reader's language what happened; empty for an unknown kind.

    Names and titles are set apart by direction isolates.
    """
    who = _isolated(name) if name else _("A former member")
    facts = {key: _isolated(text) for key, text in event.facts.items()}
    number = facts.get("number", "")
    sentences = {
        "closed": lambda: _("%(name)s closed this thread.", name=who),
        "opened": lambda: _("%(name)s opened this thread again.", name=who),
        "pinned": lambda: _("%(name)s pinned this thread.", name=who),
        "unpinned": lambda: _("%(name)s unpinned this thread.", name=who),
        "renamed": lambda: _(
            "%(name)s changed the title from “%(before)s” to “%(after)s”.",
            name=who,
            before=facts.get("before", ""),
            after=facts.get("after", ""),
        ),
        "full": lambda: _("This thread has reached its greatest length and is closed."),
        "hidden": lambda: _("The moderators hid post %(number)s.", number=number),
        "brought_back": lambda: _("The moderators brought post %(number)s back.", number=number),
    }
    say = sentences.get(event.kind)
    return say() if say else ""


def _isolated(text: str) -> str:
    return f"\u2068{text}\u2069"


Holes = dict[str, Markup | str]


def fill(fragment: Fragment, holes: Holes, slots: Mapping[str, Mapping[int, Markup]]) -> Markup:
    """Put a reader's own parts into the holes; a hole without one stays empty.

    `slots` are what plugins give, by the hole's kind and the post's id.
    """
    pieces: list[Markup | str] = list(fragment.pieces)
    for at in range(1, len(pieces), 2):
        name = str(pieces[at])
        kind, _colon, number = name.partition(":")
        given = slots.get(kind)
        pieces[at] = holes.get(name, "") if given is None else given.get(int(number), "")
    return Markup().join(pieces)


def unread_holes(visit: Visit, thread: ThreadRow, fragment: Fragment) -> Holes:
    """Mark what is new since the reader's last visit; nothing at the first one."""
    if not visit.last_read or visit.last_read >= thread.highest:
        return {}
    new = [post.number for post in fragment.shown if post.number > visit.last_read]
    if not new:
        return {}
    parts: Any = get_template_attribute("discussion/_holes.html", "marks")
    mark, said, badge = parts().split("|")
    holes: Holes = {f"before:{new[0]}": mark}
    for number in new:
        holes |= {f"class:{number}": " is-new", f"said:{number}": said, f"badge:{number}": badge}
    return holes


def own_holes(viewer: Viewer, thread: ThreadRow, fragment: Fragment) -> Holes:
    """Offer authors what they may do to their own posts and stubs."""
    if not viewer.is_member or viewer.is_staff:
        return {}
    holes: Holes = {}
    links: Any = get_template_attribute("discussion/_holes.html", "own_links")
    for post in fragment.posts:
        if post.author_id != viewer.id:
            continue
        may = {act: viewer.can(f"discussion.{act}_post", post) for act in ("edit", "delete", "restore")}
        if any(may.values()):
            kind = "stub" if post.withdrawn else "menu"
            holes[f"{kind}:{post.number}"] = links(thread=thread, post=post, may=may)
    return holes
