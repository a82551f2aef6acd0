"""Whatever is put into addresses and forms, nobody is answered with a failure of ours."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import quote, urlencode

import pytest

from tests.browser import village

pytestmark = pytest.mark.slow
ROLES = ("visitor", "member", "moderator", "admin")
HUGE = str(10**30)
WORDS = ("", "\0", "a\0b", "x" * 5_000, "\u202e%s'\"<&\\", "\ufffe\u200b", "../..", HUGE)
NUMBERS = ("0", "1", str(2**31), str(2**63), HUGE)
VALUES = ("", "\0", "a\0b", "-1", HUGE, "x" * 70_000, "\u202e%s'\"<&\\", "2026-13-45")
#: Sent in place of a text, as a form with files would.
A_FILE = b"\xff\x00a file"
#: Query fields that pages read without showing a form for them.
HIDDEN = ("page", "lang", "next", "to", "quote", "at", "token")
CONVERTER = re.compile(r"<(?:(\w+):)?(\w+)>")


class Forms(HTMLParser):
    """The forms of a page: (method, action, fields with their values)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, or a field of the last one."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given.get("method", "get").lower(), given.get("action", ""), {}))
        elif tag in ("input", "textarea", "select", "button") and given.get("name") and self.found:
            self.found[-1][2].setdefault(given["name"], given.get("value", ""))


def failures(client, addresses: Iterator[str]) -> list[str]:
    """Open addresses; give those that failed."""
    return [address[:300] for address in addresses if client.get(address).status_code >= 500]


def addresses_of(app) -> Iterator[str]:
    """Fill the variable parts of every address with what nobody expects."""
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "static":
            continue
        pairs = zip(NUMBERS + NUMBERS[:3], WORDS, strict=True)
        for number, word in pairs if CONVERTER.search(str(rule)) else [("", "")]:
            filled = re.sub(r"<int:\w+>", number, str(rule))
            yield CONVERTER.sub(quote(word, safe="").replace("\\", "\\\\"), filled)


def odd_queries(client, page: str) -> Iterator[str]:
    """Put odd values into every query field of a page, one at a time."""
    start, _mark, own = page.partition("?")
    names = {field.split("=")[0] for field in own.split("&") if field} | set(HIDDEN)
    for method, _action, fields in Forms(client.get(page).text).found:
        names |= set(fields) if method == "get" else set()
    for name in sorted(names):
        for value in VALUES:
            yield f"{start}?{urlencode({name: value[:3_000]})}"


@pytest.fixture
def clients(make, sign_in, client):
    """Give a client of each role, and the pages that it is shown."""
    built = village.build(make, sign_in)
    signed_in = {role: sign_in(getattr(built, role)) for role in ROLES[1:]}
    return {"visitor": client} | signed_in, built.pages


def test_addresses_and_queries_never_fail(app, clients):
    by_role, pages = clients
    wrong = []
    for role, client in by_role.items():
        wrong += [f"{role} {address}" for address in failures(client, addresses_of(app))]
        for page in pages[role]:
            wrong += [f"{role} {address}" for address in failures(client, odd_queries(client, page))]
    assert "\n".join(wrong) == ""


def test_forms_never_fail(clients):
    by_role, pages = clients
    wrong, sent = [], 0
    for role, client in by_role.items():
        for page in pages[role]:
            for method, action, fields in Forms(client.get(page).text).found:
                # the tables of these tests were not made by migrations: plugins stay as they are
                if method != "post" or action.startswith(("/sign-out", "/admin/plugins")):
                    continue
                for name in sorted(set(fields) - {"csrf_token"}):
                    for value in (*VALUES, A_FILE):
                        given = (io.BytesIO(value), "a.txt") if value is A_FILE else value
                        answer = client.post(action or page, data=fields | {name: given})
                        sent += 1
                        if answer.status_code >= 500:
                            wrong.append(f"{role} {action or page} {name}={value[:20]!r}")
    assert "\n".join(wrong) == ""
    assert sent > 500
