"""What one body of a Shopify order says: the state of the order at its ``updated_at``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from vefa.facts import Fact, flatten
from vefa.fields import DATE
from vefa.platforms import Context, Personal, Reading
from vefa.platforms._shopify_schema import key_of
from vefa.platforms._shopify_shipment import refunded, shipped

PAID = ("authorized", "partially_paid", "paid", "partially_refunded", "refunded")
UNPAID = ("pending", "expired", "voided", "unpaid")
# An order as the interface answers it.
FETCHED = "order.fetched"
# Which body of one instant is the later one; an answer was given after all of them.
RANKS = {"orders/create": 0, "orders/paid": 2, "orders/fulfilled": 3, "orders/cancelled": 4, FETCHED: 5}
USUAL_RANK, DELETED_RANK = 1, 90
TYPES = {
    "orders/create": "order.placed",
    "orders/cancelled": "order.cancelled",
    "orders/paid": "order.paid",
    FETCHED: FETCHED,
}
ON_DELIVERY = (
    "cash on delivery", "cod", "kapıda ödeme", "kapida odeme", "pay on delivery", "پرداخت در محل",
)  # fmt: skip
PARTS = ("-", " -", " –", "_", " (", ":")

Values = dict[str, Any]


def subject_of(number: object) -> str:
    """Return the subject of an order's facts."""
    return f"order:shopify:{number}"


def holder_of(number: object) -> str:
    """Return the vault row of a customer."""
    return f"shopify:{number}"


def instant(value: str | None) -> datetime | None:
    """Read an instant that the schema has checked."""
    return datetime.fromisoformat(value) if value else None


