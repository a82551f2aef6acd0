"""Where letters go: to a mail server, or in development into a folder."""

from __future__ import annotations

import contextlib
import logging
import re
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from flask import Flask, current_app

from brain.base import clock
from brain.config import BadConfiguration

log = logging.getLogger("brain.mail")
TIMEOUT_SECONDS = 20
PORTS = {"smtp": 25, "smtps": 465}
FOLDER = "mail"
_SENDER = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True)
class Server:
    """A mail server: how to reach it and who we are to it.

    `tls` is none, starttls (encrypt after greeting) or smtps (from the first
    byte); `authority` a file of certificate authorities, else the machine's.
    """

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = field(default="", repr=False)
    authority: str = ""


def read_server(url: str) -> Server:
    """Read BRAIN_MAIL_URL: `smtp://user:password@host:587?tls=starttls` or `smtps://…`.

    Raises BadConfiguration without repeating the address: it holds a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        asked = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        raise BadConfiguration("BRAIN_MAIL_URL cannot be read as an address.") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise BadConfiguration("BRAIN_MAIL_URL must look like smtp://user:password@host:587?tls=starttls.")
    told = asked.pop("tls", "")
    tls = "smtps" if parts.scheme == "smtps" else told or "none"
    authority = asked.pop("authority", "")
    if tls not in ("none", "starttls", "smtps") or asked:
        raise BadConfiguration("After ? BRAIN_MAIL_URL takes tls=starttls, tls=none and authority=FILE only.")
    if authority and not Path(authority).is_file():
        raise BadConfiguration("The file named by authority= in BRAIN_MAIL_URL is not there.")
    if parts.password and tls == "none" and told != "none":
        raise BadConfiguration(
            "BRAIN_MAIL_URL would send its password unencrypted: add ?tls=starttls, "
            "or ?tls=none if the mail server is on this machine."
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.hostname, port or PORTS[parts.scheme], tls, user, password, authority)


def init_app(app: Flask) -> None:
    """Read the transport once. Raises BadConfiguration: a site that cannot write is no use."""
    url = app.config["BRAIN_MAIL_URL"]
    if not url and app.config["ENVIRONMENT"] == "production":
        raise BadConfiguration(
            "BRAIN_MAIL_URL says which mail server to use; without it nobody can confirm an address."
        )
    if not _SENDER.fullmatch(parseaddr(app.config["BRAIN_MAIL_FROM"])[1]):
        raise BadConfiguration("BRAIN_MAIL_FROM must look like Our community <letters@example.org>.")
    app.extensions["mail_server"] = read_server(url) if url else None
    app.jinja_env.globals["letters_are_kept"] = letters_are_kept


def letters_are_kept() -> bool:
    """Tell whether letters are kept to be read at a page: in development, without a mail server."""
    is_kept = current_app.extensions["mail_server"] is None
    return is_kept and current_app.config["ENVIRONMENT"] in ("development", "test")


def kept_folder() -> Path:
    """Give the folder of letters that are kept instead of being sent."""
    return Path(current_app.config["BRAIN_VAR"]) / FOLDER


def send(message: EmailMessage) -> None:
    """Hand a letter over.

    A refusal of this address or letter for good (5xx) is noted and done with.
    Raises OSError or SMTPException when it is worth trying again.
    """
    server: Server | None = current_app.extensions["mail_server"]
    if server is None:
        _keep(message)
        return
    try:
        _send_to(server, message)
    except smtplib.SMTPRecipientsRefused as refused:
        code = max(code for code, _words in refused.recipients.values())
        if code < 500:
            raise
        log.warning("letter %s was refused for good with %s", message["Message-ID"], code)
    except smtplib.SMTPDataError as refused:
        if refused.smtp_code < 500:
            raise
        log.warning("letter %s was refused for good with %s", message["Message-ID"], refused.smtp_code)


def _send_to(server: Server, message: EmailMessage) -> None:
    from_host = str(message["Message-ID"]).strip("<>").rpartition("@")[2]
    if server.tls == "smtps":
        line: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, from_host, timeout=TIMEOUT_SECONDS, context=_trust(server)
        )
    else:
        line = smtplib.SMTP(server.host, server.port, from_host, timeout=TIMEOUT_SECONDS)
    try:
        if server.tls == "starttls":
            line.starttls(context=_trust(server))
        if server.user:
            line.login(server.user, server.password)
        line.send_message(message)
        # the letter is accepted: whatever the server says to our leaving, it is not sent again
        with contextlib.suppress(smtplib.SMTPException, OSError):
            line.quit()
    finally:
        line.close()


def _trust(server: Server) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.authority or None)


def _keep(message: EmailMessage) -> None:
    key = str(message["Message-ID"]).strip("<>").partition("@")[0]
    name = f"{clock.now():%Y%m%d-%H%M%S-%f}-{key[:12]}.eml"
    folder = kept_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = folder / f"{name}.part"
    unfinished.write_bytes(bytes(message))
    unfinished.rename(folder / name)
