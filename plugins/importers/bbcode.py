"""What becomes of a pair of marks such as `[b]` and `[/b]` and the text between."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .addresses import OldSite, mask_mail
from .escapes import clean, escape_label
from .inline_markdown import emphasise
from .quotes import quote_mark

_ATTRIBUTION = re.compile(r",\s*(post|topic|username)\s*:\s*([^,]{1,100})")
_ADDRESSES = frozenset({"img", "<img>", "video", "youtube", "vimeo", "media", "gist", "pastebin", "flash"})
_SHORT = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "gist": "https://gist.github.com/{}",
    "pastebin": "https://pastebin.com/{}",
}
_DATES = re.compile(
    r"^([0-9:T-]{4,25})(?:.*?\btime=([0-9:]{4,8}))?(?:.*?\btimezone=[\"']?([A-Za-z_/+-]{1,40}))?"
)
_LISTS = frozenset({"list", "ul", "ol", "<ul>", "<ol>"})
ITEMS = frozenset({"*", "li", "<li>"})
ALONE = frozenset({*ITEMS, "hr", "<hr>", "<img>", "date", "date-range"})
"""Marks that have no end, or whose end says nothing."""


@dataclass(slots=True)
class Tag:
    """An opening mark: its name, what it says, how it was typed, what follows."""

    kind: str
    value: str
    typed: str
    parts: list[str] = field(default_factory=list)

    @property
    def takes_address(self) -> bool:
        """Tell whether what stands inside is, or may be, an address."""
        return self.kind in _ADDRESSES or (self.kind == "url" and not self.value)


Writer = Callable[[Tag, str, OldSite], str]


def write_alone(tag: Tag, around: Sequence[Tag], site: OldSite) -> str:
    """Write a mark that has no end, standing inside the marks around it."""
    if tag.kind in ITEMS:
        return item_mark(around) or tag.typed
    if tag.kind in ("hr", "<hr>"):
        return "\n\n---\n\n"
    if tag.kind == "<img>":
        url = site.resolve(tag.value)
        return f"![]({url})" if url else tag.typed
    found = _DATES.match(tag.value)
    return " ".join(part for part in found.groups() if part) if found else tag.typed


def item_mark(tags: Sequence[Tag]) -> str:
    """Begin an item of the innermost list, set in by the lists around it."""
    lists = [tag for tag in tags if tag.kind in _LISTS]
    if not lists:
        return ""
    is_numbered = lists[-1].kind in ("ol", "<ol>") or lists[-1].value[:1].isalnum()
    indent = "".join(
        "   " if tag.kind in ("ol", "<ol>") or tag.value[:1].isalnum() else "  " for tag in lists[:-1]
    )
    return f"\n{indent}{'1.' if is_numbered else '-'} "


def _write_marked(tag: Tag, inside: str, site: OldSite) -> str:
    mark = {"b": "**", "i": "*", "s": "~~"}.get(tag.kind, tag.kind)
    # Emphasis ends with its paragraph, and code blocks and lists take none.
    is_one_paragraph = "\n\n" not in inside.strip() and "```" not in inside
    return emphasise(mark, inside) if is_one_paragraph else inside


def _write_inside(tag: Tag, inside: str, site: OldSite) -> str:
    return inside


def _write_block(tag: Tag, inside: str, site: OldSite) -> str:
    return f"\n\n{inside.strip()}\n\n" if inside.strip() else inside


def _write_list(tag: Tag, inside: str, site: OldSite) -> str:
    return f"\n\n{_tight(inside)}\n\n"


def _tight(text: str) -> str:
    text = re.sub(r"\n[ \t]*\n(?=\s*(?:-|1\.) )", "\n", text).strip("\n")
    return re.sub(r"^( *(?:-|1\.) ) +", r"\1", text, flags=re.MULTILINE)


def _write_heading(tag: Tag, inside: str, site: OldSite) -> str:
    return f"\n\n{'#' * int(tag.kind[2])} {' '.join(inside.split())}\n\n" if inside.strip() else inside


def _write_summary(tag: Tag, inside: str, site: OldSite) -> str:
    return f"\n\n{emphasise('**', ' '.join(inside.split()))}\n\n"


def _write_details(tag: Tag, inside: str, site: OldSite) -> str:
    title = " ".join(tag.value.strip("\"'“”").split())
    return (
        f"\n\n{emphasise('**', title)}\n\n{inside.strip()}\n\n" if title else _write_block(tag, inside, site)
    )


def _write_quote(tag: Tag, inside: str, site: OldSite) -> str:
    said = tag.value.strip("\"'“”").replace("&quot;", "").strip()
    source = dict(_ATTRIBUTION.findall(said))
    name = source.get("username") or _ATTRIBUTION.sub("", said).split(", full:")[0].split(";")[0]
    post, topic = source.get("post", ""), source.get("topic", "")
    thread = site.thread_of(int(topic)) if topic.isdecimal() and topic.isascii() else None
    number = int(post) if post.isdecimal() and post.isascii() else None
    return f"\n\n{quote_mark(clean(name), number, thread)}\n\n{inside.strip()}\n\n[/quote]\n\n"


def _write_block_quote(tag: Tag, inside: str, site: OldSite) -> str:
    lines = inside.strip().split("\n")
    return "\n\n" + "\n".join(f"> {line}" if line.strip() else ">" for line in lines) + "\n\n"


def _write_link(tag: Tag, inside: str, site: OldSite) -> str:
    label = " ".join(inside.split())
    if tag.kind == "<a>" and not tag.value:
        return f"{tag.typed}{inside}</a>"  # more likely a word in angle brackets
    address = tag.value.strip("\"' ") or label
    url = site.resolve(
        address if address.startswith(("/", "#")) or ":" in address[:12] else f"https://{address}"
    )
    if not label or url is None:
        return mask_mail(inside)
    if not tag.value or label in (url, address):
        return f"<{url}>" if url.startswith("http") else f"[{escape_label(label)}]({url})"
    return f"[{label}]({url})"


def _write_image(tag: Tag, inside: str, site: OldSite) -> str:
    url = None if " " in inside.strip() else site.resolve(inside)
    return f"![]({url})" if url else f"{tag.typed}{inside}[/img]"


def _write_film(tag: Tag, inside: str, site: OldSite) -> str:
    """Write a film or a paste as the link to it."""
    named = inside.strip()
    if re.fullmatch(r"[A-Za-z0-9_/-]{4,80}", named) and tag.kind in _SHORT:
        named = _SHORT[tag.kind].format(named)
    url = site.resolve(named) if named.startswith(("http://", "https://", "//")) else None
    return f"<{url}>" if url and " " not in named else f"{tag.typed}{inside}[/{tag.kind}]"


def _write_mail(tag: Tag, inside: str, site: OldSite) -> str:
    return mask_mail(inside)


_PLAIN = (
    "size color font face center left right align justify highlight indent spoiler blur wrap noparse anchor "
    "<span> <font> <big> <center> <abbr> <cite>"
)
_BLOCKS = "poll <p> <div> <details> <section>"

WRITERS: Mapping[str, Writer] = {
    **dict.fromkeys(("b", "i", "s", "u", "sub", "sup"), _write_marked),
    **dict.fromkeys(_PLAIN.split(), _write_inside),
    **dict.fromkeys(_BLOCKS.split(), _write_block),
    **dict.fromkeys(_LISTS, _write_list),
    **dict.fromkeys((f"<h{level}>" for level in range(1, 7)), _write_heading),
    **dict.fromkeys(("video", "youtube", "vimeo", "media", "flash", "gist", "pastebin"), _write_film),
    **dict.fromkeys(("url", "<a>"), _write_link),
    "details": _write_details,
    "<summary>": _write_summary,
    "quote": _write_quote,
    "<blockquote>": _write_block_quote,
    "img": _write_image,
    "email": _write_mail,
}
