"""What holds for every plugin holds for the importers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from brain.base import clock
from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.plugin.testing import PluginContract
from plugins.importers.models import OldMember, OldSource


class TestContract(PluginContract):
    """The inherited tests."""

    name = "importers"

    def leave_traces(self, app: Any, make: Any, member_id: int) -> None:
        """Be known from another site."""
        site = {"id": 1, "key": "old.example", "base_url": "https://old.example", "created_at": clock.now()}
        row = {"source_id": 1, "key": "a" * 64, "old_name": "rosa", "member_id": member_id}
        with unit_of_work():
            db.session.execute(sa.insert(OldSource), [site])
            db.session.execute(sa.insert(OldMember), [row])