class Snapshot:
    """The state of one order at its ``updated_at``."""

    def __init__(self, order: Mapping[str, Any], context: Context) -> None:
        self.order, self.context = order, context
        self.number = key_of(dict(order))
        self.at = datetime.fromisoformat(order["updated_at"])
        self.rank = RANKS.get(context.topic, USUAL_RANK)

    def reading(self) -> Reading:
        """Return the order's state as a fact, one more for each parcel and refund, and its customer."""
        kind = TYPES.get(self.context.topic, "order.updated")
        subject = subject_of(self.number)
        facts = [
            Fact(
                subject, self.context.key, kind, self.at, self.context.received_at, self.rank, self._values()
            )
        ]
        parts = ((shipped, "fulfillments"), (refunded, "refunds"))
        facts += [
            read(subject, one, self.context, self.at, inside=True)
            for read, name in parts
            for one in self.order.get(name) or ()
        ]
        person = Personal(self._holder(), self.at, 0, self._person())
        return Reading(tuple(facts), (person,))

    def _values(self) -> Values:
        order = self.order
        values = flatten(
            {
                "placed": True,
                "deleted": False,
                "number": order.get("name") or order.get("order_number") or self.number,
                "placed_at": order.get("processed_at") or order.get("created_at"),
                "cancelled_at": order.get("cancelled_at"),
                "currency": self._currency(),
                "total": money(order.get("total_price_set")) or order.get("total_price"),
                "shipping_price": money(order.get("total_shipping_price_set")),
                "payment": self._payment(),
                "customer": self._customer(),
                "ship_to": self._ship_to(),
                **({"lines": self._lines()} if self.order.get("line_items") is not None else {}),
                "promise": self._promise(),
                "tags": [tag.strip()[:100] for tag in (order.get("tags") or "").split(",") if tag.strip()][
                    :100
                ],
            }
        )
        # No payment is ever the end of one: Shopify says of a refunded order that it was paid and given back.
        if order.get("financial_status") in ("paid", "partially_refunded", "refunded"):
            values["paid"] = True
        if order.get("cancelled_at"):
            values["cancelled_by"] = "customer" if order.get("cancel_reason") == "customer" else "store"
        titles = [
            line.get("title") for line in order.get("shipping_lines") or () if not line.get("is_removed")
        ]
        if titles and titles[0]:
            values["shipping/service"] = titles[0]
        return values

    def _currency(self) -> str | None:
        shown = (self.order.get("total_price_set") or {}).get("presentment_money") or {}
        return shown.get("currency_code") or self.order.get("currency")

    def _payment(self) -> Values:
        names = self.order.get("payment_gateway_names") or ()
        status = self.order.get("financial_status")
        paid = True if status in PAID else False if status in UNPAID else None
        if paid is False and self.order.get("payment_terms"):
            paid = None  # the store gave credit: the goods leave before the money comes
        found: Values = {"on_delivery": any(map(is_on_delivery, names)), "paid": paid}
        if names:
            found["method"] = names[0]
        return found

    def _customer(self) -> Values:
        found: Values = {"holder": self._holder()}
        if self.order.get("customer_locale"):
            found["locale"] = self.order["customer_locale"]
        consent = (self.order.get("customer") or {}).get("email_marketing_consent") or {}
        if self.order.get("buyer_accepts_marketing") or consent.get("state") == "subscribed":
            found["email_marketing_consent"] = True
        elif consent.get("state") == "unsubscribed":
            found["email_marketing_consent"] = False
        return found

    def _holder(self) -> str:
        customer = self.order.get("customer")
        return holder_of(key_of(customer)) if customer else subject_of(self.number)

    def _person(self) -> Values:
        order, customer = self.order, self.order.get("customer") or {}
        place = order.get("shipping_address") or order.get("billing_address") or {}
        values = {
            "email": order.get("email") or order.get("contact_email") or customer.get("email"),
            "phone": order.get("phone") or customer.get("phone") or place.get("phone"),
            "first_name": customer.get("first_name") or place.get("first_name"),
            "last_name": customer.get("last_name") or place.get("last_name"),
        }
        return {name: value for name, value in values.items() if value}

    def _ship_to(self) -> Values:
        place = self.order.get("shipping_address") or self.order.get("billing_address") or {}
        country, province = place.get("country_code"), place.get("province_code")
        return {
            "country": country or None,
            "region": f"{country}-{province}" if country and province else None,
            "city": place.get("city"),
        }

    def _lines(self) -> list[Values]:
        listed = self.order.get("line_items") or ()
        left = [line for line in listed if line.get("current_quantity") != 0]
        # Of an order that was taken back as a whole, what was ordered is shown.
        stands = bool(left) and not self.order.get("cancelled_at")
        found = []
        for line in left if stands else listed:
            now = line.get("current_quantity") if stands else None
            product = line.get("product_id")
            found.append(
                {
                    "id": key_of(line),
                    "product_id": None if product is None else str(product),
                    "sku": line.get("sku"),
                    "title": line.get("title") or line.get("name"),
                    "quantity": line.get("quantity") if now is None else now,
                    "price": money(line.get("price_set")) or line.get("price"),
                    "requires_shipping": line.get("requires_shipping"),
                }
            )
        return found

    def _promise(self) -> Values:
        told = {one.get("name"): one.get("value") for one in self.order.get("note_attributes") or ()}
        for key in self.context.promise_keys:
            text = (told.get(key) or "")[:10]
            if DATE.match(text) and _is_date(text):
                return {"deliver_by": text, "source": "checkout"}
        return {}


def is_on_delivery(name: str | None) -> bool:
    """Say whether a payment method's name, in any of the languages, means that the courier is paid."""
    folded = " ".join((name or "").casefold().split()).replace("i̇", "i")
    return any(
        folded == word or any(folded.startswith(word + mark) for mark in PARTS) or f"({word})" in folded
        for word in ON_DELIVERY
    )


def money(amounts: Mapping[str, Any] | None) -> str | None:
    """Return the amount that the customer saw, else the shop's own."""
    shown = (amounts or {}).get("presentment_money") or (amounts or {}).get("shop_money") or {}
    amount: str | None = shown.get("amount")
    return amount


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def happened(context: Context, *told: str | None) -> datetime:
    """Return the first instant that the body tells, else when Shopify says that it happened, else the receipt."""
    known = next((instant(one) for one in told if one), None)
    return (known or context.sent_at or context.received_at).astimezone(UTC)
