"""What members may write, and what the page shows for it."""

from __future__ import annotations

import re

import pytest

from brain.base.markup import render_here

REL = ' rel="nofollow ugc noopener"'


def shown(source: str) -> str:
    """Return the HTML, freed of what every block carries."""
    return render_here(source).html.replace(' dir="auto"', "").replace(REL, "")


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("one\ntwo", "<p>one<br>two</p>"),
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("one\r\ntwo\r\n\r\nthree", "<p>one<br>two</p><p>three</p>"),
        (
            "*a* _b_ **c** __d__ ~~e~~",
            "<p><em>a</em> <em>b</em> <strong>c</strong> <strong>d</strong> <del>e</del></p>",
        ),
        ("snake_case_name 2*3*4 ~~ no ~~", "<p>snake_case_name 2<em>3</em>4 ~~ no ~~</p>"),
        ("`a <b> *c*` and ``x ` y``", "<p><code>a &lt;b&gt; *c*</code> and <code>x ` y</code></p>"),
        (r"\*a\* \`b\` 1 \< 2", "<p>*a* `b` 1 &lt; 2</p>"),
        ("&copy; &amp;lt; AT&T", "<p>© &amp;lt; AT&amp;T</p>"),
        ("x*d**g*y", "<p>x<em>d**g</em>y</p>"),
        ("***a** b* _c __d__ e_", "<p><em><strong>a</strong> b</em> <em>c <strong>d</strong> e</em></p>"),
        ("**[a](/b)**\n*`c`*\\*", '<p><strong><a href="/b">a</a></strong><br><em><code>c</code></em>*</p>'),
        ("---", "<hr>"),
        ("hello\n-- \nAna", "<p>hello<br>--<br>Ana</p>"),
    ],
)
def test_lines_and_emphasis(source: str, html: str) -> None:
    assert shown(source) == html


