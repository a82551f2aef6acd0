"""What holds for every plugin holds for the Meeting Point."""

import sqlalchemy as sa

from brain.base.access import HOUSE
from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.plugin.testing import Grid, PluginContract
from plugins.meeting_point.actions import withdraw_listing
from plugins.meeting_point.models import ListingRow

from .samples import publish


class TestContract(PluginContract):
    """The inherited tests."""

    name = "meeting_point"

    def leave_traces(self, app, make, member_id):
        """Publish a need."""
        with unit_of_work():
            publish(make.viewer(member_id), side="need")

    def grids(self, make, viewers):
        """Publish offers of several people: for all and for members, shown and hidden."""
        with unit_of_work():
            for who in ("member", "moderator"):
                for audience in ("public", "members"):
                    publish(viewers[who], audience=audience)
                    withdraw_listing(HOUSE, publish(viewers[who], audience=audience), "spam")
        rows = db.session.scalars(sa.select(ListingRow))
        listings = Grid({row.id: row for row in rows}, sa.select(ListingRow.id))
        return {
            "meeting_point.read": listings,
            "meeting_point.change": listings,
            "meeting_point.publish": None,
        }
