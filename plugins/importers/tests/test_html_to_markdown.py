"""Cooked HTML becomes Markdown that says the same, and nothing more."""

from __future__ import annotations

import pytest

from brain.base.markup import plain_text, render_here
from plugins.importers.addresses import OldSite
from plugins.importers.html_to_markdown import html_to_markdown

SITE = OldSite("https://forum.example.org", lambda old_id: old_id + 500 if old_id < 100 else None)


def convert(html: str) -> str:
    return html_to_markdown(html, SITE)


def shown(html: str) -> str:
    """Convert and render again, as a reader will get it."""
    return render_here(convert(html)).html


QUOTE = """<aside class="quote no-group" data-username="{name}" data-post="12" data-topic="{topic}">
<div class="title"><div class="quote-controls"></div>
<img alt="" width="20" height="20" src="/user_avatar/x/20.png" class="avatar"> {name}:</div>
<blockquote><p>We meet on Friday.</p></blockquote></aside><p>Fine with me.</p>"""


def test_quote_of_a_member_names_the_post_and_our_thread() -> None:
    assert convert(QUOTE.format(name="amina", topic=34)) == (
        '[quote="amina, post:12, thread:534"]\n\nWe meet on Friday.\n\n[/quote]\n\nFine with me.'
    )


def test_quote_from_a_thread_that_did_not_come_along_keeps_the_name_alone() -> None:
    assert convert(QUOTE.format(name="amina", topic=340)).startswith('[quote="amina"]\n\nWe meet')


def test_quote_without_a_post_keeps_the_name_alone() -> None:
    html = '<aside class="quote" data-username="bo"><blockquote>Yes.</blockquote></aside>'
    assert convert(html) == '[quote="bo"]\n\nYes.\n\n[/quote]'


def test_name_cannot_break_out_of_the_quote_mark() -> None:
    html = '<aside class="quote" data-username="x&quot;] [b"><blockquote>Yes.</blockquote></aside>'
    assert convert(html) == '[quote="x b"]\n\nYes.\n\n[/quote]'


def test_quote_in_a_quote_stays_nested() -> None:
    inner = QUOTE.format(name="bo", topic=1)
    html = f'<aside class="quote" data-username="amina"><blockquote>{inner}</blockquote></aside>'
    assert shown(html).count("<cite>") == 2


def test_words_that_look_like_a_quote_mark_stay_words() -> None:
    assert "<cite>" not in shown("<p>[quote=bo]not quoted[/quote]</p>")
    assert plain_text(shown("<p>[quote=bo]not quoted[/quote]</p>")) == "[quote=bo]not quoted[/quote]"


LIGHTBOX = """<p>Look:</p><div class="lightbox-wrapper"><a class="lightbox" href="{full}" title="The field">
<img src="/small.png" alt="The field" width="10" height="10"><div class="meta"><svg class="fa"></svg>
<span class="filename">field.png</span><span class="informations">900x600 40 KB</span></div></a></div>"""


@pytest.mark.parametrize(
    ("full", "whole"),
    [
        ("/uploads/field.png", "https://forum.example.org/uploads/field.png"),
        ("//cdn.example.net/a/field.png", "https://cdn.example.net/a/field.png"),
        ("https://cdn.example.net/field.png", "https://cdn.example.net/field.png"),
        ("upload://abc123.png", "https://forum.example.org/uploads/short-url/abc123.png"),
    ],
)
def test_lightbox_becomes_its_full_image(full: str, whole: str) -> None:
    assert convert(LIGHTBOX.format(full=full)) == f"Look:\n\n![The field]({whole})"


def test_image_with_an_address_of_its_own_is_kept_as_words() -> None:
    assert convert('<p><img src="data:image/png;base64,AAAA" alt="A map"></p>') == "A map"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<img class="emoji" alt=":slight_smile:" title=":slight_smile:" src="/x.png">', "🙂"),
        ('<img class="emoji only-emoji" alt=":+1:t3:" src="/x.png">', "👍🏼"),
        ('<img class="emoji" alt=":rocket:" src="/x.png">', "🚀"),
        ('<img class="emoji" alt=":our_own_logo:" src="/x.png">', ":our_own_logo:"),
    ],
)
def test_emoji_image_becomes_the_character_or_its_name(html: str, text: str) -> None:
    assert plain_text(shown(f"<p>So {html}</p>")) == f"So {text}"


