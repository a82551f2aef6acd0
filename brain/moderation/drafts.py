"""What members and moderators hand in, as values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FlagDraft:
    """A report; `reason` is a key of `grounds.REASONS`."""

    reason: str
    note: str = ""


@dataclass(frozen=True)
class Reason:
    """Why a thing is hidden: a key of `grounds.GROUNDS`, and the moderator's own words."""

    ground: str
    words: str = ""


@dataclass(frozen=True)
class SettleDraft:
    """A decision: agree (hide it), disagree (leave it) or ignore.

    `version` is the case's as the moderator saw it. `ground` and `words` are
    for agree: a key of `grounds.GROUNDS`, and what the author reads besides.
    """

    decision: str
    version: int
    ground: str = ""
    words: str = ""


@dataclass(frozen=True)
class Seen:
    """The version of a case as the moderator saw it."""

    version: int
