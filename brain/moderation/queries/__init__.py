"""Reads of cases: the queue, one case, what its author is told."""

from brain.moderation.grounds import ground_sentence
from brain.moderation.queries.cases import CasePage, CaseRow, FlagLine, LogLine, case_page, open_case
from brain.moderation.queries.queue import Queue, QueueItem, open_count, queue, settled_cases
from brain.moderation.queries.reports import (
    StatementPage,
    has_reported,
    hideable,
    last_case_about,
    open_cases_about,
    reportable,
    statement_page,
)

__all__ = [
    "CasePage",
    "CaseRow",
    "FlagLine",
    "LogLine",
    "Queue",
    "QueueItem",
    "StatementPage",
    "case_page",
    "ground_sentence",
    "has_reported",
    "hideable",
    "last_case_about",
    "open_case",
    "open_cases_about",
    "open_count",
    "queue",
    "reportable",
    "settled_cases",
    "statement_page",
]
