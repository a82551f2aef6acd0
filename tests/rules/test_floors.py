"""The import contracts of setup.cfg are kept, and each refuses what it is for.

The second half builds a small house of empty rooms, breaks every contract
once, and expects the linter to say so: a contract that cannot fail holds nothing.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
ROOMS = (
    "app",
    "cli",
    "config",
    "base.db",
    "plugin.contribution",
    "members.models",
    "members.queries",
    "members.views",
    "members.contribution",
    "discussion.models",
    "discussion.queries",
    "discussion.views",
    "discussion.contribution",
    "demo.cli",
)
SOUND = {
    "brain.app": "brain.discussion.contribution",
    "brain.discussion.contribution": "brain.discussion.views",
    "brain.discussion.views": "brain.discussion.queries",
    "brain.discussion.queries": "brain.discussion.models",
    "brain.discussion.models": "brain.base.db",
    "plugins.garden.contribution": "plugins.garden.views",
    "plugins.garden.views": "brain.members.queries",
    "plugins.garden.models": "brain.base.db",
}
#: What each breach imports, and the contract that must refuse it.
BREACHES = {
    ("brain.base.db", "brain.members.queries"): "Floors",
    ("brain.members.queries", "brain.discussion.queries"): "Floors",
    ("brain.plugin.contribution", "plugins.garden.models"): "The core never imports a plugin",
    ("plugins.garden.queries", "plugins.orchard.queries"): "Plugins never import one another",
    ("plugins.garden.models", "brain.members.models"): "A plugin enters a slice",
    ("brain.members.views", "brain.members.models"): "Views reach tables",
    ("plugins.garden.views", "plugins.garden.models"): "Views reach tables",
    ("brain.discussion.queries", "brain.discussion.views"): "Only a slice's own contribution",
    ("brain.discussion.queries", "brain.members.views"): "Only a slice's own contribution",
}


def test_imports_go_down() -> None:
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout[-4000:]


def test_contribution_imports_the_views_of_its_own_slice_only() -> None:
    graph = grimp.build_graph("brain")
    foreign = [
        (importer, module)
        for module in graph.modules
        if len(parts := module.split(".")) > 2 and parts[2] == "views"
        for importer in graph.find_modules_that_directly_import(module)
        if importer.split(".")[1] not in ("app", parts[1])
    ]
    assert foreign == []


@pytest.fixture(scope="module")
def verdict_on_breaches(tmp_path_factory: pytest.TempPathFactory) -> str:
    house = tmp_path_factory.mktemp("breached")
    _build(house, [*SOUND.items(), *BREACHES])
    _write(house, "brain.attic.models", "")
    return _lint(house).stdout


def test_sound_house_is_let_pass(tmp_path: Path) -> None:
    _build(tmp_path, list(SOUND.items()))
    done = _lint(tmp_path)
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize(("breach", "contract"), BREACHES.items())
def test_breach_is_refused(breach: tuple[str, str], contract: str, verdict_on_breaches: str) -> None:
    importer, imported = breach
    assert f"{importer} -> {imported}" in _section(verdict_on_breaches, contract)


def test_room_without_a_floor_is_refused(verdict_on_breaches: str) -> None:
    assert "- brain.attic\n" in _section(verdict_on_breaches, "Floors")


def _section(verdict: str, contract: str) -> str:
    """Give what the linter said of one broken contract."""
    headed = re.split(r"(?m)^(.+)\n-{8,}\n", verdict)
    return next(
        text for head, text in zip(headed[1::2], headed[2::2], strict=True) if head.startswith(contract)
    )


def _build(house: Path, imports: list[tuple[str, str]]) -> None:
    for room in ROOMS:
        _write(house, f"brain.{room}", "")
    for name in ("models", "queries", "views", "contribution"):
        for plugin in ("garden", "orchard"):
            _write(house, f"plugins.{plugin}.{name}", "")
    for importer, imported in imports:
        _write(house, importer, f"import {imported}\n")


def _write(house: Path, module: str, line: str) -> None:
    file = house.joinpath(*module.split(".")).with_suffix(".py")
    file.parent.mkdir(parents=True, exist_ok=True)
    for folder in file.relative_to(house).parents[:-1]:
        (house / folder / "__init__.py").touch()
    with file.open("a") as source:
        source.write(line)


def _lint(house: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--config", ROOT / "setup.cfg"]
    return subprocess.run(command, cwd=house, capture_output=True, text=True, check=False)
