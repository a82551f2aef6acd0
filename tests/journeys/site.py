"""A real site: gunicorn with two workers and a job worker, processes that may be killed.

It runs from this checkout, on an empty database of its own with every plugin
on. The test prepares and examines what is stored through an application of its
own (`opened`); everything else goes over HTTP.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

import psutil
from flask import Flask

from brain.app import create_app
from brain.base.access import HOUSE
from brain.base.db import db
from brain.config import ROOT, read_config
from brain.plugin import lifecycle, migrate, registry
from tests import services
from tests.fixtures import DATABASE
from tests.services.kept import Launch, free_port, kept, private_folder

COMMAND_SECONDS = 120
START_SECONDS = 120
#: Writes its own process number down and becomes the program that follows.
NOTED = ("sh", "-c", 'echo $$ > "$0"; exec "$@"')
WEB = (
    *("-m", "gunicorn", "wsgi:application", "--worker-class", "gthread", "--workers", "2"),
    *(
        "--threads",
        "4",
        "--preload",
        "--no-control-socket",
        "--graceful-timeout",
        "5",
        "--log-level",
        "error",
    ),
)
JOBS = ("-m", "flask", "--app", "wsgi", "brain", "work")


class Site:
    """The product at work. `folder` holds its files, `root` its code."""

    root = ROOT

    def __init__(self, folder: Path, database_url: str, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = {
            "BRAIN_ENV": "test",
            "BRAIN_VAR": str(folder),
            "BRAIN_DATABASE_URL": database_url,
            "BRAIN_BASE_URL": self.url,
            "BRAIN_LOG_LEVEL": "WARNING",
            **settings,
        }
        self._running: dict[str, ExitStack] = {}

    def flask(self, *command: str) -> str:
        """Run `flask brain …`; gives what it said. It must succeed."""
        return self.run("-m", "flask", "--app", "wsgi", "brain", *command)

    def run(self, *program: str) -> str:
        """Run a Python program beside the site's code; gives what it said. It must succeed."""
        plain = {name: text for name, text in os.environ.items() if not name.startswith("BRAIN_")}
        ended = subprocess.run(
            [sys.executable, *program],
            cwd=self.root,
            env=plain | self.settings,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        assert ended.returncode == 0, f"{program}\n{ended.stdout[-3000:]}\n{ended.stderr[-6000:]}"
        return ended.stdout

    @contextmanager
    def opened(self) -> Iterator[Flask]:
        """Stand inside the site, as a command would: to prepare it and to examine it."""
        app = create_app(read_config(self.settings))
        with app.app_context():
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()

    def start_web(self) -> None:
        """Start gunicorn and wait for its first answer."""
        self._start("web", [*WEB, "--bind", f"127.0.0.1:{self.port}"])

    def start_jobs(self) -> None:
        """Start the job worker."""
        self._start("jobs", [*JOBS])

    def stop(self, name: str) -> None:
        """Stop `web` or `jobs` as an operator would, or tidy up after it was killed."""
        self._running.pop(name).close()

    def stop_everything(self) -> None:
        """Stop whatever runs."""
        for name in list(self._running):
            self.stop(name)

    def process(self, name: str) -> psutil.Process:
        """Give the process that was started: gunicorn's master for `web`."""
        return psutil.Process(int((self.folder / f"{name}.pid").read_text()))

    def web_workers(self) -> list[psutil.Process]:
        """Give the processes that answer requests at this moment."""
        with suppress(psutil.NoSuchProcess):
            return self.process("web").children()
        return []

    def _start(self, name: str, program: list[str]) -> None:
        note = self.folder / f"{name}.pid"
        given = [f"{key}={text}" for key, text in self.settings.items()]
        running = ExitStack()
        folder = running.enter_context(private_folder("site"))
        command = [*NOTED, str(note), "env", "-C", str(self.root), *given, sys.executable, *program]
        answers = self._answers if name == "web" else note.exists
        note.unlink(missing_ok=True)
        running.enter_context(kept(Launch(command, folder, answers, start_seconds=START_SECONDS)))
        self._running[name] = running

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/static/mark.svg", timeout=30) as answer:
                return answer.status == 200
        except (OSError, HTTPException):
            return False


@contextmanager
def empty_site(folder: Path, worker: str, **settings: str) -> Iterator[Site]:
    """Make an empty site with every plugin on; its processes end with the block.

    The database is the one that this run of tests is about. `worker` keeps the
    databases of test processes apart. Nothing is started yet.
    """
    url = f"sqlite:///{folder / 'brain.db'}"
    if DATABASE == "postgresql":
        url = services.fresh_database(services.needed("postgresql"), f"brain_site_{worker}")
    site = Site(folder, url, **settings)
    with site.opened():
        migrate.upgrade()
        for name, plugin in registry.register().plugins.items():
            if not plugin.problem:
                lifecycle.enable_plugin(HOUSE, name)
    try:
        yield site
    finally:
        site.stop_everything()
