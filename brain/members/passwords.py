"""Passwords: argon2id, and which are good enough."""

from __future__ import annotations

import secrets
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from brain.base.errors import Unfit
from brain.members.models import Member

LEAST = 10
MOST = 200

#: 19 MiB and 2 passes: what OWASP asks of argon2id where memory is dear.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)

#: What is tried first everywhere, as far as it is long enough to be accepted.
COMMON = frozenset(
    word
    for line in (
        "1234567890 0123456789 12345678910 123456789a 1234567891 0987654321 1111111111",
        "0000000000 1122334455 qwertyuiop qwerty1234 qwerty12345 qwerty123456 qwertyuiop123",
        "1q2w3e4r5t 1qaz2wsx3edc q1w2e3r4t5 asdfghjkl1 password12 password123 password1234",
        "password12345 passw0rd123 mypassword passwordpassword letmein123 iloveyou12",
        "iloveyou123 welcome123 welcome1234 administrator adminadmin admin12345 changeme123",
        "football123 baseball123 sunshine123 princess123 liverpool1 basketball superman123",
        "contraseña contrasena contraseña123 motdepasse motdepasse1 motdepasse123 azertyuiop",
        "azerty1234 azerty12345 senha12345 senha123456 minhasenha abcdefghij abc1234567",
        "aaaaaaaaaa abcd123456 1234567890a a1234567890 collectivebrain solidarity",
    )
    for word in line.split()
)


def hash_password(password: str) -> str:
    """Hash a password for storing."""
    return _hasher.hash(_form(password))


def is_right(password_hash: str | None, password: str) -> bool:
    """Compare a password with its hash, in the same time when there is none."""
    try:
        _hasher.verify(password_hash or _nobodys_hash(), _form(password)[: MOST * 4])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def objection_to(password: str, *own: str) -> LazyString | None:
    """Say why a password is not good enough, or None.

    `own` are the member's name and address: what others would try first.
    """
    if len(password) < LEAST:
        return lazy_gettext("Choose a password of at least %(least)s characters.", least=LEAST)
    if len(password) > MOST:
        return lazy_gettext("Choose a password of at most %(most)s characters.", most=MOST)
    plain = _form(password).casefold()
    if plain in COMMON or len(set(plain)) < 4:
        return lazy_gettext("Many people use this password, so it is tried first. Choose another one.")
    parts = {part.casefold() for text in own for part in (text, text.split("@")[0]) if len(part) >= 4}
    if any(plain.replace(part, "").strip("0123456789 ._-!") == "" for part in parts if part in plain):
        return lazy_gettext("This password is made of your name or address. Choose another one.")
    return None


def give_password(member: Member, password: str) -> None:
    """Set a member's password. Raises Unfit when it is not good enough."""
    objection = objection_to(password, member.name, member.email or "", member.wanted_email or "")
    if objection is not None:
        raise Unfit({"password": objection})
    member.password_hash = hash_password(password)


def _form(password: str) -> str:
    """Write a password alike on every keyboard (NFC)."""
    return unicodedata.normalize("NFC", password)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_hex(16))
