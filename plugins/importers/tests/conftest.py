"""Fixtures: the plugin switched on, and its command as an operator types it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from brain.cli import brain
from brain.plugin.testing import switch
from plugins.importers.tests.archives import SITE, write_lines


@pytest.fixture
def importers(app: Any) -> Iterator[None]:
    """Switch the plugin on."""
    switch("importers", True)
    yield
    switch("importers", False)


@pytest.fixture
def run(app: Any, importers: None) -> Any:
    """Run `flask brain import …`."""

    def command(*words: str | Path, **options: Any) -> Any:
        typed = ["import", *map(str, words)]
        return app.test_cli_runner().invoke(brain, typed, catch_exceptions=False, **options)

    return command


@pytest.fixture
def bring(run: Any, tmp_path: Path) -> Any:
    """Bring an archive of these topics, or the one at a path; gives what was said."""

    def command(*topics: Any, path: Path | None = None, options: tuple[str, ...] = ()) -> str:
        path = path or write_lines(tmp_path / "topics.jsonl", *topics)
        site = () if "--base-url" in options else ("--base-url", SITE)
        done = run("discourse", path, "--yes", "--processes", "1", *site, *options)
        assert done.exit_code == 0, done.output
        return str(done.output)

    return command
