"""Configuration: environment variables `BRAIN_*`, read once, frozen.

An unknown name stops the boot: a mistyped setting must not be silently off.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import URL

ROOT = Path(__file__).resolve().parent.parent


class BadConfiguration(Exception):
    """The environment does not make sense; the message says what to change."""


@dataclass(frozen=True)
class Config:
    """What a server may be told; each field is `BRAIN_<NAME>`.

    Secrets are left out of `repr`, so that they never reach a log.
    """

    env: str = "development"
    var: Path = ROOT / "var"
    database_url: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    base_url: str = ""
    trusted_hosts: str = ""
    proxies: int = 0
    site_name: str = "Collective Brain"
    mail_url: str = field(default="", repr=False)
    mail_from: str = "Collective Brain <brain@localhost>"
    plugins_dir: str = ""
    safe_mode: bool = False
    workers: int = 2
    threads: int = 4
    host: str = "127.0.0.1"
    port: int = 5000
    log_level: str = "INFO"

    @property
    def is_production(self) -> bool:
        """Tell whether real people depend on this server."""
        return self.env == "production"

    def flask(self) -> dict[str, Any]:
        """Give the same as Flask's own configuration names."""
        secure = self.base_url.startswith("https://")
        hosts = [host.strip() for host in self.trusted_hosts.split(",") if host.strip()]
        return {
            "ENVIRONMENT": self.env,
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "BRAIN_REDIS_URL": self.redis_url,
            "BRAIN_VAR": self.var,
            "BRAIN_SITE_NAME": self.site_name,
            "BRAIN_BASE_URL": self.base_url.rstrip("/"),
            "BRAIN_MAIL_URL": self.mail_url,
            "BRAIN_MAIL_FROM": self.mail_from,
            "BRAIN_SAFE_MODE": self.safe_mode,
            "BRAIN_THREADS": self.threads,
            "TRUSTED_HOSTS": hosts or None,
            "SESSION_COOKIE_NAME": "__Host-brain" if secure else "brain",
            "SESSION_COOKIE_SECURE": secure,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_PATH": "/",
            "MAX_CONTENT_LENGTH": 4 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
            "MAX_FORM_PARTS": 500,
            "WTF_CSRF_TIME_LIMIT": 12 * 3600,
            "WTF_CSRF_SSL_STRICT": False,
        }


def read_config(environ: Mapping[str, str] | None = None, **changes: Any) -> Config:
    """Read `BRAIN_*` variables; `changes` (tests) win over them.

    Raises BadConfiguration for unknown names, wrong values, and in production
    for a missing or weak secret key or a base address without https. Without a
    database there is one in `var`, in production too.
    """
    environ = os.environ if environ is None else environ
    known = {f"BRAIN_{f.name.upper()}": f for f in fields(Config)}
    given: dict[str, Any] = {}
    for name, text in environ.items():
        if not name.startswith("BRAIN_") or name.startswith("BRAIN_TEST_"):
            continue
        if name not in known:
            raise BadConfiguration(
                f"{name} is not a setting of this program. Known are: {', '.join(sorted(known))}."
            )
        given[known[name].name] = _parse(name, text, known[name].type)
    given |= changes
    return _complete(given)


def _parse(name: str, text: str, wanted: Any) -> Any:
    if wanted in ("bool", bool):
        if text.casefold() not in {"1", "0", "true", "false", "yes", "no", ""}:
            raise BadConfiguration(f"{name} must be 1 or 0, not {text!r}.")
        return text.casefold() in {"1", "true", "yes"}
    if wanted in ("int", int):
        if not text.isdecimal():
            raise BadConfiguration(f"{name} must be a whole number, not {text!r}.")
        return int(text)
    if wanted in ("Path", Path):
        return Path(text)
    return text


def _complete(given: dict[str, Any]) -> Config:
    config = Config(**given)
    if "base_url" not in given:
        given = given | {"base_url": _where_it_listens(config)}
        config = Config(**given)
    if config.env not in ("development", "production", "test"):
        raise BadConfiguration("BRAIN_ENV must be development, production or test.")
    if config.log_level.upper() not in logging.getLevelNamesMapping():
        raise BadConfiguration(f"BRAIN_LOG_LEVEL must be a level such as INFO, not {config.log_level!r}.")
    _check_serving(config)
    if config.plugins_dir and not Path(config.plugins_dir).is_dir():
        raise BadConfiguration(f"BRAIN_PLUGINS_DIR names no folder: {config.plugins_dir}")
    if config.is_production:
        _check_production(config)
    at = str(config.var.resolve() / "brain.db")
    database = config.database_url or URL.create("sqlite", database=at).render_as_string()
    if database.startswith(("postgres://", "postgresql://")):
        database = "postgresql+psycopg://" + database.split("://", 1)[1]
    key = config.secret_key or _development_key(config.var)
    return Config(**{**given, "database_url": database, "secret_key": key})


def _where_it_listens(config: Config) -> str:
    host = "127.0.0.1" if config.host in ("0.0.0.0", "::") else config.host  # noqa: S104 - compared, not bound
    return f"http://{f'[{host}]' if ':' in host else host}:{config.port}"


def _check_serving(config: Config) -> None:
    """Refuse what would listen and answer nothing, or write links that lead nowhere."""
    for name, number, most in (("WORKERS", config.workers, 1000), ("THREADS", config.threads, 1000)):
        if not 1 <= number <= most:
            raise BadConfiguration(f"BRAIN_{name} must be a number from 1 to {most}.")
    if not 1 <= config.port <= 65535:
        raise BadConfiguration("BRAIN_PORT must be a number from 1 to 65535.")
    base = urlsplit(config.base_url)
    if base.scheme not in ("http", "https") or not base.netloc or base.path.strip("/") or base.query:
        raise BadConfiguration("BRAIN_BASE_URL must look like https://brain.example.org, without a path.")
    if config.redis_url and not config.redis_url.startswith(("redis://", "rediss://", "unix://")):
        raise BadConfiguration("BRAIN_REDIS_URL must begin with redis://, rediss:// or unix://.")
    known = ("sqlite:///", "postgres://", "postgresql://", "postgresql+psycopg://")
    if config.database_url and not config.database_url.startswith(known):
        raise BadConfiguration("BRAIN_DATABASE_URL must begin with postgresql:// or sqlite:///.")


def _check_production(config: Config) -> None:
    if len(config.secret_key) < 32 or len(set(config.secret_key)) < 10:
        raise BadConfiguration(
            "BRAIN_SECRET_KEY must hold at least 32 random characters in production. "
            "Make one with: python3 -c 'import secrets; print(secrets.token_hex(32))'"
        )
    kept = config.var / "development-secret-key"
    if kept.exists() and kept.read_text().strip() == config.secret_key:
        raise BadConfiguration("BRAIN_SECRET_KEY is the key made for development. Make a new one.")
    if not config.base_url.startswith("https://"):
        raise BadConfiguration("BRAIN_BASE_URL must begin with https:// in production.")


def _development_key(var: Path) -> str:
    var.mkdir(parents=True, exist_ok=True)
    kept = var / "development-secret-key"
    if not kept.exists() or not kept.read_text().strip():
        # written whole, then put in its place: of two that start at once the later one counts
        fresh = var / f".{kept.name}.{secrets.token_hex(4)}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32))
        fresh.replace(kept)
    return kept.read_text().strip()
