"""The standard platform: canonical events, signed by the Standard Webhooks scheme."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from marshmallow import ValidationError

from vefa.errors import UnreadableError
from vefa.fields import first_fault, parse_instant, parse_object
from vefa.platforms import Context, Description, Identity, Incoming, Reading
from vefa.platforms._standard_event import Event
from vefa.platforms._standard_schema import (
    ENVELOPE,
    PERSONAL_OF_CUSTOMER,
    PERSONAL_OF_PLACE,
    RANKS,
    SCHEMAS,
)
from vefa.platforms._standard_webhooks import HEADERS, verify_standard

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
            headers=HEADERS,
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
        verify_standard(incoming, secrets, now)

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


PLUGIN = Standard()
