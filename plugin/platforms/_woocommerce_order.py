"""What one body of a WooCommerce order says: the state of the order at its ``date_modified_gmt``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from vefa.facts import Fact, flatten
from vefa.locales.money import RIAL, ZEROS, as_unit
from vefa.platforms import Context, Personal, Reading
from vefa.platforms._woocommerce_place import region_of
from vefa.platforms._woocommerce_promise import promise_days, promise_of
from vefa.platforms._woocommerce_status import STATUS_MAP
from vefa.platforms._woocommerce_tracking import shipments_of

# Between two bodies of one second the one further along is the later one, and then the one with more parcels: some
# plugins add a tracking number without touching the order's date.
STATES = ("unknown", "placed", "paid", "shipped", "delivered", "cancelled", "refunded")
COMPLETED_RANK, DELETED_RANK, PARCELS_RANK = 450, 900, 950
MOST_RANKED = 9
LANGUAGE_KEYS = ("wpml_language", "_wpml_language", "trp_language", "_customer_locale")
FULFILLED_KEY = "_fulfillment_status"
NO_FULFILMENTS = ("", "no_fulfillments")
TRASH, DELETED = "trash", "deleted"
LARGEST_OFFSET = timedelta(hours=15)

Values = dict[str, Any]


class Snapshot:
    """The state of one order at its ``date_modified_gmt``."""

    def __init__(self, order: Mapping[str, Any], context: Context) -> None:
        self.order, self.context = order, context
        self.id = str(order["id"])
        self.at: datetime = order["date_modified_gmt"].replace(tzinfo=UTC)
        self.meta: Values = {
            str(entry["key"]): entry.get("value") for entry in order.get("meta_data") or () if "key" in entry
        }
        self.status = order["status"].removeprefix("wc-")
        self.state = {**STATUS_MAP, **context.status_map}.get(self.status, "unknown")
        self.offset = _offset(order)
        self.method: Values = next(iter(order.get("shipping_lines") or ()), {})
        self.currency = RIAL if order.get("currency") in ZEROS else order.get("currency")
        self.shipments = shipments_of(
            self.meta,
            self.offset,
            self.method.get("method_id"),
            frozenset(str(line["id"]) for line in order.get("line_items") or ()),
        )

    @property
    def elsewhere(self) -> bool:
        """Whether the order has parcels that stand not in it but in a list of their own."""
        return self.meta.get(FULFILLED_KEY) not in (None, *NO_FULFILMENTS)

    def reading(self) -> Reading:
        """Return the order's state as one fact, and its customer's fields for the vault."""
        person = Personal(self._holder(), self.at, 0, _person(self.order.get("billing") or {}))
        if self.status == TRASH:
            return Reading((self.fact(self._binned(), DELETED_RANK, self.at),), (person,))
        reread = (self.id,) if self.elsewhere else ()
        return Reading((self.fact(self._values(), self._rank(), self.at),), (person,), reread=reread)

    def completed(self) -> tuple[Fact, ...]:
        """Return when the order was completed, which WooCommerce says to the second, if it was changed since."""
        said = self.order.get("date_completed_gmt")
        if self.status != "completed" or said is None or said.replace(tzinfo=UTC) >= self.at:
            return ()
        fact = self.fact({"state": self.state}, COMPLETED_RANK, said.replace(tzinfo=UTC))
        return (replace(fact, key=f"{fact.key}#completed", type="order.updated"),)

    def fact(self, values: Values, rank: int, at: datetime) -> Fact:
        """Return a fact about the order."""
        return fact_of(self.id, self.context, values, rank, at)

    def _binned(self) -> Values:
        """Return what an order in the bin says: all but how far it had come."""
        told = {
            name: value for name, value in self._values().items() if name not in ("state", "payment/paid")
        }
        return told | {"deleted": True, "platform_status": DELETED}

    def _rank(self) -> int:
        rank = COMPLETED_RANK if self.status == "completed" else STATES.index(self.state) * 100
        return rank + min(len(self.shipments), MOST_RANKED)

    def _values(self) -> Values:
        refunds = self._refunds()
        values = flatten(
            {
                "placed": True,
                "deleted": False,
                "platform_status": self.status,
                "state": self.state,
                "number": self.order.get("number") or self.id,
                "placed_at": _instant(self.order.get("date_created_gmt")),
                "paid_at": _instant(self.order.get("date_paid_gmt")),
                "currency": self.currency,
                "total": self._money(self.order.get("total")),
                "shipping_price": self._money(self.order.get("shipping_total")),
                "payment": self._payment(),
                "customer": {"holder": self._holder(), "locale": self._locale()},
                "ship_to": self._ship_to(),
                "shipping": self._shipping(),
                "lines": self._lines(),
                "promise": promise_of(
                    self.meta, self.context.promise_keys, self.offset, self.context.country
                ),
                "shipments": self.shipments,
                "refunds": refunds,
            }
        )
        if self.shipments or not self.elsewhere:
            values["shipment_ids"] = sorted(self.shipments)
        values["refund_ids"] = sorted(refunds)
        return values

    def _money(self, amount: str | None) -> str | None:
        if amount is None:
            return None
        return format(as_unit(Decimal(amount), str(self.order.get("currency")), RIAL)[0], "f")

    def _holder(self) -> str:
        customer = self.order.get("customer_id")
        return f"woocommerce:{customer}" if customer else f"order:woocommerce:{self.id}"

    def _payment(self) -> Values:
        method = self.order.get("payment_method")
        on_delivery = method == "cod"
        unpaid = self.order.get("date_paid_gmt") is None and self.state in ("placed", "cancelled")
        return {
            "method": method,
            "on_delivery": on_delivery,
            "paid": None if self.state == "unknown" else not unpaid,
        }

    def _locale(self) -> str | None:
        return next((str(self.meta[key])[:35] for key in LANGUAGE_KEYS if self.meta.get(key)), None)

    def _ship_to(self) -> Values:
        place = self.order.get("shipping") or {}
        if not place.get("country"):
            place = self.order.get("billing") or {}
        country = place.get("country") or None
        return {
            "country": country,
            "region": region_of(country, place.get("state")),
            "city": place.get("city"),
        }

    def _shipping(self) -> Values:
        """Return how the order is sent: the method as the customer saw it, its id with that of its zone, its days."""
        method, instance = self.method.get("method_id"), self.method.get("instance_id")
        found = {
            "service": self.method.get("method_title"),
            "method": f"{method}:{instance}" if method and instance else method,
            "promise_days": promise_days(self.meta),
        }
        return {name: value for name, value in found.items() if value not in (None, "")}

    def _lines(self) -> list[Values]:
        return [
            {
                "id": line["id"],
                "product_id": line.get("product_id"),
                "sku": line.get("sku"),
                "title": line.get("name"),
                "quantity": line.get("quantity"),
                "price": self._money(line.get("price")),
            }
            for line in self.order.get("line_items") or ()
        ]

    def _refunds(self) -> Values:
        return {
            refund["id"]: {
                "amount": self._money((refund.get("total") or "0").lstrip("-")),
                "reason": refund.get("reason"),
            }
            for refund in self.order.get("refunds") or ()
        }


def fact_of(order_id: str, context: Context, values: Values, rank: int, at: datetime) -> Fact:
    """Return a fact about an order, as the event in hand tells it."""
    subject = f"order:woocommerce:{order_id}"
    return Fact(subject, context.key, context.topic, at, context.received_at, rank, values)


def deletion(order_id: str, context: Context, at: datetime | None = None) -> Reading:
    """Read a deletion; one without a date of its own happened when it was received."""
    values = {"deleted": True, "platform_status": DELETED}
    return Reading((fact_of(order_id, context, values, DELETED_RANK, at or context.received_at),))


def person_of(customer: Mapping[str, Any], context: Context) -> Reading:
    """Read a customer's own fields for the vault."""
    modified = customer.get("date_modified_gmt")
    at = modified.replace(tzinfo=UTC) if modified else context.received_at
    person = dict(customer.get("billing") or {}) | {
        name: customer[name] for name in ("email", "first_name", "last_name") if customer.get(name)
    }
    return Reading((), (Personal(f"woocommerce:{customer['id']}", at, 1, _person(person)),))


def _person(address: Mapping[str, Any]) -> Values:
    return {
        name: address[name] for name in ("email", "phone", "first_name", "last_name") if address.get(name)
    }


def _offset(order: Mapping[str, Any]) -> timedelta:
    """Return the shop's offset from UTC when the order was placed, which two fields of the order tell together."""
    local, utc = order.get("date_created"), order.get("date_created_gmt")
    found = local - utc if local and utc else timedelta()
    return found if abs(found) <= LARGEST_OFFSET else timedelta()


def _instant(value: datetime | None) -> str | None:
    return value.replace(tzinfo=UTC).isoformat() if value else None
