"""Edit posts; what was said before is kept as revisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from brain.base import clock, events, markup
from brain.base.access import Viewer, require
from brain.base.db import db
from brain.base.forms import clean_line
from brain.discussion.actions.lines import add_line
from brain.discussion.actions.locking import lock_thread
from brain.discussion.differences import changes_between
from brain.discussion.drafts import EditDraft
from brain.discussion.errors import EditedMeanwhile, TooLate
from brain.discussion.models import Post, PostRevision, Thread, ThreadTag
from brain.discussion.queries import open_post
from brain.discussion.queries.rows import PostRow
from brain.discussion.texts import fit_language, fit_post, fit_tags, fit_title, slug_of
from brain.members.queries import people
from brain.moderation.queries import open_cases_about

#: An edit so soon and so small does not make a new version.
GRACE = timedelta(seconds=300)
GRACE_CHARACTERS = 100
GRACE_HEAD = 20
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
    html = _rendered(draft)
    lock_thread(thread_id)
    post = open_post(viewer, thread_id, number)
    check_may_edit(viewer, post)
    last = _last_version(post)
    if draft.seen and draft.seen != post.stamp:
        raise EditedMeanwhile(_name_of(last.editor_id))
    after = _fit(draft, post)
    changes = _changes(post, after, html)
    if not changes and not after.reason:
        return post
    if _makes_version(viewer, post, after, last):
        _keep_version(viewer, post, after.reason)
        changes["version"] = Post.version + 1
    moment = clock.now()
    db.session.execute(sa.update(Post).where(Post.id == post.id).values(edited_at=moment, **changes))
    _change_thread(viewer, post, after, bumps=number == post.last_number and "version" in changes)
    events.publish("post_edited", post_id=post.id, thread_id=thread_id)
    if after.title != post.title or after.tags != post.tags:
        events.publish("discussion.thread_changed", thread_id=thread_id)
    return open_post(viewer, thread_id, number)


def _rendered(draft: EditDraft) -> str:
    """Render the text before anything is locked: this takes the longest."""
    return markup.render(fit_post(draft.text)).html


@dataclass(frozen=True)
class _Edit:
    source: str
    title: str
    tags: tuple[str, ...]
    language: str
    reason: str


def check_may_edit(viewer: Viewer, post: PostRow) -> None:
    """Go on only if the viewer may edit the post. Raises TooLate, NotFound."""
    own = viewer.confirmed and post.author_id == viewer.id and not post.withdrawn
    if own and not viewer.can("discussion.edit_post", post):
        raise TooLate
    require(viewer, "discussion.edit_post", post)


def _fit(draft: EditDraft, post: PostRow) -> _Edit:
    first = post.number == 1
    return _Edit(
        source=fit_post(draft.text),
        title=_fit_title(draft, post) if first else post.title,
        tags=fit_tags(draft.tags) if first and draft.tags is not None else post.tags,
        language=fit_language(draft.language) if draft.language else post.language,
        reason=clean_line(draft.reason)[:REASON_MOST],
    )


def _fit_title(draft: EditDraft, post: PostRow) -> str:
    """Check a title that is to change; one of before may be shorter than titles are now."""
    if draft.title is None or clean_line(draft.title) == post.title:
        return post.title
    return fit_title(draft.title)


def _changes(post: PostRow, after: _Edit, html: str) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if after.source != post.source:
        changes["source"] = after.source
        changes["html"] = html
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
    head_before, head_after = f"{post.title} {post.tags}", f"{after.title} {after.tags}"
    return (
        changed_characters(head_before, head_after, GRACE_HEAD) > GRACE_HEAD
        or changed_characters(post.source, after.source, GRACE_CHARACTERS) > GRACE_CHARACTERS
        # what moderators are to look at stays as it was reported
        or bool(open_cases_about("post", [post.id]))
    )


def changed_characters(before: str, after: str, most: int) -> int:
    """Count the characters that an edit changed; `most` + 1 stands for more."""
    if abs(len(before) - len(after)) > most:
        return most + 1
    # a character that gives way to another is two steps: it goes, and one comes
    changes = changes_between(before, after, 2 * most)
    return most + 1 if changes is None else min(most + 1, sum(change.size for change in changes))


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
        # what staff took out of somebody's title is not to stand there for good
        before = {"before": post.title} if post.author_id == viewer.id else {}
        add_line(post.thread_id, "renamed", viewer.id, post.highest, after=after.title, **before)
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
