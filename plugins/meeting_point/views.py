"""Pages of the Meeting Point."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from brain.base import clock, i18n, settings
from brain.base.access import require
from brain.base.errors import NotFound, Unfit
from brain.base.http import page, page_number, say, see_other, viewer
from brain.base.i18n import LANGUAGES, countries, country_name, language_name, listed, number
from brain.base.markup import as_markup
from brain.base.shared import shared_page
from brain.members.queries import country_of, people
from brain.moderation.queries import ground_sentence

from . import actions, queries, vocabulary
from .forms import ASKS, SIDES, ListingForm, labelled
from .search import LABELS
from .sentences import explain, strength

LABEL = lazy_gettext("Meeting Point")
blueprint = Blueprint("meeting_point", __name__, url_prefix="/meeting-point", template_folder="templates")


@blueprint.app_template_global("listing_badge")
def listing_badge(side: str) -> tuple[str, str]:
    """Give (words, class) of the badge of a side."""
    return str(LABELS[side][1]), LABELS[side][2]


@blueprint.app_template_global("listing_place")
def listing_place(card: Any) -> str:
    """Name a listing's country."""
    return country_name(card.country)


@blueprint.get("/")
@shared_page
def index() -> str:
    """List offers, needs and facilitators; filtered by what the address says."""
    who = viewer()
    asked = {name: request.args.get(name, "")[:40] for name in queries.Wish.__dataclass_fields__}
    wish = queries.Wish(**asked)
    cards, has_more = queries.list_listings(who, wish, page_number())
    if not cards and page_number() > 1:
        raise NotFound
    return page(
        "meeting_point/index.html",
        cards=cards,
        people=people([card.author_id for card in cards]),
        wish=wish,
        filters=_filters(),
        asks=ASKS,
        number=page_number(),
        has_more=has_more,
        asked={name: value for name, value in asked.items() if value},
    )


def _filters() -> list[tuple[str, str, list[tuple[str, str]]]]:
    sides = [(side, str(label)) for side, label in SIDES.items()]
    return [
        ("side", _("Role"), sides),
        ("theme", _("Theme"), labelled(vocabulary.themes())),
        ("modality", _("Way of working"), labelled(vocabulary.modalities())),
        ("sdg", _("Goal"), [(c, f"{c} {n}") for c, n in labelled(vocabulary.sdgs()) if "." not in c]),
        ("language", _("Working language"), list(LANGUAGES.items())),
        ("country", _("Country"), countries()),
    ]


@blueprint.get("/<int:listing_id>")
@shared_page
def listing(listing_id: int) -> str:
    """Show a listing with its best matches and why they match."""
    who = viewer()
    row = queries.open_listing(who, listing_id)
    matches = queries.matches_of(who, row, settings.value("meeting_point.matches_shown"))
    known = people([row.author_id, *(match.card.author_id for match in matches)])
    return page(
        "meeting_point/listing.html",
        listing=row,
        body=as_markup(row.html),
        author=known.get(row.author_id),
        people=known,
        matches=[(match, explain(match.parts), strength(match.score)) for match in matches],
        facts=_facts(row),
        may_change=who.can("meeting_point.change", row),
        is_over=row.expires_on < clock.now().date(),
        ground=ground_sentence(row.withdrawn_ground) if row.withdrawn_ground else "",
    )


def _facts(row: Any) -> list[tuple[str, str]]:
    def names(codes: Any) -> str:
        return listed(label for code, label in labelled([vocabulary.concept(c) for c in codes]))

    facts = [
        (_("Country"), country_name(row.country)),
        (_("Open until"), i18n.date(row.expires_on) if row.status == "open" else ""),
        (_("Themes"), names(row.themes)),
        (_("Ways of working together"), names(row.modalities)),
        (_("Goals and targets"), listed(row.sdgs)),
        (_("Working languages"), listed(language_name(code) for code in row.languages)),
        (_("What is lacking"), names(row.lacks)),
        (_("Can cover"), names(row.covers)),
        (_("Partners at most"), number(row.capacity) if row.side != "need" else ""),
    ]
    return [(name, value) for name, value in facts if value]


@blueprint.get("/new")
def choose_side() -> str:
    """Ask which role the author takes."""
    require(viewer(), "meeting_point.publish")
    return page("meeting_point/choose_side.html", asks=ASKS, sides=SIDES)


@blueprint.route("/new/<side>", methods=["GET", "POST"])
def new(side: str) -> Any:
    """Publish a listing."""
    who = viewer()
    if side not in SIDES:
        raise NotFound
    require(who, "meeting_point.publish")
    form = ListingForm(
        draft_key=secrets.token_hex(16), language=who.language, capacity=1, country=country_of(who)
    )
    form.prepare(side)
    if request.method == "POST":
        try:
            listing_id = actions.publish_listing(who, form.draft(side))
            say(_("Your listing is published. Matches appear within a minute."))
            return see_other(url_for("meeting_point.listing", listing_id=listing_id))
        except Unfit as error:
            form.refuse(error)
    elif not form.languages.data:
        form.languages.data = list(who.languages or (who.language,))
    answer = page("meeting_point/form.html", form=form, title=ASKS[side], submit=_("Publish"))
    return answer, 422 if request.method == "POST" else 200


@blueprint.route("/<int:listing_id>/edit", methods=["GET", "POST"])
def edit(listing_id: int) -> Any:
    """Change a listing."""
    who = viewer()
    row = queries.open_listing(who, listing_id)
    require(who, "meeting_point.change", row)
    if row.status == "closed":
        raise actions.ListingClosed
    form = ListingForm(obj=row)
    form.prepare(row.side)
    if request.method == "POST":
        try:
            actions.change_listing(who, listing_id, form.draft(row.side))
            say(_("Your listing is changed and matched again."))
            return see_other(url_for("meeting_point.listing", listing_id=listing_id))
        except Unfit as error:
            form.refuse(error)
    answer = page("meeting_point/form.html", form=form, title=_("Edit the listing"), submit=_("Save"))
    return answer, 422 if request.method == "POST" else 200


@blueprint.post("/<int:listing_id>/status")
def status(listing_id: int) -> Any:
    """Pause, close or open an own listing again."""
    actions.set_status(viewer(), listing_id, request.form.get("status", ""))
    say(_("Saved."))
    return see_other(url_for("meeting_point.listing", listing_id=listing_id))
