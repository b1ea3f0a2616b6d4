"""What Saleor says of the parts of an order: parcels, goods that came back, money paid and given back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from vefa.fields import parse_instant
from vefa.platforms import Context
from vefa.platforms._shopify_order import is_on_delivery

SENT, CALLED_OFF = "FULFILLED", "CANCELED"
# Fulfillments that are no parcels: Saleor moves into them what was given back, sent again, or never sent.
CAME_BACK = ("RETURNED", "REFUNDED_AND_RETURNED")
NO_PARCEL = (*CAME_BACK, "REFUNDED", "REPLACED")
DELIVERED_KEYS = ("delivered_at", "delivery_status")
CARRIER_KEYS = ("carrier", "courier", "tracking_company", "kargo_firmasi")
ADDRESS_KEYS = ("tracking_url", "trackingUrl")
ARRIVED = ("delivered", "teslim edildi", "teslim_edildi", "تحویل داده شد")
WEB = re.compile(r"https?://\S+$", re.IGNORECASE)
LONGEST_NUMBER, LONGEST_NAME, LONGEST_ADDRESS = 120, 80, 2000

Values = dict[str, Any]


def pairs(metadata: Any) -> dict[str, str]:
    """Return the metadata whose keys and values are text."""
    return {
        one["key"]: one["value"]
        for one in metadata or ()
        if isinstance(one.get("key"), str) and isinstance(one.get("value"), str)
    }


def shipments(order: Mapping[str, Any], context: Context) -> dict[str, Values]:
    """Return the parcels by the id of their fulfillment: those that left, and those that were called off.

    One that waits for approval is none yet, and vanishes again where it is not approved.
    """
    return {
        one["id"]: _shipment(one, context)
        for one in order.get("fulfillments") or ()
        if one.get("status") in (SENT, CALLED_OFF)
    }


def _shipment(one: Mapping[str, Any], context: Context) -> Values:
    meta = pairs(one.get("metadata"))
    number = (one.get("trackingNumber") or "").strip()
    address = number if WEB.match(number) else _first(meta, ADDRESS_KEYS)
    told = {
        "tracking_number": number[:LONGEST_NUMBER] if not WEB.match(number) else None,
        "tracking_url": address[:LONGEST_ADDRESS] if address and WEB.match(address) else None,
        "carrier": (_first(meta, CARRIER_KEYS) or "")[:LONGEST_NAME],
        # What is called off had left: what merely waits for approval is deleted instead.
        "shipped_at": one.get("created"),
        "lines": _lines(one),
    }
    values: Values = {"id": one["id"], "cancelled": one["status"] == CALLED_OFF}
    return values | {name: value for name, value in told.items() if value} | _arrival(meta, context)


def _arrival(meta: Mapping[str, str], context: Context) -> Values:
    """Return when a parcel arrived, or the mere mark that it did, by the first of the keys that says so."""
    for key in context.delivered_keys or DELIVERED_KEYS:
        text = meta.get(key, "").strip()
        try:
            return {"delivered_at": parse_instant(text).isoformat()}
        except ValueError:
            folded = text.casefold()
        if folded in ARRIVED or context.status_map.get(text) == "delivered":
            return {"delivered": True}
    return {}


def returns(order: Mapping[str, Any]) -> Iterator[tuple[str, str | None, list[Values]]]:
    """Yield what came back: the fulfillment that Saleor made for it, when, and which lines."""
    for one in order.get("fulfillments") or ():
        if one.get("status") in CAME_BACK:
            yield one["id"], one.get("created"), _lines(one)


def not_to_come(order: Mapping[str, Any]) -> dict[str, int]:
    """Return by line how many pieces no parcel will bring (any more): refunded, returned or sent again."""
    found: dict[str, int] = {}
    for one in order.get("fulfillments") or ():
        if one.get("status") in NO_PARCEL:
            for line in _lines(one):
                found[line["id"]] = found.get(line["id"], 0) + line["quantity"]
    return found


def _lines(one: Mapping[str, Any]) -> list[Values]:
    return [
        {"id": line["orderLine"]["id"], "quantity": 1 if line.get("quantity") is None else line["quantity"]}
        for line in one.get("lines") or ()
        if line.get("orderLine") and line.get("quantity") != 0
    ]


def payment(order: Mapping[str, Any], topic: str) -> Values:
    """Return how an order is paid, and whether it is; a refund says that it was paid."""
    names = [one.get("name") for one in order.get("transactions") or ()]
    names += [one.get("gateway") for one in order.get("payments") or ()]
    methods = [name for name in names if name]
    found: Values = {}
    if methods:
        found = {"method": methods[0][:80], "on_delivery": any(map(is_on_delivery, methods))}
    standing = (order.get("chargeStatus"), order.get("authorizeStatus"), order.get("paymentStatus"))
    if is_paid(order, topic) or {"FULL", "PARTIAL", "PARTIALLY_CHARGED"} & set(standing):
        found["paid"] = True
    elif order.get("isPaid") is False:
        found["paid"] = False
    return found


def is_paid(order: Mapping[str, Any], topic: str) -> bool:
    """Say whether the whole price was paid at some time; the older payload says it by its topic alone."""
    return (
        order.get("isPaid") is True
        or order.get("chargeStatus") in ("FULL", "OVERCHARGED")
        or order.get("paymentStatus") in ("FULLY_CHARGED", "PARTIALLY_REFUNDED", "FULLY_REFUNDED")
        or given_back(order) > 0
        or topic in ("order_fully_paid", "order_fully_refunded")
    )


def paid_at(order: Mapping[str, Any]) -> str | None:
    """Return when the last payment came in, where payments are listed one by one."""
    moments = [one.get("createdAt") for one in _events(order, "CHARGE_SUCCESS")]
    moments += [one.get("created") for one in _bookings(order, ("CAPTURE", "EXTERNAL"))]
    return max((moment for moment in moments if moment), default=None)


def given_back(order: Mapping[str, Any]) -> Decimal:
    """Return how much money went back in all, as the order says it."""
    return Decimal((order.get("totalRefunded") or {}).get("amount") or 0)


def refunds(order: Mapping[str, Any]) -> dict[str, Values] | None:
    """Return what was given back, each time by itself where payments are listed, else the sum so far.

    None where the body says nothing of money that went back.
    """
    listed = {
        one["id"]: _refund(one, one.get("createdAt"))
        for one in _events(order, "REFUND_SUCCESS")
        if one.get("amount")
    }
    listed |= {
        one["id"]: _refund(one, one.get("created"))
        for one in _bookings(order, ("REFUND", "REFUND_EXTERNAL"))
        if one.get("amount")
    }
    listed |= {
        f"fulfillment {one['id']}": _refund({"amount": {"amount": one["refunded"]}}, one.get("created"))
        for one in order.get("fulfillments") or ()
        if one.get("refunded") and Decimal(one["refunded"]) > 0
    }
    rest = given_back(order) - sum((Decimal(one["amount"]) for one in listed.values()), Decimal(0))
    if rest > 0:
        # Named by the sum, so that its date is the one at which this sum was first told.
        total = format(given_back(order).normalize(), "f")
        listed[f"up to {total}"] = {"amount": format(rest, "f")}
    return listed if listed or order.get("totalRefunded") else None


def _refund(one: Mapping[str, Any], at: str | None) -> Values:
    values: Values = {"amount": one["amount"]["amount"]}
    return values | ({"created_at": datetime.fromisoformat(at).isoformat()} if at else {})


def _events(order: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    for transaction in order.get("transactions") or ():
        yield from (one for one in transaction.get("events") or () if one.get("type") == kind)


def _bookings(order: Mapping[str, Any], kinds: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    for one in order.get("payments") or ():
        for booking in one.get("transactions") or ():
            if booking.get("isSuccess") and booking.get("kind") in kinds:
                yield booking


def _first(meta: Mapping[str, str], keys: tuple[str, ...]) -> str | None:
    return next((meta[key].strip() for key in keys if meta.get(key, "").strip()), None)