@pytest.mark.parametrize(
    "source",
    [
        "<https://a.example/?x=1&copy=2>",
        "[t](https://a.example/?x=1&copy=2)",
        "[t](<https://a.example/?x=1&copy=2>)",
        "![t](https://a.example/?x=1&copy=2)",
        "https://a.example/?x=1&copy=2",
        "[t]\n\n[t]: https://a.example/?x=1&copy=2",
        "[t](https://a.example/?x=1&amp;copy=2)",
    ],
)
def test_address_keeps_what_only_looks_like_an_entity(source: str) -> None:
    assert '"https://a.example/?x=1&amp;copy=2"' in shown(source)


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ('[t](/a "x &reg y &copy;")', 'title="x &amp;reg y ©"'),
        ("![x &reg y &copy;](/a)", 'alt="x &amp;reg y ©"'),
        ('[quote="x &reg y &copy;"]z[/quote]', "<cite>x &amp;reg y ©</cite>"),
    ],
)
def test_entity_ends_with_its_semicolon(source: str, part: str) -> None:
    assert part in shown(source)


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("# One", "<h3>One</h3>"),
        ("## Two ##", "<h4>Two</h4>"),
        ("###### Six", "<h6>Six</h6>"),
        ("One\n===\n\nTwo\n---", "<h3>One</h3><h4>Two</h4>"),
        ("text\n# One\ntext", "<p>text</p><h3>One</h3><p>text</p>"),
        ("#12 and #topic", "<p>#12 and #topic</p>"),
        ("#hashtag", "<p>#hashtag</p>"),
    ],
)
def test_headings_stay_below_those_of_the_page(source: str, html: str) -> None:
    assert shown(source) == html


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("Bring:\n- tea\n- bread", "<p>Bring:</p><ul><li>tea</li><li>bread</li></ul>"),
        ("First:\n1. a\n2. b", "<p>First:</p><ol><li>a</li><li>b</li></ol>"),
        ("In\n1984. It was cold", "<p>In<br>1984. It was cold</p>"),
        ("3. c\n4. d", '<ol start="3"><li>c</li><li>d</li></ol>'),
        ("- a\n  - b\n    - c", "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li></ul>"),
        ("- a\n    - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("1. a\n  - b\n    - c\n2. d", "<ol><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ol>"),
        ("1. a\n   1. b", "<ol><li>a<ol><li>b</li></ol></li></ol>"),
        ("-\ta\n-\tb", "<ul><li>a</li><li>b</li></ul>"),
        ("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("- a\n\n  more", "<ul><li><p>a</p><p>more</p></li></ul>"),
        ("- a\nlazy", "<ul><li>a<br>lazy</li></ul>"),
        ("- a\n- b\n\nafter", "<ul><li>a</li><li>b</li></ul><p>after</p>"),
        (
            "- a\n  ```\n  x\n  ```\n- b",
            '<ul><li>a<pre tabindex="0"><code>x\n</code></pre></li><li>b</li></ul>',
        ),
        ("* a\n- b", "<ul><li>a</li></ul><ul><li>b</li></ul>"),
        ("-no list", "<p>-no list</p>"),
    ],
)
def test_lists_need_no_blank_line_and_nest_by_two_spaces(source: str, html: str) -> None:
    assert shown(source) == html


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("```\na\n\n  <b>\n```", '<pre tabindex="0"><code>a\n\n  &lt;b&gt;\n</code></pre>'),
        ("```python\nx\n```", '<pre tabindex="0"><code class="language-python">x\n</code></pre>'),
        ("~~~ c++\nx\n~~~", '<pre tabindex="0"><code class="language-c++">x\n</code></pre>'),
        ('```"onload=x\ny\n```', '<pre tabindex="0"><code>"onload=x\ny\n</code></pre>'),
        ("``` int a;\nint b;\n```", '<pre tabindex="0"><code>int a;\nint b;\n</code></pre>'),
        ("text\n```\nx\n```\ntext", '<p>text</p><pre tabindex="0"><code>x\n</code></pre><p>text</p>'),
        ("```\nnever closed", '<pre tabindex="0"><code>never closed\n</code></pre>'),
        (
            "> ```\n> # no heading\n> ```",
            '<blockquote><pre tabindex="0"><code># no heading\n</code></pre></blockquote>',
        ),
        ("    set in\n\n    by four", '<pre tabindex="0"><code>set in\n\nby four\n</code></pre>'),
        (
            "```\n[quote]\n@ana http://a.org\n```",
            '<pre tabindex="0"><code>[quote]\n@ana http://a.org\n</code></pre>',
        ),
    ],
)
def test_code_is_shown_letter_for_letter(source: str, html: str) -> None:
    assert shown(source) == html


def test_table_scrolls_in_a_box_that_takes_the_focus() -> None:
    html = shown("Prices\n| a | b \\| c |\n|---|:-:|\n| *1* |\n\nafter")

    assert html == (
        '<p>Prices</p><div class="table-box" tabindex="0"><table>'
        "<thead><tr><th>a</th><th>b | c</th></tr></thead>"
        "<tbody><tr><td><em>1</em></td><td></td></tr></tbody></table></div><p>after</p>"
    )


def test_every_block_finds_its_own_writing_direction() -> None:
    html = render_here("# ع\n\nمرحبا\n\n> ق\n\n- ن\n\n|ج|\n|-|\n|د|").html

    blocks = re.findall(r"<(p|li|blockquote|td|th|h3)\b([^>]*)>", html)
    assert {tag for tag, _ in blocks} == {"p", "li", "blockquote", "td", "th", "h3"}
    assert all('dir="auto"' in attributes for _, attributes in blocks)


@pytest.mark.parametrize(
    ("source", "address", "words"),
    [
        ("see https://coop.africa/x_y_z.", "https://coop.africa/x_y_z", "https://coop.africa/x_y_z"),
        ("www.red.lat, and", "https://www.red.lat", "www.red.lat"),
        ("(https://a.ngo/b_(c))", "https://a.ngo/b_(c)", "https://a.ngo/b_(c)"),
        ("**http://a.social/?q=1&b=2**", "http://a.social/?q=1&amp;b=2", "http://a.social/?q=1&amp;b=2"),
        ("انظر https://a.org/ب؟", "https://a.org/ب", "https://a.org/ب"),
        ("见https://a.org/x。好", "https://a.org/x", "https://a.org/x"),
        ("<https://a.org>", "https://a.org", "https://a.org"),
        ("<ana@a.org>", "mailto:ana@a.org", "ana@a.org"),
        ("[the *site*](https://a.org)", "https://a.org", "the <em>site</em>"),
        ("[post](/thread/3/post/4)", "/thread/3/post/4", "post"),
        ("[a](<https://a.org/b>)", "https://a.org/b", "a"),
        ("[by name][n]\n\n[n]: https://a.org", "https://a.org", "by name"),
        ("[n]\n\n[N]: https://a.org", "https://a.org", "n"),
    ],
)
def test_addresses_become_links(source: str, address: str, words: str) -> None:
    assert f'<a href="{address}">{words}</a>' in shown(source)


