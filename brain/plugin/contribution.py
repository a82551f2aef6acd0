"""What a slice or a plugin declares, as data, without database or request.

Core slices and plugins use the same declarations; the engines (search,
notifications, mail, moderation, admin) read them from `brain.plugin.registry`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from datetime import datetime
from types import UnionType
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import click
from flask import Blueprint
from flask_babel.speaklater import LazyString

from brain.base.access import Permission, Viewer
from brain.base.jobs import Job
from brain.base.settings import Setting
from brain.base.slots import SlotFill

Label: TypeAlias = str | LazyString


@dataclass(frozen=True)
class NavItem:
    """A link in a navigation; `place` is `main`, `member` or `admin`."""

    place: str
    label: Label
    endpoint: str
    order: int = 50
    permission: str = ""
    badge: Callable[[Viewer], int] | None = None


@dataclass(frozen=True)
class ProfileField:
    """A field that members fill in about themselves.

    `type` is line, text, country, languages or url; `audience` who sees it
    (`public` or `members`); `most` the number of characters.
    """

    name: str
    type: str
    label: Label
    audience: str = "members"
    searchable: bool = False
    most: int = 200


@dataclass(frozen=True)
class Document:
    """A text to be found. `at` is aware UTC; `audience` its tokens.

    `group` puts documents of one thread together (`thread:12`): a result list
    shows one row a group. `number` is the post's number there. `topics` are
    the ids of its topic and of those above. Facts that search knows:
    `topic_slugs` (of the same topics, spaces between), `closed` and `archived`
    (any text says yes): such results stand a little lower.
    """

    kind: str
    id: int
    language: str
    title: str
    body: str
    audience: frozenset[str]
    at: datetime
    tags: tuple[str, ...] = ()
    topics: tuple[int, ...] = ()
    author_id: int | None = None
    author: str = ""
    group: str = ""
    number: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Card:
    """What a list shows of one thing.

    `text` is plain and whole: search cuts a snippet from it. `labels` are the
    topics and tags that it is found by as well; those that were are shown.
    """

    id: int
    title: str
    url: str
    language: str = ""
    byline: str = ""
    at: datetime | None = None
    text: str = ""
    badge: Label = ""
    badge_class: str = ""
    labels: Sequence[str] = ()


@dataclass(frozen=True)
class SearchSource:
    """How one kind of thing is found.

    `changed_by` maps event names to a function of the event's ids that gives
    the document ids to index again. `all_ids(after, limit)` walks everything
    for a rebuild, in id order. `documents(ids)` leaves out what is gone: the
    engine then removes it. `cards(ids, viewer)` leaves out what the viewer may
    not see: this is the second check, from the database.
    """

    kind: str
    label: Label
    changed_by: Mapping[str, Callable[[Mapping[str, Any]], Iterable[int]]]
    all_ids: Callable[[int, int], Sequence[int]]
    documents: Callable[[Sequence[int]], Sequence[Document]]
    cards: Callable[[Sequence[int], Viewer], Mapping[int, Card]]
    order: int = 50


@dataclass(frozen=True)
class Notice:
    """One notification to be stored: who gets it and what it is about.

    Unread ones of a `group_key` (`thread:12`) are shown as one, with a count.
    `key` says what counts as the same news: a second one is dropped. It is the
    event itself unless several events may tell of one thing.
    """

    member_id: int
    subject_kind: str
    subject_id: int
    actor_id: int | None = None
    group_key: str = ""
    key: str = ""


@dataclass(frozen=True)
class Line:
    """A notification as shown: a whole sentence in the reader's language and a way there."""

    sentence: str
    url: str
    excerpt: str = ""
    language: str = ""


@dataclass(frozen=True)
class NotificationType:
    """A reason to tell a member something.

    `on_event`/`recipients` say whom an event concerns, in order of weight:
    one event gives a member at most one notification, lowest `order` first.
    `lines(rows, viewer)` gives a line by row id, for many rows at once, in the
    language spoken now, and leaves out what the viewer may no longer see; the
    rows are `brain.notifications.queries.Row`. `changed_by` maps event names
    to a function of the event's ids that gives the subject ids whose rows may
    have become visible or not: unread counts follow.
    """

    name: str
    label: Label
    on_event: str
    recipients: Callable[[Mapping[str, Any]], Sequence[Notice]]
    lines: Callable[[Sequence[Any], Viewer], Mapping[int, Line]]
    order: int = 50
    channels: tuple[str, ...] = ("page",)
    changed_by: Mapping[str, Callable[[Mapping[str, Any]], Iterable[int]]] = field(default_factory=dict)


@dataclass(frozen=True)
class LetterDraft:
    """What one letter says and to whom, in the reader's language when rendered.

    `timezone` is an IANA name: dates in the letter are told in it.
    """

    address: str
    language: str
    context: Mapping[str, Any]
    timezone: str = "UTC"


