"""Marks inside a line: code, links, images, addresses, @names, simple tags."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import InlineProcessor as InlineTree
from markdown.util import INLINE_PLACEHOLDER, INLINE_PLACEHOLDER_RE, AtomicString, Registry

from brain.base.markup.address import BARE_ADDRESS, is_external, safe_url, trim_address
from brain.base.markup.emphasis import EMPHASIS, emphasise
from brain.base.markup.limits import MAX_EXPANSIONS, SIMPLE_TAGS

Made = tuple[Element | str, int] | None
Maker = Callable[["Mark", re.Match[str]], Made]

NAME_LENGTHS = range(2, 41)
#: Marks the link that stands for an image of another site.
PICTURE = {"class": "picture"}

# Brackets three deep, each run taken whole and never given back: every `[` costs what it spans.
_LABEL = r"(?:[^\[\]]++|\[(?:[^\[\]]++|\[[^\[\]]*+\])*+\])*+"
_BARE_TARGET = r"(?:[^\s()<]|\((?:[^\s()]|\([^\s()]*+\))*+\))(?:[^\s()]|\((?:[^\s()]|\([^\s()]*+\))*+\))*+"
_TITLE = r"""(?:"[^"]*+"|'[^']*+'|\([^()]*+\))"""
_TARGET = rf"\(\s*+(?:<(?P<angled>[^<>\n]*+)>|(?P<bare>{_BARE_TARGET}))?(?:\s++(?P<title>{_TITLE}))?\s*+\)"
_BRACKETS = rf"(?P<label>{_LABEL})\](?:(?P<target>{_TARGET})|(?P<key>\[[^\[\]]*+\])?)"

_CODE_OR_ESCAPE = r"\\(?P<escaped>[!-/:-@\[-`{-~\n])|(?<!`)(?P<ticks>`++)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
_ANGLED_ADDRESS = r"<(?P<address>(?i:https?|mailto):[^\s<>\x02\x03]++)>"
_ANGLED_MAIL = r"<(?P<address>[\w.+-]++@[\w-]++(?:\.[\w-]++)+)>"
_MENTION = r"(?<![\w@/.])@(?=\w)"
_SIMPLE_TAG = rf"<(?P<tag>(?i:{'|'.join(sorted(SIMPLE_TAGS))}))>(?P<text>.{{1,2000}}?)</(?P=tag)>"
_ENTITY = r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
_ENTITIES = re.compile(_ENTITY)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


class Mark(InlineProcessor):
    """A pattern and the function that makes an element of what it found."""

    def __init__(self, pattern: str, maker: Maker, md: Markdown) -> None:
        super().__init__(pattern, md)
        self.maker = maker
        self.uses = 0

    def handleMatch(self, m: re.Match[str], data: str = "") -> Any:  # noqa: N802 - the library's name
        """Return node, start and end, or thrice None to leave the text as it stands."""
        made = self.maker(self, m)
        return (None, None, None) if made is None else (made[0], m.start(), made[1])

    def restored(self, text: str) -> str | None:
        """Put characters back that were set aside; None if an element was."""
        if "\x02" not in text:
            return read_entities(text)
        parts: list[str] = []
        for at, part in enumerate(INLINE_PLACEHOLDER_RE.split(text)):
            node = self.stashed(INLINE_PLACEHOLDER % part) if at % 2 else part
            if not isinstance(node, str):
                return None
            parts.append(node)
        return read_entities("".join(parts))

    def stashed(self, placeholder: str) -> Element | str:
        """Return what was set aside for a placeholder."""
        tree = self.md.treeprocessors["inline"]
        found = INLINE_PLACEHOLDER_RE.fullmatch(placeholder)
        if found and isinstance(tree, InlineTree):
            return tree.stashed_nodes.get(found[1], placeholder)
        return placeholder

    def may_expand(self) -> bool:
        """Count one more use that makes more text than it takes."""
        self.uses += 1
        return self.uses <= MAX_EXPANSIONS


class LinkMark(Mark):
    """A mark that makes a link, and so does not count inside one."""

    ANCESTOR_EXCLUDES = ("a",)


def unmarked(text: str) -> str:
    """Read backslash escapes and entities outside running text."""
    return read_entities(_ESCAPED.sub(r"\1", text))


def read_entities(text: str) -> str:
    """Read `&copy;` and the like; without its semicolon it is part of an address."""
    return _ENTITIES.sub(lambda found: unescape(found[0]), text) if "&" in text else text


def label_key(label: str) -> str:
    """Return what makes two link labels the same."""
    return " ".join(label.casefold().split())


def _element(tag: str, text: str, **attributes: str) -> Element:
    made = Element(tag, attributes)
    made.text = text
    return made


def make_code(mark: Mark, found: re.Match[str]) -> Made:
    """Make code of what stands in backticks; `\\x` is just x."""
    if found["escaped"]:
        return found["escaped"], found.end()
    code = found["code"].replace("\n", " ")
    if code.strip() and code[0] == code[-1] == " ":
        code = code[1:-1]
    return _element("code", AtomicString(code)), found.end()


def _target_of(mark: Mark, found: re.Match[str]) -> tuple[str, str, int] | None:
    """Return address, title and end of a link's or image's brackets."""
    if found["target"]:
        address = mark.restored(found["angled"] or found["bare"] or "")
        title = mark.restored((found["title"] or "  ")[1:-1])
        end = found.end("target")
    else:
        named = (found["key"] or "")[1:-1] or found["label"]
        key = label_key(mark.restored(named) or "") if mark.md.references else ""
        if key not in mark.md.references or not mark.may_expand():
            return None
        address, title = mark.md.references[key]
        end = found.end("key") if found["key"] else found.end("label") + 1
    safe = safe_url(address) if address else None
    return None if safe is None else (safe, (title or "").strip(), end)


