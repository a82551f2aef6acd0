"""Addresses of the old site: made whole, pointed at us, and mail masked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import urljoin

from .archive import ThreadOf

_MAIL_ADDRESS = re.compile(
    r"(?<![\w.+/@%-])(?!git@)[\w.+%-]{1,64}+@((?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24})(?![\w@]|\.\w|:[\w/~])"
)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_TOPIC_PATH = re.compile(r"/t/(?:[^/?#\s]+/)?(\d{1,12})(?:/(\d{1,9}))?/?(?:[?#].*)?$", re.DOTALL)
_UPLOAD = re.compile(r"upload://([A-Za-z0-9]{1,64})(\.[A-Za-z0-9]{1,8})?")
_UNFIT = re.compile(r"[\x00-\x20\x7f-\x9f<>\"\\^`{|}()\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def keep_old_id(old_id: int) -> int | None:
    """Leave a thread's id as it was: the threads have no new ids yet."""
    return old_id


@dataclass(frozen=True)
class OldSite:
    """Where a post came from: what its relative addresses and ids meant.

    `base_url` is the site's origin with its folder if it has one, without a
    slash at the end; empty if nobody knows. `uploads` gives the address of an
    uploaded file by the short name that Markdown calls it by.
    """

    base_url: str = ""
    thread_of: ThreadOf = keep_old_id
    uploads: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def resolve(self, href: str) -> str | None:
        """Make an address whole; None if a reader must not follow it.

        Addresses of threads that came along become their new ones, which hold
        even when this plugin is gone; anything but http and https is refused.
        """
        href = href.strip()
        upload = _UPLOAD.fullmatch(href)
        if upload:
            href = self.uploads.get(upload[1]) or f"/uploads/short-url/{upload[1]}{upload[2] or ''}"
        if not href or href[0] == "#":
            return None
        path = self._topic_path(href)
        if path:
            return path
        if href.startswith("//"):
            href = f"https:{href}"
        elif self.base_url and not _SCHEME.match(href):
            href = _joined(f"{self.base_url}/", href)
        if not href.lower().startswith(("http://", "https://")) and (href[:1] != "/" or href[:2] == "//"):
            return None
        return _UNFIT.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), href)

    def _topic_path(self, href: str) -> str | None:
        scheme, slashes, rest = href.partition("//")
        host, _, folder = self.base_url.partition("//")[2].partition("/")
        if slashes and scheme.lower() in ("", "http:", "https:"):
            if not host or not rest.lower().startswith(f"{host.lower()}/"):
                return None
            href = rest[len(host) :]
        found = _TOPIC_PATH.match(href.removeprefix(f"/{folder}") if folder else href)
        thread = self.thread_of(int(found[1])) if found else None
        if not found or thread is None:
            return None
        return f"/thread/{thread}/post/{int(found[2])}" if found[2] else f"/thread/{thread}"


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:  # an address like http://[ is none
        return ""


def mask_mail(text: str) -> str:
    """Hide the personal part of mail addresses: `...@example.org`.

    Nobody agreed that an archive's copy shows it to everyone. Addresses of
    repositories (`git@host:path`) stay. Behind a full stop, `@` calls nobody.
    """
    return _MAIL_ADDRESS.sub(r"...@\1", text) if "@" in text else text
