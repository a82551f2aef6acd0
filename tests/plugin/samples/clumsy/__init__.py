"""Fails wherever a plugin can fail, as `mood` says."""

import contextlib
import time

import click
import sqlalchemy as sa
from flask import Blueprint
from flask.cli import with_appcontext

from brain.base.db import db
from brain.base.errors import Refusal, SignInNeeded
from brain.base.settings import SettingValue
from brain.base.slots import SlotFill
from brain.plugin.contribution import Contribution, HomePanel, NavItem
from brain.plugin.hooks import hookimpl

mood = {"slot": "well", "heard": []}
blueprint = Blueprint("clumsy", __name__, url_prefix="/clumsy", template_folder="templates")


def act(place):
    if mood.get(place) == "raise":
        raise RuntimeError(f"clumsy at {place}")
    if mood.get(place) == "sleep":
        time.sleep(0.2)
    if mood.get(place) == "write":
        db.session.execute(sa.insert(SettingValue).values(name="clumsy.mess", value=1))
    if mood.get(place) == "ask nonsense":
        db.session.execute(sa.text("SELECT nothing FROM nowhere"))
    if mood.get(place) == "swallow nonsense":
        with contextlib.suppress(sa.exc.SQLAlchemyError):
            db.session.execute(sa.text("SELECT nothing FROM nowhere"))
    if mood.get(place) == "refuse":
        raise SignInNeeded


@blueprint.get("/")
def index():
    act("view")
    return "clumsy page"


@click.command("clumsy")
@with_appcontext
def speak():
    click.echo("clumsy speaks")


def badge(viewer):
    act("badge")
    return 3


def fill(items, viewer):
    act("slot")
    return {None: {"words": "clumsy was here"}}


@hookimpl
def contribute():
    return Contribution(
        blueprints=[blueprint],
        slot_fills=[SlotFill("page.footer", "clumsy/footer.html", fill)],
        commands=[speak],
        nav_items=[NavItem("main", "Clumsy", "clumsy.index", badge=badge)],
        home_panels=[HomePanel("clumsy.panel", "clumsy/footer.html", lambda viewer: fill((), viewer)[None])],
    )


@hookimpl
def refuse_post(viewer, thread_id, text):
    act("refuse_post")
    if "forbidden word" in text:
        raise Refusal("Say it without the forbidden word.")


@hookimpl
def on_post_published(post_id):
    act("on_post_published")
    mood["heard"].append(post_id)
