"""How tracking services sign, as far as several of them do alike."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from vefa.errors import SignatureError, UnreadableError
from vefa.exchange import Identity, Incoming
from vefa.fields import parse_object

TOLERANCE = timedelta(minutes=5)


def check(given: str, expected: Iterable[bytes]) -> None:
    """Compare a signature with those that would fit, in constant time; raises ``SignatureError``."""
    told = given.encode("latin-1", "replace")
    if not told or not any([hmac.compare_digest(one, told) for one in expected]):  # noqa: C419
        raise SignatureError("The signature does not fit the body.")


def check_age(signed_at: datetime, now: datetime) -> None:
    """Raise ``SignatureError`` if a signature was made more than 5 minutes before or after ``now``, real time."""
    if abs(now - signed_at) > TOLERANCE:
        raise SignatureError("The signature's timestamp is more than 5 minutes away from now.")


def identify(service: str, incoming: Incoming, topic: str) -> Identity:
    """Name an event by its bytes; ``topic`` is the member of the body that says which kind of event it is.

    No service's own id is needed: what an event says twice is known by its content.
    """
    name = f"{service}:{hashlib.sha256(incoming.body).hexdigest()}"
    try:
        told = parse_object(incoming.body).get(topic)
    except UnreadableError:
        told = None
    return Identity(name, told[:100] if isinstance(told, str) and told else "unknown")
