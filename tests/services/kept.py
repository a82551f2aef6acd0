"""Start a private server on a free loopback port and wait until it answers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

KEEPER = Path(__file__).with_name("keeper.py")
START_SECONDS = 30
PAUSE_SECONDS = 0.02


class Unavailable(Exception):
    """This machine has no such server; the text says what was looked for."""


@dataclass(frozen=True)
class Account:
    """Another account of this machine that a server runs as."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Launch:
    """How one server is started, asked whether it is up, and stopped."""

    command: list[str]
    folder: Path
    answers: Callable[[], bool]
    account: Account | None = None
    stop_signal: int = signal.SIGTERM
    start_seconds: float = START_SECONDS


def free_port() -> int:
    """Give a loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def private_folder(kind: str) -> Iterator[Path]:
    """Make a temporary folder for a server and remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix=f"brain-{kind}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def kept(launch: Launch) -> Iterator[None]:
    """Keep a server running for as long as the block, or this process, lives.

    Raises Unavailable with the end of the server's log if it does not come up.
    """
    owner = [launch.account.uid, launch.account.gid] if launch.account else None
    order = {
        "command": launch.command,
        "folder": str(launch.folder),
        "owner": owner,
        "stop_signal": int(launch.stop_signal),
    }
    keeper = subprocess.Popen(
        [sys.executable, "-I", "-S", str(KEEPER), json.dumps(order)],
        stdin=subprocess.PIPE,
        env=_plain_environment(),
        start_new_session=True,  # Ctrl-C in a terminal must not reach the server before the tests end
    )
    try:
        _wait_until_up(launch, keeper)
        yield
    finally:
        keeper.communicate()


def _plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _wait_until_up(launch: Launch, keeper: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + launch.start_seconds
    while not launch.answers():
        dead = keeper.poll() is not None or (launch.folder / "ended").exists()
        if dead or time.monotonic() > deadline:
            raise Unavailable(f"{launch.command[0]} did not start: {_end_of_log(launch.folder)}")
        time.sleep(PAUSE_SECONDS)


def _end_of_log(folder: Path) -> str:
    log = folder / "log"
    return log.read_text(errors="replace")[-600:].strip() if log.exists() else "it left no log"