def test_links_to_other_sites_pass_no_credit_and_links_here_are_clean() -> None:
    html = render_here("https://a.org [here](/thread/1) @ana").html

    assert html == (
        f'<p dir="auto"><a href="https://a.org"{REL}>https://a.org</a> <a href="/thread/1">here</a> '
        '<a href="/member/ana" class="mention">@ana</a></p>'
    )


@pytest.mark.parametrize(
    "source", ["example.org", "ana@example.org", "ftp://a.org", "a.b.c", "http://", "www."]
)
def test_nothing_else_becomes_a_link(source: str) -> None:
    assert shown(source) == f"<p>{source}</p>"


def test_link_holds_no_other_link() -> None:
    assert shown("[a https://b.org @ana](https://c.org)") == (
        '<p><a href="https://c.org">a https://b.org @ana</a></p>'
    )


def test_link_that_is_not_allowed_stays_as_it_was_typed() -> None:
    source = "[click](javascript:alert(1)) ![x](data:image/png;base64,aa)"

    assert shown(source) == f"<p>{source}</p>"


def test_image_is_loaded_late_and_keeps_its_words() -> None:
    html = shown('![a *b*](/files/2 "T") [![c](/files/1)](https://d.org) ![m](mailto:a@b.org)')

    assert html == (
        '<p><img src="/files/2" alt="a *b*" loading="lazy"> '
        '<a href="https://d.org"><img src="/files/1" alt="c" loading="lazy"></a> ![m](mailto:a@b.org)</p>'
    )


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("![a *b*](https://a.org/x.png)", '<a href="https://a.org/x.png" class="picture">a *b* (a.org)</a>'),
        (
            "![](https://a.org/x%20y.png)",
            '<a href="https://a.org/x%20y.png" class="picture">x y.png (a.org)</a>',
        ),
        ("![](https://a.org/)", '<a href="https://a.org/" class="picture">a.org</a>'),
        ("[![c](http://e.org/c.png)](https://d.org)", '<a href="https://d.org">c (e.org)</a>'),
    ],
)
def test_image_of_another_site_is_a_link(source: str, html: str) -> None:
    assert shown(source) == f"<p>{html}</p>"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("@ana", "ana"),
        ("hi @Ana_B.c-d!", "Ana_B.c-d"),
        ("(@ana).", "ana"),
        ("@ana.", "ana"),
        ("@ana...", "ana"),
        ("*@ana*", "ana"),
        ("@josé", "josé"),
        ("@ليلى،", "ليلى"),
        ("@हिन्दी", "हिन्दी"),
        ("@" + "a" * 40, "a" * 40),
    ],
)
def test_mention_links_to_the_member(source: str, name: str) -> None:
    rendered = render_here(source)

    assert f">@{name}</a>" in rendered.html
    assert 'class="mention"' in rendered.html
    assert rendered.mentions == (name.casefold(),)


@pytest.mark.parametrize(
    "source",
    [
        "ana@example.org",
        "`@ana`",
        "```\n@ana\n```",
        "@a",
        "@" + "a" * 41,
        "@.ana",
        "@@ana",
        "[@ana](https://a.org)",
    ],
)
def test_no_mention_in_code_links_addresses_or_odd_names(source: str) -> None:
    rendered = render_here(source)

    assert rendered.mentions == ()
    assert "mention" not in rendered.html


