"""The page of notifications."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from flask import Blueprint, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from brain.base import clock, http, i18n
from brain.base.access import Viewer
from brain.base.unit import after_response
from brain.notifications import actions, queries
from brain.notifications.queries import Told

blueprint = Blueprint("notifications", __name__, template_folder="templates")


@blueprint.get("/notifications")
def index() -> str:
    """Show what happened, by day."""
    viewer = http.viewer()
    page = queries.latest(viewer, http.page_number())
    if page.gone:
        after_response(lambda: actions.set_aside(viewer, page.gone))
    days = list(_by_day(viewer, page.told))
    return http.page(
        "notifications/index.html",
        page=page,
        days=days,
        has_unread=any(not told.row.is_read for told in page.told),
    )


@blueprint.get("/notifications/<int:notification_id>/open")
def follow(notification_id: int) -> Response:
    """Go where a notification leads; that it was seen is noted afterwards."""
    viewer = http.viewer()
    told = queries.open_notification(viewer, notification_id)
    after_response(lambda: actions.mark_read(viewer, told.row))
    return redirect(told.line.url or url_for(".index"), 303)


@blueprint.post("/notifications/read")
def mark_all_read() -> Response:
    """Mark everything as read."""
    actions.mark_all_read(http.viewer())
    return http.see_other(url_for(".index"))


def _by_day(viewer: Viewer, told: Sequence[Told]) -> Iterator[tuple[str, list[Told]]]:
    zone = i18n.timezone_named(viewer.timezone)
    today = clock.now().astimezone(zone).date()

    def local_day(item: Told) -> date:
        return item.row.at.astimezone(zone).date()

    for day, items in groupby(told, local_day):
        several = list(items)
        if day == today:
            yield _("Today"), several
        elif day == today - timedelta(days=1):
            yield _("Yesterday"), several
        else:
            yield i18n.day(several[0].row.at), several
