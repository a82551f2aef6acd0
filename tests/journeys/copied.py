"""The same site, run from a copy of this checkout.

What a test takes away there (a plugin's folder) is missing nowhere else.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from brain.config import ROOT
from tests.journeys.site import Site

FOLDERS = ("brain", "plugins", "migrations", "translations", "tests", "docs")
FILES = ("wsgi.py", "conftest.py", "setup.cfg", "pyproject.toml")


class CopiedSite(Site):
    """A site whose code may be changed. Nothing is migrated and nothing started."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.root = folder / "checkout"
        for part in FOLDERS:
            if (ROOT / part).is_dir():
                # compiled files go along with their time stamps: nothing is compiled twice
                shutil.copytree(ROOT / part, self.root / part)
        for name in FILES:
            shutil.copy2(ROOT / name, self.root / name)
        log = ("--access-logfile", str(folder / "requests"), "--access-logformat", "%(p)s")
        super().__init__(folder, database_url, GUNICORN_CMD_ARGS=" ".join(log))

    def plugin_folder(self, name: str) -> Path:
        """Give the folder of a plugin."""
        return self.root / "plugins" / name

    def count_by_worker(self) -> dict[str, int]:
        """Count the requests that were answered, by the web worker that did so."""
        counts: dict[str, int] = {}
        for worker in (self.folder / "requests").read_text().split():
            counts[worker] = counts.get(worker, 0) + 1
        return counts
