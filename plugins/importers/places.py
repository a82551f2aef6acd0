"""Categories of the old site become topics, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_babel import gettext as _

from brain.base.access import HOUSE, MEMBERS, PUBLIC, STAFF
from brain.base.db import db
from brain.base.forms import clean_line
from brain.base.i18n import LANGUAGES, speaking
from brain.discussion.actions import TopicDraft, create_topic
from brain.discussion.queries import TopicRow, every_topic
from brain.discussion.settings import DEPTH_MOST

from .archive import ArchivedCategory
from .errors import TopicUnclear
from .models import OldTopic

NO_CATEGORY = 0
_NAME_MOST = 80


@dataclass(frozen=True, slots=True)
class _Known:
    """The topic of a category that came before, and whether it was restricted there."""

    topic_id: int
    is_restricted: bool


@dataclass
class Places:
    """Finds or makes the topic of a category; within one unit.

    `parent` names the topic under which all stand, empty for none; `language`
    is that of the names. A topic that has the same name at the same place is
    taken, if it is open to the same people: those who read the topic under
    which all stand. What was restricted there is for staff here: who may read
    it is for an admin to say. Raises TopicUnclear.
    """

    source_id: int
    parent: str
    language: str
    categories: Mapping[int, ArchivedCategory]
    made: int = 0
    _known: dict[int, _Known] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = db.session.execute(
            sa.select(OldTopic.old_id, OldTopic.topic_id, OldTopic.is_restricted).where(
                OldTopic.source_id == self.source_id
            )
        )
        self._known = {row.old_id: _Known(row.topic_id, row.is_restricted) for row in rows}
        self._look_again()
        self._parent_id = self._find_parent(" ".join(self.parent.split())[:_NAME_MOST])
        self._audience = self._topics[self._parent_id].audience if self._parent_id else PUBLIC

    def _find_parent(self, name: str) -> int | None:
        if not name:
            return None
        found = [topic.id for topic in self._topics.values() if _same_name(topic, {self.language: name})]
        if len(found) > 1:
            raise TopicUnclear
        return found[0] if found else self._create(TopicDraft({self.language: name}))

    def _create(self, draft: TopicDraft) -> int:
        topic_id = create_topic(HOUSE, draft)
        self._look_again()
        self.made += 1
        return topic_id

    def _look_again(self) -> None:
        self._topics = {topic.id: topic for topic in every_topic(HOUSE)}

    def topic_of(self, category: ArchivedCategory | None) -> int:
        """Give the topic's id, made if need be with those above it."""
        topic_id = self._parent_id
        is_restricted = False
        for one in self._line_of(category):
            is_restricted = is_restricted or (one is not None and one.is_restricted)
            topic_id = self._known_or_made(one, topic_id, is_restricted=is_restricted)
        assert topic_id is not None  # noqa: S101  # a line is never empty
        return topic_id

    def _known_or_made(
        self, category: ArchivedCategory | None, parent_id: int | None, *, is_restricted: bool
    ) -> int:
        """Give the topic of one category; another one if it was restricted since it came."""
        old_id = category.old_id if category else NO_CATEGORY
        known = self._known.get(old_id)
        if known is not None and (known.is_restricted or not is_restricted):
            return known.topic_id
        audience = self._audience
        if is_restricted and audience in (PUBLIC, MEMBERS):
            audience = STAFF
        if known is not None and self._topics[known.topic_id].audience == audience:
            return known.topic_id
        made = _Known(self._make(category, parent_id, audience), is_restricted)
        if known is None:
            row = {"source_id": self.source_id, "old_id": old_id, "is_restricted": is_restricted}
            db.session.execute(sa.insert(OldTopic), [row | {"topic_id": made.topic_id}])
        self._known[old_id] = made
        return made.topic_id

    def _line_of(self, category: ArchivedCategory | None) -> list[ArchivedCategory | None]:
        """List a category after those above it; a ring is cut open."""
        line: list[ArchivedCategory | None] = [category]
        seen = {category.old_id} if category else set()
        while category and category.parent_id and category.parent_id not in seen:
            category = self.categories.get(category.parent_id, ArchivedCategory(category.parent_id))
            seen.add(category.old_id)
            line.insert(0, category)
        return line

    def _make(self, category: ArchivedCategory | None, parent_id: int | None, audience: str) -> int:
        if parent_id is not None and self._depth(parent_id) >= DEPTH_MOST:
            parent_id = self._parent_id
        names = _names_of(category, self.language)
        for topic in self._topics.values():
            if (topic.parent_id, topic.audience) == (parent_id, audience) and _same_name(topic, names):
                return topic.id
        return self._create(TopicDraft(names, audience=audience, parent_id=parent_id))

    def _depth(self, topic_id: int) -> int:
        topic = self._topics.get(topic_id)
        return len(topic.ancestors) + 1 if topic else 1


def _same_name(topic: TopicRow, names: Mapping[str, str]) -> bool:
    return bool({n.casefold() for n in topic.names.values()} & {n.casefold() for n in names.values()})


def _names_of(category: ArchivedCategory | None, language: str) -> dict[str, str]:
    """Name a topic; one whose name the archive does not tell, in every language."""
    name = clean_line(category.name)[:_NAME_MOST] if category else ""
    if name:
        return {language: name}
    names: dict[str, str] = {}
    for code in LANGUAGES:
        with speaking(code):
            names[code] = _("Category %(number)s", number=category.old_id) if category else _("Other threads")
    return names
