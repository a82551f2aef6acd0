"""What this slice declares."""

from flask_babel import lazy_gettext

from brain.discussion import flags, notices, records, search
from brain.discussion.policy import PERMISSIONS
from brain.discussion.settings import SETTINGS
from brain.discussion.views import make_blueprint
from brain.plugin.contribution import Contribution, MemberData, NavItem


def contribute() -> Contribution:
    """Declare the slice."""
    return Contribution(
        blueprints=(make_blueprint(),),
        permissions=PERMISSIONS,
        settings=SETTINGS,
        nav_items=(NavItem("main", lazy_gettext("Topics"), "discussion.topics", order=10),),
        search_sources=search.SOURCES,
        notification_types=notices.TYPES,
        flag_targets=flags.TARGETS,
        member_data=(MemberData("discussion", records.export, records.erase),),
    )
