"""Bring another community along: its threads, posts, people and addresses."""

from __future__ import annotations

from brain.plugin.contribution import Contribution, MemberData
from brain.plugin.hooks import hookimpl

from . import actions, queries
from .cli import commands
from .views import blueprint


@hookimpl
def contribute() -> Contribution:
    """Declare what the plugin adds; no database, no request."""
    return Contribution(
        blueprints=[blueprint],
        commands=[commands],
        member_data=[MemberData("importers.names", queries.export_member, actions.erase_member)],
    )
