"""No text may run, load or point to what a post has no business with."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from markupsafe import Markup

from brain.base.markup import as_markup, render_here, safe_url, sanitise

FIXTURES = Path(__file__).parent / "fixtures/markup"
ADDRESSES = "data/trust/url/wpt_urltestdata.json"

TAGS = {
    *(
        "a",
        "b",
        "blockquote",
        "br",
        "cite",
        "code",
        "del",
        "div",
        "em",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
    ),
    *(
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "s",
        "small",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
    ),
    *("th", "thead", "tr", "u", "ul"),
}
ATTRIBUTES = {"alt", "class", "dir", "href", "loading", "rel", "src", "start", "tabindex", "title"}


class _Audit(HTMLParser):
    """Collects what must not be there."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.faults.append(tag)
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.faults.append(name)
            if name in {"href", "src"} and not re.match(r"https?://\w|mailto:\w|/(?![/\\])|/$", value or ""):
                self.faults.append(f"{name}={value}")


def faults(html: str) -> list[str]:
    audit = _Audit()
    audit.feed(html)
    audit.close()
    return audit.faults


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://a.org",
            "https://a.org/x?y=1#z",
            "HTTPS://A.org:8080",
            "https://a.org/a(b)c",
            "http://localhost:5000/",
        ),
        *("https://例え.テスト/道", "https://مثال.إختبار", "https://fa.example/می‌روم", "http://127.0.0.1/"),
        *("mailto:a@b.org", "mailto:a.b+c@d.org?subject=x", "/", "/thread/1", "/a//b", "/%2f/a", "/x:y"),
    ],
)
def test_addresses_of_the_web_of_mail_and_of_this_site_are_allowed(url: str) -> None:
    assert safe_url(url) == url
    assert safe_url(f" {url}\n") == url


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:1",
            "javascript:alert(1)",
            "JaVaScRiPt:1",
            " javascript:1",
            "java\nscript:1",
            "java\tscript:1",
        ),
        *(
            "\x01javascript:1",
            "javascript\x00:1",
            "javascript&#58;1",
            "vbscript:x",
            "data:text/html,x",
            "DATA:x",
        ),
        *(
            "file:///etc/passwd",
            "ftp://a.org",
            "blob:https://a.org/1",
            "view-source:https://a.org",
            "about:blank",
        ),
        *("//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example"),
        *(
            "/\t/evil.example",
            "/\n/evil.example",
            "http:evil.example",
            "https:/evil.example",
            "https:///evil.example",
        ),
        *("http:\\\\evil.example", "https://\\evil.example", "https://a.org\\@evil.example"),
        *(
            "https://bank.example@evil.example",
            "https://bank:1@evil.example",
            "https://a.org:99999",
            "http://a:b",
        ),
        *(
            "https://a.org/\u202egro.live",
            "https://a\u200b.org",
            "https://a.org/ x",
            "https://[::1]/",
            "https://%61.org",
        ),
        *(
            "",
            " ",
            "#top",
            "?q",
            "a",
            "a/b",
            "./a",
            "../a",
            "1",
            "https://",
            "http://?",
            "mailto:",
            "mailto:a",
            "mailto:a@b,c@d",
        ),
        "https://a.org/" + "a" * 2_000,
    ],
)
def test_every_other_address_is_refused(url: str) -> None:
    assert safe_url(url) is None


def test_browsers_agree_on_where_an_allowed_address_leads(shared: Path) -> None:
    cases = [case for case in json.loads((shared / ADDRESSES).read_text()) if isinstance(case, dict)]

    allowed = [case for case in cases if not case.get("failure") and safe_url(case["input"])]

    assert len(allowed) > 100
    assert [case["input"] for case in allowed if not _is_understood(case)] == []


def _is_understood(case: dict[str, Any]) -> bool:
    url = case["input"].strip()
    if url.startswith("/"):
        base = urlsplit(case["base"])
        return case["protocol"] == f"{base.scheme}:" and case["hostname"] == (base.hostname or "")
    if case["protocol"] == "mailto:":
        return url.lower().startswith("mailto:")
    return case["protocol"] in {"http:", "https:"} and not case["username"] and not case["password"]


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:1",
            "javascript:1//",
            "JAVASCRIPT:123",
            "java\nscript:1",
            "java&#10;script:1",
            "&#106;avascript:1",
        ),
        *(
            "javascript&colon;1",
            "javascript&#58;1",
            "javascript&#0000058;1",
            "&#x1;javascript:1",
            " &#32;javascript:1",
        ),
        *(
            "data:text/html;base64,PHNjcmlwdD4=",
            "data:1",
            "vbscript:1",
            "file:1",
            "tel:1",
            "foo:1",
            "x-y.z+a:1",
        ),
        *(
            "//evil.example",
            "/\\evil.example",
            "/&#9;/evil.example",
            "&bsol;&bsol;evil.example",
            "#x",
            "x.html",
        ),
    ],
)
@pytest.mark.parametrize(
    "form", ['<a href="{}">w</a>', '<img src="{}" alt="w">', "<a href='{}'>w</a>", "<a href={}>w</a>"]
)
def test_bad_address_is_taken_out_of_html(form: str, url: str) -> None:
    html = sanitise(form.format(url))

    assert "href" not in html
    assert "src" not in html
    assert "w" in html


