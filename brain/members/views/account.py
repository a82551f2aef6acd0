"""A member's own account: settings, address, password, devices."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from brain.base import http
from brain.base.errors import NotFound, Unfit
from brain.members.actions import (
    AddressDraft,
    PasswordDraft,
    ask_new_address,
    change_password,
    change_settings,
    drop_new_address,
    end_other_sessions,
    end_session,
)
from brain.members.devices import device_words
from brain.members.forms import ChangeAddressForm, ChangePasswordForm, SettingsForm
from brain.members.queries import own_devices, own_settings
from brain.members.views.blueprint import blueprint
from brain.plugin import registry

Answer = str | Response | tuple[str, int]


@blueprint.route("/settings", methods=["GET", "POST"])
def settings() -> Answer:
    """Show a member's settings; change them."""
    own = own_settings(http.viewer())
    form = SettingsForm.holding(own, registry.profile_fields())
    if request.method == "POST":
        try:
            change_settings(http.viewer(), form.draft())
        except Unfit as error:
            form.refuse(error)
        else:
            http.say(_("Your settings are saved."))
            return http.see_other(url_for("members.settings"))
    page = http.page("members/settings.html", form=form, member=own)
    return page, 422 if request.method == "POST" else 200


@blueprint.route("/settings/address", methods=["GET", "POST"], endpoint="change_address")
def address_page() -> Answer:
    """Show the form for another address; send the letters."""
    own = own_settings(http.viewer())
    form = ChangeAddressForm()
    if request.method == "POST":
        try:
            draft = form.read(AddressDraft)
            ask_new_address(http.viewer(), draft)
        except Unfit as error:
            form.refuse(error)
        else:
            http.say(
                _(
                    "We have sent a letter to %(address)s. Your address changes when you open its link.",
                    address=draft.email,
                ),
                "wait",
            )
            return http.see_other(url_for("members.change_address"))
    page = http.page("members/change_address.html", form=form, member=own)
    return page, 422 if request.method == "POST" else 200


@blueprint.post("/settings/address/cancel")
def drop_address() -> Response:
    """Keep the address that one has."""
    drop_new_address(http.viewer())
    http.say(_("Your address stays as it is. The link in the letter no longer works."))
    return http.see_other(url_for("members.change_address"))


@blueprint.route("/settings/password", methods=["GET", "POST"], endpoint="change_password")
def password_page() -> Answer:
    """Show the form for another password; change it."""
    own = own_settings(http.viewer())
    form = ChangePasswordForm()
    if request.method == "POST":
        try:
            change_password(http.viewer(), form.read(PasswordDraft))
        except Unfit as error:
            form.refuse(error)
        else:
            http.say(_("Your password is changed. Your other devices are signed out."))
            return http.see_other(url_for("members.sessions"))
    page = http.page("members/change_password.html", form=form, member=own)
    return page, 422 if request.method == "POST" else 200


@blueprint.get("/settings/sessions")
def sessions() -> str:
    """List the devices on which a member is signed in."""
    return http.page("members/sessions.html", devices=own_devices(http.viewer()), device_words=device_words)


@blueprint.post("/settings/sessions")
def end_sessions() -> Response:
    """Sign out one device, or all others."""
    which = request.form.get("session", "")
    if which == "others":
        ended = end_other_sessions(http.viewer())
        http.say(
            ngettext("%(num)s other device is signed out.", "%(num)s other devices are signed out.", ended)
        )
    elif which.isascii() and which.isdecimal() and len(which) < 19 and int(which) <= http.MOST_ID:
        end_session(http.viewer(), int(which))
        http.say(_("The device is signed out."))
    else:
        raise NotFound
    return http.see_other(url_for("members.sessions"))
