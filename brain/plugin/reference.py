"""`docs/hooks.md`, made from the code: every hook, slot and declaration.

What is told there stands in docstrings and in `SLOTS`, so that it cannot grow
old; a test compares the file with what this module makes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from textwrap import indent
from typing import Any

from brain.base.access import Permission
from brain.base.jobs import Job
from brain.base.settings import Setting
from brain.base.slots import SLOTS, SlotFill
from brain.plugin import contribution
from brain.plugin.contribution import Contribution
from brain.plugin.hooks import EVENT_HOOKS, Hooks

HEAD = """\
# Hooks, slots and declarations

This page is made from the code by `flask brain plugin reference`: change the docstrings, then run
that. How to write a plugin is told in [plugins.md](plugins.md).
"""
DECISIONS = """\
Called inside the transaction, at the moment of asking. They may refuse by raising a
`brain.base.errors.Refusal` with a sentence for the member, and never write. Any other exception is
undone and counted, and the site goes on as if the plugin had agreed.
"""
EVENTS = """\
Told after commit, by the job worker, with ids only; tried again when they raise. What is told of may
have changed or gone by then.
"""
LIFE = "Called as a plugin is read, switched on, filled or deleted.\n"
BATCH = """\
A slot that takes several things is filled once a page: `load(items, viewer)` gets all of them and
returns a template context for each id that gets something. In the others the list holds what the slot
is given, and the id is None.
"""
LIFE_HOOKS = ("contribute", "on_enable", "before_purge", "fill_demo")
#: Dataclasses of other files that declarations are made of.
ELSEWHERE = (Permission, Setting, Job, SlotFill)


def reference() -> str:
    """Write the whole page, in Markdown."""
    hooks = {name: thing for name, thing in vars(Hooks).items() if inspect.isfunction(thing)}
    heard = [name for name in hooks if name in EVENT_HOOKS.values()]
    decided = [name for name in hooks if name not in LIFE_HOOKS and name not in heard]
    parts = [HEAD, "## Hooks\n"]
    for title, text, names in (
        ("Life", LIFE, LIFE_HOOKS),
        ("Events", EVENTS, heard),
        ("Decisions", DECISIONS, decided),
    ):
        parts += [f"### {title}\n", text, *(_hook(name, hooks[name]) for name in names)]
    parts += ["## Slots\n", BATCH, _slots()]
    parts += ["## Declarations\n", _call(Contribution)]
    parts += [f"### {made.__name__}\n\n{_call(made)}" for made in _dataclasses()]
    return "\n".join(parts)


def _hook(name: str, function: Callable[..., Any]) -> str:
    arguments = inspect.signature(function).parameters
    shown = ", ".join(f"{key}: {given.annotation}" for key, given in arguments.items() if key != "self")
    return indent(f"- `{name}({_short(shown)})`\n{_told(function)}\n", "  ").removeprefix("  ")


def _slots() -> str:
    rows = ["| slot | is given | where |", "|---|---|---|"]
    for name, spec in SLOTS.items():
        given = ", ".join(f"`{key}`" for key in spec.takes)
        rows.append(f"| `{name}` | {given}{' (all of a page)' if spec.batch else ''} | {spec.meaning} |")
    return "\n".join(rows) + "\n"


def _dataclasses() -> Iterator[type]:
    """Give what parts of a Contribution are made of, then what those give out."""
    yield from sorted(ELSEWHERE, key=lambda made: made.__name__)
    for made in vars(contribution).values():
        if (
            inspect.isclass(made)
            and is_dataclass(made)
            and made.__module__ == contribution.__name__
            and made is not Contribution
        ):
            yield made


def _call(made: Any) -> str:
    """Tell of a dataclass: what for, and how it is made."""
    lines = [f"{_told(made)}\n", "```python", f"{made.__name__}("]
    lines += [f"    {part.name}: {_short(str(part.type))}{_default(part)}," for part in fields(made)]
    return "\n".join([*lines, ")", "```", ""])


def _default(part: Field[Any]) -> str:
    if part.default_factory is not MISSING:
        return f" = {part.default_factory()!r}"
    if part.default is MISSING:
        return ""
    return " = ..." if callable(part.default) else f" = {_short(repr(part.default))}".replace("'", '"')


def _told(thing: Any) -> str:
    return inspect.cleandoc(thing.__doc__ or "")


def _short(annotation: str) -> str:
    """Write a type as in the sources, without the rooms it lives in."""
    for module in ("typing.", "collections.abc.", "datetime.", "click."):
        annotation = annotation.replace(module, "")
    return annotation