def test_mention_stays_a_mention_and_other_at_signs_call_nobody() -> None:
    html = '<p><a class="mention" href="/u/bo_">@bo_</a> says <span class="mention">@override</span></p>'
    assert convert(html) == "@bo_ says \\@override"
    assert render_here(convert(html)).mentions == ("bo_",)


def test_mail_address_loses_its_personal_part() -> None:
    html = (
        '<p>Write to <a href="mailto:amina.d@coop.example">amina.d@coop.example</a> or bo@coop.example.</p>'
    )
    assert convert(html) == "Write to ...@coop.example or ...@coop.example."
    assert "href" not in shown(html)


def test_address_of_a_repository_is_no_mail_address() -> None:
    assert "git@host.example:seeds" in convert("<p>git@host.example:seeds</p>").replace("\\", "")


ONEBOX = """<aside class="onebox allowlistedgeneric" data-onebox-src="https://coop.example/about">
<header class="source"><img src="/f.ico" class="site-icon">
<a href="https://coop.example/about">coop</a></header>
<article class="onebox-body"><h3><a href="https://coop.example/about">About us</a></h3>
<p>Long words.</p></article>
</aside>"""


def test_onebox_becomes_the_link_that_it_was_made_from() -> None:
    assert convert(ONEBOX) == "[About us](https://coop.example/about)"


def test_onebox_of_a_thread_becomes_a_link_to_it() -> None:
    link = '<a href="https://forum.example.org/t/the-harvest/9">The harvest</a>'
    html = f"""<aside class="quote" data-post="1" data-topic="9"><div class="title">
    <div class="quote-controls"></div>{link}</div><blockquote>It was…</blockquote></aside>"""
    assert convert(html) == "[The harvest](/thread/509)"


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("/t/the-harvest/9/4", "/thread/509/post/4"),
        ("https://forum.example.org/t/the-harvest/9", "/thread/509"),
        ("http://forum.example.org/t/9?u=bo", "/thread/509"),
        ("/t/lost/999", "https://forum.example.org/t/lost/999"),
        ("/u/bo", "https://forum.example.org/u/bo"),
        ("//cdn.example.net/a.pdf", "https://cdn.example.net/a.pdf"),
        ("https://w.example/a_(b)", "https://w.example/a_%28b%29"),
    ],
)
def test_link_is_made_whole_or_pointed_at_the_thread_here(href: str, target: str) -> None:
    assert convert(f'<p><a href="{href}">See this</a></p>') == f"[See this]({target})"


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "#top", "", "file:///etc/x"]
)
def test_link_that_nobody_may_follow_is_text(href: str) -> None:
    assert convert(f'<p><a href="{href}">See this</a></p>') == "See this"


def test_link_that_shows_its_own_address_stays_bare() -> None:
    assert convert('<p><a href="https://coop.example/">coop.example</a></p>') == "<https://coop.example/>"


def test_code_keeps_its_language_and_every_character() -> None:
    html = '<pre><code class="lang-python">if a &lt; b:\n    print("`")  # [b]*\n</code></pre>'
    assert convert(html) == '```python\nif a < b:\n    print("`")  # [b]*\n```'


def test_code_that_holds_fences_gets_longer_ones() -> None:
    assert convert("<pre><code class='lang-auto'>```\nx\n```</code></pre>") == "````\n```\nx\n```\n````"
    assert convert("<p><code>a `b` c</code></p>") == "``a `b` c``"


def test_lists_nest_and_keep_their_numbers() -> None:
    html = "<ol start='3'><li>Dig<ul><li>deep</li><li>wide</li></ul></li><li><p>Sow</p><p>well</p></li></ol>"
    assert convert(html) == "3. Dig\n   - deep\n   - wide\n\n4. Sow\n\n   well"


def test_two_lists_in_a_row_stay_two() -> None:
    assert shown("<ul><li>a</li></ul><ul><li>b</li></ul>").count("<ul>") == 2


