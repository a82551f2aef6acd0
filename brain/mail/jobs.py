"""From event to mail: who gets a letter, then each letter on its own.

An event's letter is divided in the first step into one delivery for each
reader, in the second each is written and sent. So one mailbox that does not
answer holds up nobody else, and nobody is written to twice because of it.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from brain.base import events
from brain.base.db import db
from brain.base.events import Ids
from brain.base.jobs import DONE_NAME, Job
from brain.mail import transport
from brain.mail.letters import make_message, write_letter
from brain.plugin import registry
from brain.plugin.contribution import Contribution, Letter

log = logging.getLogger("brain.mail")
SEND = "mail.send"
#: With the pauses of the outbox some nine hours: a mail server's bad day.
ATTEMPTS = 12


def letter_jobs(declared: Sequence[Contribution]) -> list[Job]:
    """Give a job for each letter that a slice or plugin declares."""
    return [job_for(letter) for contribution in declared for letter in contribution.letters]


def job_for(letter: Letter) -> Job:
    """Make the job that finds a letter's readers when its event is told."""

    def divide(ids: Ids) -> None:
        if letter.name in registry.letters():
            _divide(letter, ids)

    return Job(f"mail.letter.{letter.name}", divide, on_events=(letter.on_event,), attempts=ATTEMPTS)


def _divide(letter: Letter, ids: Ids) -> None:
    readers = {_digest(draft.address) for draft in letter.drafts(ids)}
    rows: list[Ids] = [
        {"letter": letter.name, "of": ids, "reader": reader, "key": uuid.uuid4().hex}
        for reader in sorted(readers)
    ]
    events.put(DONE_NAME, [SEND], rows)


def send_letter(ids: Ids) -> None:
    """Write and send one letter to one reader.

    Asks once more whether it is to be sent: what it is about may have gone.
    """
    letter = registry.letters().get(ids["letter"])
    if letter is None:
        return
    found = [draft for draft in letter.drafts(ids["of"]) if _digest(draft.address) == ids["reader"]]
    if not found:
        return
    written = write_letter(letter, found[0])
    db.session.rollback()  # no lock is held while a mail server takes its time
    try:
        message = make_message(found[0], written, ids["key"])
    except ValueError:
        log.warning("letter %s has an address that mail cannot be sent to", ids["key"])
        return
    transport.send(message)


SEND_JOB = Job(SEND, send_letter, attempts=ATTEMPTS, timeout=timedelta(seconds=90), own_units=True)


def _digest(address: str) -> str:
    """Name a reader without keeping the address in the outbox."""
    digest: Any = hashlib.sha256(address.encode())
    return str(digest.hexdigest()[:32])
