"""What every view needs: the viewer, a page, a safe way on, one voice for errors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    Request,
    Response,
    current_app,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.globals import request_ctx
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map, RequestRedirect

from brain.base.access import VISITOR, Viewer
from brain.base.errors import NotFound, Refusal, SignInNeeded, Stale, TooSoon
from brain.base.unit import SAFE_METHODS

#: The largest integer of a column, on PostgreSQL.
MOST_ID = 2**31 - 1
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


class Fields(ImmutableMultiDict[str, Any]):
    """What an address or a form says, without NUL: it is no letter, and PostgreSQL refuses it."""

    def __init__(self, pairs: Iterable[tuple[str, Any]] | None = None) -> None:
        super().__init__([(_without_nul(key), _without_nul(value)) for key, value in pairs or ()])


def _without_nul(value: Any) -> Any:
    return value.replace("\0", "") if isinstance(value, str) else value


class BrainRequest(Request):
    """A request whose fields can be stored and asked for in both databases."""

    parameter_storage_class = Fields


class RowId(IntegerConverter):
    """A number in an address: what no row can have leads nowhere, instead of to a failing database."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=MOST_ID)


def viewer() -> Viewer:
    """Give the person who makes this request."""
    found: Viewer = g.get("viewer", VISITOR)
    return found


def page(template: str, **context: Any) -> str:
    """Render a page of a slice."""
    return render_template(template, viewer=viewer(), **context)


def see_other(url: str) -> Response:
    """Answer a POST: go and look there (303)."""
    return redirect(url, 303, Response=Response)  # type: ignore[return-value]


def path_for(endpoint: str, **values: Any) -> str:
    """Give the address of a page here; in a job too, where Flask's `url_for` needs a request."""
    return current_app.url_map.bind("here").build(endpoint, values)


def wants_json() -> bool:
    """Tell whether the client prefers JSON to HTML."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def next_url(default: str) -> str:
    """Give the way on that the request names, if it stays on this site."""
    asked = request.values.get("next", "")
    return asked if is_own_path(asked) else default


def is_own_path(url: str) -> bool:
    """Tell whether a URL is a rooted path here: `/x`, never `//x` or `/\\x`."""
    if not url.startswith("/") or url.startswith(("//", "/\\")) or len(url) > 2000:
        return False
    if any(ord(letter) < 33 or letter == "\\" for letter in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc


def page_number() -> int:
    """Read `?page=`; anything odd is page 1."""
    given = request.args.get("page", "1")[:7]
    return max(1, int(given)) if given.isdecimal() and given.isascii() else 1


def say(sentence: Any, kind: str = "ok") -> None:
    """Show a sentence on the next page; kind is ok, wait or stop."""
    flash(str(sentence), kind)


def show_refusal(error: Refusal) -> Response:
    """Speak for every refusal, in HTML and JSON."""
    if request_ctx.url_adapter is None:  # a host that is not ours: there is nothing to link to
        return Response("This host is not served here.", 400, mimetype="text/plain")
    typed = _typed()
    if wants_json():
        answer = jsonify(error=type(error).__name__, sentence=str(error))
    elif isinstance(error, SignInNeeded) and not typed:
        return see_other(url_for("members.sign_in", next=_way_back()))
    else:
        said = {"sentence": str(error), "status": error.status, "typed": typed, "way_on": _way_on(error)}
        answer = Response(page("error.html", **said))
    answer.status_code = error.status
    answer.headers.update(headers_of(error))
    return answer


def headers_of(error: Refusal) -> dict[str, str]:
    """Give the headers that a refusal is answered with."""
    if isinstance(error, TooSoon):
        return {"Retry-After": str(max(1, int(error.wait.total_seconds())))}
    return {}


def _way_on(error: Refusal) -> tuple[str, str]:
    """Give (address, label) of what to do next; empty where there is nothing but to go back."""
    if isinstance(error, SignInNeeded):
        return url_for("members.sign_in", next=_way_back()), _("Sign in")
    if isinstance(error, Stale):
        return _here_again(), _("Open it again")
    return "", ""


def _here_again() -> str:
    """Give the page that the form was on: this address if it has one, else where it came from."""
    try:
        current_app.url_map.bind("").match(request.path, "GET")
    except (HTTPException, RequestRedirect):
        return _way_back()
    return request.path


def _way_back() -> str:
    if request.method in SAFE_METHODS:
        return request.full_path.rstrip("?")
    parts = urlsplit(request.referrer or "/")
    back = parts.path + (f"?{parts.query}" if parts.query else "")
    return back if parts.netloc in ("", request.host) and is_own_path(back) else "/"


#: Fields of words: worth keeping however short they are. Of others only what is long.
_WRITTEN = ("title", "summary", "text", "body", "words", "note", "tags", "reason")
_LONG = 80
_SECRET = frozenset({"csrf_token", "password", "new_password"})


def _typed() -> str:
    """Give the texts that were sent, so that a refusal loses nothing."""
    if request.method in SAFE_METHODS:
        return ""
    try:
        fields = request.form
    except HTTPException:  # too large to be read at all
        return ""
    others = [key for key, text in fields.items() if key not in _SECRET and len(text) > _LONG]
    keys = dict.fromkeys((*(key for key in _WRITTEN if key in fields), *others))
    return "\n\n".join(filter(None, (fields[key].strip() for key in keys)))[:40_000]


def _show_http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    sentences = {
        400: _("The request could not be understood. Go back and try again."),
        404: str(NotFound.sentence),
        405: _("This page cannot be used in this way. Go back and try again."),
        413: _("This is too large to be taken in. Make it shorter and send it again."),
        500: _("Something broke on our side. What you did was not saved; please try again in a moment."),
    }
    refusal = Refusal(sentences.get(error.code, sentences[400]))
    refusal.status = error.code
    answer = show_refusal(refusal)
    if error.code == 405:
        answer.headers["Allow"] = ", ".join(error.get_response().headers.getlist("Allow"))
    return answer


def _show_stale_form(error: CSRFError) -> Response:
    refusal = Refusal(_("This form was open for too long, or cookies are switched off. Send it once more."))
    return show_refusal(refusal)


def secure(response: Response) -> Response:
    """Set the headers that every answer carries."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if response.mimetype == "text/html":
        headers.setdefault("Cache-Control", "private, no-cache")
        response.vary.update(["Cookie", "Accept-Language"])
    return response


def init_app(app: Flask) -> None:
    """Register the one voice for errors and the headers of every answer."""
    app.request_class = BrainRequest
    app.url_map.converters["int"] = RowId

    @app.before_request
    def leave_odd_addresses() -> None:
        if "\0" in request.path:
            raise NotFound

    app.register_error_handler(Refusal, show_refusal)
    app.register_error_handler(CSRFError, _show_stale_form)
    app.register_error_handler(HTTPException, _show_http_error)
    app.after_request(secure)
