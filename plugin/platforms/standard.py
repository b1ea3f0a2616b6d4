"""The standard platform: canonical events, signed by the Standard Webhooks scheme."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from marshmallow import ValidationError

from vefa.errors import SignatureError, UnreadableError
from vefa.facts import Fact, escape, flatten
from vefa.platforms import Context, Identity, Incoming, Personal, Reading
from vefa.platforms._fields import parse_instant, parse_object
from vefa.platforms._standard_schema import PERSONAL_OF_CUSTOMER, PERSONAL_OF_PLACE, RANKS, SCHEMAS, SHIPMENT_FIELDS, Envelope

TOLERANCE = timedelta(minutes=5)
SHIPMENT_NAMES = (*SHIPMENT_FIELDS, "shipped_at", "delivered_at")
MOVING = {"in_transit", "out_for_delivery", "attempted", "available_for_pickup", "lost"}

Values = dict[str, Any]


def order_subject(order_id: str) -> str:
    """Return the subject of an order's facts."""
    return f"order:standard:{order_id}"


class Standard:
    """Canonical events over HTTP or in a recorded stream."""

    name = "standard"

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
            envelope = Envelope().load(document)
            kind: str = envelope["type"]
            schema = SCHEMAS.get(kind)
            data = schema.load(envelope["data"]) if schema else {}
        except ValidationError as error:
            raise UnreadableError(f"The event cannot be read: {_first(error.messages)}") from error
        if schema is None:
            if kind not in RANKS:
                raise UnreadableError(f"The type {kind!r} is not known.")
            return Reading()
        at = parse_instant(envelope["timestamp"])
        return _Event(kind, at, context, data).reading()


class _Event:
    """One event on its way to facts: collects values, and moves personal ones out of them."""

    def __init__(self, kind: str, at: datetime, context: Context, data: Mapping[str, Any]) -> None:
        self.kind, self.at, self.context, self.data = kind, at, context, dict(data)
        self.rank = RANKS[kind]
        self.personal: list[Personal] = []

    def reading(self) -> Reading:
        if self.kind.startswith("customer.") and self.kind != "customer.contacted_us":
            customer = self.data.get("customer") or {"id": self.data.get("customer_id")}
            self.seal_customer(customer, None)
            return Reading((), tuple(self.personal))
        order_id = self.data.pop("order_id", None) or (self.data.get("order") or {}).get("id")
        if order_id is None:
            return Reading()
        values = READERS[self.kind](self, order_id)
        fact = Fact(
            order_subject(order_id),
            self.context.key,
            self.kind,
            self.at,
            self.context.received_at,
            self.rank,
            values,
        )
        return Reading((fact,), tuple(self.personal))

    def seal(self, holder: str, values: Values) -> None:
        if values:
            self.personal.append(Personal(holder, self.at, self.rank, values))

    def seal_customer(self, customer: Values, order_id: str | None) -> Values:
        """Move a customer's personal fields to the vault and return the others."""
        identity = customer.get("id")
        holder = f"standard:{identity}" if identity else f"order:standard:{order_id}"
        self.seal(holder, {name: customer[name] for name in PERSONAL_OF_CUSTOMER if name in customer})
        rest = {name: value for name, value in customer.items() if name not in PERSONAL_OF_CUSTOMER}
        rest["holder"] = holder
        return rest

    def order(self, order_id: str) -> Values:
        document = dict(self.data["order"])
        if isinstance(document.get("customer"), Mapping):
            document["customer"] = self.seal_customer(document["customer"], order_id)
        for place in ("ship_to", "ship_from"):
            if isinstance(document.get(place), Mapping):
                hidden = {f"{place}/{name}": document[place].pop(name) for name in PERSONAL_OF_PLACE & {*document[place]}}
                if place == "ship_to":
                    self.seal(f"order:standard:{order_id}", hidden)
        values = flatten(document) | {"deleted": False}
        if self.kind == "order.placed":
            values["placed"] = True
        return values

    def shipment(self, _order_id: str) -> Values:
        document = dict(self.data.get("shipment") or {})
        identity = self.data.get("shipment_id") or document.pop("id", None)
        document.pop("id", None)
        document |= {name: self.data[name] for name in SHIPMENT_NAMES if name in self.data}
        document |= SHIPMENT_EXTRAS.get(self.kind, lambda event: {})(self)
        return flatten({"shipments": {identity: document}})

    def revision(self, _order_id: str) -> Values:
        shipment = self.data.get("shipment_id")
        prefix = f"shipments/{escape(shipment)}" if shipment else "promise"
        values = {f"{prefix}/deliver_by": self.data.get("deliver_by")}
        values[f"{prefix}/agreed_by_customer"] = bool(self.data.get("agreed_by_customer"))
        return values

    def scan(self) -> Values:
        data = self.data
        found: Values = {"scan": {"status": data["status"], "at": data.get("at") or self.at.isoformat()}}
        for name in ("place", "detail"):
            if name in data:
                found["scan"][name] = data[name]
        if "carrier_eta" in data:
            found["carrier_eta"] = data["carrier_eta"]
        if data["status"] in MOVING:
            found["moving_at"] = self.at.isoformat()
        return found

    def returned(self, _order_id: str) -> Values:
        document = dict(self.data["return"])
        identity = document.pop("id")
        return flatten({"returns": {identity: document | {"state": self.kind.split(".")[1]}}})

    def refund(self, _order_id: str) -> Values:
        document = dict(self.data["refund"])
        identity = document.pop("id")
        return flatten({"refunds": {identity: {"created_at": self.at.isoformat()} | document}})

    def review(self, order_id: str) -> Values:
        words = {f"reviews/{self.context.key}/{name}": self.data[name] for name in ("title", "text") if self.data.get(name)}
        self.seal(f"order:standard:{order_id}", words)
        review = {"score": self.data["score"], "public": self.data.get("public"), "words": bool(words)}
        return {f"reviews/{escape(self.context.key)}/{name}": value for name, value in review.items()}

    def contact(self, order_id: str) -> Values:
        text = self.data.get("text")
        self.seal(f"order:standard:{order_id}", {f"contacts/{self.context.key}/text": text} if text else {})
        return {f"contacts/{escape(self.context.key)}/channel": self.data.get("channel")}


