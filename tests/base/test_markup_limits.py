"""A hostile text costs its writer, not the site: limits, and what is left of the text."""

from __future__ import annotations

import ast
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path

import pytest

from brain.base.markup import MAX_LENGTH, Crew, Rendered, limits, plain_text, render, render_here
from brain.base.markup.limits import OutOfTime, within_cpu_limit
from brain.base.markup.pool import SIZE, Pool

FIXTURES = Path(__file__).parent / "fixtures/markup/redos"
ROOT = Path(__file__).parents[2]

# Shapes that make some Markdown parser take minutes; filled up to the longest post.
SHAPES = {
    **{
        f"only {mark!r}": mark
        for mark in ("[", "![", "(", "<", ">", "*", "`", "~~", "|", "\\", "**a ", "&amp;")
    },
    **{
        f"rows of {row!r}": row
        for row in ("[a](b", "[a](<b", "[ (](", "*a_ ", "<b>", "@ab ", "www.a.b ", "[quote]a")
    },
    **{
        f"lines of {line!r}": line
        for line in ("> a\n", "- a\n", "|a|\n", "```\n", "[quote]\n", "[a]: /b\n", ">a\n\n")
    },
    "long lines of emphasis": "*a* __b__ c d e f g h i j k l m n o p q r s t u v w x y z\n",
    "long lines of tables": "|" + "a |" * 30 + "\n|" + "-|" * 30 + "\n",
    "long items of lists": "- a b c d e f g h i\n\n  1. j k l m n o p q r s\n",
}


def filled(shape: str) -> str:
    return (shape * MAX_LENGTH)[:MAX_LENGTH]


def lost_letters(source: str, html: str) -> str:
    """Return the letters of a text that no longer stand in its HTML."""
    typed = Counter(filter(str.isalpha, unescape(source)))
    return "".join((typed - Counter(filter(str.isalpha, unescape(html)))).elements())


@pytest.fixture
def pool() -> Iterator[Pool]:
    own = Pool()
    yield own
    own.close()


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_shape_that_harms_parsers_is_rendered_and_loses_nothing(shape: str) -> None:
    source = filled(shape)

    rendered = render(source)

    assert lost_letters(source, rendered.html) == ""


@pytest.mark.parametrize("depth", [20, 3_000])
@pytest.mark.parametrize(
    "inside", ["> {}", "- {}", "[quote]\n{}\n[/quote]", "[{}](/a)", "*{}*", "<b>{}</b>", "**a {} a**"]
)
def test_deep_nesting_is_flattened_not_lost(inside: str, depth: int) -> None:
    before, after = inside.split("{}")
    source = (before * depth + "heart" + after * depth)[:MAX_LENGTH]

    assert "heart" in plain_text(render(source).html)


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.iterdir()))
def test_known_slow_text_of_another_project_is_rendered(name: str) -> None:
    source = (FIXTURES / name).read_text()

    assert not render(source).is_plain


def test_known_pathological_recipes_are_rendered_and_lose_nothing(shared: Path) -> None:
    folder = shared / "data/trust/markdown"
    recipes = json.loads((folder / "cmark_pathological_recipes.json").read_text())
    sources = {name: built(recipe) for name, recipe in recipes.items()}
    sources |= {path.name: path.read_text() for path in (folder / "marked_redos").iterdir()}

    rendered = {name: render(source) for name, source in sources.items()}

    assert len(rendered) > 30
    assert {name for name, source in sources.items() if lost_letters(source, rendered[name].html)} == set()


