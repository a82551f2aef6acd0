"""What holds for every plugin holds for the Meeting Point."""

from brain.base.unit import unit_of_work
from brain.plugin.testing import PluginContract

from .samples import publish


class TestContract(PluginContract):
    """The inherited tests."""

    name = "meeting_point"

    def leave_traces(self, app, make, member_id):
        """Publish a need."""
        with unit_of_work():
            publish(make.viewer(member_id), side="need")
