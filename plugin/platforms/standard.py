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
from vefa.platforms import Context, Description, Identity, Incoming, Reading
from vefa.platforms._fields import first_fault, parse_instant, parse_object
from vefa.platforms._standard_event import Event
from vefa.platforms._standard_schema import (
    ENVELOPE,
    PERSONAL_OF_CUSTOMER,
    PERSONAL_OF_PLACE,
    RANKS,
    SCHEMAS,
)

TOLERANCE = timedelta(minutes=5)
# What each canonical event is used for, or why it is passed over.
USES = {
    "order.placed": "The order, its lines, its customer and the delivery date promised at checkout.",
    "order.updated": "What changed in the order.",
    "order.deleted": "Promises of an order that is gone are released.",
    "order.paid": "An order that is not paid is not waited for.",
    "order.cancelled": "Promises of a cancelled order are released.",
    "promise.revised": "A new delivery date replaces the old one, which counts as broken unless the customer agreed.",
    "shipment.created": "Which parcel holds which lines.",
    "shipment.shipped": "When a parcel left.",
    "shipment.scanned": "What the carrier says of a parcel, and when it expects to deliver.",
    "shipment.delivered": "When a parcel arrived.",
    "shipment.cancelled": "A cancelled parcel is not waited for.",
    "return.requested": "A return and what is due for it.",
    "return.received": "When returned goods arrived, from which the refund's date follows.",
    "return.closed": "A return that is over.",
    "refund.created": "Money given back, which settles refunds owed.",
    "customer.contacted_us": "What the customer wrote opens or continues a case.",
    "review.posted": "What the customer thinks of the order.",
    "customer.updated": "How the customer is addressed and reached.",
    "customer.erasure_requested": "The store's own member of staff erases the customer.",
    "customer.data_requested": "The store's own member of staff hands over the customer's data.",
    "product.updated": "Nothing is promised about products.",
    "store.uninstalled": "A store that sends its events itself stops by sending none.",
}


class Standard:
    """Canonical events over HTTP or in a recorded stream."""

    name = "standard"
    statuses: Mapping[str, str] = MappingProxyType({})

    def describe(self) -> Description:
        """Return the canonical events."""
        return Description(
            topics={name: use for name, use in USES.items() if name in SCHEMAS},
            ignored={name: use for name, use in USES.items() if name not in SCHEMAS},
            personal=(*PERSONAL_OF_CUSTOMER, *sorted(PERSONAL_OF_PLACE)),
            headers=("webhook-id", "webhook-timestamp", "webhook-signature"),
        )

    def account(self, incoming: Incoming) -> str | None:
        """Return None: the address says which store it is."""
        return None

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
