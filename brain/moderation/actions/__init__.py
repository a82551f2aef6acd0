"""Writes of moderation: report, settle, hide, reverse, take a case."""

from brain.moderation.actions.claims import claim_case, release_case
from brain.moderation.actions.reports import raise_flag
from brain.moderation.actions.settling import (
    expire_case,
    forget_kinds,
    hide_thing,
    remind_of_case,
    reverse_case,
    settle_case,
    settle_withdrawn,
)
from brain.moderation.drafts import FlagDraft, Reason, SettleDraft

__all__ = [
    "FlagDraft",
    "Reason",
    "SettleDraft",
    "claim_case",
    "expire_case",
    "forget_kinds",
    "hide_thing",
    "raise_flag",
    "release_case",
    "remind_of_case",
    "reverse_case",
    "settle_case",
    "settle_withdrawn",
]
