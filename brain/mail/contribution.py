"""What this slice declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import current_app

from brain.base.access import Viewer
from brain.base.slots import SlotFill
from brain.mail import jobs, views
from brain.plugin.contribution import Contribution


def _way_to_letters(items: Sequence[Any], viewer: Viewer) -> Mapping[Any, Mapping[str, Any]]:
    """Lead to the letters where they are kept: in development, without a mail server."""
    is_kept = current_app.extensions["mail_server"] is None and views.are_shown()
    return {None: {}} if is_kept else {}


def contribute() -> Contribution:
    """Declare the pages of kept letters, and how letters are sent."""
    return Contribution(
        blueprints=(views.blueprint,),
        slot_fills=(SlotFill("page.footer", "mail/_way.html", _way_to_letters),),
        jobs=(jobs.SEND_JOB,),
        derived_jobs=jobs.letter_jobs,
    )
