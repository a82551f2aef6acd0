"""Bring offers, needs and facilitators of the community together."""

from collections.abc import Mapping
from datetime import timedelta

from flask_babel import lazy_gettext

from brain.base.jobs import Job
from brain.plugin.contribution import Contribution, MemberData, NavItem, ProfileField
from brain.plugin.hooks import hookimpl

from . import actions, queries
from .cli import commands
from .demo_listings import plant_listings
from .fills import PANELS, SLOT_FILLS
from .flags import TARGETS
from .notices import TYPES
from .pairing import match_listing
from .policy import PERMISSIONS
from .search import CHANGES, SOURCES
from .settings import SETTINGS
from .views import LABEL, blueprint


@hookimpl
def contribute() -> Contribution:
    """Declare what the plugin adds; no database, no request."""
    return Contribution(
        blueprints=[blueprint],
        permissions=PERMISSIONS,
        settings=SETTINGS,
        slot_fills=SLOT_FILLS,
        nav_items=[NavItem("main", LABEL, "meeting_point.index", order=20)],
        profile_fields=[
            ProfileField(
                "meeting_point.experience",
                "text",
                lazy_gettext("Experience I can share"),
                audience="public",
                searchable=True,
                most=500,
            )
        ],
        search_sources=SOURCES,
        notification_types=TYPES,
        flag_targets=TARGETS,
        jobs=[
            Job("meeting_point.match", match_listing, on_events=CHANGES),
            Job("meeting_point.expire", actions.close_expired, every=timedelta(days=1)),
        ],
        commands=[commands],
        member_data=[MemberData("meeting_point.listings", queries.export_member, actions.erase_member)],
        home_panels=PANELS,
    )


def on_enable() -> None:
    """Make up for what nobody matched while the plugin was off."""
    actions.match_left_over()


@hookimpl
def fill_demo(member_ids: Mapping[str, int]) -> None:
    """Add invented offers and needs to a demo community."""
    plant_listings(member_ids)
