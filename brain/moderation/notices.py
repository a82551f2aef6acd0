"""What moderation tells: authors why, reporters what became of it, moderators what waits.

No notification names a moderator to an author or a reporter: the house speaks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from brain.base.access import Viewer, allowed_rows
from brain.base.db import db
from brain.base.http import path_for
from brain.members.queries import staff_ids, viewers_of
from brain.moderation import targets
from brain.moderation.grounds import WITHDRAWN, ground_sentence
from brain.moderation.models import Case, Flag, Statement
from brain.moderation.queries.cases import CASE_COLUMNS, CaseRow, case_row
from brain.notifications.queries import Row
from brain.plugin.contribution import FlagSubject, Line, Notice, NotificationType

CASE = "case"
STATEMENT = "statement"


def _author_of_statement(ids: Mapping[str, Any]) -> list[Notice]:
    """Tell the author, when a statement of reasons was written."""
    member_id = db.session.scalar(
        sa.select(Statement.member_id).where(Statement.id == ids.get("statement_id", 0))
    )
    return [] if member_id is None else [Notice(member_id, STATEMENT, ids["statement_id"])]


def _author_of_restored(ids: Mapping[str, Any]) -> list[Notice]:
    if not ids.get("restored"):
        return []
    author_id = db.session.scalar(sa.select(Case.author_id).where(Case.id == ids["case_id"]))
    return [] if author_id is None else [Notice(author_id, CASE, ids["case_id"])]


def _reporters(ids: Mapping[str, Any]) -> list[Notice]:
    """Tell everyone who reported, except who decided."""
    rows = db.session.execute(
        sa.select(Flag.member_id)
        .join(Case, Flag.case_id == Case.id)
        .where(
            Flag.case_id == ids["case_id"],
            Flag.member_id.is_not(None),
            Flag.member_id.is_distinct_from(Case.settled_by),
        )
    )
    group = f"moderation.outcome:{ids['case_id']}"
    return [Notice(row.member_id, CASE, ids["case_id"], group_key=group) for row in rows]


def _moderators(ids: Mapping[str, Any]) -> list[Notice]:
    """Tell who may settle the case: those who read its language, if there are any."""
    case = _cases([ids["case_id"]]).get(ids["case_id"])
    if case is None or not case.is_open:
        return []
    may = [viewer for viewer in viewers_of(staff_ids()).values() if viewer.can("moderation.settle", case)]
    read = [viewer for viewer in may if case.language in {*viewer.languages, viewer.language}]
    return [Notice(viewer.id, CASE, case.id) for viewer in read or may if viewer.id is not None]


def _hidden_lines(rows: Sequence[Row], viewer: Viewer) -> dict[int, Line]:
    found = db.session.execute(
        sa.select(Statement.id, Statement.ground, Statement.words).where(
            Statement.id.in_([row.subject_id for row in rows]),
            allowed_rows(viewer, "moderation.read_statement"),
        )
    )
    statements = {statement.id: statement for statement in found}
    return {
        row.id: Line(
            _("Something you wrote is hidden. %(why)s", why=ground_sentence(statement.ground)),
            path_for("moderation.statement", statement_id=row.subject_id),
            excerpt=statement.words,
        )
        for row in rows
        if (statement := statements.get(row.subject_id)) is not None
    }


def _restored_lines(rows: Sequence[Row], viewer: Viewer) -> dict[int, Line]:
    return {
        row.id: Line(_("Something you wrote is shown again: %(title)s", title=thing.title), thing.url)
        for row, _case, thing in _with_things(rows, viewer)
        if thing is not None
    }


def _outcome_lines(rows: Sequence[Row], viewer: Viewer) -> dict[int, Line]:
    lines: dict[int, Line] = {}
    for row, case, thing in _with_things(rows, viewer):
        if case.decision == "agree" and case.ground == WITHDRAWN:
            sentence = _("Thank you for your report. It was withdrawn meanwhile.")
        elif case.decision == "agree":
            sentence = _("Thank you for your report. A moderator agreed, and it is no longer shown.")
        elif case.decision == "disagree":
            sentence = _("Thank you for your report. A moderator has looked and left it as it is.")
        elif case.decision == "ignore":
            sentence = _("Thank you for your report. The case was closed without a decision.")
        else:
            continue
        shown = thing if thing is not None and case.decision != "agree" else None
        lines[row.id] = (
            Line(sentence, shown.url, shown.title, shown.language)
            if shown is not None
            else Line(sentence, "")
        )
    return lines


def _waiting_lines(rows: Sequence[Row], viewer: Viewer) -> dict[int, Line]:
    cases = _cases([row.subject_id for row in rows])
    return {
        row.id: Line(
            _("A case waits for a moderator: %(kind)s, reported.", kind=case.kind_label),
            path_for("moderation.case", case_id=case.id),
        )
        for row in rows
        if (case := cases.get(row.subject_id)) is not None
        and case.is_open
        and viewer.can("moderation.settle", case)
    }


def _cases(ids: Sequence[int]) -> dict[int, CaseRow]:
    rows = db.session.execute(sa.select(*CASE_COLUMNS).where(Case.id.in_(ids)))
    return {row.id: case_row(row) for row in rows}


def _with_things(rows: Sequence[Row], viewer: Viewer) -> list[tuple[Row, CaseRow, FlagSubject | None]]:
    """Give each row its case, and the thing if the viewer may see it."""
    cases = _cases([row.subject_id for row in rows])
    things: dict[tuple[str, int], FlagSubject] = {}
    for kind in sorted({case.kind for case in cases.values()}):
        ids = [case.subject_id for case in cases.values() if case.kind == kind]
        for subject_id, thing in targets.subjects(viewer, kind, ids).items():
            things[kind, subject_id] = thing
    return [
        (row, case, things.get((case.kind, case.subject_id)))
        for row in rows
        if (case := cases.get(row.subject_id)) is not None
    ]


def _its_case(ids: Mapping[str, Any]) -> list[int]:
    return [ids["case_id"]]


NOTIFICATION_TYPES = (
    NotificationType(
        "moderation.hidden",
        lazy_gettext("A moderator hid something you wrote"),
        "case_settled",
        _author_of_statement,
        _hidden_lines,
        order=5,
    ),
    NotificationType(
        "moderation.held",
        lazy_gettext("Something you wrote is hidden until a moderator has looked"),
        "moderation.held",
        _author_of_statement,
        _hidden_lines,
        order=5,
    ),
    NotificationType(
        "moderation.restored",
        lazy_gettext("Something you wrote is shown again"),
        "case_settled",
        _author_of_restored,
        _restored_lines,
        order=6,
    ),
    NotificationType(
        "moderation.outcome",
        lazy_gettext("Something you reported was looked at"),
        "case_settled",
        _reporters,
        _outcome_lines,
        order=20,
    ),
    NotificationType(
        "moderation.waiting",
        lazy_gettext("A case waits for a moderator"),
        "moderation.waiting",
        _moderators,
        _waiting_lines,
        order=30,
        changed_by={"case_settled": _its_case},
    ),
)
