"""The page of results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from brain.base import http, limits, settings
from brain.base.i18n import LANGUAGES
from brain.plugin import registry
from brain.search import queries
from brain.search.queries import Asked
from brain.search.query import BEST, LATEST, MOST_CHARACTERS, OLDEST, ORDERS
from brain.search.understanding import understood

blueprint = Blueprint("search", __name__, template_folder="templates")


@dataclass(frozen=True)
class Choice:
    """A link that narrows or orders the results."""

    label: Any
    url: str
    is_chosen: bool
    language: str = ""


@blueprint.get("/search")
def results() -> str:
    """Show what was found."""
    viewer = http.viewer()
    asked = _asked()
    if asked.text.strip() and not viewer.is_member:
        allowed = settings.value("search.visitor_searches")
        limits.check_limit("search", limits.address(), allowed, timedelta(minutes=1))
    found = queries.find(viewer, asked)
    return http.page(
        "search/results.html",
        asked=asked,
        found=found,
        understood=list(understood(found.query)),
        terms=[part.text for part in found.query.parts()],
        kinds=list(_kinds(asked)),
        languages=list(_languages(asked)),
        orders=list(_orders(asked, found.query.order)),
        url_of_kind=lambda kind: _url(replace(asked, kind=kind)),
    )


def _asked() -> Asked:
    given = request.args
    order = given.get("order", "")
    return Asked(
        text=given.get("q", "")[:MOST_CHARACTERS],
        kind=given.get("kind", "")[:40],
        language=given.get("language", "")[:12],
        order=order if order in ORDERS else "",
        page=http.page_number(),
    )


def _url(asked: Asked) -> str:
    return url_for(
        ".results",
        q=asked.text or None,
        kind=asked.kind or None,
        language=asked.language or None,
        order=asked.order or None,
    )


def _kinds(asked: Asked) -> Iterator[Choice]:
    yield Choice(_("Everything"), _url(replace(asked, kind="")), not asked.kind)
    for source in registry.search_sources().values():
        yield Choice(source.label, _url(replace(asked, kind=source.kind)), asked.kind == source.kind)


def _languages(asked: Asked) -> Iterator[Choice]:
    yield Choice(_("All languages"), _url(replace(asked, language="")), not asked.language)
    for code, name in LANGUAGES.items():
        yield Choice(name, _url(replace(asked, language=code)), asked.language == code, code)


def _orders(asked: Asked, order: str) -> Iterator[Choice]:
    labels = {BEST: _("Best first"), LATEST: _("Newest first"), OLDEST: _("Oldest first")}
    for name, label in labels.items():
        yield Choice(label, _url(replace(asked, order=name)), order == name)
