"""What one body about a Saleor order says: the order as it stood when the event was issued, or when it was asked for.

An event is stamped with its ``issuedAt``, since the order's ``updatedAt`` stays behind: a tracking number or a
parcel's metadata do not move it. What was asked for is stamped with ``updatedAt``, its parts with their own dates,
and what may have changed since without a trace with the instant of asking.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from vefa.facts import Fact, flatten
from vefa.fields import DATE
from vefa.platforms import Context, Personal, Reading
from vefa.platforms import _saleor_parts as parts
from vefa.platforms._saleor_schema import decoded

FETCHED, UNDER_WAY, PARCEL = "order.fetched", "fulfillments.fetched", "shipment.fetched"
STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "DRAFT": "placed",
        "UNCONFIRMED": "placed",
        "UNFULFILLED": "placed",
        "PARTIALLY_FULFILLED": "placed",
        "FULFILLED": "shipped",
        "PARTIALLY_RETURNED": "shipped",
        # What came back has been there.
        "RETURNED": "delivered",
        "CANCELED": "cancelled",
        "EXPIRED": "cancelled",
    }
)
TOLD_OF = timedelta(days=60)
AREA = re.compile(r"[A-Z0-9]{1,3}")
TYPES = {"order_created": "order.placed", "order_cancelled": "order.cancelled"}

Values = dict[str, Any]


def subject_of(number: str) -> str:
    """Return the subject of an order's facts."""
    return f"order:saleor:{number}"


