"""Files that belong to the community: a folder on disk.

Names are made by us, never by members; a name that would leave the folder is
refused. Other stores (S3-compatible) come behind the same functions.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from flask import current_app

_NAME = re.compile(r"^[a-z0-9][a-z0-9_.-]{0,99}(/[a-z0-9][a-z0-9_.-]{0,99}){0,4}$")


def path_of(name: str) -> Path:
    """Give the path of a stored file. Raises ValueError for an unsafe name."""
    if not _NAME.match(name) or ".." in name:
        raise ValueError(f"not a storage name: {name!r}")
    return Path(current_app.config["BRAIN_VAR"]) / "files" / name


def put(name: str, content: bytes) -> Path:
    """Store a file whole or not at all, replacing one of the same name."""
    target = path_of(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(target)
    return target


def get(name: str) -> bytes:
    """Read a stored file. Raises FileNotFoundError."""
    return path_of(name).read_bytes()


def remove(name: str) -> None:
    """Delete a stored file; one that is gone already is fine."""
    path_of(name).unlink(missing_ok=True)
