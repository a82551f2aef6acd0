"""Change people: let them in, change what they say of themselves, group them."""

from brain.members.actions.adding import NewMember, StagedMember, add_member, add_staged_members
from brain.members.actions.groups import add_group, join_group, leave_group

__all__ = [
    "NewMember",
    "StagedMember",
    "add_group",
    "add_member",
    "add_staged_members",
    "join_group",
    "leave_group",
]
