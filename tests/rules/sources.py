"""Which files the rules read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = ("brain", "plugins")
TEMPLATE_SUFFIXES = (".html", ".txt", ".xml")


def code_files(*folders: str) -> list[Path]:
    """List the Python files of some folders, or of the product, in order."""
    found = [file for folder in folders or CODE for file in (ROOT / folder).rglob("*.py")]
    return sorted(file for file in found if "__pycache__" not in file.parts)


def template_files() -> list[Path]:
    """List the page and mail templates of the core and of every plugin."""
    found = [file for folder in CODE for file in (ROOT / folder).rglob("templates/**/*")]
    return sorted({file for file in found if file.suffix in TEMPLATE_SUFFIXES})


def is_test(file: Path) -> bool:
    """Tell whether a file tests: the core's tests, or a plugin's own."""
    return "tests" in _parts(file)


def is_migration(file: Path) -> bool:
    """Tell whether a file is a frozen migration."""
    return "migrations" in _parts(file)


def called(file: Path) -> str:
    """Name a file from the project's root."""
    return file.relative_to(ROOT).as_posix()


def functions(file: Path) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, ast.AST]]:
    """Give each function of a file with what it is written in."""
    tree = ast.parse(file.read_text("utf-8"), str(file))
    for place in ast.walk(tree):
        for child in ast.iter_child_nodes(place):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield child, place


def _parts(file: Path) -> tuple[str, ...]:
    return file.relative_to(ROOT).parts