def built(recipe: str) -> str:
    """Build a recipe in the size of the longest post, with fewer repetitions."""
    text = str(_worked_out(ast.parse(recipe, mode="eval").body))
    while len(text) > MAX_LENGTH:
        recipe = re.sub(r"\b\d{3,}\b", lambda number: str(int(number[0]) * 19 // 20), recipe)
        text = str(_worked_out(ast.parse(recipe, mode="eval").body))
    return text


def _worked_out(node: ast.expr) -> str | int:
    """Work out the sums and products of texts that recipes are made of."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int):
        return node.value
    if isinstance(node, ast.BinOp):
        left, right = _worked_out(node.left), _worked_out(node.right)
        return left * int(right) if isinstance(node.op, ast.Mult) else f"{left}{right}"
    # the two recipes that count: nested lists, and runs of backticks of every length
    written = ast.unparse(node)
    lowest, highest = map(int, re.findall(r"range\((\d+), (\d+)\)", written)[0])
    one = "  {0}* a\n" if "* a" in written else "e{1}"
    return "".join(one.format("  " * number, "`" * number) for number in range(lowest, highest))


def test_honest_text_of_the_longest_size_is_not_taken_for_hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    # by its marks; how much processor time it takes (a third of the limit) is the machine's matter
    monkeypatch.setattr(limits, "CPU_LIMIT_S", 30.0)
    part = (
        "**Note**: see [the *list*](https://a.org/x_y), `code_1` and @ana:\n\n- one\n  - two\n\n> quoted\n\n"
    )
    source = (part * 400)[:MAX_LENGTH]

    rendered = render_here(source)

    assert not rendered.is_plain
    assert "<strong>Note</strong>" in rendered.html


def test_text_over_the_limit_is_shown_in_plain_paragraphs() -> None:
    rendered = render("*a*\n\n<b>\n" * 4_000)

    assert rendered.is_plain
    assert rendered.html.startswith('<p dir="auto">*a*</p><p dir="auto">&lt;b&gt;<br>*a*</p>')
    assert (rendered.mentions, rendered.links) == ((), ())


def test_ten_megabytes_are_no_trouble() -> None:
    assert len(plain_text(render("[a " * 3_500_000).html)) > 10_000_000


def test_work_that_does_not_end_is_stopped_even_inside_a_pattern() -> None:
    with pytest.raises(OutOfTime):
        within_cpu_limit(lambda: re.match(r"(a|a)*b", "a" * 60))


def test_limit_leaves_no_alarm_and_no_bell_behind() -> None:
    before = signal.getsignal(signal.SIGVTALRM)

    assert within_cpu_limit(lambda: 1) == 1

    assert signal.getsignal(signal.SIGVTALRM) is before
    assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] == 0


def test_request_and_import_render_the_same() -> None:
    source = "# A\n*b* @Cy https://d.org `e`"

    assert render(source) == render(source, language="ar") == render_here(source)
    assert render_here(source).mentions == ("cy",)


def test_texts_are_rendered_from_many_threads_each_its_own(pool: Pool) -> None:
    with ThreadPoolExecutor(8) as threads:
        rendered = list(threads.map(pool.render, [f"*{number}*" for number in range(60)]))

    expected = [Rendered(f'<p dir="auto"><em>{number}</em></p>') for number in range(60)]
    assert rendered == expected
    assert 1 <= len(pool.process_ids()) <= SIZE


def test_child_that_was_killed_is_replaced_and_the_text_rendered(pool: Pool) -> None:
    assert pool.render("*a*") is not None
    [killed] = pool.process_ids()
    os.kill(killed, signal.SIGKILL)

    rendered = pool.render("*b*")

    assert rendered is not None
    assert "<em>b</em>" in rendered.html
    assert killed not in pool.process_ids()


def test_child_that_hangs_is_ended_and_does_not_hold_the_next_text_up(pool: Pool) -> None:
    assert pool.render("*a*") is not None
    [hanging] = pool.process_ids()
    os.kill(hanging, signal.SIGSTOP)

    assert pool.render("*b*") is None
    assert pool.render("*c*") is not None
    assert not Path(f"/proc/{hanging}").exists()


def test_crew_renders_lists_in_order() -> None:
    with Crew(2) as crew:
        waiting = [crew.render([f"*{n}*", f"**{n}**"]) for n in range(20)]
        rendered = [one.html for future in waiting for one in future.result()]

    marks = ("em", "strong")
    assert rendered == [f'<p dir="auto"><{m}>{n}</{m}></p>' for n in range(20) for m in marks]


def test_text_that_ends_its_process_keeps_no_other_back() -> None:
    with Crew(1) as crew:
        assert crew.render([]).result() == []
        [child] = crew.pool.process_ids()
        os.kill(child, signal.SIGSTOP)
        waiting = crew.render(["*a*"])
        os.kill(child, signal.SIGPROF)
        os.kill(child, signal.SIGCONT)

        assert [one.html for one in waiting.result()] == ['<p dir="auto"><em>a</em></p>']
        assert crew.pool.process_ids() != [child]


FORKED = """
import os
from brain.base.markup import render
render("*before*")
if not os.fork():
    print(render("*inside*").html, flush=True)
    os._exit(0)
os.wait()
print(render("*after*").html, flush=True)
"""


def test_forked_process_uses_children_of_its_own() -> None:
    output = subprocess.run(
        [sys.executable, "-c", FORKED], cwd=ROOT, check=True, capture_output=True, text=True
    )

    assert output.stdout.splitlines() == [
        f'<p dir="auto"><em>{word}</em></p>' for word in ("inside", "after")
    ]
    assert output.stderr == ""


KILLED = """
import os, signal
from brain.base.markup import pool, render
render("*a*")
print(*pool._pool.process_ids(), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_children_end_with_the_process_they_work_for() -> None:
    output = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=ROOT, check=False, capture_output=True, text=True
    )
    orphans = output.stdout.split()

    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{orphan}").exists() and not _is_zombie(orphan) for orphan in orphans):
        assert time.monotonic() < deadline, "a rendering process outlived the one it worked for"
        time.sleep(0.05)
    assert output.returncode == -signal.SIGKILL
    assert orphans


def _is_zombie(process: str) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_secrets_of_the_environment_do_not_reach_the_child(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRAIN_SECRET_KEY", "canary")
    pool.render("*a*")

    [child] = pool.process_ids()

    assert b"canary" not in Path(f"/proc/{child}/environ").read_bytes()


def test_import_in_a_thread_renders_too() -> None:
    found: list[Rendered] = []
    thread = threading.Thread(target=lambda: found.append(render_here("*a*")))
    thread.start()
    thread.join()

    assert found == [Rendered('<p dir="auto"><em>a</em></p>')]
