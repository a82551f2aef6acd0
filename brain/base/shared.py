"""Pages that are the same for every visitor, kept ready in each process.

A page for people without a session is made once and served again until
something it may show has changed: the site's pulse says so, looked at no more
than once in `LOOK_AGAIN` seconds. A view opts in with `@shared_page`; it must
neither read the session nor print a form token. Answers carry an ETag, so a
second visit costs a few hundred bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from wsgiref.types import StartResponse, WSGIEnvironment

import sqlalchemy as sa
from flask import Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from werkzeug.http import parse_cookie

from brain.base import i18n, pulse
from brain.base.files import takes_gzip

Params = ParamSpec("Params")
Result = TypeVar("Result")
LOOK_AGAIN = 0.5
ROOM_BYTES = 48 * 1024 * 1024
#: Pages say how long ago something was: they are not older than what they say is exact.
OLDEST = 60.0
SMALLEST_GZIP = 800
NOTED = "brain.session"


@dataclass(frozen=True)
class Kept:
    """One page: body, its gzip, headers, and what it was true for."""

    body: bytes
    packed: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str
    beats: tuple[int, int]
    made: float


def shared_page(view: Callable[Params, Result]) -> Callable[Params, Result]:
    """Mark a view whose page for visitors may be kept and shared."""

    @wraps(view)
    def marked(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        g.shareable = True
        return view(*args, **kwargs)

    return marked


class NotedSessions(SecureCookieSessionInterface):
    """Flask's sessions, but one can see whether a page looked at its own."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Open the session and leave it where looking does not count as access."""
        session = super().open_session(app, request)
        request.environ[NOTED] = session
        return session


class SharedPages:
    """WSGI middleware: answers visitors from memory where it can."""

    def __init__(self, app: Flask, inner: Any) -> None:
        self._app = app
        self._inner = inner
        self._cookie = app.config["SESSION_COOKIE_NAME"]
        self._pages: OrderedDict[str, Kept] = OrderedDict()
        self._room = ROOM_BYTES
        self._lock = threading.Lock()
        self._beats: tuple[int, int] | None = None
        self._looked = 0.0
        app.after_request(self._keep)
        pulse.forget_with(self)

    def forget(self) -> None:
        """Drop every page (a new database)."""
        with self._lock:
            self._pages.clear()
            self._room = ROOM_BYTES
            self._looked = 0.0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from memory, or ask the application."""
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            key = self._key(environ)
            kept = self._pages.get(key) if key else None
            if kept is not None and self._is_fresh(kept):
                return _answer(kept, environ, start_response)
            environ["brain.shared_key"] = key
            # looked at before the page is made: what changes while it is made leaves it old
            environ["brain.shared_beats"] = self._read() if key else None
        answer: Iterable[bytes] = self._inner(environ, start_response)
        return answer

    def _key(self, environ: WSGIEnvironment) -> str:
        """Name the page; an empty text for people with a session."""
        cookies = environ.get("HTTP_COOKIE", "")
        language = ""
        if cookies:
            found = parse_cookie(cookies)
            if self._cookie in found:
                return ""
            language = found.get(i18n.COOKIE, "")
        accepted = environ.get("HTTP_ACCEPT_LANGUAGE", "")
        if len(environ.get("QUERY_STRING", "")) > 200 or "json" in environ.get("HTTP_ACCEPT", ""):
            return ""
        place = f"{environ.get('wsgi.url_scheme')}://{environ.get('HTTP_HOST')}{environ.get('PATH_INFO')}"
        if len(accepted) > 200:
            return ""
        return f"{place}?{environ.get('QUERY_STRING', '')} {language} {accepted}"

    def _is_fresh(self, kept: Kept) -> bool:
        return kept.beats == self._look() and time.monotonic() - kept.made < OLDEST

    def _look(self) -> tuple[int, int] | None:
        """Give the site's pulse as it was a moment ago; None when the database does not answer."""
        now = time.monotonic()
        if now - self._looked > LOOK_AGAIN:
            self._beats = self._read()
            self._looked = now
        return self._beats

    def _read(self) -> tuple[int, int] | None:
        try:
            with self._app.app_context():
                return pulse.beats("state"), pulse.beats("content")
        except sa.exc.SQLAlchemyError:
            return None

    def _keep(self, response: Response) -> Response:
        key = request.environ.get("brain.shared_key")
        beats = request.environ.get("brain.shared_beats")
        if not key or beats is None or not g.get("shareable") or response.status_code != 200:
            return response
        session = request.environ.get(NOTED)
        if session is None or session.accessed:
            return response
        if "Set-Cookie" in response.headers or response.direct_passthrough:
            return response
        body = response.get_data()
        etag = '"' + hashlib.sha256(body).hexdigest()[:24] + '"'
        response.headers["ETag"] = etag
        response.headers["Cache-Control"] = "public, no-cache"
        response.vary.add("Accept-Encoding")
        headers = tuple((k, v) for k, v in response.headers.items() if k.lower() != "content-length")
        packed = gzip.compress(body, 6, mtime=0) if len(body) >= SMALLEST_GZIP else b""
        self._store(key, Kept(body, packed, headers, etag, beats, time.monotonic()))
        if _is_known(etag, request.environ):  # from another process, which made the same page
            response.status_code = 304
            response.set_data(b"")
        return response

    def _store(self, key: str, kept: Kept) -> None:
        with self._lock:
            old = self._pages.pop(key, None)
            self._room += _size(old) if old else 0
            self._pages[key] = kept
            self._room -= _size(kept)
            while self._room < 0:
                _gone, oldest = self._pages.popitem(last=False)
                self._room += _size(oldest)


def _size(kept: Kept) -> int:
    return len(kept.body) + len(kept.packed) + 1000


def _is_known(etag: str, environ: WSGIEnvironment) -> bool:
    known: str = environ.get("HTTP_IF_NONE_MATCH", "")
    tags = [tag.strip().removeprefix("W/") for tag in known.split(",")]
    return etag in tags or tags == ["*"]


def _answer(kept: Kept, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    headers = list(kept.headers)
    if _is_known(kept.etag, environ):
        start_response("304 NOT MODIFIED", [h for h in headers if not h[0].startswith("Content-")])
        return [b""]
    body = kept.body
    if kept.packed and takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
        body = kept.packed
        headers.append(("Content-Encoding", "gzip"))
    headers.append(("Content-Length", str(len(body))))
    start_response("200 OK", headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


def pack(response: Response) -> Response:
    """Compress a page for one reader (after_request)."""
    if (
        not takes_gzip(request.headers.get("Accept-Encoding", ""))
        or response.direct_passthrough
        or response.status_code < 200
        or response.status_code in (204, 304)
        or "Content-Encoding" in response.headers
        or response.mimetype not in PACKED_TYPES
    ):
        return response
    body = response.get_data()
    if len(body) >= SMALLEST_GZIP:
        response.set_data(gzip.compress(body, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


PACKED_TYPES = frozenset({"text/html", "application/json", "application/atom+xml", "text/plain"})


def init_app(app: Flask) -> None:
    """Attach compression and the memory of shared pages."""
    app.session_interface = NotedSessions()
    app.after_request(pack)
    app.wsgi_app = SharedPages(app, app.wsgi_app)  # type: ignore[method-assign]
