"""What this slice declares."""

from brain.mail import jobs, views
from brain.plugin.contribution import Contribution


def contribute() -> Contribution:
    """Declare the pages of kept letters, and how letters are sent."""
    return Contribution(
        blueprints=(views.blueprint,),
        jobs=(jobs.SEND_JOB,),
        derived_jobs=jobs.letter_jobs,
    )
