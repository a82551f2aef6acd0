"""Runs the measured server and reads what its processes used."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from brain.config import ROOT

WORKERS = 2
THREADS = 4


def environment(folder: Path) -> dict[str, str]:
    """Give the settings of the measured server: production's, but for https."""
    return {
        "BRAIN_ENV": "test",
        "BRAIN_VAR": str(folder),
        "BRAIN_DATABASE_URL": f"sqlite:///{folder.resolve() / 'brain.db'}",
        "BRAIN_SECRET_KEY": "bench" * 10,
        "BRAIN_LOG_LEVEL": "WARNING",
    }


class Server:
    """gunicorn with threads on a free port of this machine."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.started_in = 0.0

    def __enter__(self) -> Self:
        command = [
            *(sys.executable, "-m", "gunicorn", "bench.wsgi:application", "--worker-class", "gthread"),
            *("--bind", f"127.0.0.1:{self.port}", "--workers", str(WORKERS), "--threads", str(THREADS)),
            *("--keep-alive", "60", "--log-level", "warning", "--no-control-socket", "--preload"),
        ]
        began = time.perf_counter()
        env = {k: v for k, v in os.environ.items() if not k.startswith("BRAIN_")} | environment(self.folder)
        self._process = subprocess.Popen(command, cwd=ROOT, env=env)
        while True:
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            if self._process.poll() is not None or time.perf_counter() - began > 60:
                raise RuntimeError("the measured server did not start")
            time.sleep(0.02)
        self.started_in = time.perf_counter() - began
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)

    def _processes(self) -> list[psutil.Process]:
        assert self._process is not None
        return psutil.Process(self._process.pid).children(recursive=True)

    def cpu_seconds(self) -> float:
        """Give the processor time that the workers have used so far."""
        return sum(sum(p.cpu_times()[:2]) for p in self._processes())

    def memory_mb(self) -> float:
        """Give the memory of all workers, shared pages counted once each."""
        return sum(p.memory_full_info().pss for p in self._processes()) / 1e6
