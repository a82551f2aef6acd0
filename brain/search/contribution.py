"""What this slice declares."""

from brain.plugin.contribution import Contribution
from brain.search.cli import search_group
from brain.search.jobs import JOBS, follow_events
from brain.search.policy import PERMISSIONS
from brain.search.settings import SETTINGS
from brain.search.views import blueprint


def contribute() -> Contribution:
    """Declare the slice."""
    return Contribution(
        blueprints=(blueprint,),
        permissions=PERMISSIONS,
        settings=SETTINGS,
        jobs=JOBS,
        derived_jobs=follow_events,
        commands=(search_group,),
    )
