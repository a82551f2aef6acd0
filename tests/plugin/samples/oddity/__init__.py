"""Has pages of an odd kind, which only registering them shows."""

from flask import Blueprint

from brain.plugin.contribution import Contribution
from brain.plugin.hooks import hookimpl

blueprint = Blueprint("oddity", __name__, url_prefix="/oddity")


@blueprint.get("/<no_such_kind:name>")
def index(name):
    return name


@hookimpl
def contribute():
    return Contribution(blueprints=[blueprint])
