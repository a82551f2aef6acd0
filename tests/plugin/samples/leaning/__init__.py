"""A plugin that stands on another one."""

from flask_babel import lazy_gettext

from brain.plugin.contribution import Contribution, NavItem


def contribute():
    return Contribution(nav_items=[NavItem("main", lazy_gettext("Topics"), "discussion.topics", order=99)])
