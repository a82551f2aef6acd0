"""Who may do what here: admins, each thing by a permission of its own."""

from __future__ import annotations

from flask_babel import lazy_gettext

from brain.base.access import ADMIN_ROLES, Permission

PERMISSIONS = (
    Permission("admin.see", lazy_gettext("See the administration"), ADMIN_ROLES),
    Permission("admin.change_settings", lazy_gettext("Change settings"), ADMIN_ROLES),
    Permission(
        "admin.retry_deliveries", lazy_gettext("Try deliveries again that were given up"), ADMIN_ROLES
    ),
)
