"""Letters become mails: written in the reader's language, signed by the site."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from flask import current_app, render_template

from brain.base import clock, i18n
from brain.base.forms import clean_line
from brain.mail.links import absolute, host
from brain.members.addresses import clean_address
from brain.plugin.contribution import Letter, LetterDraft

MOST_SUBJECT = 200
_EMPTY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Written:
    """A letter in words: subject, text, and the same as HTML."""

    subject: str
    text: str
    html: str


def write_letter(letter: Letter, draft: LetterDraft) -> Written:
    """Write a letter in its reader's language and time zone.

    Templates find `absolute(endpoint, …)` for addresses, and `spoken`, the
    language, beside what the draft gives them.
    """
    with i18n.speaking(draft.language, draft.timezone):
        context = {"absolute": absolute, "spoken": i18n.language(), **draft.context}
        text = _EMPTY_LINES.sub("\n\n", render_template(f"{letter.template}.txt", **context)).strip()
        html = render_template(f"{letter.template}.html", subject=_subject(text), **context)
    return Written(_subject(text), text.partition("\n")[2].strip() + "\n", html)


def make_message(draft: LetterDraft, written: Written, key: str) -> EmailMessage:
    """Make the mail. `key` names this one letter: a repeated attempt is recognised.

    Raises ValueError for an address that no header may hold.
    """
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = _sender()
    message["To"] = _recipient(draft.address)
    message["Subject"] = written.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{key}@{host()}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["List-Id"] = f"<letters.{host()}>"
    message.set_content(written.text, cte="quoted-printable")
    message.add_alternative(written.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = draft.language  # last: what sets a body drops such headers
    return message


def _subject(text: str) -> str:
    return clean_line(text.partition("\n")[0])[:MOST_SUBJECT]


def _sender() -> Address:
    name, address = parseaddr(current_app.config["BRAIN_MAIL_FROM"])
    user, _at, domain = address.rpartition("@")
    return Address(clean_line(name), user, domain)


def _recipient(address: str) -> Address:
    """Read an address for the To line; its domain in ASCII, as mail servers speak."""
    user, _at, domain = (clean_address(address) or "").rpartition("@")
    if not user:
        raise ValueError("not an address that mail can be sent to")
    return Address("", user, domain.encode("idna").decode())
