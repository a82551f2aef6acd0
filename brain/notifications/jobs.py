"""Jobs: tell members what happened, forget what was read long ago."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from brain.base import clock, settings
from brain.base.db import db
from brain.base.events import Ids
from brain.base.jobs import Job
from brain.notifications import actions
from brain.notifications.models import Notification
from brain.notifications.queries import owned_types
from brain.plugin.containment import guarded
from brain.plugin.contribution import Contribution


def event_jobs(everybody: Sequence[Contribution]) -> list[Job]:
    """Make a job for each event that a type tells of or follows."""
    types = [kind for contribution in everybody for kind in contribution.notification_types]
    told = sorted({kind.on_event for kind in types})
    followed = sorted({event for kind in types for event in kind.changed_by})
    return [
        *(Job(f"notifications.tell:{event}", partial(_tell, event), on_events=(event,)) for event in told),
        *(
            Job(f"notifications.follow:{event}", partial(_follow, event), on_events=(event,))
            for event in followed
        ),
    ]


def _tell(event: str, ids: Ids) -> None:
    actions.tell(event, ids)


def _follow(event: str, ids: Ids) -> None:
    for name, (owner, kind) in owned_types().items():
        if event in kind.changed_by:
            with guarded(owner, f"who may see {name}"):
                actions.look_again(name, list(kind.changed_by[event](ids)))


def forget_read(ids: Ids) -> None:
    """Delete what was read so long ago that nobody looks for it."""
    long_ago = clock.now() - timedelta(days=settings.value("notifications.keep_days"))
    db.session.execute(
        sa.delete(Notification)
        .where(
            sa.or_(Notification.read_at < long_ago, sa.and_(Notification.is_gone, Notification.at < long_ago))
        )
        .execution_options(synchronize_session=False)
    )


def forget_purged(ids: Ids) -> None:
    """Delete what told of a plugin's things before they were deleted with all it stored.

    New things have the same ids again: an old notification would lead to them.
    """
    own = Notification.type.startswith(f"{ids['name']}.", autoescape=True)
    db.session.execute(
        sa.delete(Notification)
        .where(own, Notification.at <= datetime.fromisoformat(ids["at"]))
        .execution_options(synchronize_session=False)
    )


JOBS = (
    Job("notifications.forget_read", forget_read, every=timedelta(days=1)),
    Job("notifications.forget_purged", forget_purged, on_events=("plugin.purged",)),
)
