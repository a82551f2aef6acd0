"""Posts as things that can be reported and settled."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import lazy_gettext

from brain.base.access import Viewer, allowed_rows
from brain.base.db import db
from brain.discussion.actions import bring_back_post, withdraw_post
from brain.discussion.links import post_url
from brain.discussion.models import Post
from brain.discussion.queries.rows import post_row, select_posts
from brain.plugin.contribution import FlagSubject, FlagTarget


def reported_posts(ids: Sequence[int], viewer: Viewer) -> dict[int, FlagSubject]:
    """Give posts that the viewer may see, as the review queue shows them."""
    readable = sa.or_(
        allowed_rows(viewer, "discussion.read_post"), allowed_rows(viewer, "discussion.restore_post")
    )
    rows = db.session.execute(select_posts().where(Post.id.in_(list(ids)), readable))
    posts = [post_row(row) for row in rows]
    return {
        post.id: FlagSubject(
            id=post.id,
            title=post.title,
            url=f"/thread/{post.thread_id}/post/{post.number}",
            html=post.html,
            language=post.language,
            author_id=post.author_id,
            audience=post.audience,
            context_url=post_url(post.thread_id, post.slug, post.number),
            is_withdrawn=bool(post.withdrawn),
            edited_at=post.edited_at if post.version > 1 else None,
            history_url=f"/thread/{post.thread_id}/post/{post.number}/history",
        )
        for post in posts
    }


TARGETS = (
    FlagTarget(
        kind="post",
        label=lazy_gettext("Post"),
        subjects=reported_posts,
        withdraw=withdraw_post,
        restore=bring_back_post,
        withdrawn_by={"post_withdrawn": lambda ids: [ids["post_id"]]},
    ),
)
