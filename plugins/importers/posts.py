"""Posts of an archive: read here, rendered by other processes, written batch by batch."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

from brain.base.markup import Crew, Rendered
from brain.base.unit import unit_of_work

from .archive import ArchivedPost, ArchivedThread, Skipped
from .discourse import DiscourseArchive
from .heads import KnownThread, Wishes, known_threads
from .outcome import Outcome
from .people import call_nobody_else, member_ids, renamed
from .sites import remember_site
from .standing import is_post
from .writing import Piece, Writing

THREADS_AT_ONCE = 200
POSTS_AT_ONCE = 1_000
_TEXTS_AT_ONCE = 40
#: While so many are being rendered, the next is read.
_BATCHES_WAITING = 2

Watch = Callable[[int], None]
"""Is told how many more posts and notes of the archive are dealt with."""


@dataclass
class Batch:
    """Some threads with the posts that are new, and their texts being rendered."""

    threads: list[tuple[ArchivedThread, list[ArchivedPost]]] = field(default_factory=list)
    posts: int = 0
    rendering: list[Future[list[Rendered]]] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Tell whether it is as much as one transaction should hold."""
        return self.posts >= POSTS_AT_ONCE or len(self.threads) >= THREADS_AT_ONCE

    def add(self, thread: ArchivedThread, fresh: list[ArchivedPost]) -> None:
        """Take a thread in."""
        self.threads.append((thread, fresh))
        self.posts += len(fresh)

    def call_nobody_else(self, names: frozenset[str]) -> None:
        """Let no mention call a member who only has the name of somebody there."""
        self.threads = [
            (thread, [replace(post, source=call_nobody_else(post.source, names)) for post in fresh])
            for thread, fresh in self.threads
        ]

    def render(self, crew: Crew) -> None:
        """Have all texts rendered; returns at once."""
        texts = [post.source for _thread, fresh in self.threads for post in fresh if is_post(post)]
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            self.rendering.append(crew.render(texts[start : start + _TEXTS_AT_ONCE]))

    def pieces(self) -> list[Piece]:
        """Give the threads with their texts, waiting for those."""
        texts = (text for future in self.rendering for text in future.result())
        return [
            Piece(thread, fresh, {post.number: next(texts) for post in fresh if is_post(post)})
            for thread, fresh in self.threads
        ]


def bring_posts(archive: DiscourseArchive, wishes: Wishes, outcome: Outcome, watch: Watch) -> None:
    """Add the posts that are not known yet to their threads."""
    with unit_of_work():
        source_id = remember_site(wishes.base_url)
        known = known_threads(source_id)
        members = member_ids(source_id)
        others = renamed(source_id)
    writing = Writing(source_id, wishes.language, members, outcome)
    waiting: deque[Batch] = deque()
    with Crew(wishes.processes) as crew:
        for batch in _batches(archive, known, outcome, watch):
            batch.call_nobody_else(others)
            batch.render(crew)
            waiting.append(batch)
            if len(waiting) > _BATCHES_WAITING:
                _write(writing, waiting.popleft(), watch)
        while waiting:
            _write(writing, waiting.popleft(), watch)
    outcome.tally += archive.tally


def _write(writing: Writing, batch: Batch, watch: Watch) -> None:
    writing.write(batch.pieces())
    watch(batch.posts)


def _batches(
    archive: DiscourseArchive, known: dict[int, KnownThread], outcome: Outcome, watch: Watch
) -> Iterator[Batch]:
    """Read the threads that have new posts, as many as go into one transaction."""

    def is_known(old_id: int, numbers: Sequence[int]) -> bool:
        thread = known.get(old_id)
        if thread is None or (thread.thread_id is not None and not thread.numbers.issuperset(numbers)):
            return False
        outcome.gone_threads += thread.thread_id is None
        outcome.known_posts += len(numbers)
        watch(len(numbers))
        return True

    def thread_of(old_id: int) -> int | None:
        thread = known.get(old_id)
        return thread.thread_id if thread else None

    batch = Batch()
    for item in archive.threads(thread_of, is_known):
        if isinstance(item, Skipped):
            outcome.skip(item)
            continue
        numbers = known[item.old_id].numbers if item.old_id in known else set()
        fresh = [post for post in item.posts if post.number not in numbers]
        outcome.known_posts += len(item.posts) - len(fresh)
        watch(len(item.posts) - len(fresh))
        batch.add(item, fresh)
        if batch.is_full:
            yield batch
            batch = Batch()
    if batch.threads:
        yield batch
