"""What members may run into at the door."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext

from brain.base import i18n
from brain.base.errors import Refusal


class LinkWorn(Refusal):
    """A link of a letter that is too old, was used, or was never ours."""

    status = 410
    sentence = lazy_gettext("This link is too old, or it was used already. Ask for a new one.")


class ConfirmedAlready(Refusal):
    """The link that confirms an address was followed before."""

    status = 409
    sentence = lazy_gettext("This address is confirmed already. You can sign in with it.")


class AddressTaken(Refusal):
    """Somebody else confirmed the address first; only its owner can learn so."""

    status = 409
    sentence = lazy_gettext("Another account has this address by now. Sign in there, or use another address.")


class RegistrationClosed(Refusal):
    """The admins let nobody register by themselves."""

    status = 403
    sentence = lazy_gettext("Nobody can register at the moment. Ask somebody who is a member already.")


class Suspended(Refusal):
    """The member may not sign in before a moment."""

    status = 403

    def __init__(self, until: datetime) -> None:
        super().__init__(
            lazy_gettext("The moderators have suspended this account until %(day)s.", day=i18n.day(until))
        )
