"""Writes of moderation: report, settle, reverse, take a case."""

from brain.moderation.actions.claims import claim_case, release_case
from brain.moderation.actions.reports import raise_flag
from brain.moderation.actions.settling import (
    expire_case,
    remind_of_case,
    reverse_case,
    settle_case,
    settle_withdrawn,
)
from brain.moderation.drafts import FlagDraft, SettleDraft

__all__ = [
    "FlagDraft",
    "SettleDraft",
    "claim_case",
    "expire_case",
    "raise_flag",
    "release_case",
    "remind_of_case",
    "reverse_case",
    "settle_case",
    "settle_withdrawn",
]
