"""Keep one server alive exactly as long as the process that asked for it.

Run as a program of its own: it starts the server as its child, reads its
standard input, and ends the server when that closes. The operating system
closes it however the asking process ends, so a killed test run leaves no
server and no folder behind.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 10


def keep(order: dict[str, Any]) -> None:
    """Run `command` in `folder` until standard input closes, then clean up.

    A server that ends by itself leaves a file `ended` beside its `log`.
    """
    folder = Path(order["folder"])
    owner = order["owner"]
    demoted: dict[str, Any] = {"user": owner[0], "group": owner[1], "extra_groups": []} if owner else {}
    with (folder / "log").open("ab") as log:
        server = subprocess.Popen(
            order["command"], cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **demoted
        )
    watch = threading.Thread(target=_note_the_end, args=(server, folder / "ended"), daemon=True)
    watch.start()
    sys.stdin.buffer.read()
    server.send_signal(order["stop_signal"])
    try:
        server.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
    watch.join()
    shutil.rmtree(folder, ignore_errors=True)


def _note_the_end(server: subprocess.Popen[bytes], mark: Path) -> None:
    server.wait()
    mark.touch()


if __name__ == "__main__":
    keep(json.loads(sys.argv[1]))
