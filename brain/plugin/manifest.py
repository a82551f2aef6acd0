"""`plugin.toml`: who a plugin is, readable even when its code is broken."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

API_VERSION = 1
_NAME = re.compile(r"^[a-z][a-z0-9_]{1,38}[a-z0-9]$")
_CONDITION = re.compile(r"^(>=|<=|==|<|>)\s*(\d+(?:\.\d+)*)$")


class BadManifest(Exception):
    """A manifest that cannot be used; the message says why."""


@dataclass(frozen=True)
class Manifest:
    """The fields of `plugin.toml`. `data_note` says what a purge deletes."""

    name: str
    title: str
    summary: str
    version: str
    api: int
    brain: str
    license: str
    data_note: str
    authors: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()


def read_manifest(folder: Path) -> Manifest:
    """Read and check a folder's manifest. Raises BadManifest."""
    path = folder / "plugin.toml"
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise BadManifest(f"{path} is missing") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadManifest(f"{path} cannot be read: {error}") from None
    known = {f.name: f for f in fields(Manifest)}
    unknown = sorted(set(found) - set(known))
    if unknown:
        raise BadManifest(f"{path}: unknown entries {', '.join(unknown)}")
    missing = [name for name in known if name not in found and name not in ("authors", "requires")]
    if missing:
        raise BadManifest(f"{path}: entries are missing: {', '.join(missing)}")
    return _checked(path, found)


def _checked(path: Path, found: dict[str, Any]) -> Manifest:
    values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in found.items()}
    manifest = Manifest(**values)
    if not _NAME.match(str(manifest.name)):
        raise BadManifest(f"{path}: name must be lower case letters, digits and _, not {manifest.name!r}")
    for entry in ("title", "summary", "version", "brain", "license", "data_note"):
        if not isinstance(getattr(manifest, entry), str) or not getattr(manifest, entry).strip():
            raise BadManifest(f"{path}: {entry} must be a text")
    for entry in ("authors", "requires"):
        texts = getattr(manifest, entry)
        if not isinstance(texts, tuple) or not all(isinstance(text, str) for text in texts):
            raise BadManifest(f"{path}: {entry} must be a list of texts")
    parse_conditions(manifest.brain)
    return manifest


def parse_conditions(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """Read `>=1.0,<2` into pairs. Raises BadManifest."""
    conditions = []
    for part in text.split(","):
        match = _CONDITION.match(part.strip())
        if match is None:
            raise BadManifest(f"not a version condition: {part.strip()!r}")
        conditions.append((match[1], _numbers(match[2])))
    return conditions


def misfit(manifest: Manifest, brain_version: str) -> str:
    """Say why a plugin does not fit this version, or an empty text."""
    if manifest.api != API_VERSION:
        return f"it needs plugin API {manifest.api}, this is API {API_VERSION}"
    mine = _numbers(re.split(r"[^0-9.]", brain_version)[0].strip("."))
    for sign, wanted in parse_conditions(manifest.brain):
        width = max(len(mine), len(wanted))
        a, b = mine + (0,) * (width - len(mine)), wanted + (0,) * (width - len(wanted))
        holds = {">=": a >= b, "<=": a <= b, "==": a == b, "<": a < b, ">": a > b}[sign]
        if not holds:
            return f"it needs brain {manifest.brain}, this is {brain_version}"
    return ""


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(".") if number)
