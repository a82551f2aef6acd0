"""Names say what a thing is; sources speak of the project alone."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.rules.sources import ROOT, called, code_files, functions, is_migration, is_test, template_files

EMPTY_WORDS = {"data", "info", "manager", "helper", "helpers", "util", "utils", "service", "services", "misc"}
#: Words of the plugin contract, where the empty word says what is meant.
CONTRACT_WORDS = {"member_data"}
EMPTY_VERBS = ("handle_", "do_")
#: A promise to do something later must say where it is kept.
LATER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(?!.*(#\d+|https?://))")
#: A folder that only one machine has.
ONE_MACHINE = re.compile(
    r"""(?<![\w.\-/:}<>"'])/(?:home|root|work|Users|tmp)/\w|["'(]/(?:home|root|work|Users|tmp)/\w"""
)
ADDRESS = re.compile(r"\b\w+://(?!127\.0\.0\.1|localhost)")
TEXTS = (".py", ".html", ".txt", ".xml", ".css", ".js", ".toml", ".cfg", ".md")


def test_modules_have_names_that_say_something() -> None:
    empty = [
        called(file)
        for file in code_files()
        if not is_migration(file) and EMPTY_WORDS & set(file.stem.split("_") + file.parent.name.split("_"))
    ]
    assert not empty, "\n".join(empty)


def test_functions_have_names_that_say_something() -> None:
    empty = [
        f"{called(file)}:{function.lineno} {function.name}"
        for file in code_files()
        if not is_test(file) and not is_migration(file)
        for function, place in functions(file)
        if not _is_named_elsewhere(place) and _says_nothing(function.name)
    ]
    assert not empty, "\n".join(empty)


@pytest.mark.parametrize("name", ["get_data", "handle_post", "user_manager", "_do_it", "post_utils"])
def test_empty_name_is_found(name: str) -> None:
    assert _says_nothing(name)


@pytest.mark.parametrize("name", ["open_thread", "update_post", "undo", "informed", "serviceable"])
def test_speaking_name_is_let_pass(name: str) -> None:
    assert not _says_nothing(name)


def test_one_place_commits() -> None:
    unit = ROOT / "brain" / "base" / "unit.py"
    commits = re.compile(r"session\b\S*\.commit\(")
    files = [file for file in code_files() if not is_test(file) and not is_migration(file) and file != unit]
    found = [place for file in files for place in _places(file, commits)]
    assert not found, "\n".join(found)


def test_nothing_is_left_for_later_without_a_link() -> None:
    found = [place for file in _texts() for place in _places(file, LATER) if file != Path(__file__)]
    assert not found, "\n".join(found)


def test_no_path_of_one_machine_is_written_down() -> None:
    found = [place for file in _texts() for place in _places(file, ONE_MACHINE) if file != Path(__file__)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("line", ['open("/home/amina/x")', "see /work/notes", "cd /root/brain"])
def test_path_of_one_machine_is_found(line: str) -> None:
    assert ONE_MACHINE.search(line)


@pytest.mark.parametrize(
    "line", ["../shared/work/x", "https://example.org/work/one", 'url("{{ x }}/home/y")']
)
def test_other_path_is_let_pass(line: str) -> None:
    assert not ONE_MACHINE.search(line)


def test_commands_that_set_up_name_no_host() -> None:
    found = [place for name in ("Makefile", ".ci/run") for place in _places(ROOT / name, ADDRESS)]
    assert not found, "\n".join(found)


def _is_named_elsewhere(place: ast.AST) -> bool:
    """Tell whether a method may override one whose name a library chose."""
    return isinstance(place, ast.ClassDef) and bool(place.bases)


def _says_nothing(name: str) -> bool:
    bare = name.strip("_")
    if bare in CONTRACT_WORDS:
        return False
    return bool(EMPTY_WORDS & set(bare.split("_"))) or bare.startswith(EMPTY_VERBS)


def _texts() -> list[Path]:
    folders = [ROOT / name for name in ("brain", "plugins", "tests", "bench", "migrations", "docs")]
    found = [file for folder in folders for file in folder.rglob("*") if file.suffix in TEXTS]
    return sorted({*found, *template_files(), *ROOT.glob("*.md"), *ROOT.glob("*.cfg"), ROOT / "Makefile"})


def _places(file: Path, pattern: re.Pattern[str]) -> list[str]:
    lines = file.read_text("utf-8", errors="replace").splitlines()
    return [
        f"{called(file)}:{n} {line.strip()[:120]}" for n, line in enumerate(lines, 1) if pattern.search(line)
    ]
