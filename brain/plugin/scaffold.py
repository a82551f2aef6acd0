"""`flask brain plugin new NAME`: a small plugin that passes its contract tests."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

from brain.plugin.manifest import API_VERSION

_NAME = re.compile(r"^[a-z][a-z0-9_]{1,38}[a-z0-9]$")

FILES = {
    "plugin.toml": """\
name = "$name"
title = "$title"
summary = "Says in one sentence what members gain."
version = "0.1.0"
api = $api
brain = ">=1.0,<2"
license = "BSD-3-Clause"
data_note = "Stores nothing yet."
authors = []
requires = []
""",
    "__init__.py": '''\
"""$title: what members gain from it, in one line."""

from brain.plugin.contribution import Contribution, NavItem
from brain.plugin.hooks import hookimpl

from .policy import PERMISSIONS
from .views import LABEL, blueprint


@hookimpl
def contribute() -> Contribution:
    """Declare what the plugin adds; no database, no request."""
    return Contribution(
        blueprints=[blueprint],
        permissions=PERMISSIONS,
        nav_items=[NavItem("main", LABEL, "$name.index", permission="$name.read")],
    )
''',
    "policy.py": '''\
"""Who may do what here."""

from flask_babel import lazy_gettext

from brain.base.access import ANY_ROLE, Permission

PERMISSIONS = [Permission("$name.read", lazy_gettext("Read the pages of $title"), ANY_ROLE)]
''',
    "views.py": '''\
"""Pages of $title."""

from flask import Blueprint
from flask_babel import lazy_gettext

from brain.base import http
from brain.base.access import require

LABEL = lazy_gettext("$title")
blueprint = Blueprint("$name", __name__, url_prefix="/$path", template_folder="templates")


@blueprint.get("/")
def index() -> str:
    """Show the first page."""
    require(http.viewer(), "$name.read")
    return http.page("$name/index.html")
''',
    "templates/$name/index.html": """\
{% extends "layout.html" %}
{% block title %}{{ _("$title") }}{% endblock %}
{% block main %}
<h1>{{ _("$title") }}</h1>
<p>{{ _("Nothing here yet.") }}</p>
{% endblock %}
""",
    "tests/__init__.py": "",
    "tests/test_contract.py": '''\
"""What holds for every plugin holds for this one."""

from brain.plugin.testing import PluginContract


class TestContract(PluginContract):
    """The inherited tests."""

    name = "$name"
''',
}


class BadName(ValueError):
    """A name that no plugin can have."""


def make_plugin(name: str, folder: Path) -> Path:
    """Write a new plugin's files into `folder/name`; returns that path.

    Raises BadName, or FileExistsError when there is something already.
    """
    if not _NAME.match(name):
        raise BadName(f"{name!r}: use 3 to 40 lower case letters, digits and _, a letter first")
    target = folder / name
    target.mkdir(parents=True)
    words = {
        "name": name,
        "title": name.replace("_", " ").capitalize(),
        "path": name.replace("_", "-"),
        "api": str(API_VERSION),
    }
    for path, content in FILES.items():
        file = target / Template(path).substitute(words)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(Template(content).safe_substitute(words), "utf-8")
    return target
