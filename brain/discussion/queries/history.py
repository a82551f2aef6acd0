"""Earlier versions of a post, with what changed between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

import sqlalchemy as sa

from brain.base.access import Viewer, require
from brain.base.db import db
from brain.base.errors import NotFound
from brain.discussion.differences import Change, changes_between
from brain.discussion.models import PostRevision
from brain.discussion.queries.doors import open_post
from brain.discussion.queries.rows import PostRow

#: Lines, and words within changed lines, that may differ; more are shown whole.
_MOST_LINES = 200
_MOST_WORDS = 200
_WORD = re.compile(r"\s+|\w+|[^\w\s]")
PAGE = 20

#: Who made a version, when and why.
_Made = tuple[int | None, datetime, str]


@dataclass(frozen=True)
class Version:
    """One version of a post: who wrote it when, why, and how it differs.

    `parts` are (kind, text) with kind `same`, `gone` or `new`, against the
    version before; the first version is all `same`. Title and tags only where
    they changed.
    """

    number: int
    editor_id: int | None
    at: datetime
    reason: str
    parts: list[tuple[str, str]]
    title_parts: list[tuple[str, str]]
    tag_parts: list[tuple[str, str]]


@dataclass(frozen=True)
class History:
    """A page of a post's versions, newest first; `number` is the page's, of `last` pages."""

    post: PostRow
    versions: list[Version]
    number: int
    last: int


@dataclass(frozen=True)
class _State:
    source: str
    title: str
    tags: str


def post_history(viewer: Viewer, thread_id: int, number: int, page: int = 1) -> History:
    """Give a post and its versions. Raises NotFound, also for a page that is not there."""
    post = open_post(viewer, thread_id, number)
    require(viewer, "discussion.read_history", post)
    ours = PostRevision.post_id == post.id
    total = 1 + (db.session.scalar(sa.select(sa.func.count()).where(ours)) or 0)
    last = ceil(total / PAGE)
    if page > last:
        raise NotFound
    newest = total - PAGE * (page - 1)
    oldest = max(1, newest - PAGE + 1)
    states, made = _past(post, oldest - 1, newest)
    versions = []
    for version in range(newest, oldest - 1, -1):
        state, (editor_id, moment, reason) = states[version], made[version]
        before = states.get(version - 1, state)
        versions.append(
            Version(
                number=version,
                editor_id=editor_id,
                at=moment,
                reason=reason,
                parts=difference(before.source, state.source),
                title_parts=difference(before.title, state.title) if before.title != state.title else [],
                tag_parts=difference(before.tags, state.tags) if before.tags != state.tags else [],
            )
        )
    return History(post, versions, page, last)


def _past(post: PostRow, first: int, last: int) -> tuple[dict[int, _State], dict[int, _Made]]:
    """Give what versions `first` to `last` said, and who made each: a revision keeps what it replaced."""
    skip = max(first - 1, 0)
    rows = db.session.execute(
        sa.select(
            PostRevision.source,
            PostRevision.title,
            PostRevision.tags,
            PostRevision.editor_id,
            PostRevision.reason,
            PostRevision.at,
        )
        .where(PostRevision.post_id == post.id)
        .order_by(PostRevision.version)
        .limit(last - skip)
        .offset(skip)
    )
    is_first = post.number == 1
    now = _State(post.source, post.title if is_first else "", ", ".join(post.tags) if is_first else "")
    states: dict[int, _State] = {}
    made: dict[int, _Made] = {1: (post.author_id, post.created_at, "")}
    for version, row in enumerate(rows, skip + 1):
        states[version] = _State(row.source, row.title or "", ", ".join(row.tags or ()))
        made[version + 1] = (row.editor_id, row.at, row.reason)
    states.setdefault(last, now)
    return states, made


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """Compare two texts word by word: (kind, text) in reading order.

    Lines are compared first and words only within changed lines; where too
    much changed in one place, the old words and the new ones are shown whole.
    """
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    parts: list[tuple[str, str]] = []
    for is_same, gone, fresh in _pieces(old, new, _MOST_LINES):
        if is_same:
            parts.append(("same", gone))
        else:
            words = _pieces(_WORD.findall(gone), _WORD.findall(fresh), _MOST_WORDS)
            for alike, out, come in words:
                parts += [("same", out)] if alike else [("gone", out), ("new", come)]
    return _joined(parts)


def _pieces(old: Sequence[str], new: Sequence[str], most: int) -> Iterator[tuple[bool, str, str]]:
    """Divide two texts into what is the same and what is not: (same, old, new)."""
    changes = changes_between(old, new, most)
    if changes is None:
        changes = [Change(0, len(old), 0, len(new))]
    at = 0
    for change in changes:
        kept = "".join(old[at : change.i1])
        if kept:
            yield True, kept, kept
        yield False, "".join(old[change.i1 : change.i2]), "".join(new[change.j1 : change.j2])
        at = change.i2
    kept = "".join(old[at:])
    if kept:
        yield True, kept, kept


def _joined(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    joined: list[tuple[str, str]] = []
    for kind, text in parts:
        if not text:
            continue
        if joined and joined[-1][0] == kind:
            joined[-1] = (kind, joined[-1][1] + text)
        else:
            joined.append((kind, text))
    return joined
