"""Static files, compressed once in each process and not beside their sources.

WhiteNoise sends `brain.css.gz` if somebody has made one; a stale one would be
sent as well. Here the text files of /static/ are packed when first asked for
and packed again when they have changed.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/static/"
PACKED_TYPES = ("text/", "application/javascript", "image/svg+xml", "application/json")


def takes_gzip(accepted: str) -> bool:
    """Tell whether a client takes what is packed: `gzip;q=0` says that it does not."""
    return "gzip" in accepted and bool(re.search(r"\bgzip\b(?!\s*;\s*q=0(?:\.0+)?\s*(?:,|$))", accepted))


class PackedFiles:
    """WSGI middleware around the one that serves files."""

    def __init__(self, inner: WSGIApplication) -> None:
        self._inner = inner
        self._packed: dict[tuple[str, str], bytes] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Send a file packed to who accepts that, and all else as it is."""
        if (
            not environ["PATH_INFO"].startswith(PREFIX)
            or environ["REQUEST_METHOD"] != "GET"
            or not takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
            or "HTTP_RANGE" in environ
        ):
            return self._inner(environ, start_response)
        if "HTTP_IF_NONE_MATCH" in environ:
            environ["HTTP_IF_NONE_MATCH"] = environ["HTTP_IF_NONE_MATCH"].removeprefix("W/")
        return self._pack(environ, start_response)

    def _pack(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer: list[Any] = []

        def note(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            answer[:] = [status, headers]

        chunks = self._inner(environ, note)
        status, headers = answer
        named = dict(headers)
        if not status.startswith("200") or not named.get("Content-Type", "").startswith(PACKED_TYPES):
            start_response(status, headers)
            return chunks
        body = self._packed_body(environ["PATH_INFO"], named.get("ETag", ""), chunks)
        named |= {"Content-Encoding": "gzip", "Content-Length": str(len(body)), "Vary": "Accept-Encoding"}
        if "ETag" in named:
            named["ETag"] = f"W/{named['ETag']}"
        start_response(status, list(named.items()))
        return [body]

    def _packed_body(self, path: str, stamp: str, chunks: Iterable[bytes]) -> bytes:
        found = self._packed.get((path, stamp))
        if found is None:
            found = self._packed[path, stamp] = gzip.compress(b"".join(chunks), 9, mtime=0)
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
        return found
