"""Discourse's own Markdown, with BBCode and HTML in it, becomes ours."""

from __future__ import annotations

import pytest

from brain.base.markup import plain_text, render_here
from plugins.importers.addresses import OldSite
from plugins.importers.quotes import relink_quotes
from plugins.importers.raw_markdown import raw_to_markdown

SITE = OldSite(
    "https://forum.example.org",
    lambda old_id: old_id + 500 if old_id < 100 else None,
    {"abc": "https://cdn.example.net/full.png"},
)


def convert(raw: str) -> str:
    return raw_to_markdown(raw, SITE)


@pytest.mark.parametrize(
    ("raw", "mark"),
    [
        ('[quote="bo, post:4, topic:9"]', '[quote="bo, post:4, thread:509"]'),
        ('[quote="bo, post:4, topic:9, full:true"]', '[quote="bo, post:4, thread:509"]'),
        ('[quote="Bo B., post:4, topic:9, username:bo"]', '[quote="bo, post:4, thread:509"]'),
        ('[quote="bo, post:4, topic:900"]', '[quote="bo"]'),
        ('[quote="bo"]', '[quote="bo"]'),
        ("[quote=bo]", '[quote="bo"]'),
        ("[quote=bo;123]", '[quote="bo"]'),
        ("[QUOTE]", "[quote]"),
    ],
)
def test_quote_mark_takes_our_form(raw: str, mark: str) -> None:
    assert convert(f"Yes. {raw}no[/quote] so") == f"Yes.\n\n{mark}\n\nno\n\n[/quote]\n\nso"


def test_quote_that_is_never_closed_stays_as_typed() -> None:
    assert convert('[quote="bo"]no end') == '[quote="bo"]no end'
    assert convert("no start[/quote]") == "no start[/quote]"


def test_quotes_made_before_the_threads_had_ids_can_be_pointed_at_them_later() -> None:
    early = raw_to_markdown('[quote="bo, post:4, topic:9"]a[/quote]', OldSite())
    assert '[quote="bo, post:4, thread:9"]' in early
    assert '[quote="bo, post:4, thread:77"]' in relink_quotes(early, lambda old_id: 77)
    assert '[quote="bo"]' in relink_quotes(early, lambda old_id: None)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("[b]a[/b] [i]b[/i] [s]c[/s] [u]d[/u]", "**a** *b* ~~c~~ <u>d</u>"),
        ("x[b] a [/b]c", "x **a** c"),
        ("[url]https://x.example/a[/url]", "<https://x.example/a>"),
        ("[url=https://x.example/(a)]b[/url]", "[b](https://x.example/%28a%29)"),
        ('[url="x.example"]b[/url]', "[b](https://x.example)"),
        ("[url=javascript:alert(1)]b[/url]", "b"),
        ("[img]https://x.example/a.png[/img]", "![](https://x.example/a.png)"),
        ("[img]no address here[/img]", "[img]no address here[/img]"),
        (
            "[url=https://x.example][img]//y.example/a.png[/img][/url]",
            "[![](https://y.example/a.png)](https://x.example)",
        ),
        ("[size=150][color=#f00]a[/color][/size]", "a"),
        ("[video]https://y.example/v[/video]", "<https://y.example/v>"),
        ("[youtube]abc-123[/youtube]", "<https://www.youtube.com/watch?v=abc-123>"),
        ("[email]bo@coop.example[/email]", "...@coop.example"),
        ("[list][*]a[*]b[/list]", "- a\n- b"),
        ("[list=1][*]a[*]b[/list]", "1. a\n1. b"),
        ("[ul][li]a[/li][li]b[/li][/ul]", "- a\n- b"),
        ('[details="More"]a[/details]', "**More**\n\na"),
        ("[spoiler]a[/spoiler]", "a"),
        ("[poll type=regular]\n* a\n* b\n[/poll]", "* a\n* b"),
        ('[date=2019-05-01 time=10:00:00 timezone="UTC"]', "2019-05-01 10:00:00 UTC"),
        ("arr[i] [EDIT] [solved] [b](https://x.example)", "arr[i] [EDIT] [solved] [b](https://x.example)"),
    ],
)
def test_bbcode_becomes_markdown(raw: str, text: str) -> None:
    assert convert(raw) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ('<a href="https://x.example">b</a>', "[b](https://x.example)"),
        ('<img src="//y.example/a.png" width="3">', "![](https://y.example/a.png)"),
        ("<details><summary>More</summary>a</details>", "**More**\n\na"),
        ("<h2>Title</h2>a", "## Title\n\na"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<table><tr><th>a</th></tr><tr><td>b</td></tr></table>", "| a |\n| --- |\n| b |"),
        ("a<!-- gone -->b", "ab"),
        ("vector<Node> Get<Font>() x < y > z", "vector<Node> Get<Font>() x < y > z"),
        ("<a no=address>b</a>", "<a no=address>b</a>"),
    ],
)
def test_html_in_markdown_becomes_markdown(raw: str, text: str) -> None:
    assert convert(raw) == text


