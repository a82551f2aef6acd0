"""What this slice declares."""

from __future__ import annotations

from flask_babel import lazy_gettext

from brain.admin.policy import PERMISSIONS
from brain.admin.queries import failed_count
from brain.admin.views import blueprint
from brain.plugin.contribution import Contribution, NavItem


def contribute() -> Contribution:
    """Declare the slice."""
    return Contribution(
        blueprints=[blueprint],
        permissions=PERMISSIONS,
        nav_items=[
            NavItem("member", lazy_gettext("Administration"), "admin.home", 90, "admin.see"),
            NavItem("admin", lazy_gettext("Overview"), "admin.home", 10, "admin.see"),
            NavItem("admin", lazy_gettext("Plugins"), "admin.plugins", 20, "plugin.manage"),
            NavItem("admin", lazy_gettext("Settings"), "admin.settings", 30, "admin.see"),
            NavItem(
                "admin", lazy_gettext("Jobs and deliveries"), "admin.jobs", 40, "admin.see", failed_count
            ),
        ],
    )
