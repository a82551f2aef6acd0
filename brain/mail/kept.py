"""Letters that were kept in a folder instead of being sent (development)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from brain.base.errors import NotFound
from brain.mail.transport import kept_folder

NAME = re.compile(r"[0-9a-f-]{1,60}\.eml")


@dataclass(frozen=True)
class KeptLetter:
    """A letter as it would have been sent."""

    name: str
    at: datetime
    to: str
    subject: str
    language: str
    text: str
    html: str


def kept_letters(most: int = 50) -> list[KeptLetter]:
    """List kept letters, the newest first."""
    folder = kept_folder()
    files = sorted((file for file in folder.glob("*.eml") if NAME.fullmatch(file.name)), reverse=True)
    return [_read(file) for file in files[:most]]


def kept_letter(name: str) -> KeptLetter:
    """Open a kept letter. Raises NotFound."""
    file = kept_folder() / name
    if not NAME.fullmatch(name) or not file.is_file():
        raise NotFound
    return _read(file)


def _read(file: Path) -> KeptLetter:
    message = message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=policy.default)
    return KeptLetter(
        name=file.name,
        at=datetime.fromtimestamp(file.stat().st_mtime, tz=UTC),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        language=str(message["Content-Language"]),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body is not None else ""
