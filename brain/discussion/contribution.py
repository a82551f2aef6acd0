"""What this slice declares."""

from brain.discussion.policy import PERMISSIONS
from brain.discussion.settings import SETTINGS
from brain.plugin.contribution import Contribution


def contribute() -> Contribution:
    """Declare the slice."""
    return Contribution(permissions=PERMISSIONS, settings=SETTINGS)
