"""Change people: let them in, change what they say of themselves, group them."""

from brain.members.actions.account import (
    SettingsDraft,
    change_language,
    change_role,
    change_settings,
    end_other_sessions,
    end_session,
)
from brain.members.actions.adding import NewMember, StagedMember, add_member, add_staged_members
from brain.members.actions.entering import (
    PasswordDraft,
    SignIn,
    ask_way_in,
    change_password,
    check_sign_in,
    set_password_by_link,
)
from brain.members.actions.groups import add_group, join_group, leave_group
from brain.members.actions.joining import (
    AddressDraft,
    Registration,
    ask_confirmation_again,
    ask_new_address,
    confirm_address,
    confirm_by_hand,
    drop_new_address,
    register,
)
from brain.members.actions.leaving import erase_member, export_member
from brain.members.actions.staged import give_addresses

__all__ = [
    "AddressDraft",
    "NewMember",
    "PasswordDraft",
    "Registration",
    "SettingsDraft",
    "SignIn",
    "StagedMember",
    "add_group",
    "add_member",
    "add_staged_members",
    "ask_confirmation_again",
    "ask_new_address",
    "ask_way_in",
    "change_language",
    "change_password",
    "change_role",
    "change_settings",
    "check_sign_in",
    "confirm_address",
    "confirm_by_hand",
    "drop_new_address",
    "end_other_sessions",
    "end_session",
    "erase_member",
    "export_member",
    "give_addresses",
    "join_group",
    "leave_group",
    "register",
    "set_password_by_link",
]
