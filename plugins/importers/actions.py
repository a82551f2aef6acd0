"""What the plugin does besides importing: addresses for staged members, forgetting."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from flask_babel.speaklater import LazyString

from brain.base.access import HOUSE
from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.members.actions import give_addresses

from .errors import NoAddressList
from .models import OldMember
from .people import fold_name
from .queries import members_named

_LINE_MOST = 10_000


@dataclass
class Given:
    """How a list of addresses was taken: how many, and which names not, and why."""

    given: int = 0
    unknown: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    refused: dict[str, LazyString] = field(default_factory=dict)


def give_addresses_of(path: Path) -> Given:
    """Give staged members the addresses of a CSV file (username, email).

    More columns, as in an export of all users, are passed over. Raises
    NoAddressList.
    """
    wanted: dict[str, str] = {}
    doubled: set[str] = set()
    for name, address in _read_addresses(path):
        twin = next((known for known in wanted if fold_name(known) == fold_name(name)), None)
        if twin is not None and wanted[twin].casefold() != address.casefold():
            doubled.add(twin)
        wanted.setdefault(twin or name, address)
    with unit_of_work():
        found = members_named(list(wanted))
        done = Given()
        by_member: dict[int, str] = {}
        for name in wanted:
            ids = found.get(fold_name(name), [])
            if len(ids) == 1 and name not in doubled:
                by_member[ids[0]] = name
            else:
                (done.unclear if ids else done.unknown).append(name)
        problems = give_addresses(HOUSE, {member_id: wanted[name] for member_id, name in by_member.items()})
    done.refused = {by_member[member_id]: problem for member_id, problem in problems.items()}
    done.given = len(by_member) - len(problems)
    return done


def _read_addresses(path: Path) -> Iterator[tuple[str, str]]:
    """Read (name, address) of each line; lines without either are passed over."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            columns = {name.strip().casefold(): name for name in rows.fieldnames or () if name}
            if not {"username", "email"} <= columns.keys():
                raise NoAddressList
            for row in rows:
                name, address = row[columns["username"]] or "", row[columns["email"]] or ""
                if name.strip() and address.strip():
                    yield name.strip()[:_LINE_MOST], address.strip()[:_LINE_MOST]
    except (OSError, UnicodeDecodeError, csv.Error):
        raise NoAddressList from None


def erase_member(member_id: int) -> None:
    """Forget what somebody was called; that they are known stays, so that they do not come back."""
    db.session.execute(
        sa.update(OldMember).where(OldMember.member_id == member_id).values(member_id=None, old_name="")
    )
