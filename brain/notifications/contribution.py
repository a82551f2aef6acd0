"""What this slice declares."""

from brain.plugin.contribution import Contribution


def contribute() -> Contribution:
    """Declare the slice."""
    return Contribution()
