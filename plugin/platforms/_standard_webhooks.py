"""The Standard Webhooks scheme: a signature over id, timestamp and body, which several senders use."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from vefa.errors import SignatureError
from vefa.exchange import Incoming

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
TOLERANCE = timedelta(minutes=5)


def verify_standard(incoming: Incoming, secrets: Sequence[str], now: datetime) -> None:
    """Check ``webhook-signature`` over ``id.timestamp.body`` and the timestamp's age (5 minutes of real time).

    Source: Standard Webhooks specification. Raises ``SignatureError``.
    """
    identity = incoming.headers.get("webhook-id", "")
    stamp = incoming.headers.get("webhook-timestamp", "")
    if not identity or not stamp.isdecimal() or len(stamp) > len("9999999999"):
        raise SignatureError("The headers webhook-id and webhook-timestamp are missing or malformed.")
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise SignatureError("The signature's timestamp is more than 5 minutes away from now.")
    signed = f"{identity}.{stamp}.".encode() + incoming.body
    given = [
        part.removeprefix("v1,").encode()
        for part in incoming.headers.get("webhook-signature", "").split()
        if part.startswith("v1,")
    ]
    expected = [base64.b64encode(hmac.digest(_secret(secret), signed, "sha256")) for secret in secrets]
    if not any([hmac.compare_digest(one, other) for one in expected for other in given]):  # noqa: C419
        raise SignatureError("No signature fits the body.")


def _secret(text: str) -> bytes:
    try:
        return base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        return text.encode()
