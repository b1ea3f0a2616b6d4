"""The RSA keys of a JSON Web Key Set that may check signatures. Source: RFC 7517 and RFC 7518 section 6.3."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

MOST_KEYS = 20
FEWEST_BITS, MOST_BITS = 2048, 8192
LONGEST_NUMBER = 2000
WANTED = {"kty": "RSA", "use": "sig", "alg": "RS256"}


def public_keys(jwks: Mapping[str, Any], kid: object = None) -> list[RSAPublicKey]:
    """Return the keys that may check an RS256 signature: of the name ``kid``, or all where none is named.

    What is no such key, too weak or too large is passed over. At most 20 entries of a set are looked at.
    """
    entries = jwks.get("keys")
    return list(_found(entries if isinstance(entries, list) else [], kid))


def _found(entries: list[Any], kid: object) -> Iterator[RSAPublicKey]:
    for entry in islice(entries, MOST_KEYS):
        if isinstance(entry, Mapping) and _fits(entry) and (kid is None or entry.get("kid") == kid):
            key = _key(entry)
            if key is not None:
                yield key


def _fits(entry: Mapping[str, Any]) -> bool:
    operations = entry.get("key_ops", ["verify"])
    may_check = isinstance(operations, list) and "verify" in operations
    return (
        may_check
        and "kty" in entry
        and all(entry.get(name, value) == value for name, value in WANTED.items())
    )


def _key(entry: Mapping[str, Any]) -> RSAPublicKey | None:
    try:
        modulus, exponent = _number(entry.get("n")), _number(entry.get("e"))
        if not FEWEST_BITS <= modulus.bit_length() <= MOST_BITS:
            return None
        return RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError:
        return None


def _number(text: object) -> int:
    """Read an unsigned number in base64url; raises ``ValueError``."""
    if not isinstance(text, str) or not text.isascii() or len(text) > LONGEST_NUMBER:
        raise ValueError("not a number of a key")
    try:
        return int.from_bytes(
            base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), b"-_", True)
        )
    except binascii.Error as error:
        raise ValueError("not a number of a key") from error
