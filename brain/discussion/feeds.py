"""Atom feeds of what everyone may read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

_ATOM = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Xml.register_namespace("", _ATOM)


@dataclass(frozen=True)
class Entry:
    """One entry of a feed; `id_path` stays the same when `path` moves with a title."""

    id_path: str
    path: str
    title: str
    language: str
    author: str
    html: str
    published_at: datetime
    updated_at: datetime
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """A feed: where it and what it follows stand, and its entries, newest first."""

    title: str
    language: str
    path: str
    page_path: str
    entries: Sequence[Entry]


def atom(feed: Feed, base_url: str) -> bytes:
    """Write a feed as Atom (RFC 4287)."""
    root = Xml.Element(f"{{{_ATOM}}}feed", {f"{{{_XML}}}lang": feed.language})
    _add(root, "id", base_url + feed.path)
    _add(root, "title", feed.title)
    _add(root, "updated", _moment(max((entry.updated_at for entry in feed.entries), default=_EPOCH)))
    _add(root, "link", "", rel="self", type="application/atom+xml", href=base_url + feed.path)
    _add(root, "link", "", rel="alternate", type="text/html", href=base_url + feed.page_path)
    for entry in feed.entries:
        _add_entry(root, entry, base_url)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def _add_entry(root: Xml.Element, entry: Entry, base_url: str) -> None:
    element = Xml.SubElement(root, f"{{{_ATOM}}}entry", {f"{{{_XML}}}lang": entry.language})
    _add(element, "id", base_url + entry.id_path)
    _add(element, "title", entry.title)
    _add(element, "link", "", rel="alternate", type="text/html", href=base_url + entry.path)
    _add(element, "published", _moment(entry.published_at))
    _add(element, "updated", _moment(entry.updated_at))
    author = Xml.SubElement(element, f"{{{_ATOM}}}author")
    _add(author, "name", entry.author)
    for tag in entry.tags:
        _add(element, "category", "", term=tag)
    # addresses inside a post are rooted: the base says which site they mean
    content = _add(element, "content", entry.html, type="html")
    content.set(f"{{{_XML}}}base", base_url + "/")


def _moment(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _add(parent: Xml.Element, name: str, text: str, **attributes: str) -> Xml.Element:
    fitting = {key: _UNFIT.sub("", value) for key, value in attributes.items()}
    element = Xml.SubElement(parent, f"{{{_ATOM}}}{name}", fitting)
    if text:
        element.text = _UNFIT.sub("", text)
    return element
