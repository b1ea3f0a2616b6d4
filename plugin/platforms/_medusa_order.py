"""What one body about a Medusa order says: its state, and one fact more for each part with dates of its own.

An order's ``updated_at`` does not move when its payment is captured or its parcel is called off, so what payments,
parcels and returns say is stamped with their own dates. The status stays ``pending`` until somebody completes the
order, even when everything has arrived: it is kept and shown, and says nothing of where the goods are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from vefa.facts import Fact, flatten
from vefa.fields import DATE
from vefa.platforms import Context, Personal, Reading
from vefa.platforms._medusa_parts import HIGHEST_RANK, Parts, whole
from vefa.platforms._medusa_topics import FETCHED

TYPES = {"order.placed": "order.placed", "order.canceled": "order.cancelled", FETCHED: FETCHED}

Values = dict[str, Any]


def subject_of(number: str) -> str:
    """Return the subject of an order's facts."""
    return f"order:medusa:{number}"


def holder_of(number: str) -> str:
    """Return the vault row of a customer."""
    return f"medusa:{number}"


def person_of(person: Mapping[str, Any]) -> Values:
    """Return the personal fields that are known."""
    return {name: person[name] for name in ("email", "phone", "first_name", "last_name") if person.get(name)}


class Snapshot:
    """The state of one order at its ``updated_at``."""

    def __init__(self, order: Mapping[str, Any], context: Context) -> None:
        self.order, self.context = order, context
        self.at = datetime.fromisoformat(order["updated_at"])
        self.subject = subject_of(order["id"])

    def reading(self) -> Reading:
        """Return the order's state as a fact, one more for each part of it, and its customer."""
        kind = TYPES.get(self.context.topic, "order.updated")
        rank = min(self.order.get("version") or 0, HIGHEST_RANK)
        received = self.context.received_at
        fact = Fact(self.subject, self.context.key, kind, self.at, received, rank, self._values())
        parts = Parts(self.subject, self.at, self.context)
        person = Personal(self._holder(), self.at, 0, self._person())
        return Reading((fact, *parts.of(self.order)), (person,))

    def _values(self) -> Values:
        order = self.order
        values = flatten(
            {
                "placed": not order.get("is_draft_order"),
                "deleted": bool(order.get("deleted_at")),
                "platform_status": order.get("status"),
                "number": order.get("custom_display_id") or order.get("display_id") or order["id"],
                "placed_at": order.get("created_at"),
                "cancelled_at": order.get("canceled_at"),
                "currency": (order.get("currency_code") or "").upper() or None,
                "total": self._total(),
                "shipping_price": order.get("shipping_total"),
                "customer": {"holder": self._holder()},
                "ship_to": self._ship_to(),
                "lines": self._lines(),
                "promise": self._promise(),
            }
        )
        if order.get("locale"):
            values["customer/locale"] = order["locale"]
        if service := next((one.get("name") for one in order.get("shipping_methods") or ()), None):
            values["shipping/service"] = service
        return values

    def _total(self) -> str | None:
        """Return what was ordered; money given back stands in credit lines, which lower the total."""
        total, credit = self.order.get("total"), Decimal(self.order.get("credit_line_total") or 0)
        if total is None or not credit:
            return total
        return format(Decimal(total) + credit, "f")

    def _holder(self) -> str:
        customer = self.order.get("customer_id") or (self.order.get("customer") or {}).get("id")
        return holder_of(customer) if customer else self.subject

    def _person(self) -> Values:
        order, customer = self.order, self.order.get("customer") or {}
        place = order.get("shipping_address") or order.get("billing_address") or {}
        return person_of(
            {
                "email": order.get("email") or customer.get("email"),
                "phone": customer.get("phone") or place.get("phone"),
                "first_name": customer.get("first_name") or place.get("first_name"),
                "last_name": customer.get("last_name") or place.get("last_name"),
            }
        )

    def _ship_to(self) -> Values:
        place = self.order.get("shipping_address") or self.order.get("billing_address") or {}
        country = (place.get("country_code") or "").upper()
        region = (place.get("province") or "").upper()
        return {
            "country": country or None,
            "region": region if country and region.startswith(f"{country}-") else None,
            "city": place.get("city"),
        }

    def _lines(self) -> list[Values]:
        return [
            {
                "id": line["id"],
                "product_id": line.get("product_id"),
                "sku": line.get("variant_sku"),
                "title": line.get("product_title") or line.get("title"),
                "quantity": whole(line.get("quantity")),
                "price": line.get("unit_price"),
                "requires_shipping": line.get("requires_shipping"),
            }
            for line in self.order.get("items") or ()
            if line.get("quantity") != 0
        ]

    def _promise(self) -> Values:
        for known in self._metadata():
            for key in self.context.promise_keys:
                text = str(known.get(key) or "")[:10]
                if DATE.match(text) and _is_date(text):
                    return {"deliver_by": text, "source": "checkout"}
        return {}

    def _metadata(self) -> Iterator[Mapping[str, Any]]:
        yield self.order.get("metadata") or {}
        for method in self.order.get("shipping_methods") or ():
            yield method.get("metadata") or {}


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
