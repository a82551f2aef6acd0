"""What an import did, counted while it runs, and said at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from .archive import Reason, Skipped, Tally

BAD_LINES_MOST = 20

#: What was left out, and what was put right: one sentence a reason, its count before it.
LEFT_OUT: dict[Reason, LazyString] = {
    Reason.NOT_JSON: lazy_gettext("lines that cannot be read: no JSON"),
    Reason.TOO_LONG: lazy_gettext("lines that cannot be read: too long"),
    Reason.NOT_A_THREAD: lazy_gettext("records that are no thread"),
    Reason.NO_POSTS: lazy_gettext("threads without any post"),
    Reason.DUPLICATE_THREAD: lazy_gettext("records of threads that came more fully in another one"),
    Reason.PRIVATE_THREAD: lazy_gettext("private threads: nobody but those who wrote them may read them"),
    Reason.BROKEN_FILE: lazy_gettext("files that end too early or are damaged"),
    Reason.ARCHIVE_TOO_LARGE: lazy_gettext("files that are too large to be read to their end"),
    Reason.WHISPER: lazy_gettext("posts that only the team could see"),
    Reason.EMPTY_EVENT: lazy_gettext("notes of what happened that do not say what"),
    Reason.DUPLICATE_POST: lazy_gettext("posts that came twice"),
    Reason.NOT_A_POST: lazy_gettext("entries that are no post"),
    Reason.OTHER_THREAD: lazy_gettext("posts of other threads than the one they stand in"),
    Reason.NOT_IN_ARCHIVE: lazy_gettext("posts that the archive names but does not hold"),
}
MENDED: dict[Reason, LazyString] = {
    Reason.RENUMBERED: lazy_gettext("posts have a new number: theirs was taken"),
    Reason.AUTHOR_MISSING: lazy_gettext("posts have no author: the archive names none"),
    Reason.DATE_MENDED: lazy_gettext("posts have the date of the one before: theirs made no sense"),
    Reason.REPLY_TARGET_MISSING: lazy_gettext("replies answer a post that is not there"),
    Reason.MARKDOWN_FROM_HTML: lazy_gettext("texts were turned from HTML into Markdown"),
}


@dataclass
class Outcome:
    """Counts of one run; what was there before it is not among the new."""

    base_url: str = ""
    new_members: int = 0
    new_topics: int = 0
    new_threads: int = 0
    new_posts: int = 0
    new_lines: int = 0
    known_posts: int = 0
    gone_threads: int = 0
    moved_posts: int = 0
    withdrawn_posts: int = 0
    plain_posts: int = 0
    seconds: float = 0.0
    tally: Tally = field(default_factory=Counter)
    bad: list[Skipped] = field(default_factory=list)

    def skip(self, item: Skipped) -> None:
        """Count a record that was left out; the first few are named."""
        self.tally[item.reason] += 1
        if len(self.bad) < BAD_LINES_MOST and item.reason is not Reason.DUPLICATE_THREAD:
            self.bad.append(item)


def sentences(outcome: Outcome) -> Iterator[str]:
    """Say what came in, what did not and why, and how long it took."""
    yield _(
        "New: %(threads)s threads with %(posts)s posts and %(lines)s notes of what happened, "
        "%(members)s members, %(topics)s topics.",
        threads=outcome.new_threads,
        posts=outcome.new_posts,
        lines=outcome.new_lines,
        members=outcome.new_members,
        topics=outcome.new_topics,
    )
    if outcome.known_posts:
        yield _("Came in before: %(posts)s posts and notes.", posts=outcome.known_posts)
    yield from _remarks(outcome)
    for heading, sentences_of in ((_("Left out:"), LEFT_OUT), (_("Put right:"), MENDED)):
        counted = [(outcome.tally[reason], text) for reason, text in sentences_of.items()]
        if any(count for count, _text in counted):
            yield heading
            yield from (f"  {count} {text}" for count, text in counted if count)
    yield from (f"  {place_of(item)}" for item in outcome.bad)
    yield _(
        "It took %(seconds)s seconds: %(rate)s posts a second.",
        seconds=round(outcome.seconds),
        rate=round((outcome.new_posts + outcome.new_lines) / max(outcome.seconds, 0.001)),
    )


def _remarks(outcome: Outcome) -> Iterator[str]:
    if outcome.withdrawn_posts:
        yield ngettext(
            "%(num)s post was hidden or deleted there and stays so here.",
            "%(num)s posts were hidden or deleted there and stay so here.",
            outcome.withdrawn_posts,
        )
    if outcome.plain_posts:
        yield ngettext(
            "%(num)s post is too long or too tangled for its marks and is shown as it was typed.",
            "%(num)s posts are too long or too tangled for their marks and are shown as they were typed.",
            outcome.plain_posts,
        )
    if outcome.moved_posts:
        yield ngettext(
            "%(num)s post has a new number: somebody here has written under the old one.",
            "%(num)s posts have new numbers: somebody here has written under the old ones.",
            outcome.moved_posts,
        )
    if outcome.gone_threads:
        yield ngettext(
            "%(num)s thread was deleted here since and does not come back.",
            "%(num)s threads were deleted here since and do not come back.",
            outcome.gone_threads,
        )


def place_of(item: Skipped) -> str:
    """Say where something that was left out stood, and why it was."""
    place = f"{item.file}:{item.line_number}" if item.line_number else item.file
    return f"{place} {LEFT_OUT.get(item.reason, item.reason.value)} {item.detail}".rstrip()
