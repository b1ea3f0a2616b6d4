"""What one body of a WooCommerce order says: the state of the order at its ``date_modified_gmt``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from vefa.facts import Fact, flatten
from vefa.platforms import Context, Personal, Reading
from vefa.platforms._fields import DATE

STATUS_MAP = {
    "auto-draft": "placed",
    "checkout-draft": "placed",
    "pending": "placed",
    "on-hold": "placed",
    "failed": "placed",
    "processing": "paid",
    "shipped": "shipped",
    "completed": "shipped",
    "delivered": "delivered",
    "cancelled": "cancelled",
    "refunded": "refunded",
}
# Between two bodies of one second the one further along is the later one.
STATES = ("unknown", "placed", "paid", "shipped", "delivered", "cancelled", "refunded")
COMPLETED_RANK, DELETED_RANK = 45, 90
LANGUAGE_KEYS = ("wpml_language", "_wpml_language", "trp_language", "_customer_locale")
TRACKING_KEY = "_wc_shipment_tracking_items"

Values = dict[str, Any]


class Snapshot:
    """The state of one order at its ``date_modified_gmt``."""

    def __init__(self, order: Mapping[str, Any], context: Context) -> None:
        self.order, self.context = order, context
        self.at: datetime = order["date_modified_gmt"].replace(tzinfo=UTC)
        self.meta: Values = {
            str(entry["key"]): entry.get("value") for entry in order.get("meta_data") or () if "key" in entry
        }
        status = order["status"].removeprefix("wc-")
        self.status = status
        self.state = {**STATUS_MAP, **context.status_map}.get(status, "unknown")
        self.rank = COMPLETED_RANK if status == "completed" else STATES.index(self.state) * 10

    def reading(self) -> Reading:
        """Return the order's state as one fact, and its customer's fields for the vault."""
        order_id = self.order["id"]
        values = flatten(
            {
                "placed": True,
                "deleted": False,
                "platform_status": self.status,
                "state": self.state,
                "number": self.order.get("number") or order_id,
                "placed_at": _instant(self.order.get("date_created_gmt")),
                "paid_at": _instant(self.order.get("date_paid_gmt")),
                "currency": self.order.get("currency"),
                "total": self.order.get("total"),
                "shipping_price": self.order.get("shipping_total"),
                "payment": self._payment(),
                "customer": {"holder": self._holder(), "locale": self._locale()},
                "ship_to": self._ship_to(),
                "lines": self._lines(),
                "promise": self._promise(),
                "shipments": self._shipments(),
                "refunds": self._refunds(),
            }
        )
        values["shipment_ids"] = sorted(self._shipments())
        values["refund_ids"] = sorted(self._refunds())
        if service := next(
            (line.get("method_title") for line in self.order.get("shipping_lines") or ()), None
        ):
            values["shipping/service"] = service
        fact = Fact(
            f"order:woocommerce:{order_id}",
            self.context.key,
            self.context.topic,
            self.at,
            self.context.received_at,
            self.rank,
            values,
        )
        person = Personal(self._holder(), self.at, 0, _person(self.order.get("billing") or {}))
        return Reading((fact,), (person,))

    def _holder(self) -> str:
        customer = self.order.get("customer_id")
        return f"woocommerce:{customer}" if customer else f"order:woocommerce:{self.order['id']}"

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
        return {
            "country": place.get("country") or None,
            "region": place.get("state"),
            "city": place.get("city"),
        }

    def _lines(self) -> list[Values]:
        return [
            {
                "id": line["id"],
                "product_id": line.get("product_id"),
                "sku": line.get("sku"),
                "title": line.get("name"),
                "quantity": line.get("quantity"),
                "price": line.get("price"),
            }
            for line in self.order.get("line_items") or ()
        ]

    def _promise(self) -> Values:
        for key in self.context.promise_keys:
            value = self.meta.get(key)
            if isinstance(value, str) and DATE.match(value[:10]) and _is_date(value[:10]):
                return {"deliver_by": value[:10], "source": "checkout"}
        return {}

    def _shipments(self) -> Values:
        found: Values = {}
        items = self.meta.get(TRACKING_KEY)
        for item in items if isinstance(items, list) else ():
            number = str(item.get("tracking_number") or "")[:120] if isinstance(item, Mapping) else ""
            if not number:
                continue
            shipment: Values = {
                "tracking_number": number,
                "carrier": str(item.get("custom_tracking_provider") or item.get("tracking_provider") or "")[
                    :80
                ],
            }
            if link := item.get("custom_tracking_link"):
                shipment["tracking_url"] = str(link)[:2000]
            if shipped := _unix(item.get("date_shipped")):
                shipment["shipped_at"] = shipped
            found[str(item.get("tracking_id") or number)[:200]] = shipment
        return found

    def _refunds(self) -> Values:
        return {
            refund["id"]: {"amount": (refund.get("total") or "0").lstrip("-"), "reason": refund.get("reason")}
            for refund in self.order.get("refunds") or ()
        }


def deletion(order_id: str, context: Context) -> Reading:
    """Read a deletion, which has no date of its own and so happened when it was received."""
    values = {"deleted": True, "platform_status": "deleted"}
    return Reading(
        (
            Fact(
                f"order:woocommerce:{order_id}",
                context.key,
                context.topic,
                context.received_at,
                context.received_at,
                DELETED_RANK,
                values,
            ),
        )
    )


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


def _instant(value: datetime | None) -> str | None:
    return value.replace(tzinfo=UTC).isoformat() if value else None


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _unix(value: object) -> str | None:
    text = str(value)
    if not text.isdecimal() or len(text) > len("9999999999"):
        return None
    return datetime.fromtimestamp(int(text), UTC).isoformat()
