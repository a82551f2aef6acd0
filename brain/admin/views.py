"""Pages of the administration."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from brain.admin import actions, groups, queries
from brain.admin.forms import Purge, PurgeForm, settings_form, texts_of
from brain.base import http
from brain.base.access import require
from brain.base.errors import NotFound, Unfit
from brain.base.forms import Form
from brain.plugin import lifecycle

blueprint = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates")


@blueprint.before_request
def only_admins() -> None:
    """Close the whole room to everybody else, whatever a page asks for."""
    require(http.viewer(), "admin.see")


@blueprint.get("")
def home() -> str:
    """Show the site at a glance."""
    return http.page("admin/home.html", site=queries.overview(http.viewer()))


@blueprint.get("/plugins")
def plugins() -> str:
    """List the plugins with their state."""
    viewer = http.viewer()
    reports, absent = lifecycle.list_plugins(viewer), lifecycle.absent_plugins(viewer)
    return http.page("admin/plugins.html", plugins=reports, absent=absent)


@blueprint.get("/plugins/<name>")
def plugin(name: str) -> str:
    """Show one plugin: who made it, what it keeps, what went wrong."""
    viewer = http.viewer()
    return http.page(
        "admin/plugin.html",
        plugin=_report(name),
        manifest=lifecycle.plugin_named(name).manifest,
        strikes=lifecycle.recent_strikes(viewer, name),
    )


@blueprint.post("/plugins/<name>/enable")
def enable_plugin(name: str) -> Response:
    """Switch a plugin on."""
    lifecycle.enable_plugin(http.viewer(), name)
    http.say(_("“%(title)s” is switched on.", title=_title(name)))
    return http.see_other(http.next_url(url_for("admin.plugins")))


@blueprint.post("/plugins/<name>/disable")
def disable_plugin(name: str) -> Response:
    """Switch a plugin off."""
    lifecycle.disable_plugin(http.viewer(), name)
    http.say(_("“%(title)s” is switched off. What it stored is kept.", title=_title(name)))
    return http.see_other(http.next_url(url_for("admin.plugins")))


@blueprint.post("/plugins/<name>/upgrade")
def upgrade_plugin(name: str) -> Response:
    """Bring a plugin's tables to the version of its code."""
    lifecycle.upgrade_plugin(http.viewer(), name)
    http.say(_("The tables of “%(title)s” are up to date.", title=_title(name)))
    return http.see_other(http.next_url(url_for("admin.plugins")))


@blueprint.route("/plugins/<name>/purge", methods=["GET", "POST"])
def purge_plugin(name: str) -> Any:
    """Show what a purge deletes, ask for the plugin's name, delete."""
    form = PurgeForm()
    if request.method == "POST":
        try:
            if form.read(Purge).name != name:
                raise Unfit({"name": _("Type “%(name)s”, exactly like this.", name=name)})
            kept = lifecycle.purge_plugin(http.viewer(), name)
        except Unfit as error:
            form.refuse(error)
        else:
            http.say(_("Everything was deleted, after it was written to %(path)s.", path=kept))
            return http.see_other(url_for("admin.plugins"))
    counts = lifecycle.count_rows(http.viewer(), name)
    page = http.page("admin/purge.html", form=form, plugin=_report(name), counts=counts)
    return page, _status()


@blueprint.get("/settings")
def settings() -> str:
    """List the groups of settings."""
    return http.page("admin/settings.html", groups=groups.setting_groups(http.viewer()))


@blueprint.route("/settings/<owner>", methods=["GET", "POST"])
def setting_group(owner: str) -> Any:
    """Show and change the settings of one slice or plugin."""
    viewer = http.viewer()
    group = groups.setting_group(viewer, owner)
    form = settings_form(group)
    if request.method == "POST":
        try:
            changed = actions.change_settings(viewer, group, _sent(form, group), form["stamp"].data)
        except Unfit as error:
            form.refuse(error)
            form["stamp"].data = group.stamp
        else:
            http.say(ngettext("%(num)s setting was changed.", "%(num)s settings were changed.", changed))
            return http.see_other(url_for("admin.setting_group", owner=owner))
    return http.page("admin/setting_group.html", form=form, group=group), _status()


@blueprint.get("/settings/log")
def setting_log() -> str:
    """Show who changed which setting, newest first."""
    number = http.page_number()
    changes, has_more = queries.setting_changes(http.viewer(), number)
    return http.page("admin/setting_log.html", changes=changes, now=number, last=number + has_more)


@blueprint.get("/jobs")
def jobs() -> str:
    """Show what was given up, what waits, what runs by the clock."""
    return http.page("admin/jobs.html", outbox=queries.deliveries(http.viewer()))


@blueprint.post("/jobs/<int:delivery_id>/retry")
def retry_delivery(delivery_id: int) -> Response:
    """Give one delivery another round of attempts."""
    actions.retry_delivery(http.viewer(), delivery_id)
    http.say(_("It will be tried again at once."))
    return http.see_other(url_for("admin.jobs"))


@blueprint.post("/jobs/retry")
def retry_deliveries() -> Response:
    """Give all deliveries that were given up another round."""
    count = actions.retry_deliveries(http.viewer())
    http.say(
        ngettext("%(num)s delivery will be tried again.", "%(num)s deliveries will be tried again.", count)
    )
    return http.see_other(url_for("admin.jobs"))


def _report(name: str) -> lifecycle.PluginReport:
    for report in lifecycle.list_plugins(http.viewer()):
        if report.name == name:
            return report
    raise NotFound


def _title(name: str) -> str:
    return lifecycle.plugin_named(name).title


def _sent(form: Form, group: groups.SettingGroup) -> dict[str, str]:
    """Read the form, whose own checks come before the settings' checks."""
    if not form.validate():
        raise Unfit({})
    return texts_of(form, group)


def _status() -> int:
    return 422 if request.method == "POST" else 200
