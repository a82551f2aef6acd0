"""Create and change topics."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from flask_babel import lazy_gettext

from brain.base import clock, events, pulse
from brain.base.access import MEMBERS, PUBLIC, STAFF, Viewer, require
from brain.base.db import db
from brain.base.errors import NotFound, Unfit
from brain.base.forms import clean_line
from brain.discussion.actions.locking import lock_topic
from brain.discussion.drafts import TopicDraft
from brain.discussion.errors import TopicInUse
from brain.discussion.models import Thread, Topic
from brain.discussion.settings import DEPTH_MOST
from brain.discussion.texts import slug_of

_AUDIENCE = re.compile(rf"{PUBLIC}|{MEMBERS}|{STAFF}|group:[1-9][0-9]{{0,8}}")
_NAME_MOST = 80
_DESCRIPTION_MOST = 300


def create_topic(viewer: Viewer, draft: TopicDraft) -> int:
    """Create a topic and return its id. Raises Unfit, NotFound for a parent."""
    require(viewer, "discussion.manage_topics")
    draft = _fit(draft)
    above = _path_of_parent(draft.parent_id)
    topic = Topic(
        parent_id=draft.parent_id,
        slug=_slug(draft),
        names=dict(draft.names),
        descriptions=dict(draft.descriptions),
        audience=draft.audience,
        position=draft.position,
        created_at=clock.now(),
    )
    db.session.add(topic)
    db.session.flush()
    topic.path = f"{above}{topic.id}/"
    db.session.flush()
    _announce(topic.id)
    return topic.id


def change_topic(viewer: Viewer, topic_id: int, draft: TopicDraft) -> None:
    """Change a topic; a new audience holds for its threads at once.

    Sub-topics keep their own audience. Raises TopicInUse when it would stand
    inside itself.
    """
    require(viewer, "discussion.manage_topics")
    draft = _fit(draft)
    _lock_with_threads(topic_id)
    before = db.session.execute(
        sa.select(Topic.path, Topic.audience, Topic.parent_id, Topic.slug).where(Topic.id == topic_id)
    ).one()
    if draft.parent_id != before.parent_id:
        _move(topic_id, before.path, _path_of_parent(draft.parent_id))
    slug = _slug(draft)
    db.session.execute(
        sa.update(Topic)
        .where(Topic.id == topic_id)
        .values(
            parent_id=draft.parent_id,
            slug=slug,
            names=dict(draft.names),
            descriptions=dict(draft.descriptions),
            audience=draft.audience,
            position=draft.position,
        )
    )
    if draft.audience != before.audience:
        db.session.execute(
            sa.update(Thread)
            .where(Thread.topic_id == topic_id)
            .values(audience=draft.audience, version=Thread.version + 1)
        )
        _announce_threads([topic_id], "discussion.audience_changed")
    if (draft.audience, draft.parent_id, slug) != (before.audience, before.parent_id, before.slug):
        _announce_below(topic_id)
    _announce(topic_id)


def _lock_with_threads(topic_id: int) -> None:
    """Hold a topic, its threads first as everywhere. Raises NotFound."""
    threads = sa.select(Thread.id).where(Thread.topic_id == topic_id).order_by(Thread.id)
    db.session.execute(threads.with_for_update(key_share=True)).all()
    lock_topic(topic_id)


def _fit(draft: TopicDraft) -> TopicDraft:
    names = _fit_texts(draft.names, _NAME_MOST, "names")
    if not names:
        raise Unfit({"names": lazy_gettext("Give the topic a name in at least one language.")})
    if not _AUDIENCE.fullmatch(draft.audience):
        raise Unfit({"audience": lazy_gettext("Choose one of the list.")})
    descriptions = _fit_texts(draft.descriptions, _DESCRIPTION_MOST, "descriptions")
    return TopicDraft(names, descriptions, draft.audience, draft.parent_id, draft.position)


def _fit_texts(texts: Mapping[str, str], most: int, field: str) -> dict[str, str]:
    cleaned = {code: clean_line(text) for code, text in texts.items()}
    if any(len(text) > most for text in cleaned.values()):
        raise Unfit({field: lazy_gettext("This is too long: at most %(most)s characters.", most=most)})
    return {code: text for code, text in cleaned.items() if text}


def _slug(draft: TopicDraft) -> str:
    return slug_of(draft.names.get("en") or next(iter(draft.names.values())))


def _path_of_parent(parent_id: int | None) -> str:
    if parent_id is None:
        return "/"
    path = db.session.scalar(sa.select(Topic.path).where(Topic.id == parent_id))
    if path is None:
        raise NotFound
    if path.count("/") > DEPTH_MOST:
        raise TopicInUse
    return path


def _move(topic_id: int, old: str, above: str) -> None:
    """Write new paths for a topic and everything below it."""
    if above.startswith(old):
        raise TopicInUse
    new = f"{above}{topic_id}/"
    rows = db.session.execute(sa.select(Topic.id, Topic.path).where(Topic.path.startswith(old))).all()
    depth = max(row.path.count("/") for row in rows) - old.count("/") + new.count("/")
    if depth > DEPTH_MOST + 1:
        raise TopicInUse
    for row in rows:
        db.session.execute(sa.update(Topic).where(Topic.id == row.id).values(path=new + row.path[len(old) :]))


def _announce(topic_id: int) -> None:
    pulse.beat("topics")
    events.publish("discussion.topic_changed", topic_id=topic_id)


def _announce_below(topic_id: int) -> None:
    """Say that a topic's place, name or readers changed, to all that stands in or below it."""
    path = db.session.scalars(sa.select(Topic.path).where(Topic.id == topic_id)).one()
    below = db.session.scalars(sa.select(Topic.id).where(Topic.path.startswith(path))).all()
    _announce_threads(below)
    changed = [{"topic_id": other} for other in below if other != topic_id]
    events.publish_many("discussion.topic_changed", changed)


def _announce_threads(topic_ids: Sequence[int], event: str = "discussion.thread_changed") -> None:
    ids = db.session.scalars(sa.select(Thread.id).where(Thread.topic_id.in_(topic_ids))).all()
    events.publish_many(event, [{"thread_id": thread_id} for thread_id in ids])
