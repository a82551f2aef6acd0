"""One batch of posts becomes rows, in one transaction.

What came in is noted in the same transaction: an import that was cut off at
any moment goes on where it was when it is begun again, and two at once do not
write anything twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from brain.base.access import HOUSE
from brain.base.db import db
from brain.base.markup import Rendered
from brain.base.unit import unit_of_work
from brain.discussion.actions.past import (
    PastLine,
    PastPost,
    Settled,
    add_past_lines,
    add_past_posts,
    settle_past_threads,
)

from .archive import ArchivedMember, ArchivedPost, ArchivedThread
from .heads import KnownThread, known_threads
from .models import OldThread
from .number_ranges import write_ranges
from .outcome import Outcome
from .people import key_digest
from .standing import closed_at, is_post, line_kind, pinned_at, withdrawn_as


@dataclass(frozen=True)
class Piece:
    """A thread of the archive, its new posts, and their rendered texts by number."""

    thread: ArchivedThread
    fresh: Sequence[ArchivedPost]
    texts: Mapping[int, Rendered]


@dataclass
class _Rows:
    """What one transaction adds, gathered thread by thread."""

    posts: list[PastPost] = field(default_factory=list)
    olds: list[tuple[KnownThread, int]] = field(default_factory=list)
    lines: list[PastLine] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    moved: dict[tuple[int, int], int] = field(default_factory=dict)
    plain: int = 0


@dataclass(frozen=True)
class Writing:
    """What is the same for all batches of a run; `members` by digest of their key."""

    source_id: int
    language: str
    members: Mapping[str, int | None]
    outcome: Outcome

    def write(self, pieces: Sequence[Piece]) -> None:
        """Write what has not come in before, and note that it has now."""
        with unit_of_work():
            known = known_threads(self.source_id, [piece.thread.old_id for piece in pieces])
            rows = _Rows()
            for piece in pieces:
                self._gather(piece, known[piece.thread.old_id], rows)
            numbers = add_past_posts(HOUSE, rows.posts, rows.moved)
            moved = [(at, number) for at, number in zip(rows.olds, numbers, strict=True) if at[1] != number]
            for (here, old), number in moved:
                here.moved[old] = number
            settle_past_threads(HOUSE, rows.settled)
            add_past_lines(HOUSE, rows.lines)
            self._note(known)
        self.outcome.moved_posts += len(moved)
        self._count(rows)

    def _gather(self, piece: Piece, here: KnownThread, rows: _Rows) -> None:
        """Turn what is new of a thread into rows; another run may have been faster."""
        fresh = [post for post in piece.fresh if post.number not in here.numbers]
        if here.thread_id is None or not fresh:
            return
        thread_id, thread = here.thread_id, piece.thread
        for post in fresh:
            if is_post(post):
                text = piece.texts[post.number]
                rows.posts.append(self._past_post(thread_id, thread, post, text))
                rows.olds.append((here, post.number))
                rows.plain += text.is_plain
        lines = [line for post in fresh if (line := self._line(thread_id, post))]
        has_closed = any(line.kind == "closed" for line in lines)
        rows.lines += lines
        rows.settled.append(
            Settled(
                thread_id,
                closed_at=closed_at(thread) if has_closed or not here.numbers else None,
                pinned_at=None if here.numbers else pinned_at(thread),
            )
        )
        rows.moved.update({(thread_id, old): new for old, new in here.moved.items()})
        here.numbers.update(post.number for post in fresh)

    def _past_post(
        self, thread_id: int, thread: ArchivedThread, post: ArchivedPost, text: Rendered
    ) -> PastPost:
        return PastPost(
            thread_id=thread_id,
            number=post.number,
            author_id=self._member_id(post.author),
            language=self.language,
            source=post.source,
            html=text.html,
            created_at=post.created_at,
            edited_at=post.edited_at,
            reply_to=post.reply_to_number,
            likes=post.likes,
            withdrawn=withdrawn_as(thread, post),
            by_author=post.is_deleted_by_author,
        )

    def _line(self, thread_id: int, post: ArchivedPost) -> PastLine | None:
        kind = line_kind(post)
        if kind is None:
            return None
        behind = post.number if is_post(post) else post.number - 1
        return PastLine(thread_id, behind, kind, self._member_id(post.author), post.created_at)

    def _member_id(self, author: ArchivedMember | None) -> int | None:
        return self.members.get(key_digest(author.key)) if author else None

    def _note(self, known: Mapping[int, KnownThread]) -> None:
        rows = [
            {
                "source_id": self.source_id,
                "old_id": old_id,
                "numbers": write_ranges(here.numbers),
                "moved": sorted(here.moved.items()),
            }
            for old_id, here in known.items()
        ]
        if rows:
            db.session.execute(sa.update(OldThread), rows)

    def _count(self, rows: _Rows) -> None:
        self.outcome.new_posts += len(rows.posts)
        self.outcome.new_lines += len(rows.lines)
        self.outcome.withdrawn_posts += sum(bool(post.withdrawn) for post in rows.posts)
        self.outcome.plain_posts += rows.plain
