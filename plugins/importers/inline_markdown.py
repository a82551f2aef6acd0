"""What stands within a line of cooked HTML, as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from .addresses import OldSite
from .emoji import emoji_of
from .escapes import clean, code_span, collapse, escape, escape_label
from .html_tree import Element, Node

_INLINE = (
    "a abbr acronym b bdi bdo big br button cite code data del dfn em font i img input ins kbd label mark "
    "q s samp small span strike strong sub sup svg time tt u var wbr"
)
INLINE = frozenset(_INLINE.split())
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "s": "~~", "strike": "~~", "del": "~~"}
_CLASS_MARKS = {"bbcode-b": "**", "bbcode-i": "*", "bbcode-s": "~~", "bbcode-u": "u"}
_KEPT_TAGS = frozenset({"ins", "kbd", "mark", "small", "sub", "sup", "u"})
_CODE = frozenset({"code", "tt", "samp"})
_UNSEEN = frozenset({"svg", "input", "button", "wbr"})
_UNSEEN_CLASSES = frozenset({"footnote-backref", "show-more", "avatar", "site-icon"})


@dataclass(frozen=True, slots=True)
class Line:
    """Where in a line we are: the site, the marks that are open, whether in a link."""

    site: OldSite
    marks: frozenset[str] = frozenset()
    is_link: bool = False


def is_inline(node: Node) -> bool:
    """Tell whether a node belongs into a line of text."""
    if isinstance(node, str):
        return True
    if node.tag == "div":
        return "lightbox-wrapper" in node.classes
    if node.tag not in INLINE:
        return False
    return node.tag == "a" or all(map(is_inline, node.children))


def write_line(nodes: Sequence[Node], line: Line) -> str:
    """Write text and inline elements; line breaks are newlines."""
    parts: list[str] = []
    text: list[str] = []
    for node in (*nodes, None):
        if isinstance(node, str):
            text.append(node)
            continue
        if text:
            parts.append(_write_text("".join(text), line))
            text = []
        if node is not None:
            parts.append(_write_element(node, line))
    return "".join(parts)


def _write_text(text: str, line: Line) -> str:
    text = collapse(clean(text))
    return escape_label(text) if line.is_link else escape(text)


def _write_element(element: Element, line: Line) -> str:
    if element.tag in _UNSEEN or not element.classes.isdisjoint(_UNSEEN_CLASSES):
        return ""
    writer = _WRITERS.get(element.tag, _write_span)
    return writer(element, line)


def _write_break(element: Element, line: Line) -> str:
    return "\n"


def _write_code(element: Element, line: Line) -> str:
    return code_span(clean(element.text()))


def _write_span(element: Element, line: Line) -> str:
    """Write an element for what it does to the text inside."""
    tag, classes = element.tag, element.classes
    if "chcklst-box" in classes:
        return "[x]" if any("check" in name for name in classes) else "[ ]"
    if "footnote-ref" in classes:
        return write_line(element.children, line)
    named = next((mark for name, mark in _CLASS_MARKS.items() if name in classes), tag)
    mark = _MARKS.get(named, named)
    is_open = mark in line.marks
    is_marked = (mark in _KEPT_TAGS or mark[0] in "*~") and not is_open
    inside = write_line(element.children, replace(line, marks=line.marks | {mark}) if is_marked else line)
    if is_marked:
        return emphasise(mark, inside)
    if tag == "q":
        return f"“{inside}”"
    return inside if tag in INLINE else f" {inside} "  # a block in a line, as within a link


def emphasise(mark: str, text: str) -> str:
    """Set marks, or a tag, around a text; blanks at its ends stay outside."""
    bare = text.strip()
    if not bare:
        return text
    start = text.index(bare[0])
    before, after = (f"<{mark}>", f"</{mark}>") if mark.isalpha() else (mark, mark)
    return f"{text[:start]}{before}{bare}{after}{text[start + len(bare) :]}"


def _write_div(box: Element, line: Line) -> str:
    """Write a lightbox as its image: file name and size are for the screen alone."""
    if "lightbox-wrapper" not in box.classes:
        return _write_span(box, line)
    return write_line([link for link in box.elements() if link.tag == "a"], line)


def _write_image(image: Element, line: Line) -> str:
    return _write_picture(image, image.get("src"), line)


def _write_picture(image: Element, address: str, line: Line) -> str:
    named = clean(image.get("alt") or image.get("title"))
    if "emoji" in image.classes:
        return emoji_of(named) or escape(named)
    url = line.site.resolve(address)
    if url is None:
        return escape(named)
    return f"![{escape_label(collapse(named))}]({url})"


def _write_link(link: Element, line: Line) -> str:
    classes = link.classes
    if "lightbox" in classes:
        image = next((inner for inner in link.elements() if inner.tag == "img"), link)
        return _write_picture(image, link.get("href") or image.get("src"), line)
    if classes & {"mention", "mention-group"}:
        return collapse(clean(link.text())).strip()
    if classes & {"hashtag", "hashtag-cooked"}:
        return f"#{escape(collapse(clean(link.text())).strip().lstrip('#'))}"
    url = None if line.is_link else line.site.resolve(link.get("href"))
    if url is None:
        return write_line(link.children, line)
    label = write_line(link.children, replace(line, is_link=True)).replace("\n", " ")
    return write_address(url, clean(link.text()).strip(), label)


def write_address(url: str, text: str, label: str) -> str:
    """Write a link; one whose text is its own address stays a bare address.

    `label` is the text as Markdown; without one there is nothing to click.
    """
    bare = label.strip()
    if not bare:
        return label
    if url.startswith(("http://", "https://")) and text.rstrip("/") in _spellings(url):
        return f"<{url}>"
    start = label.index(bare[0])
    return f"{label[:start]}[{bare}]({url}){label[start + len(bare) :]}"


def _spellings(url: str) -> tuple[str, ...]:
    bare = url.rstrip("/")
    rest = bare.partition("://")[2]
    return (bare, rest, rest.removeprefix("www."), f"https://{rest}", f"http://{rest}")


_WRITERS: Mapping[str, Callable[[Element, Line], str]] = {
    "a": _write_link,
    "br": _write_break,
    "div": _write_div,
    "img": _write_image,
    **dict.fromkeys(_CODE, _write_code),
}
