"""Payments, parcels, refunds and returns of a Medusa order: facts with their own dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from vefa.facts import Fact, digest, flatten
from vefa.platforms import Context
from vefa.platforms._medusa_topics import FETCHED

ON_DELIVERY = ("cod", "cash-on-delivery", "cash_on_delivery", "kapida-odeme", "kapida_odeme")
GONE, UNPAID = "canceled", ("not_paid", "awaiting", "partially_authorized", "partially_captured")
CARRIER_KEYS = ("carrier", "carrier_name", "tracking_company", "tracking_carrier")
SHIPMENT_TYPES = ("shipment.created", "shipment.shipped", "shipment.delivered", "shipment.cancelled")

# The name of a part within a body's; Medusa's own are about 40 characters long.
LONGEST_NAME = 64
# Below a person's word, however often an order is edited or refunded.
HIGHEST_RANK = 900

Values = dict[str, Any]


def whole(quantity: float | None) -> int | None:
    """Return a number of pieces; of what is sold by weight a part counts as a piece."""
    return None if quantity is None else -int(-quantity // 1)


@dataclass(frozen=True, slots=True)
class Parts:
    """Reads the parts of one order; ``at`` is the order's own date, for what has none."""

    subject: str
    at: datetime
    context: Context

    def of(self, order: Mapping[str, Any]) -> Iterator[Fact]:
        """Yield the facts of every part."""
        collections = order.get("payment_collections") or ()
        if collections:
            yield self._paid(collections)
        for collection in collections:
            yield from self._refunds(collection)
        for one in order.get("fulfillments") or ():
            yield self._shipped(one)
        for one in order.get("returns") or ():
            yield from self._returned(one)

    def _fact(self, name: str, kind: str, at: str | None, rank: int, values: Values) -> Fact:
        short = name if len(name) <= LONGEST_NAME else digest(name)[:LONGEST_NAME]
        key, received = f"{self.context.key}#{short}", self.context.received_at
        when = datetime.fromisoformat(at) if at else self.at
        return Fact(self.subject, key, kind, when, received, rank, flatten(values))

    def _paid(self, collections: Sequence[Mapping[str, Any]]) -> Fact:
        """Read whether the order is paid: what is authorized is paid for, what is captured has been paid."""
        due = [one for one in collections if one.get("status") != GONE]
        payments = [payment for one in due for payment in one.get("payments") or ()]
        covered = {name: _covers(due, f"{name}_amount") for name in ("authorized", "captured")}
        paid = True if any(covered.values()) else None
        if paid is None and any(one.get("status") in UNPAID for one in due):
            paid = False
        payment: Values = {"paid": paid}
        if providers := sorted({one["provider_id"] for one in payments if one.get("provider_id")}):
            payment |= {"method": providers[0], "on_delivery": any(map(_is_on_delivery, providers))}
        refunds = sorted(_refund_ids(collections))
        values: Values = {"payment": payment, "refund_ids": refunds}
        captured = [one["captured_at"] for one in payments if one.get("captured_at")]
        if covered["captured"]:
            values |= {"paid_at": max(captured)} if captured else {"paid": True}
        dates = [one.get("updated_at") for one in (*collections, *payments)]
        at = max((one for one in dates if one), default=None)
        kind = "order.paid" if covered["captured"] and not refunds else "payment.updated"
        if self.context.topic == FETCHED:
            kind = "payment.fetched"
        # Of two bodies of one instant the one that knows of more is the later one.
        rank = min(2 * len(refunds) + covered["captured"], HIGHEST_RANK)
        return self._fact("payment", kind, at, rank, values)

    def _refunds(self, collection: Mapping[str, Any]) -> Iterator[Fact]:
        for one in _refunds_of(collection):
            # Its note is what staff wrote for staff, and may name the customer: it is not read.
            refund: Values = {"amount": one["amount"]}
            if one.get("created_at"):
                refund["created_at"] = one["created_at"]
            at = one.get("created_at") or collection.get("updated_at")
            yield self._fact(f"refund:{one['id']}", "refund.created", at, 0, {"refunds": {one["id"]: refund}})

    def _shipped(self, document: Mapping[str, Any]) -> Fact:
        identity, cancelled = document["id"], bool(document.get("canceled_at"))
        label: Mapping[str, Any] = next(
            (one for one in document.get("labels") or () if one.get("tracking_number")), {}
        )
        lines = [
            {"id": one["line_item_id"], "quantity": whole(one.get("quantity"))}
            for one in document.get("items") or ()
            if one.get("line_item_id") and one.get("quantity") != 0
        ]
        told = {
            "carrier": _carrier(document),
            "tracking_number": label.get("tracking_number"),
            "tracking_url": label.get("tracking_url"),
            "lines": lines,
        }
        values: Values = {name: value for name, value in told.items() if value}
        values |= {"id": identity, "cancelled": cancelled}
        values |= {name: document.get(name) for name in ("shipped_at", "delivered_at")}
        step = 3 if cancelled else sum(bool(document.get(name)) for name in ("shipped_at", "delivered_at"))
        kind = "shipment.fetched" if self.context.topic == FETCHED else SHIPMENT_TYPES[step]
        at = document.get("updated_at") or document.get("created_at")
        return self._fact(f"shipment:{identity}", kind, at, step, {"shipments": {identity: values}})

    def _returned(self, document: Mapping[str, Any]) -> Iterator[Fact]:
        """Read how far a return has come; one that is being drafted was not asked for."""
        identity, status = document["id"], document.get("status")
        if status in (None, "open"):
            return
        lines = [
            {"id": one["item_id"], "quantity": whole(one.get("quantity"))}
            for one in document.get("items") or ()
            if one.get("item_id")
        ]
        steps: list[tuple[str, str | None, Values]] = [
            ("requested", document.get("requested_at") or document.get("created_at"), {"lines": lines})
        ]
        if status == "received":
            steps.append(("received", document.get("received_at") or document.get("updated_at"), {}))
        if status == GONE:
            steps.append(("closed", document.get("canceled_at") or document.get("updated_at"), {}))
        for rank, (state, at, more) in enumerate(steps):
            values = {"returns": {identity: {"state": state, **more}}}
            yield self._fact(f"return:{identity}:{state}", f"return.{state}", at, rank, values)


def _covers(collections: Sequence[Mapping[str, Any]], name: str) -> bool:
    due = sum((Decimal(one.get("amount") or 0) for one in collections), Decimal(0))
    given = sum((Decimal(one.get(name) or 0) for one in collections), Decimal(0))
    return due > 0 and given >= due


def _refunds_of(collection: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """List the refunds; where payments are not told, all that was given back is one."""
    payments = collection.get("payments")
    if payments is not None:
        return [one for payment in payments for one in payment.get("refunds") or () if one.get("amount")]
    amount = collection.get("refunded_amount")
    return [{"id": collection["id"], "amount": amount}] if Decimal(amount or 0) else []


def _refund_ids(collections: Sequence[Mapping[str, Any]]) -> set[str]:
    return {one["id"] for collection in collections for one in _refunds_of(collection)}


def _is_on_delivery(provider: str) -> bool:
    """Say whether a payment provider (``pp_<kind>_<name>``) is the courier's hand."""
    words = provider.casefold().removeprefix("pp_")
    return any(words == word or words.startswith((f"{word}_", f"{word}-")) for word in ON_DELIVERY)


def _carrier(document: Mapping[str, Any]) -> str | None:
    for known in (document.get("metadata") or {}, document.get("data") or {}):
        for key in CARRIER_KEYS:
            told = known.get(key)
            if isinstance(told, str) and told and "\x00" not in told:
                return told[:80]
    return None
