"""A member at work over HTTP: one connection a request, nothing followed, nothing hidden."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from flask import Flask

from tests.fixtures import make_session_cookie
from tests.journeys.site import Site

PATIENCE_SECONDS = 60
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What came back. `size` counts body and headers as they were sent."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        """Give the page, unpacked."""
        packed = self.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()

    @property
    def location(self) -> str:
        """Give the address that the answer leads to."""
        return self.headers.get("Location", "")

    @property
    def size(self) -> int:
        """Count the bytes of headers and body on the wire."""
        return len(self.body) + sum(len(name) + len(text) + 4 for name, text in self.headers.items())


class Client:
    """A browser that keeps cookies. A broken connection raises OSError or HTTPException."""

    def __init__(self, site: Site, **headers: str) -> None:
        self._port = site.port
        self._headers = headers
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        """Read a page."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form."""
        return self._ask("POST", path, urlencode(fields))

    def token(self, path: str) -> str:
        """Give the secret of the forms on a page."""
        found = TOKEN.search(self.get(path).text)
        assert found, f"no form on {path}"
        return found[1]

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = dict(self._headers)
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, headers)
            told = connection.getresponse()
            answer = Answer(told.status, told.headers, told.read())
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        return answer


def signed_in(site: Site, app: Flask, member_id: int, **headers: str) -> Client:
    """Give a client of this member; `app` is the site's, opened."""
    inner = app.test_client()
    make_session_cookie(app, inner, member_id)
    client = Client(site, **headers)
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = inner.get_cookie(name)
    assert cookie
    client.cookies[name] = cookie.value
    return client
