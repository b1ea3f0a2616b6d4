"""WooCommerce: an order's state at the time of delivery, signed with the webhook's secret.

The sender never retries, repeats itself, and sends the state rather than what happened; so a body is stamped with
the order's own ``date_modified_gmt``, and when a status was entered is found by folding the kept bodies.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from vefa.errors import SignatureError, UnreadableError
from vefa.facts import Fact, flatten
from vefa.platforms import Context, Identity, Incoming, Personal, Reading
from vefa.platforms._fields import DATE, Amount, Text, parse_object
from vefa.platforms._standard_schema import identity, many, nested, part

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
COMPLETED_RANK, DELETED_RANK = 60, 90
PING = re.compile(rb"webhook_id=\d{1,20}")
FORM = "application/x-www-form-urlencoded"
LANGUAGE_KEYS = ("wpml_language", "_wpml_language", "trp_language", "_customer_locale")
TRACKING_KEY = "_wc_shipment_tracking_items"

Values = dict[str, Any]

Address = part(
    first_name=Text(150), last_name=Text(150), email=Text(320), phone=Text(60), country=Text(3), state=Text(60),
    city=Text(150), postcode=Text(30),
)  # fmt: skip
Item = part(
    id=identity(),
    name=Text(1000),
    product_id=Text(),
    sku=Text(),
    quantity=fields.Float(allow_none=True),
    price=Amount(allow_none=True),
)
Order = part(
    id=identity(),
    status=Text(60, required=True),
    number=Text(80),
    currency=Text(10),
    total=Amount(allow_none=True),
    shipping_total=Amount(allow_none=True),
    customer_id=fields.Integer(allow_none=True),
    billing=nested(Address),
    shipping=nested(Address),
    payment_method=Text(80),
    date_created_gmt=fields.NaiveDateTime(allow_none=True),
    date_modified_gmt=fields.NaiveDateTime(required=True),
    date_paid_gmt=fields.NaiveDateTime(allow_none=True),
    meta_data=fields.List(fields.Dict(), allow_none=True, validate=validate.Length(max=2000)),
    line_items=many(Item, 1000),
    shipping_lines=many(part(method_title=Text(300)), 50),
    refunds=many(part(id=identity(), total=Amount(allow_none=True), reason=Text(1000)), 500),
)()
Customer = part(
    id=identity(), email=Text(320), first_name=Text(150), last_name=Text(150), billing=nested(Address),
    date_modified_gmt=fields.NaiveDateTime(allow_none=True),
)()  # fmt: skip
Deletion = part(id=identity())()


class WooCommerce:
    """WooCommerce's order and customer topics, its ping, and deletions."""

    name = "woocommerce"

    def is_ping(self, incoming: Incoming) -> bool:
        """Say whether this is the unsigned form that WooCommerce posts when a webhook is saved."""
        kind = incoming.headers.get("content-type", "").partition(";")[0].strip().lower()
        unsigned = "x-wc-webhook-signature" not in incoming.headers
        return unsigned and kind == FORM and PING.fullmatch(incoming.body) is not None

    def verify(self, incoming: Incoming, secrets: Sequence[str], now: datetime) -> None:  # noqa: ARG002
        """Check ``X-WC-Webhook-Signature``, the base64 HMAC-SHA256 of the raw body.

        The scheme has no timestamp. Source: WooCommerce's class-wc-webhook.php. Raises ``SignatureError``.
        """
        given = incoming.headers.get("x-wc-webhook-signature", "").encode("latin-1", "replace")
        expected = [base64.b64encode(hmac.digest(secret.encode(), incoming.body, "sha256")) for secret in secrets]
        if not any([hmac.compare_digest(one, given) for one in expected]):  # noqa: C419
            raise SignatureError("The signature does not fit the body.")

    def identify(self, incoming: Incoming, received_at: datetime) -> Identity:
        """Name the event by topic, object, the object's own date and the body's digest.

        A body without a date of its own (deletion, action topic) is never the repetition of another one, so the
        instant of receipt belongs to its name. The delivery id is no identity: it repeats within a second.
        """
        topic = incoming.headers.get("x-wc-webhook-topic", "unknown")[:100]
        digest = hashlib.sha256(incoming.body).hexdigest()[:32]
        try:
            document = parse_object(incoming.body)
        except UnreadableError:
            document = {}
        number = str(document.get("id", document.get("arg", "")))[:60]
        dated = document.get("date_modified_gmt")
        when = dated[:40] if isinstance(dated, str) else received_at.isoformat()
        return Identity(f"woocommerce:{topic}:{number}:{when}:{digest}", topic)

    def read(self, body: bytes, context: Context) -> Reading:
        """Read an order, a deletion or a customer; other topics are counted.

        Raises ``UnreadableError`` that names the field at fault.
        """
        resource, _, event = context.topic.partition(".")
        document = parse_object(body)
        try:
            if resource == "order" and event == "deleted":
                return _deletion(Deletion.load(document)["id"], context)
            if resource == "order":
                return _Snapshot(Order.load(document), context).reading()
            if resource == "customer" and event != "deleted":
                return _customer(Customer.load(document), context)
        except ValidationError as error:
            name, said = next(iter(error.messages_dict.items()))
            raise UnreadableError(f"The {resource} cannot be read: {name}: {said}") from error
        return Reading()


class _Snapshot:
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
        if service := next((line.get("method_title") for line in self.order.get("shipping_lines") or ()), None):
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
        return {"method": method, "on_delivery": on_delivery, "paid": None if self.state == "unknown" else not unpaid}

    def _locale(self) -> str | None:
        return next((str(self.meta[key])[:35] for key in LANGUAGE_KEYS if self.meta.get(key)), None)

    def _ship_to(self) -> Values:
        place = self.order.get("shipping") or {}
        if not place.get("country"):
            place = self.order.get("billing") or {}
        return {"country": place.get("country") or None, "region": place.get("state"), "city": place.get("city")}

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
                "carrier": str(item.get("custom_tracking_provider") or item.get("tracking_provider") or "")[:80],
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


def _deletion(order_id: str, context: Context) -> Reading:
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


def _customer(customer: Mapping[str, Any], context: Context) -> Reading:
    modified = customer.get("date_modified_gmt")
    at = modified.replace(tzinfo=UTC) if modified else context.received_at
    person = dict(customer.get("billing") or {}) | {
        name: customer[name] for name in ("email", "first_name", "last_name") if customer.get(name)
    }
    return Reading((), (Personal(f"woocommerce:{customer['id']}", at, 1, _person(person)),))


def _person(address: Mapping[str, Any]) -> Values:
    return {name: address[name] for name in ("email", "phone", "first_name", "last_name") if address.get(name)}


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


PLUGIN = WooCommerce()
