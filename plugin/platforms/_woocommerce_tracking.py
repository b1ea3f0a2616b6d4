"""Parcels of a WooCommerce order, as plugins for tracking numbers keep them in the order's fields.

Sources: WooCommerce Shipment Tracking and Advanced Shipment Tracking (one field for both), AfterShip, YITH Order
Tracking, Kargo Takip Türkiye, Persian WooCommerce Shipping.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from vefa.platforms._written_date import written_date

LISTS = ("_wc_shipment_tracking_items", "_aftership_tracking_items")
MOST_PARCELS = 100
NUMBERS = ("tracking_number", "ast_tracking_number")
CARRIERS = ("custom_tracking_provider", "formatted_tracking_provider", "tracking_provider", "slug")
LINKS = ("custom_tracking_link", "ast_tracking_link", "formatted_tracking_link", "tracking_link")
LONGEST_STAMP = len("9999999999")
WALL_CLOCK = "%Y-%m-%d %H:%M:%S"

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Single:
    """Fields of a plugin that knows one parcel an order; ``carrier`` is whose number it is where no field says so.

    ``shipped`` holds the shop's own time, ``eta`` the day on which the parcel should arrive.
    """

    number: str
    carrier_field: str | None = None
    carrier: str | None = None
    shipped: str | None = None
    eta: str | None = None


SINGLES = (
    Single("tracking_code", "tracking_company", None, "_kargo_takip_timestamp", "tracking_estimated_date"),
    Single("post_barcode", None, "Iran Post"),
    Single("_post_barcode", None, "Iran Post"),
    Single("ywot_tracking_code", "ywot_carrier_name"),
)


def shipments_of(
    meta: Mapping[str, Any], offset: timedelta, method: str | None, lines: frozenset[str]
) -> Values:
    """Return each parcel by its id: number, carrier as the plugin names it, address, when it left and what is inside.

    ``offset`` is that of the shop's clock from UTC; ``method`` is the shipping method's id; ``lines`` are the ids of
    the order's lines.
    """
    found: Values = {}
    numbers: set[str] = set()
    for identity, shipment in (*_listed(meta, lines), *_single(meta, offset, method)):
        if shipment["tracking_number"] not in numbers and len(found) < MOST_PARCELS:
            numbers.add(shipment["tracking_number"])
            found[identity] = {name: value for name, value in shipment.items() if value}
    return found


def _listed(meta: Mapping[str, Any], lines: frozenset[str]) -> Iterator[tuple[str, Values]]:
    for key in LISTS:
        items = meta.get(key)
        # A list from which PHP took an item arrives as an object with numbers for names.
        for item in (
            items.values() if isinstance(items, Mapping) else items if isinstance(items, list) else ()
        ):
            number = first(item, NUMBERS, 120) if isinstance(item, Mapping) else ""
            if number:
                yield (
                    first(item, ("tracking_id",), 200) or number,
                    {
                        "tracking_number": number,
                        "carrier": first(item, CARRIERS, 80),
                        "tracking_url": first(item, LINKS, 2000),
                        "shipped_at": _unix(item.get("date_shipped")),
                        "lines": _inside(item.get("products_list"), lines),
                    },
                )


def _single(meta: Mapping[str, Any], offset: timedelta, method: str | None) -> Iterator[tuple[str, Values]]:
    for one in SINGLES:
        number = first(meta, (one.number,), 120)
        if not number:
            continue
        eta = written_date(meta.get(one.eta)) if one.eta else None
        told = first(meta, (one.carrier_field,), 80) if one.carrier_field else ""
        # One plugin registers parcels of Tipax in the same field.
        usual = "Tipax" if one.carrier and "tipax" in (method or "").lower() else one.carrier
        yield (
            number,
            {
                "tracking_number": number,
                "carrier": told or usual,
                "shipped_at": _wall(meta.get(one.shipped), offset) if one.shipped else None,
                "carrier_eta": eta.isoformat() if eta else None,
            },
        )


def first(item: Mapping[str, Any], names: tuple[str, ...], longest: int) -> str:
    """Return the first field that holds a text, without zero characters, which no database keeps."""
    found = (item.get(name) for name in names)
    texts = (str(one).replace("\x00", "").strip() for one in found if isinstance(one, str | int))
    return next((text[:longest] for text in texts if text), "")


def _inside(products: object, lines: frozenset[str]) -> list[Values]:
    """Return what a parcel holds, if every one of its products is a line of the order."""
    if not isinstance(products, list) or not all(isinstance(one, Mapping) for one in products):
        return []
    found = [
        {"id": str(one.get("item_id")), "quantity": int(quantity)}
        for one in products
        if (quantity := str(one.get("qty"))).isdecimal() and len(quantity) < 7
    ]
    return found if found and all(one["id"] in lines for one in found) and len(found) == len(products) else []


def _unix(value: object) -> str | None:
    text = str(value)
    if not (text.isascii() and text.isdecimal()) or len(text) > LONGEST_STAMP:
        return None
    return datetime.fromtimestamp(int(text), UTC).isoformat()


def _wall(value: object, offset: timedelta) -> str | None:
    try:
        local = datetime.strptime(str(value), WALL_CLOCK)  # noqa: DTZ007 - the shop's clock, made UTC below
        return (local - offset).replace(tzinfo=UTC).isoformat()
    except (ValueError, OverflowError):
        return None