def test_table_keeps_cells_and_pipes() -> None:
    html = """<div class="md-table"><table><thead><tr><th>Seed</th><th>kg</th></tr></thead>
    <tbody><tr><td>Rye | old</td><td><b>3</b></td></tr><tr><td></td></tr></tbody></table></div>"""
    assert convert(html) == "| Seed | kg |\n| --- | --- |\n| Rye \\| old | **3** |\n|  |  |"


def test_table_without_a_head_and_one_within_another_keep_their_words() -> None:
    html = "<table><tr><td>Out<table><tr><td>In</td></tr></table></td></tr></table>"
    assert plain_text(shown(html)) == "Out In"


def test_details_open_and_poll_and_spoiler_become_text() -> None:
    html = """<details><summary>More</summary><p>Inside.</p></details>
    <div class="poll"><div class="poll-container"><ul><li>Yes</li><li>No</li></ul></div>
    <div class="poll-info"><p>0 voters</p></div></div><p><span class="spoiler">He did it.</span></p>"""
    assert convert(html) == "**More**\n\nInside.\n\n- Yes\n- No\n\nHe did it."


@pytest.mark.parametrize("classes", ["lazyYT", "onebox lazyYT lazyYT-container", "lazyYT onebox"])
def test_film_becomes_a_link_with_its_title(classes: str) -> None:
    html = f'<div class="{classes}" data-youtube-id="abc-1" data-youtube-title="How we sow"></div>'
    assert convert(html) == "[How we sow](https://www.youtube.com/watch?v=abc-1)"


def test_film_of_the_site_itself_becomes_a_link() -> None:
    assert convert('<video><source src="/a.mp4"></video>') == "<https://forum.example.org/a.mp4>"


def test_event_is_kept_in_words() -> None:
    html = '<div class="discourse-post-event" data-name="Fair" data-start="2023-03-09 18:00"></div>'
    assert plain_text(shown(html)) == "Fair · 2023-03-09 18:00"


def test_script_style_and_comments_vanish() -> None:
    html = "<p>a</p><script>alert('x')</script><style>p{}</style><!-- c --><p>b</p>"
    assert convert(html) == "a\n\nb"


@pytest.mark.parametrize(
    "text",
    [
        "# no heading",
        "1. no list",
        "- no list",
        "+ no list",
        "> no quote",
        "=====",
        "a *b* c _d_ `e` ~~f~~",
        "snake_case and __init__ and 2*3*4",
        "[a](b) and [c]: d",
        "vector<b>x</b> &amp; &lt;",
        "C:\\new \\* \\[",
        "~~~",
        "| a | b |",
        "@override",
    ],
)
def test_text_means_nothing_in_markdown_that_it_did_not_mean(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    rendered = shown(f"<p>{escaped}<br>second line</p>")
    assert plain_text(rendered) == f"{text} second line"
    assert rendered.replace("<br>", "").count("<") == 2  # a paragraph, and nothing else


def test_marks_survive_and_blanks_stay_outside() -> None:
    html = (
        "a<strong> b </strong>c <em>d</em> <s>e</s> H<sub>2</sub>O <kbd>Tab</kbd> <b><strong>f</strong></b>"
    )
    assert convert(html) == "a **b** c *d* ~~e~~ H<sub>2</sub>O <kbd>Tab</kbd> **f**"


def test_depth_has_a_bound_and_words_do_not_get_lost() -> None:
    html = "<blockquote>" * 5_000 + "deep" + "</blockquote>" * 5_000 + "<p>after</p>"
    text = convert(html)
    assert "deep" in text
    assert text.endswith("after")


@pytest.mark.parametrize(
    "piece", ["<a ", '<a href="', "<!--", "<", "</p", "<b>", "<td>", "<ul><li>", "&#", "<script>"]
)
def test_broken_html_is_read_to_its_end(piece: str) -> None:
    assert "before" in convert(f"<p>before</p>{piece * 3_000}")


def test_what_no_database_takes_is_left_out() -> None:
    assert convert("<p>a\x00b\ud800c</p>") == "ab\ufffdc"


def test_greater_than_sign_in_an_attribute_ends_nothing() -> None:
    assert convert('<p><img src="/a.png" alt="a > b"> c</p>') == "![a > b](https://forum.example.org/a.png) c"
