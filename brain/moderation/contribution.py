"""What this slice declares."""

from flask_babel import lazy_gettext

from brain.moderation.cli import moderation
from brain.moderation.jobs import JOBS, event_jobs
from brain.moderation.letters import LETTERS
from brain.moderation.notices import NOTIFICATION_TYPES
from brain.moderation.policy import PERMISSIONS
from brain.moderation.queries import open_count
from brain.moderation.records import erase, export
from brain.moderation.settings import SETTINGS
from brain.moderation.views import blueprint
from brain.plugin.contribution import Contribution, MemberData, NavItem


def contribute() -> Contribution:
    """Declare the slice."""
    return Contribution(
        blueprints=[blueprint],
        permissions=PERMISSIONS,
        settings=SETTINGS,
        nav_items=[
            NavItem(
                "member",
                lazy_gettext("Review"),
                "moderation.queue",
                order=70,
                permission="moderation.settle",
                badge=open_count,
            )
        ],
        notification_types=NOTIFICATION_TYPES,
        letters=LETTERS,
        jobs=JOBS,
        derived_jobs=event_jobs,
        commands=[moderation],
        member_data=[MemberData("moderation", export, erase)],
    )