def _cancelled(event: _Event, _order_id: str) -> Values:
    return {
        "cancelled_at": event.data.get("cancelled_at") or event.at.isoformat(),
        "cancel_reason": event.data.get("reason"),
        "cancelled_by": event.data.get("by"),
    }


def _paid(event: _Event, _order_id: str) -> Values:
    return {"paid_at": event.data.get("paid_at") or event.at.isoformat()}


SHIPMENT_EXTRAS: dict[str, Callable[[_Event], Values]] = {
    "shipment.shipped": lambda event: {"shipped_at": event.data.get("shipped_at") or event.at.isoformat()},
    "shipment.delivered": lambda event: {"delivered_at": event.data.get("delivered_at") or event.at.isoformat()},
    "shipment.cancelled": lambda event: {"cancelled": True},
    "shipment.scanned": lambda event: event.scan(),
}

READERS: dict[str, Callable[[_Event, str], Values]] = {
    "order.placed": _Event.order,
    "order.updated": _Event.order,
    "order.deleted": lambda event, order_id: {"deleted": True},
    "order.paid": _paid,
    "order.cancelled": _cancelled,
    "promise.revised": _Event.revision,
    "shipment.created": _Event.shipment,
    "shipment.shipped": _Event.shipment,
    "shipment.scanned": _Event.shipment,
    "shipment.delivered": _Event.shipment,
    "shipment.cancelled": _Event.shipment,
    "return.requested": _Event.returned,
    "return.received": _Event.returned,
    "return.closed": _Event.returned,
    "refund.created": _Event.refund,
    "review.posted": _Event.review,
    "customer.contacted_us": _Event.contact,
}


def _secret(text: str) -> bytes:
    try:
        return base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return text.encode()


def _first(messages: Any, path: str = "") -> str:
    if isinstance(messages, Mapping):
        name, said = next(iter(messages.items()))
        return _first(said, f"{path}.{name}".lstrip("."))
    return f"{path}: {messages[0] if isinstance(messages, list) else messages}"


PLUGIN = Standard()
