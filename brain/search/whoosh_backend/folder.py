"""The folder of the index: who may write, which index answers, is it whole.

    search/                 0700: a Whoosh table of contents is a pickle
        writing             locked by whoever changes the index that answers
        building            locked by whoever builds a new one
        current             the name of the index that answers
        next                the name of the one in the making
        <name>/             a Whoosh index
            seal.json       what was committed: each file's size and digest
            changed         in the making: what changed since it was begun

Whoosh takes a damaged segment without a word, so nothing is opened that is
not as the seal says.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from brain.search.backend import IndexDamaged
from brain.search.documents import VERSION

SEAL = "seal.json"
CHANGED = "changed"
WRITING, BUILDING, CURRENT, NEXT = "writing", "building", "current", "next"
_LOCKS_AND_POINTERS = frozenset({WRITING, BUILDING, CURRENT, NEXT})
LOCK_PATIENCE = 30.0


class IndexBusy(Exception):
    """Another process is writing the index and does not come to an end."""


@dataclass(frozen=True)
class Seal:
    """What an index consisted of when it was last committed."""

    generation: int = 0
    files: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    walked: Mapping[str, int] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    boot: str = ""


def prepare(root: Path) -> None:
    """Make the folder, for our eyes only; a file in its place goes."""
    if root.is_file():
        root.unlink()
    root.mkdir(parents=True, exist_ok=True)
    root.chmod(0o700)


@contextlib.contextmanager
def locked(root: Path, name: str, patience: float = LOCK_PATIENCE) -> Iterator[None]:
    """Hold a lock for the block; it is let go even if the process is killed.

    Raises IndexBusy if another process or thread keeps it for too long.
    """
    prepare(root)
    ends = time.monotonic() + patience
    with (root / name).open("a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= ends:
                    raise IndexBusy(name) from None
                time.sleep(0.05)
        yield


def pointed(root: Path, pointer: str) -> Path | None:
    """Give the index that a pointer names, None when there is none or it cannot be read."""
    try:
        name = (root / pointer).read_text().strip()
    except (OSError, UnicodeDecodeError):
        return None
    folder = root / name
    return folder if name.isalnum() and folder.is_dir() else None


def point(root: Path, pointer: str, folder: Path | None) -> None:
    """Let a pointer name another index, at once for all readers; None for none."""
    if (root / pointer).is_dir():
        shutil.rmtree(root / pointer)
    if folder is None:
        (root / pointer).unlink(missing_ok=True)
    else:
        write_whole(root / pointer, folder.name)


def new_folder(root: Path) -> Path:
    """Make an empty folder for an index."""
    prepare(root)
    folder = root / secrets.token_hex(6)
    folder.mkdir(mode=0o700)
    return folder


def sweep(root: Path) -> None:
    """Delete indexes that no pointer names."""
    named = {pointed(root, CURRENT), pointed(root, NEXT)}
    for entry in root.iterdir():
        if entry.is_dir() and entry not in named:
            shutil.rmtree(entry, ignore_errors=True)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old or the new, never a part."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with temporary.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def read_seal(folder: Path) -> Seal:
    """Read what was committed. Raises IndexDamaged if it cannot be read or is of another version."""
    try:
        given: dict[str, Any] = json.loads((folder / SEAL).read_text())
        if given["version"] != VERSION:
            raise IndexDamaged(f"made by version {given['version']} of the analysis")
        return Seal(
            generation=int(given["generation"]),
            files={name: (int(size), str(digest)) for name, (size, digest) in given["files"].items()},
            walked={str(kind): int(last) for kind, last in given["walked"].items()},
            kinds=frozenset(given["kinds"]),
            boot=str(given["boot"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamaged(f"the seal cannot be read: {error}") from error


def write_seal(folder: Path, seal: Seal) -> None:
    """Seal what was committed."""
    given = {
        "version": VERSION,
        "generation": seal.generation,
        "files": seal.files,
        "walked": seal.walked,
        "kinds": sorted(seal.kinds),
        "boot": boot(),
    }
    write_whole(folder / SEAL, json.dumps(given))


def boot() -> str:
    """Name the time since the machine was started; empty where it is not told."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def digest_files(folder: Path, before: Mapping[str, tuple[int, str]]) -> dict[str, tuple[int, str]]:
    """Digest the files of an index; segments never change, so known ones are not read again."""
    digests = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in (".seg", ".toc"):
            known = before.get(path.name)
            digests[path.name] = known or (path.stat().st_size, digest_file(path))
    return digests


def digest_file(path: Path) -> str:
    """Give a file's digest."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_sizes(folder: Path, seal: Seal) -> None:
    """See that all files are there in full: reading a cut file would end the process.

    Raises IndexDamaged.
    """
    for name, (size, _digest) in seal.files.items():
        try:
            found = (folder / name).stat().st_size
        except OSError as error:
            raise IndexDamaged(f"{name} is gone") from error
        if found != size:
            raise IndexDamaged(f"{name} has {found} bytes, not {size}")


def check_digests(folder: Path, seal: Seal, known: frozenset[str] = frozenset()) -> None:
    """See that all files hold what was written; `known` need not be read.

    Raises IndexDamaged.
    """
    check_sizes(folder, seal)
    for name, (_size, digest) in seal.files.items():
        if name not in known and digest_file(folder / name) != digest:
            raise IndexDamaged(f"{name} is not what was written")
