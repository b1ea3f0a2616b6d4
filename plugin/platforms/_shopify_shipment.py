"""What Shopify says of parcels and refunds, alone or inside an order: facts with their own dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from vefa.facts import Fact, flatten
from vefa.platforms import Context
from vefa.platforms._shopify_schema import key_of

# Which of Shopify's words is which of Vefa's; the others say nothing of where the parcel is.
SCANS = {
    "label_purchased": "label_created",
    "label_printed": "label_created",
    "confirmed": "label_created",
    "carrier_picked_up": "in_transit",
    "in_transit": "in_transit",
    "delayed": "exception",
    "out_for_delivery": "out_for_delivery",
    "attempted_delivery": "attempted",
    "ready_for_pickup": "available_for_pickup",
    "ready_for_recipient_pickup": "available_for_pickup",
    "buyer_action_required": "exception",
    "failure": "exception",
    "returning_to_sender": "returning",
}
ARRIVED = ("delivered", "picked_up")
MOVING = ("in_transit", "out_for_delivery", "attempted", "available_for_pickup")
CALLED_OFF = ("cancelled", "error", "failure")
# Of what happened in one second, the one further along is the later one.
RANKS = {status: rank for rank, status in enumerate((*SCANS, *ARRIVED), 10)}

Values = dict[str, Any]


def shipped(
    subject: str, document: Mapping[str, Any], context: Context, fallback: datetime, *, inside: bool = False
) -> Fact:
    """Read a fulfillment, stamped with its own date; ``inside``: it stands in a body about the order."""
    identity = key_of(dict(document))
    status = document.get("status")
    values: Values = {"id": identity, "cancelled": status in CALLED_OFF}
    lines = [
        {"id": key_of(line), "quantity": line.get("quantity")}
        for line in document.get("line_items") or ()
        if line.get("quantity") != 0
    ]
    told = {
        "carrier": document.get("tracking_company"),
        "tracking_number": document.get("tracking_number"),
        "tracking_url": document.get("tracking_url"),
        "lines": lines,
        "shipped_at": document.get("created_at") if status == "success" else None,
    }
    values |= {name: value for name, value in told.items() if value}
    if document.get("shipment_status") in ARRIVED:
        values["delivered"] = True
    at = document.get("updated_at") or document.get("created_at")
    kind = "shipment.cancelled" if values["cancelled"] else "shipment.created"
    return Fact(
        subject,
        f"{context.key}#shipment:{identity}" if inside else context.key,
        "shipment.shipped" if "shipped_at" in values else kind,
        datetime.fromisoformat(at) if at else fallback,
        context.received_at,
        1,
        flatten({"shipments": {identity: values}}),
    )


def refunded(
    subject: str, document: Mapping[str, Any], context: Context, fallback: datetime, *, inside: bool = False
) -> Fact:
    """Read a refund: the money that really went back, which may be none where goods were only taken off."""
    identity = key_of(dict(document))
    amounts = [
        Decimal(one["amount"])
        for one in document.get("transactions") or ()
        if one.get("kind") == "refund" and one.get("status") == "success" and one.get("amount")
    ]
    at = document.get("processed_at") or document.get("created_at")
    when = datetime.fromisoformat(at) if at else fallback
    values = {"amount": format(sum(amounts, Decimal(0)), "f"), "created_at": when.isoformat()}
    return Fact(
        subject,
        f"{context.key}#refund:{identity}" if inside else context.key,
        "refund.created",
        when,
        context.received_at,
        len(amounts),
        flatten({"refunds": {identity: values}}),
    )


def carried(subject: str, document: Mapping[str, Any], context: Context, at: datetime) -> Fact:
    """Read what the carrier says of a parcel; a word that is not known says only that there is news."""
    status = document["status"]
    values: Values = {"id": str(document["fulfillment_id"])}
    kind = "shipment.scanned"
    if status in ARRIVED:
        values["delivered_at"] = at.isoformat()
        kind = "shipment.delivered"
    elif status in SCANS:
        scan = SCANS[status]
        values["scan"] = {"status": scan, "at": at.isoformat()}
        if scan in MOVING:
            values |= {"moving": True, "moving_at": at.isoformat()}
    if document.get("estimated_delivery_at"):
        values["carrier_eta"] = document["estimated_delivery_at"]
    rank = RANKS.get(status, 0)
    paths = flatten({"shipments": {values["id"]: values}})
    return Fact(subject, context.key, kind, at, context.received_at, rank, paths)


def taken_back(subject: str, document: Mapping[str, Any], context: Context, at: datetime) -> Fact | None:
    """Read that the merchant deleted a carrier's word; only an arrival is undone by it."""
    if document["status"] not in ARRIVED:
        return None
    identity = str(document["fulfillment_id"])
    paths = flatten({"shipments": {identity: {"delivered_at": None, "delivered": False}}})
    return Fact(subject, context.key, "shipment.scanned", at, context.received_at, len(RANKS) + 10, paths)
