"""The hooks that a plugin may implement: few, tested, documented.

Events are told after commit, by the outbox, with ids only; a plugin's failure
there is retried and harms nobody else. Decisions run inside the transaction,
may refuse by raising a `Refusal`, and never write.
"""

from __future__ import annotations

from collections.abc import Mapping

import pluggy

from brain.base.access import Viewer
from brain.plugin.contribution import Contribution

PROJECT = "brain"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class Hooks:
    """Every hook there is."""

    @hookspec
    def contribute(self) -> Contribution:  # type: ignore[empty-body]
        """Declare what the plugin adds; no database, no request."""

    @hookspec
    def on_member_joined(self, member_id: int) -> None:
        """Hear that a member confirmed their address."""

    @hookspec
    def on_thread_opened(self, thread_id: int) -> None:
        """Hear that a thread was opened."""

    @hookspec
    def on_post_published(self, post_id: int) -> None:
        """Hear that a post was written (also the first of a thread)."""

    @hookspec
    def on_post_edited(self, post_id: int) -> None:
        """Hear that a post got a new version."""

    @hookspec
    def on_post_withdrawn(self, post_id: int) -> None:
        """Hear that a post was deleted or hidden."""

    @hookspec
    def on_flag_raised(self, flag_id: int) -> None:
        """Hear that something was reported."""

    @hookspec
    def on_case_settled(self, case_id: int) -> None:
        """Hear that moderators settled a case."""

    @hookspec
    def on_setting_changed(self, name: str) -> None:
        """Hear that an admin changed a setting."""

    @hookspec
    def refuse_post(self, viewer: Viewer, thread_id: int, text: str) -> None:
        """Refuse a post by raising a Refusal, before it is written."""

    @hookspec
    def refuse_registration(self, name: str, address: str) -> None:
        """Refuse a registration by raising a Refusal."""

    @hookspec
    def fill_demo(self, member_ids: Mapping[str, int]) -> None:
        """Add invented content to a demo community; ids by the member's key."""

    @hookspec
    def on_enable(self) -> None:
        """Prepare after being switched on (inside the transaction)."""

    @hookspec
    def before_purge(self) -> None:
        """Clean up outside the plugin's own tables before they are dropped."""


#: Outbox event -> hook that hears it.
EVENT_HOOKS: Mapping[str, str] = {
    "member_joined": "on_member_joined",
    "thread_opened": "on_thread_opened",
    "post_published": "on_post_published",
    "post_edited": "on_post_edited",
    "post_withdrawn": "on_post_withdrawn",
    "flag_raised": "on_flag_raised",
    "case_settled": "on_case_settled",
    "setting_changed": "on_setting_changed",
}
