"""Sign-in from Saleor's dashboard by the token that it makes for an app and a member of staff.

Source: saleor/core/jwt.py (claims) and docs.saleor.io, "App Bridge". The token carries ``iss`` (the address of the
interface), ``type`` thirdparty, ``app``, ``aud`` (where the app's manifest names one), ``user_permissions`` and no id
of its own; a token of a customer or of another app is signed with the same keys and refused here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from vefa.errors import SignatureError, StaleKeysError
from vefa.key_sets import known
from vefa.platforms import Entry, Trust, Visitor
from vefa.platforms._jwt import claims_of, verify_rs256
from vefa.platforms._saleor_fetch import PATH

# What a member of staff may do in Saleor says what they may do here; who may not see orders stays outside.
NEEDED = "MANAGE_ORDERS"
ROLES = (("MANAGE_STAFF", "owner"), ("MANAGE_SETTINGS", "manager"), (NEEDED, "agent"))
LONGEST_EMAIL = 320
ENTRY = Entry("embed-saleor.js")


def visitor_of(token: str, trust: Trust, now: datetime) -> Visitor:
    """Return whom a token of the dashboard names; raises ``SignatureError`` that says what is wrong."""
    claims = _verified(token, trust, now)
    if trust.url is None or claims.get("iss") != f"{trust.url}{PATH}":
        raise SignatureError("The token is made by another store.")
    if claims.get("type") != "thirdparty" or claims.get("is_staff") is not True:
        raise SignatureError("The token is not one that the dashboard makes for an app.")
    if not trust.client or claims.get("app") != trust.client:
        raise SignatureError("The token is made for another app.")
    if "aud" in claims and trust.audience not in _listed(claims["aud"]):
        raise SignatureError("The token is made for somebody else.")
    subject, email = claims.get("user_id"), claims.get("email")
    if not isinstance(subject, str) or not 0 < len(subject) <= 200:
        raise SignatureError("The token names nobody.")
    return Visitor(
        subject=subject,
        token=hashlib.sha256(token.encode()).hexdigest(),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        framed_by=tuple(dict.fromkeys((*frames_of(trust.url), *trust.frames))),
        email=email if isinstance(email, str) and "@" in email[:LONGEST_EMAIL] else None,
        role=_role(_listed(claims.get("user_permissions", claims.get("permissions")))),
    )


def frames_of(url: str | None) -> tuple[str, ...]:
    """Return the origin of the dashboard where it is served from the host of the interface, as in Saleor Cloud."""
    return (url,) if url else ()


def claimed_by(token: str) -> str | None:
    """Return the domain that a token says it comes from; nothing of it is proven."""
    try:
        parts = urlsplit(str(claims_of(token, "RS256").get("iss")))
    except (SignatureError, ValueError):
        return None
    return parts.netloc.lower() or None


def _verified(token: str, trust: Trust, now: datetime) -> Mapping[str, Any]:
    faults: list[SignatureError] = []
    for jwks in known(trust.secrets, now):
        try:
            return verify_rs256(token, jwks, audience=None, now=now)
        except SignatureError as error:
            faults.append(error)
    wrong = [one for one in faults if not isinstance(one, StaleKeysError)]
    raise (wrong or faults or [StaleKeysError("No key of the store is known here yet.")])[0]


def _role(permissions: list[Any]) -> str:
    if NEEDED not in permissions:
        raise SignatureError("Whoever opens this has to be allowed to manage orders in Saleor.")
    return next(role for permission, role in ROLES if permission in permissions)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
