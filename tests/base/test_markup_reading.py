"""Rendered text back to words, for search, mails and lists."""

from __future__ import annotations

import pytest

from brain.base.markup import excerpt, plain_text, render_here


def test_words_of_all_blocks_are_kept_and_apart() -> None:
    html = render_here(
        "# Head\none\ntwo\n\n- a\n- b\n\n> said\n\n```\nx < y\n```\n\n|c|d|\n|-|-|\n|e|f|\n\n"
        '[quote="Ana"]hi[/quote]\n*w*ord @bo &amp; ![a > "b"](/files/1)'
    ).html

    assert plain_text(html) == 'Head one two a b said x < y c d e f Ana hi word @bo & a > "b"'


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (100, "one two three"),
        (13, "one two three"),
        (12, "one two"),
        (7, "one two"),
        (3, "one"),
        (2, "on"),
        (0, ""),
    ],
)
def test_limit_cuts_after_a_whole_word(limit: int, words: str) -> None:
    assert plain_text("<p>one two  three</p>", limit) == words


def test_excerpt_leaves_quotes_out_and_marks_the_cut() -> None:
    html = render_here('[quote="Ana"]old[/quote]\nnew words\n\n> older\n\nand more words of mine').html

    assert excerpt(html) == "new words and more words of mine"
    assert excerpt(html, 20) == "new words and more…"
    assert len(excerpt(html, 20)) <= 20


def test_excerpt_of_a_text_without_blanks_is_cut_between_letters() -> None:
    assert excerpt("<p>" + "社会连带经济" * 10 + "</p>", 10) == "社会连带经济社会连…"


def test_excerpt_of_quotes_alone_is_empty() -> None:
    assert excerpt(render_here("> > a\n> b").html) == ""


def test_characters_that_html_escapes_are_read_back() -> None:
    assert plain_text(render_here(r"1 < 2 && \&lt; é").html) == "1 < 2 && &lt; é"
