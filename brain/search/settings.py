"""What admins decide about searching."""

from __future__ import annotations

from flask_babel import lazy_gettext

from brain.base.settings import Setting

SETTINGS = (
    Setting(
        "search.visitor_searches",
        int,
        15,
        lazy_gettext("Searches a minute from one address without signing in"),
        check=lambda n: None if 1 <= n <= 10_000 else lazy_gettext("Enter a number from 1 to 10,000."),
    ),
)
