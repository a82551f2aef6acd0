"""A mail server that collects what it is sent, with TLS and signing in."""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.services.kept import free_port

Encryption = Literal["none", "starttls", "tls"]


@dataclass(frozen=True)
class Received:
    """One mail as it arrived, with how it came."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    is_encrypted: bool
    is_signed_in: bool


@dataclass
class SmtpSink:
    """A running mail server on loopback.

    `authority` is the file of the certificate authority to trust, if any.
    Set `refusal` to an SMTP answer (`451 Try later`) to have mails refused.
    """

    port: int
    host: str = "127.0.0.1"
    authority: Path | None = None
    refusal: str = ""
    received: list[Received] = field(default_factory=list)

    async def keep(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a mail, or refuse it as told; gives the SMTP answer."""
        if self.refusal:
            return self.refusal
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        self.received.append(
            Received(
                sender=envelope.mail_from or "",
                recipients=list(envelope.rcpt_tos),
                message=message_from_bytes(raw, _class=EmailMessage, policy=policy.default),
                is_encrypted=_is_encrypted(server),
                is_signed_in=bool(session.authenticated),
            )
        )
        return "250 Kept"


@contextmanager
def smtp_sink(encryption: Encryption = "none", account: tuple[str, str] | None = None) -> Iterator[SmtpSink]:
    """Run a mail server that keeps every mail in `received`.

    `account` is a name and password to ask for; over `starttls` only after
    the line is encrypted. Tests trust the server by the sink's `authority`.
    """
    with tempfile.TemporaryDirectory(prefix="brain-mail-") as folder:
        sink = SmtpSink(port=free_port())
        options: dict[str, Any] = {"authenticator": _authenticator(account), "auth_required": bool(account)}
        if encryption != "none":
            sink.authority = Path(folder) / "authority.pem"
            options |= _encrypted(encryption, sink.authority)
        else:
            options["auth_require_tls"] = False
        # aiosmtpd finds what it calls by this name
        handler = SimpleNamespace(handle_DATA=sink.keep)
        controller = Controller(handler, hostname=sink.host, port=sink.port, **options)
        controller.start()
        try:
            yield sink
        finally:
            controller.stop()


def _is_encrypted(server: SMTP) -> bool:
    return server.transport is not None and server.transport.get_extra_info("ssl_object") is not None


def _encrypted(encryption: Encryption, authority: Path) -> dict[str, Any]:
    """Make a certificate for loopback and write its authority's file."""
    issuer = trustme.CA()
    issuer.cert_pem.write_to_path(authority)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    issuer.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    if encryption == "tls":
        return {"ssl_context": context, "auth_require_tls": False}
    return {"tls_context": context, "require_starttls": True}


def _authenticator(account: tuple[str, str] | None) -> Any:
    def accept(server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any) -> AuthResult:
        known = isinstance(login, LoginPassword) and account is not None
        given = (login.login.decode(), login.password.decode()) if known else None
        return AuthResult(success=given == account, handled=False)

    return accept if account else None
