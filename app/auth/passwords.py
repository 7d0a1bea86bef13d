"""Passwords: how they are chosen, kept and compared."""

import base64
import secrets
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import Invalid

TIME_COST = 2
MEMORY_KIB = 19_456
LANES = 1
MOST_AT_ONCE = 2  # each takes 19 MiB and a whole core: more at once would only starve the pages
SHORTEST = 12
LONGEST = 1000

_hasher = PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=LANES)
_computing = threading.BoundedSemaphore(MOST_AT_ONCE)


def _hash_of_nobody() -> str:
    """Return a hash no password is known for; to compare with it takes as long as with any other."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(count)).decode().rstrip("=")
        for count in (_hasher.salt_len, _hasher.hash_len)
    )
    return f"$argon2id$v=19$m={MEMORY_KIB},t={TIME_COST},p={LANES}${salt}${digest}"


NOBODY = _hash_of_nobody()


def hashed(password: str) -> str:
    """Return what is kept of `password`."""
    with _computing:
        return _hasher.hash(_canonical(password))


def is_right(password: str, kept: str | None) -> bool:
    """Tell whether `kept` was made of `password`; takes as long when nothing is kept."""
    if len(password) > LONGEST:  # nobody's; and to compose a long text may take very long
        password, kept = password[:LONGEST], None
    with _computing:
        try:
            return _hasher.verify(kept or NOBODY, _canonical(password))
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Tell whether `kept` was made with other settings than today's."""
    return _hasher.check_needs_rehash(kept)


def check_choice(password: str, *, email: str) -> None:
    """Refuse a password that is easily guessed.

    Raises:
        Invalid: when it is too short, far too long, or the e-mail address.
    """
    if len(password) < SHORTEST:
        raise Invalid(f"Choose a password of at least {SHORTEST} characters.", field="new")
    if len(password) > LONGEST:
        raise Invalid(f"Choose a password of at most {LONGEST:,} characters.", field="new")
    if password.strip().casefold() in (email.casefold(), email.casefold().partition("@")[0]):
        raise Invalid("Choose a password that is not your e-mail address.", field="new")


def _canonical(password: str) -> bytes:
    """Two keyboards may send the same accented letter in two ways."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