@dataclass(frozen=True)
class Letter:
    """A mail that an event brings about (confirm an address, a case settled).

    Templates are `<template>.txt` and `<template>.html`; the first line of the
    text is the subject. `drafts` gives an empty list when nothing is to be
    sent any more.
    """

    name: str
    on_event: str
    template: str
    drafts: Callable[[Mapping[str, Any]], Sequence[LetterDraft]]


@dataclass(frozen=True)
class FlagSubject:
    """What the review queue needs to know of a flagged thing.

    `edited_at` and `history_url` (what it said before) tell moderators when it
    is no longer what was reported.
    """

    id: int
    title: str
    url: str
    html: str
    language: str
    author_id: int | None
    audience: str
    context_url: str = ""
    is_withdrawn: bool = False
    edited_at: datetime | None = None
    history_url: str = ""


@dataclass(frozen=True)
class FlagTarget:
    """A kind of thing that can be reported and settled.

    `subjects(ids, viewer)` leaves out what the viewer may not see; jobs ask too,
    so its addresses are made by `brain.base.http.path_for`. `withdraw`
    and `restore` change the thing in the running transaction; `ground` names
    the reason (`brain.moderation.queries.ground_sentence` says it to a reader). The
    moderation engine knows no content. `withdrawn_by` maps event names to a
    function of the event's ids that gives things which may have been withdrawn
    elsewhere: their open cases are then settled as agreed.
    """

    kind: str
    label: Label
    subjects: Callable[[Sequence[int], Viewer], Mapping[int, FlagSubject]]
    withdraw: Callable[[Viewer, int, str], None]
    restore: Callable[[Viewer, int], None]
    withdrawn_by: Mapping[str, Callable[[Mapping[str, Any]], Iterable[int]]] = field(default_factory=dict)


@dataclass(frozen=True)
class HomePanel:
    """A panel on the home page; `load(viewer)` gives its context, None for nothing to show.

    With `is_kept` the panel says that what it shows changes with published
    events only: each viewer's is rendered after one and kept, an hour at most.
    """

    name: str
    template: str
    load: Callable[[Viewer], Mapping[str, Any] | None]
    place: str = "aside"
    order: int = 50
    is_kept: bool = False


@dataclass(frozen=True)
class MemberData:
    """What a slice keeps about a member: for the export, and to erase."""

    name: str
    export: Callable[[int], Any]
    erase: Callable[[int], None]


def _check(where: str, item: Any, kind: type) -> None:
    """See that a declaration is of its kind, and its values of theirs. Raises TypeError."""
    if not isinstance(item, kind):
        raise TypeError(f"{where} holds {item!r}, which is no {kind.__name__}")
    if not is_dataclass(kind):
        return
    for name, hint in get_type_hints(kind).items():
        if not fits(getattr(item, name), hint):
            raise TypeError(f"{where}: {name} of {item!r} should be {hint}")


def fits(value: Any, hint: Any) -> bool:
    """Tell whether a value is what a type hint says, as far as one can see without using it."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return any(fits(value, one) for one in get_args(hint))
    if origin is Literal:
        return value in get_args(hint)
    if hint in (Any, None):
        return hint is Any or value is None
    kind = (int | float) if hint is float else origin or hint
    if kind is Sequence and isinstance(value, str):
        return False
    return not isinstance(kind, type | UnionType) or isinstance(value, kind)


@dataclass(frozen=True)
class Contribution:
    """Everything that a slice or plugin adds. Leave out what it has not.

    `derived_jobs` is for engines: called once at boot, when everybody has
    declared (also plugins that are switched off), it gives the jobs that
    follow from it, such as one for each event that somebody wants told.
    """

    blueprints: Sequence[Blueprint] = ()
    permissions: Sequence[Permission] = ()
    settings: Sequence[Setting] = ()
    slot_fills: Sequence[SlotFill] = ()
    nav_items: Sequence[NavItem] = ()
    profile_fields: Sequence[ProfileField] = ()
    search_sources: Sequence[SearchSource] = ()
    notification_types: Sequence[NotificationType] = ()
    letters: Sequence[Letter] = ()
    flag_targets: Sequence[FlagTarget] = ()
    jobs: Sequence[Job] = ()
    derived_jobs: Callable[[Sequence[Contribution]], Sequence[Job]] | None = None
    commands: Sequence[click.Command] = ()
    member_data: Sequence[MemberData] = ()
    home_panels: Sequence[HomePanel] = ()

    def __post_init__(self) -> None:
        """Refuse what is no list of declarations, or declares with the wrong kinds of values.

        Raises TypeError: later it would fail on every page, or stop the worker.
        """
        for name, hint in get_type_hints(type(self)).items():
            if name == "derived_jobs":
                continue
            value = getattr(self, name)
            if isinstance(value, str) or not isinstance(value, Sequence):
                raise TypeError(f"{name} takes a list of declarations")
            for item in value:
                _check(name, item, get_args(hint)[0])
