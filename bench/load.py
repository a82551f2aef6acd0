"""A small load client: keep-alive connections, requests made ready beforehand."""

from __future__ import annotations

import gzip
import http.cookies
import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Answer:
    """One HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """Give the page as text, unpacked."""
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


class Connection:
    """One keep-alive connection that speaks just enough HTTP/1.1."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._rest = b""

    def ask(self, request: bytes) -> Answer:
        """Send a request and read its answer; opens anew when it was closed."""
        for attempt in (1, 2):
            try:
                if self._socket is None:
                    self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=60)
                    self._rest = b""
                self._socket.sendall(request)
                return self._read()
            except (ConnectionError, EOFError):
                self.close()
                if attempt == 2:
                    raise
        raise ConnectionError

    def close(self) -> None:
        """Close it."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _read(self) -> Answer:
        while b"\r\n\r\n" not in self._rest:
            self._more()
        head, self._rest = self._rest.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            known = headers.get(name.lower())
            headers[name.lower()] = f"{known}\n{value}" if known else value
        length = int(headers.get("content-length", "0"))
        status = int(first.split()[1])
        if status == 304:
            length = 0
        while len(self._rest) < length:
            self._more()
        body, self._rest = self._rest[:length], self._rest[length:]
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, headers, body)

    def _more(self) -> None:
        assert self._socket is not None
        piece = self._socket.recv(262_144)
        if not piece:
            raise EOFError
        self._rest += piece


@dataclass
class Browser:
    """Keeps cookies and sends forms, as far as a benchmark needs."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    gzip: bool = False

    def request(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> bytes:
        """Write a request's bytes."""
        body = urlencode(fields).encode() if fields is not None else b""
        lines = [f"{'POST' if fields is not None else 'GET'} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        if self.gzip:
            lines.append("Accept-Encoding: gzip")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if fields is not None:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body

    def get(self, path: str, **headers: str) -> Answer:
        """Open a page."""
        return self._keep(Connection(self.port).ask(self.request(path, **headers)))

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form."""
        return self._keep(Connection(self.port).ask(self.request(path, fields)))

    def submit(self, page: str, path: str, fields: dict[str, str]) -> Answer:
        """Send a form with the token found on its page."""
        token = CSRF.search(self.get(page).text)
        if token is None:
            raise LookupError(f"no form on {page}")
        return self.post(path, {"csrf_token": token[1], **fields})

    def _keep(self, answer: Answer) -> Answer:
        for line in answer.headers.get("set-cookie", "").split("\n"):
            if line:
                for name, morsel in http.cookies.SimpleCookie(line).items():
                    self.cookies[name] = morsel.value
        return answer


@dataclass(frozen=True)
class Measured:
    """What one round of load gave; times in milliseconds, sizes in bytes."""

    requests: int
    seconds: float
    p50: float
    p95: float
    p99: float
    size: int
    failed: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def press(port: int, make: Callable[[int, int], bytes], clients: int, seconds: float) -> Measured:
    """Ask with so many connections for so long; `make(client, n)` writes request n.

    Bounded in time; each connection waits for its answer before it asks again.
    """
    times: list[list[float]] = [[] for _ in range(clients)]
    sizes = [0] * clients
    failed = [0] * clients
    ends = time.perf_counter() + seconds

    def run(client: int) -> None:
        line = Connection(port)
        number = 0
        while time.perf_counter() < ends:
            request = make(client, number)
            began = time.perf_counter()
            answer = line.ask(request)
            times[client].append(time.perf_counter() - began)
            sizes[client] = max(sizes[client], len(answer.body))
            failed[client] += answer.status >= 400
            number += 1
        line.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=run, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    flat = sorted(t * 1000 for part in times for t in part)

    def at(share: float) -> float:
        return flat[min(len(flat) - 1, int(len(flat) * share))] if flat else 0.0

    return Measured(len(flat), took, at(0.5), at(0.95), at(0.99), max(sizes), sum(failed))
