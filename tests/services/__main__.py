"""Run a command beside a private PostgreSQL and Redis.

    python -m tests.services COMMAND [ARGUMENT…]

The command finds an empty database at BRAIN_DATABASE_URL and an empty Redis at
BRAIN_REDIS_URL. Gives the command's own exit code.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests.services import fresh_database, postgresql, redis


def main(command: list[str]) -> int:
    """Start the servers, run the command, stop the servers."""
    with postgresql() as postgresql_url, redis() as redis_url:
        addresses = {
            "BRAIN_DATABASE_URL": fresh_database(postgresql_url, "brain"),
            "BRAIN_REDIS_URL": redis_url,
        }
        return subprocess.run(command, env=os.environ | addresses, check=False).returncode


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
