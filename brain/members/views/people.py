"""Pages of other people, and the language in which one reads them."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from brain.base import http, i18n
from brain.base.access import require
from brain.base.errors import NotFound
from brain.base.forms import clean_line
from brain.members.actions import change_language
from brain.members.languages import readable_languages
from brain.members.queries import Wanted, directory, profile
from brain.members.views.blueprint import blueprint

ONE_YEAR = 365 * 24 * 3600


@blueprint.get("/member/<name>", endpoint="profile")
def profile_page(name: str) -> str | Response:
    """Show a member's page; a name that only looks the same leads to the right one."""
    member = profile(http.viewer(), name)
    if member.name != name:
        return redirect(url_for("members.profile", name=member.name))
    return http.page("members/profile.html", member=member, country_name=i18n.country_name)


@blueprint.get("/me")
def me() -> Response:
    """Lead to one's own page."""
    viewer = http.viewer()
    require(viewer, "members.change_account", viewer)
    return redirect(url_for("members.profile", name=viewer.name))


@blueprint.get("/members", endpoint="directory")
def directory_page() -> str:
    """List members, of one country or reading one language."""
    wanted = Wanted(
        words=clean_line(request.args.get("q", "")[:200])[:40],
        country=_one_of(i18n.countries(), "country"),
        language=_one_of(readable_languages(), "reads"),
        page=http.page_number(),
    )
    found = directory(http.viewer(), wanted)
    return http.page(
        "members/directory.html",
        found=found,
        wanted=wanted,
        countries=i18n.countries(),
        languages=readable_languages(),
        country_name=i18n.country_name,
    )


@blueprint.get("/language/<code>")
@blueprint.post("/language")
def choose_language(code: str = "") -> str | Response:
    """Speak another language; ask a member first whether to change the account.

    A GET changes no content. For visitors the cookie decides, so it is set at
    once. For members the account decides, before any cookie: they get a page,
    in the language they asked for, with a button that posts the change.
    """
    asked = code or request.form.get("code", "")
    if not i18n.is_language(asked):
        raise NotFound
    if not http.viewer().is_member:
        return _speaking(asked)
    if request.method == "POST":
        change_language(http.viewer(), asked)
        return _speaking(asked)
    with i18n.speaking(asked):
        return http.page("members/language.html", code=asked, back=_way_back())


def _speaking(code: str) -> Response:
    answer = http.see_other(_way_back())
    answer.set_cookie(
        i18n.COOKIE,
        code,
        max_age=ONE_YEAR,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )
    return answer


def _way_back() -> str:
    """Give the page to go back to, without a `lang` that would win over the choice."""
    parts = urlsplit(http.next_url("/"))
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "lang"]
    return parts.path + (f"?{urlencode(kept)}" if kept else "")


def _one_of(choices: list[tuple[str, str]], name: str) -> str:
    asked = request.args.get(name, "")
    return asked if asked in dict(choices) else ""