def make_link(mark: Mark, found: re.Match[str]) -> Made:
    """Make a link; an address that is not allowed leaves the text as typed."""
    target = _target_of(mark, found)
    # Links hold no links: the inner one counts.
    if target is None or any(_target_of(mark, inner) for inner in mark.compiled_re.finditer(found["label"])):
        return None
    address, title, end = target
    for placeholder in INLINE_PLACEHOLDER_RE.finditer(found["label"]):
        _unlink_picture(mark.stashed(placeholder[0]))
    link = _element("a", found["label"], href=address)
    if title:
        link.set("title", title)
    return link, end


def make_image(mark: Mark, found: re.Match[str]) -> Made:
    """Show an image of this site, and link one from elsewhere.

    A page fetches nothing from other sites: they would learn who reads what,
    and an image costs a reader on a dear line more than all the rest.
    """
    target = _target_of(mark, found)
    if target is None or target[0][:7].lower() == "mailto:":
        return None
    address, title, end = target
    alt = mark.restored(found["label"])
    if alt is None:
        alt = mark.unescape(found["label"])
    words = alt.strip() or title
    if is_external(address):
        return _element("a", AtomicString(_picture_words(address, words)), href=address, **PICTURE), end
    return Element("img", {"src": address, "alt": words, "loading": "lazy"}), end


def _picture_words(address: str, words: str) -> str:
    """Say what an image is called and where it lies."""
    parts = urlsplit(address)
    words = words or unquote(parts.path.rpartition("/")[2])[:60]
    return f"{words} ({parts.hostname})" if words else str(parts.hostname)


def _unlink_picture(node: Element | str) -> None:
    """Leave the words of an image that stands in a link: links hold no links."""
    if isinstance(node, Element) and node.get("class") == PICTURE["class"]:
        node.tag = "span"
        node.attrib.clear()


def make_address(mark: Mark, found: re.Match[str]) -> Made:
    """Link `<https://…>`, shown without its brackets."""
    safe = safe_url(read_entities(found["address"]))
    return (_element("a", AtomicString(safe), href=safe), found.end()) if safe else None


def make_mail(mark: Mark, found: re.Match[str]) -> Made:
    """Link `<name@host>`."""
    safe = safe_url(f"mailto:{found['address']}")
    return (_element("a", AtomicString(found["address"]), href=safe), found.end()) if safe else None


def make_bare_address(mark: Mark, found: re.Match[str]) -> Made:
    """Link an address in running text, without the sentence's punctuation."""
    shown = trim_address(found[0])
    safe = safe_url(shown if "://" in shown[:8] else f"https://{shown}")
    if safe is None or not mark.may_expand():
        return None
    return _element("a", AtomicString(shown), href=safe), found.start() + len(shown)


def make_mention(mark: Mark, found: re.Match[str]) -> Made:
    """Link `@name` to the member of that name."""
    text, start = found.string, found.end()
    end = start
    while end < len(text) and end - start <= NAME_LENGTHS.stop and _is_in_name(text[end]):
        end += 1
    while end > start and text[end - 1] == ".":
        end -= 1
    name = text[start:end]
    if len(name) not in NAME_LENGTHS or not mark.may_expand():
        return None
    link = _element("a", AtomicString(f"@{name}"), href=f"/member/{quote(name)}")
    link.set("class", "mention")
    return link, end


def _is_in_name(letter: str) -> bool:
    # Combining marks are part of a name in Hindi, Arabic and many more.
    return letter.isalnum() or letter in "_.-" or unicodedata.category(letter)[0] == "M"


def make_emphasis(mark: Mark, found: re.Match[str]) -> Made:
    """Pair the marks of emphasis in all that is left of the text."""
    emphasised = emphasise(found.string, found.start(), mark.stashed)
    return None if emphasised is None else (emphasised, found.end())


def make_simple_tag(mark: Mark, found: re.Match[str]) -> Made:
    """Keep a simple tag without attributes, such as <kbd>."""
    return _element(found["tag"].lower(), found["text"]), found.end()


def make_break(mark: Mark, found: re.Match[str]) -> Made:
    """Break the line at <br>; line ends of the text itself are left to the end."""
    return Element("br"), found.end()


def make_entity(mark: Mark, found: re.Match[str]) -> Made:
    """Read `&copy;` and the like as the character they stand for."""
    letter = unescape(found[0])
    return None if letter == found[0] else (letter, found.end())


def add_marks(md: Markdown) -> None:
    """Replace the library's marks by ours."""
    md.inlinePatterns = Registry()
    marks: tuple[tuple[type[Mark], str, Maker], ...] = (
        (Mark, _CODE_OR_ESCAPE, make_code),
        (Mark, rf"!\[(?={_BRACKETS})", make_image),
        (LinkMark, rf"(?<!!)\[(?={_BRACKETS})", make_link),
        (LinkMark, _ANGLED_ADDRESS, make_address),
        (LinkMark, _ANGLED_MAIL, make_mail),
        (LinkMark, BARE_ADDRESS, make_bare_address),
        (LinkMark, _MENTION, make_mention),
        (Mark, r"<(?i:br) ?/?>", make_break),
        (Mark, _SIMPLE_TAG, make_simple_tag),
        (Mark, _ENTITY, make_entity),
        (Mark, EMPHASIS, make_emphasis),
    )
    for place, (kind, pattern, maker) in enumerate(marks):
        md.inlinePatterns.register(kind(pattern, maker, md), maker.__name__, 190 - place)
    md.treeprocessors = Registry()
    md.treeprocessors.register(InlineTree(md), "inline", 1)
