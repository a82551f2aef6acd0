"""E-mail addresses: written one way, compared without case."""

from __future__ import annotations

import email_validator

MOST = 254


def clean_address(text: str) -> str | None:
    """Write an address the normal way; None when it is none.

    Nothing is asked over the network: only a letter shows that it exists.
    """
    if len(text) > MOST:
        return None
    try:
        checked = email_validator.validate_email(
            text, check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except email_validator.EmailNotValidError:
        return None
    return checked.normalized if len(checked.normalized) <= MOST else None


def address_key(address: str) -> str:
    """Fold an address for comparing."""
    return address.casefold()