class Snapshot:
    """One order as a body tells it; ``issued_at`` is when the event was issued, or None."""

    def __init__(self, order: Mapping[str, Any], context: Context, issued_at: datetime | None) -> None:
        self.order, self.context = order, context
        self.subject = subject_of(order["id"])
        self.asked = context.topic in (FETCHED, UNDER_WAY)
        changed = _instant(order.get("updatedAt"))
        self.at = (changed if self.asked else issued_at) or issued_at or context.received_at

    def reading(self) -> Reading:
        """Return the order's state and what came back as facts, and its customer."""
        shipments = parts.shipments(self.order, self.context)
        if self.context.topic == UNDER_WAY:
            # An order that was changed longer ago may never have been told of as a whole.
            known = self.context.received_at - self.at < TOLD_OF
            return Reading(tuple(self._asked(shipments)) if known else ())
        kind = FETCHED if self.asked else TYPES.get(self.context.topic, "order.updated")
        values = self._values() | ({} if self.asked else flatten({"shipments": shipments}))
        facts = [self._fact("", kind, self.at, values), *self._returned()]
        person = Personal(self._holder(), self.at, 0, self._person())
        return Reading((*facts, *(self._asked(shipments) if self.asked else ())), (person,))

    def _fact(self, part: str, kind: str, at: datetime, values: Values) -> Fact:
        key = f"{self.context.key}#{part}" if part else self.context.key
        return Fact(self.subject, key, kind, at, self.context.received_at, 0, values)

    def _asked(self, shipments: Mapping[str, Values]) -> list[Fact]:
        """Return the parcels of an answer: each as of its own dates, and as all of them stand by now."""
        if not shipments:
            return []
        facts = []
        for name, values in shipments.items():
            for moment in ("shipped_at", "delivered_at"):
                at = _instant(values.get(moment))
                if at and at <= self.context.received_at:
                    told = flatten({"shipments": {name: {"id": name, moment: values[moment]}}})
                    facts.append(self._fact(f"{moment}:{name}", PARCEL, at, told))
        now = flatten({"shipments": dict(shipments)})
        return [*facts, self._fact("parcels", PARCEL, self.context.received_at, now)]

    def _returned(self) -> list[Fact]:
        facts = []
        for name, at, lines in parts.returns(self.order):
            told = flatten({"returns": {name: {"id": name, "state": "received", "lines": lines}}})
            facts.append(self._fact(f"return:{name}", "return.received", _instant(at) or self.at, told))
        return facts

    def _values(self) -> Values:
        order, status = self.order, self.order.get("status")
        told = {
            "placed": status != "DRAFT",
            "deleted": False,
            "platform_status": status,
            "state": status and {**STATUSES, **self.context.status_map}.get(status, "unknown"),
            "number": order.get("number") or order["id"],
            "placed_at": order.get("created"),
            "paid_at": parts.paid_at(order) if parts.is_paid(order, self.context.topic) else None,
            "currency": self._currency(),
            "total": _gross(order.get("total")),
            "shipping_price": _gross(order.get("shippingPrice")),
            "payment": parts.payment(order, self.context.topic),
            "customer": self._customer(),
            "ship_to": self._ship_to(),
            "lines": self._lines(),
            "promise": self._promise(),
            "shipping": self._shipping(),
        }
        values = flatten({name: value for name, value in told.items() if value is not None})
        if parts.is_paid(order, self.context.topic):
            values["paid"] = True
        refunds = parts.refunds(order)
        if refunds is not None:
            values |= flatten({"refunds": refunds}) | {"refund_ids": sorted(refunds)}
        return values

    def _currency(self) -> str | None:
        gross = (self.order.get("total") or {}).get("gross") or {}
        return gross.get("currency") or (self.order.get("channel") or {}).get("currencyCode")

    def _shipping(self) -> Values | None:
        name = self.order.get("shippingMethodName") or (self.order.get("deliveryMethod") or {}).get("name")
        return {"service": name} if name else None

    def _holder(self) -> str:
        """Return the customer's vault row; the account that ordered may be the staff's, for somebody else."""
        user, email = self.order.get("user") or {}, self.order.get("userEmail")
        own = user.get("id") and email and (user.get("email") or "").casefold() == email.casefold()
        return f"saleor:{user['id']}" if own else self.subject

    def _customer(self) -> Values:
        found: Values = {"holder": self._holder()}
        if self.order.get("languageCodeEnum"):
            found["locale"] = locale_of(self.order["languageCodeEnum"])
        return found

    def _person(self) -> Values:
        place = self.order.get("shippingAddress") or self.order.get("billingAddress") or {}
        values = {
            "email": self.order.get("userEmail"),
            "phone": place.get("phone"),
            "first_name": place.get("firstName"),
            "last_name": place.get("lastName"),
        }
        return {name: value for name, value in values.items() if value}

    def _ship_to(self) -> Values | None:
        place = self.order.get("shippingAddress") or self.order.get("billingAddress")
        if not place:
            return None
        country = (place.get("country") or {}).get("code") or None
        area = (place.get("countryArea") or "").strip().upper()
        found: Values = {"country": country, "city": place.get("city") or None}
        if country and AREA.fullmatch(area):
            found["region"] = f"{country}-{area}"
        return found

    def _lines(self) -> list[Values] | None:
        """Return the lines that are still to be had; of an order that came to nothing, what was ordered."""
        listed = self.order.get("lines")
        if listed is None:
            return None
        gone = parts.not_to_come(self.order)
        left = [line for line in listed if _quantity(line) > gone.get(line["id"], 0)]
        return [
            {
                "id": line["id"],
                "product_id": line.get("productVariantId"),
                "sku": line.get("productSku"),
                "title": _title(line),
                "quantity": _quantity(line) - (gone.get(line["id"], 0) if left else 0),
                "price": _gross(line.get("unitPrice")),
                "requires_shipping": line.get("isShippingRequired"),
            }
            for line in left or listed
        ]

    def _promise(self) -> Values | None:
        method = self.order.get("deliveryMethod") or {}
        for metadata in (self.order.get("metadata"), method.get("metadata")):
            told = parts.pairs(metadata)
            for key in self.context.promise_keys:
                if day := _day(told.get(key, "").strip()[:10]):
                    return {"deliver_by": day.isoformat(), "source": "checkout"}
        created, longest = _instant(self.order.get("created")), method.get("maximumDeliveryDays")
        if created is None or longest is None:
            return None
        day = (created.astimezone(ZoneInfo(self.context.timezone)) + timedelta(days=longest)).date()
        return {"deliver_by": day.isoformat(), "source": "store"}


def locale_of(code: str) -> str:
    """Return ``FA_IR`` as ``fa-IR``."""
    language, *more = code.split("_")
    return "-".join([language.lower(), *(part.upper() if len(part) == 2 else part.title() for part in more)])


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if DATE.match(text) else None
    except ValueError:
        return None


def _quantity(line: Mapping[str, Any]) -> int:
    return 1 if line.get("quantity") is None else int(line["quantity"])


def _title(line: Mapping[str, Any]) -> str | None:
    name, variant = line.get("productName"), line.get("variantName")
    # A variant without a name of its own is given its id for one.
    shown = variant if variant and not decoded(variant).startswith("ProductVariant:") else None
    return f"{name} ({shown})"[:500] if name and shown else name


def _gross(taxed: Mapping[str, Any] | None) -> str | None:
    amount: str | None = ((taxed or {}).get("gross") or {}).get("amount")
    return amount
