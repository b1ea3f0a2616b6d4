"""JSON Web Tokens that a platform hands over: verified with the one algorithm that its caller names.

Source: RFC 7515 (compact form), RFC 7519 (claims), RFC 7518 section 3 (HS256 and RS256), RFC 8725 (what to refuse).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from vefa.errors import SignatureError, StaleKeysError
from vefa.jwks import public_keys

LONGEST = 8192
LEEWAY = timedelta(seconds=10)
# Seconds since 1970 up to the year 9999; what lies beyond is no date.
LATEST = 253_402_300_799


@dataclass(frozen=True, slots=True)
class Token:
    """A compact token taken apart; nothing of it is to be believed before its signature."""

    header: Mapping[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


def verify_hs256(token: str, keys: Sequence[str], *, audience: str | None, now: datetime) -> dict[str, Any]:
    """Return the claims of a token that one of the keys signed with HMAC-SHA256.

    A key is used as its UTF-8 text. ``audience`` None leaves ``aud`` to the caller; ``now`` is real time, and ``exp``
    has to be there. Raises ``SignatureError``.
    """
    parts = _parse(token, "HS256")
    expected = [hmac.digest(key.encode(), parts.signed, "sha256") for key in keys if key]
    if not any([hmac.compare_digest(one, parts.signature) for one in expected]):  # noqa: C419
        raise SignatureError("The token is not signed with the secret that is known here.")
    return _hold(parts.claims, audience, now)


def verify_rs256(
    token: str, jwks: Mapping[str, Any], *, audience: str | None, now: datetime
) -> dict[str, Any]:
    """Return the claims of a token that a key of the set signed with RSA and SHA-256.

    ``jwks`` is a key set as its platform publishes it; ``audience`` and ``now`` are as for ``verify_hs256``. Raises
    ``SignatureError``, and ``StaleKeysError`` where the set holds no key of the name that the token gives.
    """
    parts = _parse(token, "RS256")
    known = public_keys(jwks, parts.header.get("kid"))
    if not known:
        raise StaleKeysError("The key that signed the token is not known here.")
    for key in known:
        try:
            key.verify(parts.signature, parts.signed, PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
        return _hold(parts.claims, audience, now)
    raise SignatureError("The token is not signed with a key that is known here.")


def verify_detached_rs256(signature: str, body: bytes, key_sets: Sequence[Mapping[str, Any]]) -> None:
    """Check the detached signature of a body that stands for itself (``b64`` false), with RSA and SHA-256.

    Source: RFC 7797. Raises ``StaleKeysError`` where no set holds a key of the name that the signature gives, else
    ``SignatureError``.
    """
    parts = signature.split(".")
    if len(signature) > LONGEST or not signature.isascii() or len(parts) != 3 or parts[1]:
        raise SignatureError("This is not a detached signature.")
    header = _object(parts[0])
    if (header.get("alg"), header.get("b64"), header.get("crit")) != ("RS256", False, ["b64"]):
        raise SignatureError("The body is signed by another algorithm than agreed.")
    name, given = header.get("kid"), _bytes(parts[2])
    if not isinstance(name, str):
        raise SignatureError("The signature names no key.")
    known = [key for jwks in key_sets for key in public_keys(jwks, name)]
    if not known:
        raise StaleKeysError("The key that signed is not known here.")
    for key in known:
        try:
            return key.verify(given, f"{parts[0]}.".encode() + body, PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
    raise SignatureError("The signature does not fit the body.")


def claims_of(token: str, algorithm: str) -> dict[str, Any]:
    """Return what a token says before anybody has verified it, which tells no more than whose keys to try.

    Raises ``SignatureError`` for what is no token of this algorithm.
    """
    return _parse(token, algorithm).claims


def _parse(token: str, algorithm: str) -> Token:
    parts = token.split(".")
    if len(token) > LONGEST or not token.isascii() or len(parts) != 3:
        raise SignatureError("This is not a token.")
    header, claims = _object(parts[0]), _object(parts[1])
    if header.get("alg") != algorithm:
        raise SignatureError("The token is signed by another algorithm than agreed.")
    if "crit" in header or str(header.get("typ", "JWT")).upper() != "JWT":
        raise SignatureError("The token is of another kind than agreed.")
    return Token(header, claims, f"{parts[0]}.{parts[1]}".encode(), _bytes(parts[2]))


def _hold(claims: dict[str, Any], audience: str | None, now: datetime) -> dict[str, Any]:
    """Return the claims if they hold at ``now`` and, where one is named, for the audience."""
    expires, starts, made = (_instant(claims, name) for name in ("exp", "nbf", "iat"))
    if expires is None:
        raise SignatureError("The token does not say how long it is good.")
    latest, earliest = (now + LEEWAY).timestamp(), (now - LEEWAY).timestamp()
    if expires <= earliest:
        raise SignatureError("The time of the token is over.")
    if max(starts or 0, made or 0) > latest:
        raise SignatureError("The token is not good yet.")
    named = claims.get("aud")
    if audience is not None and audience not in (named if isinstance(named, list) else [named]):
        raise SignatureError("The token is made for somebody else.")
    return claims


def _instant(claims: Mapping[str, Any], name: str) -> float | None:
    """Return a claim in seconds since 1970, or None where it is not there."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LATEST:
        raise SignatureError("The token carries something that is no date.")
    return value


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_bytes(part), object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise SignatureError("This is not a token.") from error
    if not isinstance(found, dict):
        raise SignatureError("This is not a token.")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object whose names are each there once, so that no two readers see two different tokens."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _bytes(part: str) -> bytes:
    """Return what a part says; another spelling of the same bytes is refused."""
    try:
        found = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureError("This is not a token.") from error
    if base64.urlsafe_b64encode(found).rstrip(b"=") != part.encode():
        raise SignatureError("This is not a token.")
    return found
