"""Discourse archives: look through one first, then read it thread by thread.

    with open_archive(path, ReadingOptions(read_at=now)) as archive:
        total = archive.survey.posts
        for item in archive.threads(thread_of):
            ...  # an ArchivedThread, or Skipped with its reason

Never more than one thread and one line of the file are in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from .addresses import OldSite
from .archive import (
    ArchivedCategory,
    ArchivedMember,
    ArchivedThread,
    IsKnown,
    Reason,
    Skipped,
    Survey,
    Tally,
    ThreadOf,
)
from .errors import NothingToImport
from .json_lines import Limits, Record
from .raw_posts import RawPosts
from .sources import Source, find_source
from .topic_record import Reading, author_of, number_posts, read_head, read_thread
from .topic_values import is_private, line_of, site_addresses, thread_id_of, time_of


@dataclass(frozen=True)
class ReadingOptions:
    """How an archive is to be read.

    `read_at` is now, aware. `base_url` is the old site's address; when empty
    it is found in the archive. Private messages stay out unless asked for.
    """

    read_at: datetime
    base_url: str = ""
    with_private: bool = False
    limits: Limits = field(default_factory=Limits)


def open_archive(path: Path, options: ReadingOptions) -> DiscourseArchive:
    """Look through an archive; close it after use, or use it in a `with`.

    Raises NothingToImport if no archive of a known shape stands there.
    """
    return DiscourseArchive(find_source(path, options.limits), options)


def _nothing_is_known(thread: int, numbers: Sequence[int]) -> bool:
    return False


@dataclass
class _Look:
    """What the first look gathers: which record of a thread is the fullest, which threads are private.

    `fullest` gives the number of posts and the place of the record, by thread.
    """

    fullest: dict[int, tuple[int, tuple[str, int]]] = field(default_factory=dict)
    private: set[int] = field(default_factory=set)
    slugs: dict[int, dict[str, None]] = field(default_factory=dict)
    members: dict[str, ArchivedMember] = field(default_factory=dict)
    joined: dict[str, datetime] = field(default_factory=dict)
    origins: Counter[str] = field(default_factory=Counter)


class DiscourseArchive(AbstractContextManager["DiscourseArchive"]):
    """An archive that was looked through; read it as often as wanted."""

    def __init__(self, source: Source, options: ReadingOptions) -> None:
        self._source = source
        self._options = options
        self._raws = RawPosts()
        self._bad_raws = list(source.keep_raws(self._raws))
        self._categories = source.categories()
        self._look = self._look_through()
        if not self._look.fullest:
            self.close()
            raise NothingToImport
        self.tally: Tally = Counter()
        """Why posts were left out or mended in the reading that went last."""

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary files."""
        self._raws.close()

    @property
    def survey(self) -> Survey:
        """Tell what reading will yield."""
        return Survey(
            threads=len(self._look.fullest),
            posts=sum(posts for posts, _line in self._look.fullest.values()),
            members=tuple(self._look.members.values()),
            base_url=self._options.base_url.rstrip("/") or self._likely_base_url(),
            joined=dict(self._look.joined),
        )

    @property
    def categories(self) -> Mapping[int, ArchivedCategory]:
        """Give what the archive says about its categories, by old id."""
        return self._categories

    @property
    def thread_ids(self) -> Set[int]:
        """Give the old ids of all threads that reading will yield."""
        return self._look.fullest.keys()

    def heads(self) -> Iterator[ArchivedThread]:
        """Read the threads without their posts, to give them ids beforehand."""
        reading = self._reading(self.holds)
        for item in self._chosen():
            if isinstance(item, Record):
                yield read_head(item.values, reading)

    def threads(
        self, thread_of: ThreadOf, is_known: IsKnown = _nothing_is_known
    ) -> Iterator[ArchivedThread | Skipped]:
        """Read the threads with their posts, and name what is left out.

        `thread_of` gives our id for an old one: quotes and links to threads
        that it does not know lead nowhere, or stay on the old site. A thread
        that `is_known` is passed over: turning texts into ours takes longest.
        """
        reading = self._reading(thread_of)
        self.tally = reading.tally
        yield from self._bad_raws
        for item in self._chosen():
            if isinstance(item, Skipped):
                yield item
                continue
            thread = thread_id_of(item.values) or 0
            posts = number_posts(item.values, Counter())
            if is_known(thread, [number for number, _post in posts]):
                continue
            authors = {number: line_of(post, "username") for number, post in posts}
            raws = self._raws.of_thread(thread, authors)
            yield read_thread(item.values, raws, reading)

    def holds(self, old_id: int) -> int | None:
        """Return an old thread's id if the thread is in the archive."""
        return old_id if old_id in self._look.fullest else None

    def _reading(self, thread_of: ThreadOf) -> Reading:
        return Reading(
            site=OldSite(self.survey.base_url, thread_of),
            read_at=self._options.read_at,
            categories=self._categories,
            slugs={thread: tuple(names) for thread, names in self._look.slugs.items()},
            tally=Counter(),
        )

    def _look_through(self) -> _Look:
        look = _Look()
        for item in self._source.records():
            if isinstance(item, Skipped) or (thread := thread_id_of(item.values)) is None:
                continue
            if is_private(item.values):
                look.private.add(thread)
            if thread in look.private and not self._options.with_private:
                continue
            posts = number_posts(item.values, Counter())
            if not posts:
                continue
            best = look.fullest.get(thread)
            if best is None or len(posts) > best[0]:
                look.fullest[thread] = (len(posts), (item.file, item.line_number))
            if slug := line_of(item.values, "slug"):
                look.slugs.setdefault(thread, {})[slug] = None
            for _number, post in posts:
                if author := author_of(post):
                    look.members.setdefault(author.key, author)
                    wrote = time_of(post, "created_at", self._options.read_at)
                    if wrote and wrote < look.joined.get(author.key, self._options.read_at):
                        look.joined[author.key] = wrote
            look.origins.update(map(_origin, site_addresses(item.values)))
        if not self._options.with_private:
            for thread in look.private:
                look.fullest.pop(thread, None)
        return look

    def _chosen(self) -> Iterator[Record | Skipped]:
        """Read the records that count, and name the others."""
        for item in self._source.records():
            if isinstance(item, Skipped):
                yield item
                continue
            reason = self._refuse(item)
            thread = thread_id_of(item.values) or 0
            if reason is None and thread not in self._look.fullest:
                reason = Reason.NO_POSTS
            elif reason is None and self._look.fullest[thread][1] != (item.file, item.line_number):
                reason = Reason.DUPLICATE_THREAD
            yield (
                Skipped(item.file, item.line_number, reason, line_of(item.values, "slug")) if reason else item
            )

    def _refuse(self, record: Record) -> Reason | None:
        thread = thread_id_of(record.values)
        if thread is None:
            return Reason.NOT_A_THREAD
        is_left_out = thread in self._look.private and not self._options.with_private
        return Reason.PRIVATE_THREAD if is_left_out else None

    def _likely_base_url(self) -> str:
        likely = [origin for origin, _count in self._look.origins.most_common() if origin]
        return likely[0] if likely else ""


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else ""