@pytest.mark.parametrize(
    ("html", "left"),
    [
        (
            '<a href="https://a.org" target="_blank" rel="opener">x</a>',
            '<a href="https://a.org" rel="nofollow ugc noopener">x</a>',
        ),
        ('<a href="&#104;ttps://a.org">x</a>', '<a href="https://a.org" rel="nofollow ugc noopener">x</a>'),
        ('<a href="/thread/1" id="a" style="x">x</a>', '<a href="/thread/1">x</a>'),
        (
            '<img src="/files/1" onerror="x" srcset="/y" loading="eager">',
            '<img src="/files/1" loading="lazy">',
        ),
        ('<p class="admin" dir="rtl">x</p>', "<p>x</p>"),
        (
            '<code class="language-c++">x</code><code class="a b">y</code>',
            '<code class="language-c++">x</code><code>y</code>',
        ),
        (
            '<blockquote class="quote">x</blockquote><blockquote class="quote x">y</blockquote>',
            '<blockquote class="quote">x</blockquote><blockquote>y</blockquote>',
        ),
        ("<h1>x</h1><span>y</span><unknown>z", "xyz"),
        ("<b>not closed", "<b>not closed</b>"),
        ("<!-- gone --><p>x</p>", "<p>x</p>"),
        ("1 < 2 & 3 > 2", "1 &lt; 2 &amp; 3 &gt; 2"),
        (
            '<div class="table-box" tabindex="0">x</div><div tabindex="5">y</div>',
            '<div class="table-box" tabindex="0">x</div><div>y</div>',
        ),
    ],
)
def test_sanitised_html_keeps_a_closed_list(html: str, left: str) -> None:
    assert sanitise(html) == left


@pytest.mark.parametrize(
    "source",
    [
        "[a](javascript:1)",
        "[a](<javascript:1>)",
        "[a](java&#10;script:1)",
        "[a](javascript&colon;1)",
        "[a](&#106;avascript:1)",
        "[a](\\javascript:1)",
        "![a](javascript:1)",
        "![a](data:image/svg+xml,x)",
        "[a]: javascript:1\n\n[a]",
        "<javascript:1>",
        "[a](//evil.example)",
        "[a](/\\evil.example)",
        "[a](\\\\evil.example)",
        "[a](/&#9;/evil.example)",
        "<//evil.example>",
        '[a](https://b.org "x\\" onclick=\\"y")',
        '![x" onerror="y](https://b.org)',
        '```" onclick="x\na\n```',
        '[quote="x\\"><script>, post:1, thread:2"]a[/quote]',
        '[quote="A, post:1/../x, thread:2"]a[/quote]',
        '@a"onclick=x',
        'https://a.org/"onmouseover="x',
        "www.a.org/'><script>x</script>",
        "<b/onclick=x>y</b>",
        "<b\x0bonclick=x>y</b>",
    ],
)
def test_no_way_through_the_dialect(source: str) -> None:
    assert faults(render_here(source).html) == []


def test_hostile_html_of_other_projects_leaves_nothing() -> None:
    texts = json.loads((FIXTURES / "ammonia.json").read_text())
    texts += (FIXTURES / "markdownit_xss.txt").read_text().split("\n.\n")

    assert [text for text in texts if faults(render_here(text).html) or faults(sanitise(text))] == []


def test_sanitising_twice_changes_nothing() -> None:
    texts = json.loads((FIXTURES / "ammonia.json").read_text())

    assert [text for text in texts if sanitise(sanitise(text)) != sanitise(text)] == []


def test_shown_html_says_what_was_typed() -> None:
    source = '<script>alert("x")</script> <img src=x onerror=y>'

    assert unescape(render_here(source).html) == f'<p dir="auto">{source}</p>'


def test_markup_is_not_escaped_again_in_templates() -> None:
    marked = as_markup(render_here("*a*").html)

    assert isinstance(marked, Markup)
    assert str(Markup("{}").format(marked)) == '<p dir="auto"><em>a</em></p>'
