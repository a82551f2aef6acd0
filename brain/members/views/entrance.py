"""The door: register, confirm, sign in and out, the way back in by a letter."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from brain.base import http, i18n
from brain.base.errors import Unfit
from brain.members import sessions
from brain.members.actions import (
    Registration,
    SignIn,
    ask_confirmation_again,
    ask_way_in,
    check_sign_in,
    confirm_address,
    register,
    set_password_by_link,
)
from brain.members.errors import ConfirmedAlready
from brain.members.forms import (
    AddressForm,
    FirstPasswordForm,
    NewPasswordForm,
    PlainForm,
    RegisterForm,
    SignInForm,
)
from brain.members.queries import Confirming, confirming, link_holder
from brain.members.views.blueprint import blueprint

HOME = "/"
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class _Address:
    email: str


@dataclass(frozen=True)
class _Password:
    password: str = ""


@blueprint.route("/register", methods=["GET", "POST"], endpoint="register")
def register_page() -> Answer:
    """Show the form to join; open an account."""
    if http.viewer().is_member:
        return http.see_other(HOME)
    form = RegisterForm()
    if request.method == "POST":
        try:
            draft = form.read(Registration, reads=tuple(form.reads.data or ()), language=i18n.language())
            if not form.website.data:  # people do not see that field: only programs fill it in
                sessions.sign_in_member(register(draft))
        except Unfit as error:
            form.refuse(error)
        else:
            http.say(_letter_sent(draft.email), "wait")
            return http.see_other(http.next_url(HOME))
    return http.page("members/register.html", form=form), 422 if request.method == "POST" else 200


@blueprint.route("/sign-in", methods=["GET", "POST"], endpoint="sign_in")
def sign_in_page() -> Answer:
    """Show the form to sign in; sign in."""
    if http.viewer().is_member:
        return http.see_other(http.next_url(HOME))
    form = SignInForm()
    if request.method == "POST":
        try:
            member_id = check_sign_in(form.read(SignIn))
        except Unfit as error:
            form.refuse(error)
        else:
            sessions.sign_in_member(member_id, stays=bool(form.stays.data))
            return http.see_other(http.next_url(HOME))
    return http.page("members/sign_in.html", form=form), 422 if request.method == "POST" else 200


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """Sign out on this device."""
    sessions.sign_out_here()
    return http.see_other(HOME)


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> Answer:
    """Show a button (programs that look through mail fetch links); confirm an address."""
    viewer = http.viewer()
    try:
        found = confirming(viewer, token)
    except ConfirmedAlready as error:
        http.say(error)
        return http.see_other(HOME if viewer.is_member else url_for("members.sign_in"))
    form = FirstPasswordForm() if found.needs_password else PlainForm()
    if request.method == "POST":
        try:
            member_id = confirm_address(viewer, token, form.read(_Password).password)
        except Unfit as error:
            form.refuse(error)
        else:
            return _confirmed(found, member_id)
    page = http.page("members/confirm.html", form=form, found=found)
    return page, 422 if request.method == "POST" else 200


def _confirmed(found: Confirming, member_id: int) -> Response:
    """Say so, to the one whose address it is."""
    if found.needs_password:
        sessions.sign_in_member(member_id)
    elif http.viewer().id != member_id:
        http.say(_("The address of %(name)s is confirmed.", name=found.name))
        return http.see_other(HOME if http.viewer().is_member else url_for("members.sign_in"))
    http.say(_("Your address is confirmed. Welcome."))
    return http.see_other(HOME)


@blueprint.post("/confirm")
def confirm_again() -> Response:
    """Send the letter that confirms an address once more."""
    ask_confirmation_again(http.viewer())
    http.say(
        _("We have sent the letter again. Look for it in a few minutes, also among unwanted mail."), "wait"
    )
    return http.see_other(http.next_url(HOME))


@blueprint.route("/reset", methods=["GET", "POST"])
def ask_reset() -> Answer:
    """Show the form for a new password; send the letter."""
    return _ask("members/ask_reset.html")


@blueprint.route("/claim", methods=["GET", "POST"])
def claim() -> Answer:
    """Show the form for taking over an imported account; send the letter."""
    return _ask("members/claim.html")


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
def reset(token: str) -> Answer:
    """Show the form for a new password to whom a letter was sent; set it."""
    return _new_password("reset", token)


@blueprint.route("/claim/<token>", methods=["GET", "POST"])
def claim_by_link(token: str) -> Answer:
    """Show the form for the first password of an imported account; set it."""
    return _new_password("claim", token)


def _ask(template: str) -> Answer:
    form = AddressForm()
    if request.method == "POST":
        try:
            draft = form.read(_Address)
            ask_way_in(draft.email)
        except Unfit as error:
            form.refuse(error)
        else:
            http.say(
                _(
                    "If %(address)s is known here, a letter is on its way. Its link works for two hours.",
                    address=draft.email,
                ),
                "wait",
            )
            return http.see_other(url_for("members.sign_in"))
    return http.page(template, form=form), 422 if request.method == "POST" else 200


def _new_password(purpose: str, token: str) -> Answer:
    form = NewPasswordForm()
    name = link_holder(purpose, token)
    if request.method == "POST":
        try:
            member_id = set_password_by_link(purpose, token, form.read(_Password).password)
        except Unfit as error:
            form.refuse(error)
        else:
            sessions.sign_in_member(member_id)
            http.say(_("Your new password is set. You are signed in."))
            return http.see_other(HOME)
    page = http.page("members/new_password.html", form=form, name=name, purpose=purpose)
    return page, 422 if request.method == "POST" else 200


def _letter_sent(address: str) -> str:
    return _(
        "We have sent a letter to %(address)s. Open its link to confirm the address; till then you can read.",
        address=address,
    )
