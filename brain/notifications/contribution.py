"""What this slice declares."""

from flask_babel import lazy_gettext

from brain.notifications.jobs import JOBS, event_jobs
from brain.notifications.policy import PERMISSIONS
from brain.notifications.queries import unread_count
from brain.notifications.records import erase, export
from brain.notifications.settings import SETTINGS
from brain.notifications.views import blueprint
from brain.plugin.contribution import Contribution, MemberData, NavItem


def contribute() -> Contribution:
    """Declare the slice."""
    return Contribution(
        blueprints=[blueprint],
        permissions=PERMISSIONS,
        settings=SETTINGS,
        nav_items=[
            NavItem(
                "tool",
                lazy_gettext("Notifications"),
                "notifications.index",
                permission="notifications.read",
                badge=unread_count,
            )
        ],
        jobs=JOBS,
        derived_jobs=event_jobs,
        member_data=[MemberData("notifications", export, erase)],
    )
