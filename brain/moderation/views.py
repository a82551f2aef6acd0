"""Pages of moderation: report, the queue, a case, a statement of reasons."""

from __future__ import annotations

from typing import TypeAlias

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from brain.base import http, i18n
from brain.base.errors import Unfit
from brain.base.markup import as_markup
from brain.moderation import actions, queries
from brain.moderation.drafts import FlagDraft, Reason, Seen, SettleDraft
from brain.moderation.forms import HideForm, ReportForm, SettleForm, VersionForm
from brain.moderation.grounds import REASONS

blueprint = Blueprint("moderation", __name__, template_folder="templates")

Answer: TypeAlias = Response | str | tuple[str, int]


@blueprint.route("/report/<kind>/<int:subject_id>", methods=["GET", "POST"])
def report(kind: str, subject_id: int) -> Answer:
    """Report a thing to the moderators."""
    viewer = http.viewer()
    subject, label = queries.reportable(viewer, kind, subject_id)
    form = ReportForm()
    if request.method == "POST":
        try:
            is_new = actions.raise_flag(viewer, kind, subject_id, form.read(FlagDraft))
        except Unfit as error:
            form.refuse(error)
        else:
            return http.see_other(url_for(".thanks", repeated=None if is_new else 1))
    page = http.page(
        "moderation/report.html",
        form=form,
        subject=subject,
        label=label,
        prose=as_markup(subject.html),
        is_repeated=queries.has_reported(viewer, kind, subject_id),
        hints={key: hint for key, _label, hint in REASONS},
    )
    return page, 422 if request.method == "POST" else 200


@blueprint.get("/report/thanks")
def thanks() -> str:
    """Say what happens with a report."""
    return http.page("moderation/thanks.html", is_repeated="repeated" in request.args)


@blueprint.route("/hide/<kind>/<int:subject_id>", methods=["GET", "POST"])
def hide(kind: str, subject_id: int) -> Answer:
    """Hide a thing that need not have been reported, with a statement of reasons."""
    viewer = http.viewer()
    subject, label, case_id = queries.hideable(viewer, kind, subject_id)
    form = HideForm()
    if request.method == "POST":
        try:
            actions.hide_thing(viewer, kind, subject_id, form.read(Reason))
        except Unfit as error:
            form.refuse(error)
        else:
            http.say(_("It is hidden. Its author is told why."))
            return http.see_other(subject.context_url or url_for(".settled"))
    elif case_id is not None:
        return http.see_other(url_for(".case", case_id=case_id))
    page = http.page(
        "moderation/hide.html", form=form, subject=subject, label=label, prose=as_markup(subject.html)
    )
    return page, 422 if request.method == "POST" else 200


@blueprint.get("/review")
def queue() -> str:
    """Show the cases that wait."""
    chosen = request.args.get("language", "")[:12]
    waiting = queries.queue(http.viewer(), chosen, http.page_number())
    return http.page("moderation/queue.html", queue=waiting, chosen=chosen)


@blueprint.get("/review/settled")
def settled() -> str:
    """Show the cases that were settled, the last first."""
    found = queries.settled_cases(http.viewer(), http.page_number())
    return http.page("moderation/settled.html", queue=found)


@blueprint.get("/review/<int:case_id>")
def case(case_id: int) -> str:
    """Show a case, with the form to settle it."""
    return _case_page(case_id, SettleForm(formdata=None))


@blueprint.post("/review/<int:case_id>")
def settle(case_id: int) -> Answer:
    """Settle a case."""
    viewer = http.viewer()
    form = SettleForm()
    try:
        actions.settle_case(viewer, case_id, form.read(SettleDraft))
    except Unfit as error:
        form.refuse(error)
        return _case_page(case_id, form), 422
    http.say(_("The case is settled. Everybody concerned is told. You find it under Settled."))
    return http.see_other(url_for(".queue"))


@blueprint.post("/review/<int:case_id>/reverse")
def reverse(case_id: int) -> Answer:
    """Take back a decision and show the thing again."""
    try:
        draft = VersionForm().read(Seen)
    except Unfit:
        return http.see_other(url_for(".case", case_id=case_id))
    actions.reverse_case(http.viewer(), case_id, draft.version)
    http.say(_("It is shown again. Everybody concerned is told."))
    return http.see_other(url_for(".case", case_id=case_id))


@blueprint.post("/review/<int:case_id>/claim")
def claim(case_id: int) -> Response:
    """Take a case, or leave it to others."""
    if request.form.get("act") == "release":
        actions.release_case(http.viewer(), case_id)
    else:
        actions.claim_case(http.viewer(), case_id)
    return http.see_other(url_for(".case", case_id=case_id))


@blueprint.get("/statement/<int:statement_id>")
def statement(statement_id: int) -> str:
    """Tell a member why something of theirs was hidden."""
    told = queries.statement_page(http.viewer(), statement_id)
    prose = as_markup(told.subject.html) if told.subject is not None else ""
    return http.page("moderation/statement.html", told=told, prose=prose)


def _case_page(case_id: int, form: SettleForm) -> str:
    found = queries.case_page(http.viewer(), case_id)
    if form.version.data is None:
        form.version.data = found.case.version
    language = found.author.language if found.author is not None else ""
    return http.page(
        "moderation/case.html",
        found=found,
        case=found.case,
        form=form,
        prose=as_markup(found.subject.html) if found.subject is not None else "",
        written_in=i18n.language_name(found.case.language),
        ground=queries.ground_sentence(found.case.ground) if found.case.ground else "",
        told_in=i18n.language_name(language) if language else "",
    )
