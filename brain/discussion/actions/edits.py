"""Edit posts; what was said before is kept as revisions."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from brain.base import clock, events, markup
from brain.base.access import Viewer, require
from brain.base.db import db
from brain.base.forms import clean_line
from brain.discussion.actions.lines import add_line
from brain.discussion.drafts import EditDraft
from brain.discussion.errors import EditedMeanwhile, TooLate
from brain.discussion.models import Post, PostRevision, Thread, ThreadTag
from brain.discussion.queries import open_post
from brain.discussion.queries.rows import PostRow, post_row, select_posts
from brain.discussion.texts import fit_language, fit_post, fit_tags, fit_title, slug_of
from brain.members.queries import people

#: An edit so soon and so small does not make a new version.
GRACE = timedelta(seconds=300)
GRACE_CHARACTERS = 100
REASON_MOST = 200


@dataclass(frozen=True)
class _LastVersion:
    """Who made the version that stands now, and when."""

    editor_id: int | None
    at: datetime


def edit_post(viewer: Viewer, thread_id: int, number: int, draft: EditDraft) -> PostRow:
    """Give a post a new text, and a first post's thread a new title and tags.

    Makes a revision unless the same editor mends at most 100 characters within
    300 s of the last version and gives no reason. Raises EditedMeanwhile when
    the post moved on since `draft.seen`, TooLate, Unfit, NotFound.
    """
    post = open_post(viewer, thread_id, number)
    _check_may_edit(viewer, post)
    post = _lock(post)
    last = _last_version(post)
    if draft.seen and draft.seen != post.stamp:
        raise EditedMeanwhile(_name_of(last.editor_id))
    after = _fit(draft, post)
    changes = _changes(post, after)
    if not changes and not after.reason:
        return post
    if _makes_version(viewer, post, after, last):
        _keep_version(viewer, post, after.reason)
        changes["version"] = Post.version + 1
    moment = clock.now()
    db.session.execute(sa.update(Post).where(Post.id == post.id).values(edited_at=moment, **changes))
    _change_thread(viewer, post, after, bumps=number == post.highest and "version" in changes)
    events.publish("post_edited", post_id=post.id, thread_id=thread_id)
    if after.title != post.title or after.tags != post.tags:
        events.publish("discussion.thread_changed", thread_id=thread_id)
    return open_post(viewer, thread_id, number)


@dataclass(frozen=True)
class _Edit:
    source: str
    title: str
    tags: tuple[str, ...]
    language: str
    reason: str


def _check_may_edit(viewer: Viewer, post: PostRow) -> None:
    own = viewer.confirmed and post.author_id == viewer.id and not post.withdrawn
    if own and not viewer.can("discussion.edit_post", post):
        raise TooLate
    require(viewer, "discussion.edit_post", post)


def _lock(post: PostRow) -> PostRow:
    """Read the post again, holding its thread (always locked first)."""
    db.session.execute(
        sa.select(Thread.id).where(Thread.id == post.thread_id).with_for_update(key_share=True)
    )
    return post_row(db.session.execute(select_posts().where(Post.id == post.id)).one())


def _fit(draft: EditDraft, post: PostRow) -> _Edit:
    first = post.number == 1
    return _Edit(
        source=fit_post(draft.text),
        title=fit_title(draft.title) if first and draft.title is not None else post.title,
        tags=fit_tags(draft.tags) if first and draft.tags is not None else post.tags,
        language=fit_language(draft.language) if draft.language else post.language,
        reason=clean_line(draft.reason)[:REASON_MOST],
    )


def _changes(post: PostRow, after: _Edit) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if after.source != post.source:
        changes["source"] = after.source
        changes["html"] = markup.render(after.source).html
        changes["renderer"] = markup.RENDERER_VERSION
    if after.language != post.language:
        changes["language"] = after.language
    if changes or after.title != post.title or after.tags != post.tags:
        changes.setdefault("language", after.language)
    return changes


def _last_version(post: PostRow) -> _LastVersion:
    row = db.session.execute(
        sa.select(PostRevision.editor_id, PostRevision.at)
        .where(PostRevision.post_id == post.id)
        .order_by(PostRevision.version.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return _LastVersion(post.author_id, post.created_at)
    return _LastVersion(row.editor_id, row.at)


def _makes_version(viewer: Viewer, post: PostRow, after: _Edit, last: _LastVersion) -> bool:
    if after.reason or viewer.id != last.editor_id or clock.now() - last.at > GRACE:
        return True
    if after.title != post.title or after.tags != post.tags:
        return changed_characters(f"{post.title} {post.tags}", f"{after.title} {after.tags}") > 20
    return changed_characters(post.source, after.source) > GRACE_CHARACTERS


def changed_characters(before: str, after: str) -> int:
    """Count the characters that an edit changed; a long rewrite counts whole.

    What both texts begin and end with is left out first: comparing the rest
    letter by letter costs its square, so beyond 2,000 it is not compared.
    """
    start = 0
    most = min(len(before), len(after))
    while start < most and before[start] == after[start]:
        start += 1
    end = 0
    while end < most - start and before[-1 - end] == after[-1 - end]:
        end += 1
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if max(len(old), len(new)) > 2_000:
        return max(len(old), len(new))
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in blocks if tag != "equal")


def _keep_version(viewer: Viewer, post: PostRow, reason: str) -> None:
    first = post.number == 1
    db.session.execute(
        sa.insert(PostRevision).values(
            post_id=post.id,
            version=post.version,
            source=post.source,
            title=post.title if first else None,
            tags=list(post.tags) if first else None,
            editor_id=viewer.id,
            reason=reason,
            at=clock.now(),
        )
    )


def _change_thread(viewer: Viewer, post: PostRow, after: _Edit, bumps: bool) -> None:
    values: dict[str, Any] = {"version": Thread.version + 1}
    if bumps:
        values["bumped_at"] = clock.now()
    if post.number == 1:
        values["language"] = after.language
    if after.title != post.title:
        values |= {"title": after.title, "slug": slug_of(after.title)}
        add_line(post.thread_id, "renamed", viewer.id, post.highest, before=post.title, after=after.title)
    if after.tags != post.tags:
        values["tags"] = list(after.tags)
        db.session.execute(sa.delete(ThreadTag).where(ThreadTag.thread_id == post.thread_id))
        if after.tags:
            rows = [{"thread_id": post.thread_id, "tag": tag} for tag in after.tags]
            db.session.execute(sa.insert(ThreadTag), rows)
    db.session.execute(sa.update(Thread).where(Thread.id == post.thread_id).values(values))


def _name_of(member_id: int | None) -> str:
    if member_id is None:
        return ""
    found = people([member_id]).get(member_id)
    return found.name if found else ""
