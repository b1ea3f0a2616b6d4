"""Parcels as WooCommerce's own fulfilments tell them, which only a question to the store's interface brings.

Source: WooCommerce's ``GET /wc/v3/orders/{id}/fulfillments``. The answer is kept with the order it was asked for, so
that one body says which parcels there are, those of plugins' fields included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import fields, validate

from vefa.facts import Fact, flatten
from vefa.fields import Text, parse_instant
from vefa.platforms._standard_schema import identity, part
from vefa.platforms._woocommerce_order import PARCELS_RANK, Snapshot
from vefa.platforms._woocommerce_tracking import first

LISTED = "fulfillments"
MOST_LINES = 1000
Fulfilment = part(
    id=identity(),
    is_fulfilled=fields.Raw(allow_none=True),
    date_updated=Text(40),
    date_deleted=Text(40),
    meta_data=fields.List(fields.Dict(), allow_none=True, validate=validate.Length(max=200)),
)
Answered = part(
    fulfillments=fields.List(fields.Nested(Fulfilment), required=True, validate=validate.Length(max=200))
)()
PROVIDERS = ("_provider_name", "_shipping_provider", "_shipment_provider")
NO = (None, False, 0, "", "0")

Values = dict[str, Any]


def parcels_of(snapshot: Snapshot, fulfilments: Iterable[Mapping[str, Any]]) -> Fact:
    """Return the fact that says which parcels an order has, as of the last change of any of them."""
    stamps, shipments = [snapshot.at], dict(snapshot.shipments)
    for one in fulfilments:
        stamps.append(_instant(one.get("date_updated")) or snapshot.at)
        if not one.get("date_deleted"):
            shipments[f"fulfilment-{one['id']}"] = _shipment(one)
    values = flatten({"shipments": shipments})
    values["shipment_ids"] = sorted(shipments)
    at = max(stamp for stamp in stamps if stamp <= max(snapshot.context.received_at, snapshot.at))
    return snapshot.fact(values, PARCELS_RANK, at)


def _shipment(one: Mapping[str, Any]) -> Values:
    meta = {str(entry.get("key")): entry.get("value") for entry in one.get("meta_data") or ()}
    left = _instant(meta.get("_date_fulfilled")) or _instant(one.get("date_updated"))
    found = {
        "tracking_number": first(meta, ("_tracking_number",), 120),
        "carrier": first(meta, PROVIDERS, 80),
        "tracking_url": first(meta, ("_tracking_url",), 2000),
        "shipped_at": left.isoformat() if left and one.get("is_fulfilled") not in NO else None,
        "lines": _lines(meta.get("_items")),
    }
    # A parcel that is only being prepared may have nothing yet; an object without a value would say nothing at all.
    return {name: value for name, value in found.items() if value} or {"lines": []}


def _lines(items: object) -> list[Values]:
    return [
        {"id": str(one.get("item_id")), "quantity": int(str(one.get("qty")))}
        for one in (items if isinstance(items, list) else ())[:MOST_LINES]
        if isinstance(one, Mapping) and str(one.get("qty")).isdecimal() and len(str(one.get("qty"))) < 7
    ]


def _instant(value: object) -> datetime | None:
    """Read an instant; one without an offset is in UTC, as WooCommerce keeps it."""
    text = str(value or "")[:40].replace(" ", "T")
    for written in (text, f"{text}Z"):
        try:
            return parse_instant(written).astimezone(UTC)
        except ValueError:
            continue
    return None
