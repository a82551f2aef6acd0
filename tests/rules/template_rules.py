"""What a template may not hold, found in its syntax tree.

The text outside Jinja's tags is put together again, with the tags left out,
and read as HTML; what Jinja would print there is looked at in the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

from brain.base.slots import SlotTag

LETTER = re.compile(r"[^\W\d_]")
#: A text in code that reads like a word for people: `Send`, not `btn-main` or `GET`.
WORD = re.compile(r"\s*[A-Z][a-z]")
SPEAKING_CALLS = {"_", "gettext", "ngettext", "pgettext", "npgettext", "lazy_gettext"}
#: Attributes that people see or hear.
SPEAKING_ATTRIBUTES = {"alt", "aria-label", "aria-description", "label", "placeholder", "title", "summary"}
#: Stands where Jinja prints something: an attribute's value, a word in a sentence.
PRINTED = "\N{OBJECT REPLACEMENT CHARACTER}"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

ENVIRONMENT = Environment(
    extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols", SlotTag],
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, order=True)
class Fault:
    """One thing a template should not hold, with its line."""

    line: int
    what: str


def faults(source: str, *, is_html: bool = True, is_letter: bool = False) -> list[Fault]:
    """Find what a template may not hold.

    A letter is a mail: its styles stand in the tags, since mail programs drop
    others. Raises TemplateSyntaxError for one that Jinja cannot read.
    """
    tree = ENVIRONMENT.parse(source)
    found = [*_unsafe(tree), *_bare_words(tree)]
    text = _text(tree)
    if is_html:
        page = _Page(is_letter=is_letter)
        page.feed(text)
        page.close()
        found += page.faults
    else:
        found += [
            Fault(n, f"bare text: {line.strip()}")
            for n, line in enumerate(text.split("\n"), 1)
            if _says(line)
        ]
    return sorted(found)


def file_faults(file: Path) -> list[Fault]:
    """Find what one template file may not hold."""
    is_letter = bool({"mail", "mails", "letters"} & set(file.parts))
    return faults(file.read_text("utf-8"), is_html=file.suffix != ".txt", is_letter=is_letter)


def _unsafe(tree: nodes.Template) -> Iterator[Fault]:
    for node in tree.find_all(nodes.Filter):
        if node.name == "safe":
            yield Fault(node.lineno, "|safe: only brain.base.markup makes markup")
    for node in tree.find_all(nodes.ScopedEvalContextModifier):
        if any(option.key == "autoescape" for option in node.options):
            yield Fault(node.lineno, "autoescape is not switched off")
    for node in tree.find_all(nodes.Name):
        if node.name == "Markup":
            yield Fault(node.lineno, "Markup: only brain.base.markup makes markup")


def _bare_words(node: nodes.Node) -> Iterator[Fault]:
    """Find words for people in code, outside `_()` and its kin."""
    if (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name in SPEAKING_CALLS
    ):
        return
    if isinstance(node, nodes.Compare):
        return  # what is compared is not shown
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and WORD.match(node.value):
        yield Fault(node.lineno, f"bare text in code: {node.value!r}")
    for child in node.iter_child_nodes():
        yield from _bare_words(child)


def _text(tree: nodes.Template) -> str:
    """Put the text outside tags together, each piece on its own line of the file."""
    pieces: list[str] = []
    line = 1
    for node in _printing(tree):
        piece = node.data if isinstance(node, nodes.TemplateData) else PRINTED
        gap = max(0, node.lineno - line)
        pieces += ["\n" * gap, piece]
        line += gap + piece.count("\n")
    return "".join(pieces)


def _printing(node: nodes.Node) -> Iterator[nodes.Node]:
    if isinstance(node, nodes.Output):
        yield from node.nodes
        return
    for child in node.iter_child_nodes():
        yield from _printing(child)


def _says(text: str) -> bool:
    return bool(LETTER.search(text.replace(PRINTED, "")))


class _Page(HTMLParser):
    """Reads a template's HTML and notes what may not be there."""

    def __init__(self, *, is_letter: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.is_letter = is_letter
        self.faults: list[Fault] = []
        #: Elements in which a text is nobody's language, with how deep they are.
        self._untranslated: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID and (
            self._untranslated or given.get("translate") == "no" or tag in {"script", "style"}
        ):
            self._untranslated.append(tag)
        if tag == "script" and not given.get("src"):
            self._note("script without src: scripts are modules in static/")
        if tag == "style":
            self._note("style element: rules belong into the style sheet")
        for name, value in attrs:
            self._look_at(tag, name, value or "")
        if (
            tag == "input"
            and given.get("type") in {"submit", "button", "reset"}
            and _says(given.get("value") or "")
        ):
            self._note(f"bare text in value: {given['value']!r}")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._untranslated:
            while self._untranslated.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._untranslated and _says(data):
            self._note(f"bare text: {data.strip()[:80]!r}")

    def _look_at(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            self._note(f"{name}: behaviour belongs into a module")
        if name == "style" and not self.is_letter:
            self._note("style attribute: rules belong into the style sheet")
        if name in {"href", "src", "action", "formaction"} and re.match(
            r"\s*(javascript|data|vbscript):", value, re.I
        ):
            self._note(f"{name} holds code: {value[:40]!r}")
        if name in SPEAKING_ATTRIBUTES and not self._untranslated and _says(value):
            self._note(f"bare text in {name}: {value!r}")

    def _note(self, what: str) -> None:
        self.faults.append(Fault(self.getpos()[0], what))
