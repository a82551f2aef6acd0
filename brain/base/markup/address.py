"""The one rule for addresses that members write: in links and in images."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

MAX_URL = 2_000

# Spaces and controls end an address (browsers drop some of them: `java\nscript:`), a backslash is
# a slash to browsers, direction marks make an address read as another one.
_UNFIT = re.compile(
    '[\\s\\\\<>"`\x00-\x20\x7f-\xa0\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]'
)
# No user name before the host: `https://bank.example@evil.example` only ever deceives.
_WEB = re.compile(r"https?://[^/?#@:\[\]%]+(?::\d{1,5})?(?:[/?#].*)?", re.IGNORECASE)
_MAIL = re.compile(r"mailto:[^@?/:,;]+@[^@?/:,;]+(?:\?.*)?", re.IGNORECASE)
_ROOTED = re.compile(r"/(?!/).*")

# Where a bare address in running text ends at the latest: blanks, quotes, and the full-width
# punctuation of languages that set no blank after it; \x02 and \x03 bracket stashed markup.
_BARE = (
    r"[^\s<>\x02\x03\"`\u00ab\u00bb\u201c-\u201f"
    r"\u3000-\u3002\u300a-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]"
)
BARE_ADDRESS = rf"(?<![A-Za-z0-9_/@.])(?i:https?://|www\.)(?=[^\W_]){_BARE}++"
_CLOSING = "?!.,:;*_~'’\u060c\u061b\u061f\u06d4|"
_OPENED_BY = {")": "(", "]": "[", "}": "{"}


def safe_url(url: str) -> str | None:
    """Return the address if a page may point to it, else None.

    Allowed: http and https with a host, mailto with one recipient, and a path
    on this site (`/x`, but neither `//x` nor `/\\x`). Nothing is repaired: an
    address with blanks or controls inside is refused, blanks around it go.
    """
    url = url.strip()
    if not url or len(url) > MAX_URL or _UNFIT.search(url):
        return None
    if _ROOTED.fullmatch(url) or _MAIL.fullmatch(url):
        return url
    if not _WEB.fullmatch(url):
        return None
    try:
        port = urlsplit(url).port
    except ValueError:
        return None
    return url if port is None or port > 0 else None


def is_external(url: str) -> bool:
    """Tell whether an address leads to another site."""
    return url[:7].lower() == "http://" or url[:8].lower() == "https://"


def trim_address(found: str) -> str:
    """Cut what belongs to the sentence off the end of a bare address.

    A closing bracket stays when it was opened inside the address.
    """
    while found and (
        (last := found[-1]) in _CLOSING
        or (last in _OPENED_BY and found.count(last) > found.count(_OPENED_BY[last]))
    ):
        found = found[:-1]
    return found
