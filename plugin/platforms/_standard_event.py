"""Turns one checked canonical event into facts, and moves what is personal out of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from vefa.facts import Fact, escape, flatten
from vefa.platforms import Context, Personal, Reading
from vefa.platforms._standard_schema import (
    PERSONAL_OF_CUSTOMER,
    PERSONAL_OF_PLACE,
    RANKS,
    SHIPMENT_FIELDS,
)

SHIPMENT_NAMES = (*SHIPMENT_FIELDS, "shipped_at", "delivered_at")
MOVING = {"in_transit", "out_for_delivery", "attempted", "available_for_pickup", "lost"}

Values = dict[str, Any]


def order_subject(order_id: str) -> str:
    """Return the subject of an order's facts."""
    return f"order:standard:{order_id}"


def customer_holder(customer_id: str) -> str:
    """Return the vault row of a customer whom the store knows by an id."""
    return f"standard:{customer_id}"


class Event:
    """One event on its way to facts: collects values, and moves personal ones out of them."""

    def __init__(self, kind: str, at: datetime, context: Context, data: Mapping[str, Any]) -> None:
        self.kind, self.at, self.context, self.data = kind, at, context, dict(data)
        self.rank = RANKS[kind]
        self.personal: list[Personal] = []

    def reading(self) -> Reading:
        if self.kind.startswith("customer.") and self.kind != "customer.contacted_us":
            customer = self.data.get("customer") or {}
            if customer.get("id"):
                self.seal_customer(customer, None)
            return Reading((), tuple(self.personal))
        order_id = self.data.pop("order_id", None) or (self.data.get("order") or {}).get("id")
        if order_id is not None:
            return self._about(order_subject(order_id), READERS[self.kind](self, order_id))
        if self.kind == "customer.contacted_us" and self.data.get("customer_id"):
            holder = customer_holder(self.data["customer_id"])
            return self._about(f"customer:{holder}", self.contact(holder))
        return Reading()

    def _about(self, subject: str, values: Values) -> Reading:
        context = self.context
        fact = Fact(subject, context.key, self.kind, self.at, context.received_at, self.rank, values)
        return Reading((fact,), tuple(self.personal))

    def seal(self, holder: str, values: Values) -> None:
        if values:
            self.personal.append(Personal(holder, self.at, self.rank, values))

    def seal_customer(self, customer: Values, order_id: str | None) -> Values:
        """Move a customer's personal fields to the vault and return the others."""
        identity = customer.get("id")
        holder = customer_holder(identity) if identity else order_subject(str(order_id))
        self.seal(holder, {name: customer[name] for name in PERSONAL_OF_CUSTOMER if name in customer})
        rest = {name: value for name, value in customer.items() if name not in PERSONAL_OF_CUSTOMER}
        if identity or self.kind == "order.placed":
            rest["holder"] = holder
        return rest

    def order(self, order_id: str) -> Values:
        document = dict(self.data["order"])
        if isinstance(document.get("customer"), Mapping):
            document["customer"] = self.seal_customer(document["customer"], order_id)
        for place in ("ship_to", "ship_from"):
            if isinstance(document.get(place), Mapping):
                known = dict(document[place])
                hidden = {f"{place}/{name}": known.pop(name) for name in sorted(PERSONAL_OF_PLACE & {*known})}
                document[place] = known
                if place == "ship_to":
                    self.seal(f"order:standard:{order_id}", hidden)
        if "marketplace" in document:
            document["marketplace"] = document["marketplace"] or None
        values = flatten(document) | {"deleted": False}
        if self.kind == "order.placed":
            values["placed"] = True
        return values

    def shipment(self, _order_id: str) -> Values:
        document = dict(self.data.get("shipment") or {})
        identity = self.data.get("shipment_id") or document.pop("id", None)
        document["id"] = identity
        document |= {name: self.data[name] for name in SHIPMENT_NAMES if name in self.data}
        if self.kind in SHIPMENT_EXTRAS:
            document |= SHIPMENT_EXTRAS[self.kind](self)
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
            found |= {"moving": True, "moving_at": found["scan"]["at"]}
        return found

    def returned(self, order_id: str) -> Values:
        document = dict(self.data["return"])
        reason = document.pop("reason", None)
        self.seal(
            f"order:standard:{order_id}", {f"returns/{document['id']}/reason": reason} if reason else {}
        )
        identity = document.pop("id")
        return flatten({"returns": {identity: document | {"state": self.kind.split(".")[1]}}})

    def refund(self, _order_id: str) -> Values:
        document = dict(self.data["refund"])
        identity = document.pop("id")
        return flatten({"refunds": {identity: {"created_at": self.at.isoformat()} | document}})

    def review(self, order_id: str) -> Values:
        written = {name: self.data[name] for name in ("title", "text") if self.data.get(name)}
        words = {f"reviews/{self.context.key}/{name}": text for name, text in written.items()}
        self.seal(f"order:standard:{order_id}", words)
        review = {"score": self.data["score"], "public": self.data.get("public"), "words": bool(words)}
        return {f"reviews/{escape(self.context.key)}/{name}": value for name, value in review.items()}

    def contact_about(self, order_id: str) -> Values:
        """Read a contact about an order; whose it is counts while the order does not say."""
        values = self.contact(order_subject(order_id))
        customer = self.data.get("customer_id")
        if customer:
            values[f"contacts/{escape(self.context.key)}/holder"] = customer_holder(customer)
        return values

    def contact(self, holder: str) -> Values:
        key, text = self.context.key, self.data.get("text")
        self.seal(holder, {f"contacts/{key}/text": text} if text else {})
        said = {"channel": self.data.get("channel")}
        if self.data.get("language"):
            said["language"] = self.data["language"]
        return {f"contacts/{escape(key)}/{name}": value for name, value in said.items()}


def _moment(event: Event, name: str) -> Values:
    """Return when something happened as the event tells it, else the mere mark that it did.

    Of several marks the first one counts, so that an event told twice moves no moment.
    """
    told = event.data.get(f"{name}_at")
    return {f"{name}_at": told} if told else {name: True}


def _cancelled(event: Event, _order_id: str) -> Values:
    said = {"cancel_reason": event.data.get("reason"), "cancelled_by": event.data.get("by")}
    return _moment(event, "cancelled") | said


def _paid(event: Event, _order_id: str) -> Values:
    return _moment(event, "paid")


SHIPMENT_EXTRAS: dict[str, Callable[[Event], Values]] = {
    "shipment.shipped": lambda event: _moment(event, "shipped"),
    "shipment.delivered": lambda event: _moment(event, "delivered"),
    "shipment.cancelled": lambda event: {"cancelled": True},
    "shipment.scanned": lambda event: event.scan(),
}

READERS: dict[str, Callable[[Event, str], Values]] = {
    "order.placed": Event.order,
    "order.updated": Event.order,
    "order.deleted": lambda event, order_id: {"deleted": True},
    "order.paid": _paid,
    "order.cancelled": _cancelled,
    "promise.revised": Event.revision,
    "shipment.created": Event.shipment,
    "shipment.shipped": Event.shipment,
    "shipment.scanned": Event.shipment,
    "shipment.delivered": Event.shipment,
    "shipment.cancelled": Event.shipment,
    "return.requested": Event.returned,
    "return.received": Event.returned,
    "return.closed": Event.returned,
    "refund.created": Event.refund,
    "review.posted": Event.review,
    "customer.contacted_us": Event.contact_about,
}
