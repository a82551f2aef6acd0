"""What this slice declares."""

from flask_babel import lazy_gettext

from brain.members.actions import erase_member, export_member
from brain.members.cli import group_group, member_group
from brain.members.jobs import FORGET_OLD
from brain.members.letters import LETTERS
from brain.members.policy import PERMISSIONS
from brain.members.settings import SETTINGS
from brain.members.views import blueprint
from brain.plugin.contribution import Contribution, MemberData, NavItem


def contribute() -> Contribution:
    """Declare people: their pages, letters, permissions and what they may take along."""
    return Contribution(
        blueprints=(blueprint,),
        permissions=PERMISSIONS,
        settings=SETTINGS,
        nav_items=(
            NavItem("main", lazy_gettext("Members"), "members.directory", 80, "members.see_directory"),
            NavItem("member", lazy_gettext("Your profile"), "members.me", 10),
            NavItem("member", lazy_gettext("Settings"), "members.settings", 90),
        ),
        letters=LETTERS,
        jobs=(FORGET_OLD,),
        commands=(member_group, group_group),
        member_data=(MemberData("members", export_member, erase_member),),
    )
