"""Passwords: how they are kept, and a check that takes as long whether an account exists or not."""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 200

# OWASP's second profile: 19 MiB a sign-in, so that many at once do not exhaust a small server.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")


def fits(password: str) -> bool:
    """Return whether a password is long enough to be chosen, and short enough to be hashed."""
    return SHORTEST <= len(_plain(password)) <= LONGEST


def hashed(password: str) -> str:
    """Return the salted Argon2id hash of a password."""
    return _hasher.hash(_plain(password))


def matches(kept: str | None, password: str) -> bool:
    """Return whether the password is the one kept; without one kept, take as long and return False."""
    nobody = _nobody()
    if len(password) > LONGEST:
        return False
    try:
        _hasher.verify(kept or nobody, _plain(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None