@pytest.mark.parametrize(
    "code",
    [
        "```\n[b]x[/b] :smile: bo@coop.example\n```",
        "~~~c\n[quote]\n~~~",
        "`[b]x[/b] :smile:`",
        "a\n\n    [b]x[/b] :smile:\n    [i]y[/i]\n\nb",
        "```\nnever closed [b]x[/b]",
    ],
)
def test_code_is_left_alone(code: str) -> None:
    assert convert(code) == code


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("[code]\n[b]x[/b]\n\n\n\ny\n[/code]", "```\n[b]x[/b]\n\n\n\ny\n```"),
        ("[code=cpp]int a;\nint b;[/code]", "```cpp\nint a;\nint b;\n```"),
        ("see [code]a[0][/code] there", "see `a[0]` there"),
        ('<pre><code class="lang-cpp">a &lt; b\nc</code></pre>', "```cpp\na < b\nc\n```"),
        ("[code]no end", "[code]no end"),
    ],
)
def test_bbcode_for_code_becomes_fences_or_spans(raw: str, text: str) -> None:
    assert convert(raw) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("![map|690x381](upload://abc.png)", "![map](https://cdn.example.net/full.png)"),
        (
            "![map|690x381, 50%](upload://zz.png)",
            "![map](https://forum.example.org/uploads/short-url/zz.png)",
        ),
        (
            "[plan.pdf|attachment](upload://zz.pdf) (3 KB)",
            "[plan.pdf](https://forum.example.org/uploads/short-url/zz.pdf) (3 KB)",
        ),
        ("[a](/t/some-thread/9/3)", "[a](/thread/509/post/3)"),
        ("https://forum.example.org/t/x/9/3", "[https://forum.example.org/t/x/9/3](/thread/509/post/3)"),
        ("https://forum.example.org/t/x/999", "https://forum.example.org/t/x/999"),
        ("[a](mailto:bo@coop.example) <bo@coop.example>", "a ...@coop.example"),
        ("So :slight_smile: at 10:30:15, std::x", "So 🙂 at 10:30:15, std::x"),
    ],
)
def test_addresses_mail_and_emoji_in_text_are_settled(raw: str, text: str) -> None:
    assert convert(raw) == text


def test_marks_may_stand_around_code() -> None:
    assert convert("[spoiler][code]\na\n[/code][/spoiler] end") == "```\na\n```\n\nend"


@pytest.mark.parametrize(
    "piece",
    ["[b]", "[quote]", "[/b]", "[", "`", "<!--", "[list][*]", "](", "<a href=x>", "[code]", "    a\n"],
)
def test_thousands_of_marks_lose_no_words(piece: str) -> None:
    assert "after" in convert(f"{piece * 3_000}after")


def test_multi_paragraph_emphasis_keeps_its_words() -> None:
    assert plain_text(render_here(convert("[b]a\n\nb[/b]")).html) == "a b"
