"""A plugin that keeps something: a table, a page, a panel, a slot, a setting."""

from flask import Blueprint

from brain.base import http, settings
from brain.base.settings import Setting
from brain.base.slots import SlotFill
from brain.plugin.contribution import Contribution, HomePanel, NavItem
from brain.plugin.hooks import hookimpl

from .models import labels, put

mood: dict[str, str] = {}
blueprint = Blueprint("pantry", __name__, url_prefix="/pantry", template_folder="templates")


@blueprint.get("/")
def index():
    return http.page("pantry/index.html", labels=labels(), most=settings.value("pantry.jars_most"))


def fits(most):
    return None if most >= 1 else "A pantry holds at least one jar."


@hookimpl
def contribute():
    return Contribution(
        blueprints=[blueprint],
        settings=[Setting("pantry.jars_most", int, 12, "Jars on a shelf", unit="jars", check=fits)],
        nav_items=[NavItem("main", "Pantry", "pantry.index")],
        slot_fills=[
            SlotFill("page.footer", "pantry/footer.html", lambda items, viewer: {None: {}}),
            SlotFill("admin.home", "pantry/footer.html", lambda items, viewer: {None: {}}),
        ],
        home_panels=[HomePanel("pantry.panel", "pantry/panel.html", lambda viewer: {"labels": labels()})],
    )


@hookimpl
def on_enable():
    if mood.get("on_enable") == "raise":
        raise RuntimeError("the shelf broke")
    put("Figs")
