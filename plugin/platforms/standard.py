"""The standard platform: canonical events, signed by the Standard Webhooks scheme."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from marshmallow import ValidationError

from vefa.errors import SignatureError, UnreadableError
from vefa.platforms import Context, Identity, Incoming, Reading
from vefa.platforms._fields import first_fault, parse_instant, parse_object
from vefa.platforms._standard_event import Event
from vefa.platforms._standard_schema import (
    ENVELOPE,
    RANKS,
    SCHEMAS,
)

TOLERANCE = timedelta(minutes=5)


class Standard:
    """Canonical events over HTTP or in a recorded stream."""

    name = "standard"
    statuses: Mapping[str, str] = MappingProxyType({})

    def is_ping(self, incoming: Incoming) -> bool:
        """Say no: Standard Webhooks knows no ping."""
        return False

    def verify(self, incoming: Incoming, secrets: Sequence[str], now: datetime) -> None:
        """Check ``webhook-signature`` over ``id.timestamp.body`` and the timestamp's age (5 minutes).

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

    def identify(self, incoming: Incoming, received_at: datetime) -> Identity:
        """Name the event by its own id; a body without one by its digest."""
        try:
            document = parse_object(incoming.body)
            identity, topic = document["id"], document["type"]
            if isinstance(identity, str) and isinstance(topic, str) and 0 < len(identity) <= 200:
                return Identity(f"standard:{identity}", topic[:100])
        except (UnreadableError, KeyError):
            pass
        return Identity(f"standard:sha256:{hashlib.sha256(incoming.body).hexdigest()}", "unknown")

    def read(self, body: bytes, context: Context) -> Reading:
        """Read one canonical event; raises ``UnreadableError`` that names the field at fault."""
        document = parse_object(body)
        try:
            envelope = ENVELOPE.load(document)
            kind: str = envelope["type"]
            schema = SCHEMAS.get(kind)
            data = schema.load(envelope["data"]) if schema else {}
        except ValidationError as error:
            raise UnreadableError(f"The event cannot be read: {first_fault(error.messages)}") from error
        if schema is None:
            if kind not in RANKS:
                raise UnreadableError(f"The type {kind!r} is not known.")
            return Reading()
        at = parse_instant(envelope["timestamp"])
        return Event(kind, at, context, data).reading()


def _secret(text: str) -> bytes:
    try:
        return base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        return text.encode()


PLUGIN = Standard()
