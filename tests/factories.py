"""Factories: what a test is about is stated, the rest is defaulted."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from brain.base import clock, jobs
from brain.base.access import HOUSE, VISITOR, Viewer
from brain.base.unit import unit_of_work

PASSWORD = "correct horse battery"


class Make:
    """Build members, topics, threads and posts through the slices' actions."""

    def __init__(self, app) -> None:
        self.app = app
        self._numbers = count(1)
        # writing is paced: each post of a factory stands 20 s after the one before, in the past
        self._moments = (clock.now() - timedelta(hours=10, seconds=-20 * step) for step in count())

    def member(self, name: str = "", **fields) -> int:
        """Add a confirmed member; returns the id."""
        from brain.members.actions import NewMember, add_member

        number = next(self._numbers)
        fields.setdefault("email", f"member{number}@example.org")
        with unit_of_work():
            return add_member(NewMember(name=name or f"Member {number}", **fields))

    def moderator(self, name: str = "", **fields) -> int:
        """Add a moderator; returns the id."""
        return self.member(name, role="moderator", **fields)

    def admin(self, name: str = "", **fields) -> int:
        """Add an admin; returns the id."""
        return self.member(name, role="admin", **fields)

    def viewer(self, member_id: int | None = None) -> Viewer:
        """Give the viewer of a member, or a visitor."""
        from brain.members.queries import viewer_of

        return VISITOR if member_id is None else viewer_of(member_id)

    def topic(
        self, name: str = "Solidarity finance", audience: str = "public", parent: int | None = None
    ) -> int:
        """Create a topic; returns the id."""
        from brain.discussion.actions import TopicDraft, create_topic

        draft = TopicDraft(names={"en": name}, descriptions={}, audience=audience, parent_id=parent)
        with unit_of_work():
            return create_topic(HOUSE, draft)

    def thread(self, topic: int | None = None, author: int | None = None, posts: int = 1, **fields) -> int:
        """Open a thread with so many posts; returns the id."""
        from brain.discussion.actions import ReplyDraft, ThreadDraft, open_thread, reply

        topic = topic or self.topic()
        author = author or self.member()
        number = next(self._numbers)
        values = {
            "title": f"How do you share the costs of a study visit {number}",
            "text": f"We plan a visit and would like to hear from you {number}.",
            "tags": (),
            "language": "en",
            "draft_key": f"thread-{number}",
        } | fields
        viewer = self.viewer(author)
        with clock.at(next(self._moments)), unit_of_work():
            thread_id, _post_id = open_thread(viewer, topic, ThreadDraft(**values))
        for _ in range(posts - 1):
            key = next(self._numbers)
            draft = ReplyDraft(
                text=f"An answer with the number {key}.",
                language="en",
                reply_to=None,
                draft_key=f"reply-{key}",
            )
            with clock.at(next(self._moments)), unit_of_work():
                reply(viewer, thread_id, draft)
        return thread_id

    def work(self) -> int:
        """Deliver everything that is due."""
        return jobs.run_until_idle()
