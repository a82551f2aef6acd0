"""Who may search: anybody, within limits; what is found is decided by audience."""

from __future__ import annotations

from flask_babel import lazy_gettext

from brain.base.access import ANY_ROLE, Permission

PERMISSIONS = (Permission("search.use", lazy_gettext("Search"), ANY_ROLE),)
