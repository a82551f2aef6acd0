"""Earlier versions of a post, with what changed between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from brain.base.access import Viewer, require
from brain.base.db import db
from brain.discussion.differences import Change, changes_between
from brain.discussion.models import PostRevision
from brain.discussion.queries.doors import open_post
from brain.discussion.queries.rows import PostRow

#: Lines, and words within changed lines, that may differ; more are shown whole.
_MOST_LINES = 200
_MOST_WORDS = 200
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


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
class _State:
    source: str
    title: str
    tags: str


def post_history(viewer: Viewer, thread_id: int, number: int) -> tuple[PostRow, list[Version]]:
    """Give a post and its versions, newest first. Raises NotFound."""
    post = open_post(viewer, thread_id, number)
    require(viewer, "discussion.read_history", post)
    rows = db.session.execute(
        sa.select(
            PostRevision.version,
            PostRevision.source,
            PostRevision.title,
            PostRevision.tags,
            PostRevision.editor_id,
            PostRevision.reason,
            PostRevision.at,
        )
        .where(PostRevision.post_id == post.id)
        .order_by(PostRevision.version)
    ).all()
    states = [_State(row.source, row.title or "", ", ".join(row.tags or ())) for row in rows]
    first = number == 1
    states.append(_State(post.source, post.title if first else "", ", ".join(post.tags) if first else ""))
    authors = [(post.author_id, post.created_at, ""), *((r.editor_id, r.at, r.reason) for r in rows)]
    versions = []
    for at, (state, (editor_id, moment, reason)) in enumerate(zip(states, authors, strict=True)):
        before = states[at - 1] if at else state
        versions.append(
            Version(
                number=at + 1,
                editor_id=editor_id,
                at=moment,
                reason=reason,
                parts=difference(before.source, state.source),
                title_parts=difference(before.title, state.title) if before.title != state.title else [],
                tag_parts=difference(before.tags, state.tags) if before.tags != state.tags else [],
            )
        )
    return post, versions[::-1]


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