def test_mentions_and_links_are_listed_once_in_order_and_at_most_fifty() -> None:
    people = " ".join(f"@Member{number} @member{number}" for number in range(60))
    sites = " ".join(f"https://s{number}.org https://s{number}.org" for number in range(60))

    rendered = render_here(f"{people}\n\n{sites}")

    assert rendered.mentions == tuple(f"member{number}" for number in range(50))
    assert rendered.links == tuple(f"https://s{number}.org" for number in range(50))


def test_quoted_member_is_named_with_a_link_to_the_post() -> None:
    assert shown('[quote="Ana B., post:12, thread:34"]\n*hi*\n[/quote]\nyes') == (
        '<blockquote class="quote"><cite><a href="/thread/34/post/12">Ana B.</a></cite>'
        "<p><em>hi</em></p></blockquote><p>yes</p>"
    )


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("[quote]a[/quote]", '<blockquote class="quote"><p>a</p></blockquote>'),
        (
            '[quote="Ana"]a[/quote] b',
            '<blockquote class="quote"><cite>Ana</cite><p>a</p></blockquote><p>b</p>',
        ),
        ("[quote=Ana]a[/quote]", '<blockquote class="quote"><cite>Ana</cite><p>a</p></blockquote>'),
        (
            '[QUOTE="A, post:1"]\n[quote="B"]b[/quote]\na\n[/QUOTE]',
            '<blockquote class="quote"><cite>A</cite><blockquote class="quote"><cite>B</cite><p>b</p>'
            "</blockquote><p>a</p></blockquote>",
        ),
        (
            '[quote="<b>, post:1, thread:2"]a[/quote]',
            '<blockquote class="quote"><cite><a href="/thread/2/post/1">&lt;b&gt;</a></cite>'
            "<p>a</p></blockquote>",
        ),
        ("[quote]\nnever closed", "<p>[quote]<br>never closed</p>"),
        ("never opened[/quote]", "<p>never opened[/quote]</p>"),
        ("you type [quote] so", "<p>you type [quote] so</p>"),
        ("> said\nlazily\n\nmine", "<blockquote><p>said<br>lazily</p></blockquote><p>mine</p>"),
        ("> > two\n> one", "<blockquote><blockquote><p>two<br>one</p></blockquote></blockquote>"),
    ],
)
def test_quotes(source: str, html: str) -> None:
    assert shown(source) == html


def test_quoting_somebody_who_called_a_member_does_not_call_again() -> None:
    assert render_here('[quote="Bo"]@ana come[/quote]\n@cy too').mentions == ("cy",)


def test_simple_tags_stay_and_all_others_are_shown_as_written() -> None:
    html = shown(
        '<kbd>Ctrl</kbd> <b>x</b> a<br>b <span style="x">y</span> <script>z</script> <b onclick="x">n</b>'
    )

    assert html == (
        '<p><kbd>Ctrl</kbd> <b>x</b> a<br>b &lt;span style="x"&gt;y&lt;/span&gt; '
        '&lt;script&gt;z&lt;/script&gt; &lt;b onclick="x"&gt;n&lt;/b&gt;</p>'
    )


@pytest.mark.parametrize(
    "source",
    ["# a {: #id .c onclick=x}", '<div markdown="1">*a*</div>', "a\n{: style=x }", "[a](/b){: .c}"],
)
def test_attribute_lists_and_markdown_in_html_are_off(source: str) -> None:
    html = render_here(source).html

    assert not re.search(r"<[^>]*\s(?:id|style|onclick|class)=", html)


def test_control_characters_are_replaced_and_stand_for_nothing() -> None:
    assert shown("a\x00b\x02klzzwxh:0000\x03c\ud800") == "<p>a\ufffdb\ufffdklzzwxh:0000\ufffdc\ufffd</p>"


def test_text_without_marks_reads_the_same_on_the_short_way() -> None:
    plain = " \nHello there: it's 3.5 % (or so) - no?\n  Second line\n\n\n \nمرحبا، كيف الحال؟\n"

    # the escape makes the second text take the long way
    assert shown(plain) + "<p>!</p>" == shown(plain + "\n\n\\!")


def test_empty_text_is_empty() -> None:
    assert [render_here(source).html for source in ("", " \n\t\n", "[a]: /b")] == ["", "", ""]
