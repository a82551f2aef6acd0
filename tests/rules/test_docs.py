"""Whatever an operator or a plugin's author can use is named in docs/."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import click
import pytest
from flask import Flask
from flask.cli import ScriptInfo

from brain.base.settings import known_settings
from brain.base.slots import SLOTS
from brain.cli import brain
from brain.config import Config
from brain.plugin.contribution import Contribution
from brain.plugin.hooks import Hooks
from tests.rules.sources import ROOT

DOCS = ROOT / "docs"
MOST_HOOKS = 20
MOST_SLOTS = 30


def hooks() -> list[str]:
    """Name every hook that a plugin may implement."""
    return [name for name, _ in inspect.getmembers(Hooks, inspect.isfunction) if not name.startswith("_")]


def command_paths(group: click.Group, context: click.Context, above: str = "flask brain") -> Iterator[str]:
    """Name every command as it is typed, without arguments."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from command_paths(command, context, f"{above} {name}")
        else:
            yield f"{above} {name}"


@cache
def code_in_docs() -> str:
    """Give what docs/ marks as code, in lines or in blocks: prose names nothing."""
    pages = " ".join(page.read_text("utf-8") for page in sorted(DOCS.glob("*.md")))
    marked = re.findall(r"```.*?```|`[^`\n]+`", pages, re.DOTALL)
    return re.sub(r"\s+", " ", " ".join(marked))


def is_named(name: str) -> bool:
    """Tell whether docs/ has a name as code of its own, not as part of another."""
    return re.search(rf"(?<![\w.]){re.escape(name)}(?!\w|\.\w)", code_in_docs()) is not None


def test_every_hook_is_documented() -> None:
    unnamed = [name for name in hooks() if not is_named(name)]
    assert not unnamed, "\n".join(unnamed)


def test_every_slot_is_documented() -> None:
    unnamed = [name for name in SLOTS if not is_named(name)]
    assert not unnamed, "\n".join(unnamed)


def test_every_kind_of_declaration_is_documented() -> None:
    unnamed = [part.name for part in fields(Contribution) if not is_named(part.name)]
    assert not unnamed, "\n".join(unnamed)


def test_every_variable_of_the_environment_is_documented() -> None:
    names = [f"BRAIN_{part.name.upper()}" for part in fields(Config)]
    unnamed = [name for name in names if not is_named(name)]
    assert not unnamed, "\n".join(unnamed)


def test_every_setting_is_documented(app: Flask) -> None:
    unnamed = [setting.name for setting in known_settings() if not is_named(setting.name)]
    assert not unnamed, "\n".join(unnamed)


def test_every_command_is_documented(app: Flask) -> None:
    context = click.Context(brain, obj=ScriptInfo(create_app=lambda: app))
    unnamed = [path for path in command_paths(brain, context) if not is_named(path)]
    assert not unnamed, "\n".join(unnamed)


def test_hooks_and_slots_stay_few() -> None:
    assert len(hooks()) <= MOST_HOOKS
    assert len(SLOTS) <= MOST_SLOTS


@pytest.mark.parametrize(
    "page", sorted(DOCS.glob("*.md")) + sorted(ROOT.glob("*.md")), ids=lambda page: page.name
)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", page.read_text("utf-8"))
    broken = [link for link in links if not (page.parent / link).exists()]
    assert not broken, "\n".join(broken)
