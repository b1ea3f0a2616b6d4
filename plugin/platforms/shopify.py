"""Shopify: states of orders and facts about parcels, signed with the application's or the shop's secret.

The sender retries for hours with the body it had at first, sends one event to each subscription, and in no order; so
every body is stamped with its own date, and with ``X-Shopify-Triggered-At`` where it has none.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from marshmallow import ValidationError

from vefa.errors import SignatureError, UnreadableError
from vefa.facts import Fact
from vefa.fields import first_fault, parse_instant, parse_object
from vefa.platforms import Asked, Context, Description, Identity, Incoming, Personal, Reading, Wish
from vefa.platforms import _shopify_schema as schema
from vefa.platforms._shopify_asked import asked
from vefa.platforms._shopify_embed import Framed
from vefa.platforms._shopify_interface import Interface
from vefa.platforms._shopify_order import DELETED_RANK, FETCHED, Snapshot, happened, holder_of, subject_of
from vefa.platforms._shopify_schema import key_of
from vefa.platforms._shopify_shipment import carried, refunded, shipped, taken_back
from vefa.platforms._shopify_topics import DESCRIPTION

DOMAIN = re.compile(DESCRIPTION.account_pattern or "")
CLAIMS_SHOP = ("customers/data_request", "customers/redact", "shop/redact")
LONGEST_EVENT = 100
PAYS = ("sale", "capture")
RETURNS = {
    "returns/request": ("return.requested", "requested"),
    "returns/approve": ("return.requested", "requested"),
    "returns/decline": ("return.closed", "closed"),
    "returns/cancel": ("return.closed", "closed"),
    "returns/close": ("return.closed", "closed"),
}

Document = dict[str, Any]


class Shopify(Framed, Interface):
    """Shopify's topics about orders, parcels, refunds, returns and customers, and what the law makes it ask for."""

    name = "shopify"
    statuses: Mapping[str, str] = MappingProxyType({})

    def describe(self) -> Description:
        """Return Shopify's published topics, each with its use or the reason why it is passed over."""
        return DESCRIPTION

    def account(self, incoming: Incoming) -> str | None:
        """Return the shop's ``….myshopify.com`` name, in lower case.

        Raises ``SignatureError`` where the body speaks of another shop than the header, which nobody signs.
        """
        domain = incoming.headers.get("x-shopify-shop-domain", "").strip().lower()
        if incoming.headers.get("x-shopify-topic") in CLAIMS_SHOP:
            try:
                claimed = parse_object(incoming.body).get("shop_domain")
            except UnreadableError:
                claimed = None
            if claimed is not None and str(claimed).lower() != domain:
                raise SignatureError("The header names another shop than the body.")
        return domain if DOMAIN.fullmatch(domain) else None

    def is_ping(self, incoming: Incoming) -> bool:
        """Say no: Shopify tries an address by a signed event."""
        return False

    def verify(self, incoming: Incoming, secrets: Sequence[str], now: datetime) -> None:
        """Check ``X-Shopify-Hmac-Sha256``, the base64 HMAC-SHA256 of the raw body.

        The scheme has no timestamp. Source: shopify.dev, "Verify webhook deliveries". Raises ``SignatureError``.
        """
        given = incoming.headers.get("x-shopify-hmac-sha256", "").encode("latin-1", "replace")
        expected = [
            base64.b64encode(hmac.digest(secret.encode(), incoming.body, "sha256")) for secret in secrets
        ]
        if not any([hmac.compare_digest(one, given) for one in expected]):  # noqa: C419
            raise SignatureError("The signature does not fit the body.")

    def identify(self, incoming: Incoming, received_at: datetime) -> Identity:
        """Name the event by ``X-Shopify-Event-Id`` and topic; one change of an order makes several topics.

        ``X-Shopify-Webhook-Id`` names the delivery, of which there is one for each subscription, and says nothing
        here. A request without an event id is named by the digest of its body.
        """
        topic = incoming.headers.get("x-shopify-topic", "unknown")[:100]
        event = incoming.headers.get("x-shopify-event-id", "")
        if not event.isprintable() or not 0 < len(event) <= LONGEST_EVENT:
            event = f"sha256:{hashlib.sha256(incoming.body).hexdigest()}"
        try:
            sent_at = parse_instant(incoming.headers.get("x-shopify-triggered-at", ""))
        except ValueError:
            sent_at = None
        return Identity(f"shopify:{topic}:{event}", topic, sent_at)

    def read(self, body: bytes, context: Context) -> Reading:
        """Read a body by its topic; those that are passed over are counted.

        Raises ``UnreadableError`` that names the field at fault.
        """
        document = parse_object(body)
        reader = READERS.get(context.topic)
        if reader is None:
            return Reading()
        try:
            return reader(document, context)
        except ValidationError as error:
            fault = first_fault(error.messages)
            raise UnreadableError(f"The {context.topic} cannot be read: {fault}") from error


def _order(document: Document, context: Context) -> Reading:
    return Snapshot(schema.Order.load(document), context).reading()


def _fact(number: object, kind: str, at: datetime, context: Context, rank: int, values: Document) -> Reading:
    return Reading((Fact(subject_of(number), context.key, kind, at, context.received_at, rank, values),))


def _edited(document: Document, context: Context) -> Reading:
    edit = schema.Edited.load(document)["order_edit"]
    at = happened(context, edit.get("committed_at"), edit.get("created_at"))
    return _fact(edit["order_id"], "order.updated", at, context, 0, {})


def _deleted(document: Document, context: Context) -> Reading:
    number = key_of(schema.Gone.load(document))
    return _fact(number, "order.deleted", happened(context), context, DELETED_RANK, {"deleted": True})


def _paid(document: Document, context: Context) -> Reading:
    payment = schema.Payment.load(document)
    if payment.get("kind") not in PAYS or payment.get("status") != "success":
        return Reading()
    at = happened(context, payment.get("processed_at"), payment.get("created_at"))
    return _fact(payment["order_id"], "order.paid", at, context, 0, {"paid": True})


def _shipped(document: Document, context: Context) -> Reading:
    one = schema.Fulfillment.load(document)
    return Reading((shipped(subject_of(one["order_id"]), one, context, happened(context)),))


def _carried(document: Document, context: Context) -> Reading:
    one = schema.Carried.load(document)
    at = happened(context, one.get("happened_at"), one.get("created_at"))
    return Reading((carried(subject_of(one["order_id"]), one, context, at),))


def _taken_back(document: Document, context: Context) -> Reading:
    one = schema.Carried.load(document)
    fact = taken_back(subject_of(one["order_id"]), one, context, happened(context))
    return Reading((fact,) if fact else ())


def _refunded(document: Document, context: Context) -> Reading:
    one = schema.Refund.load(document)
    return Reading((refunded(subject_of(one["order_id"]), one, context, happened(context)),))


def _returned(document: Document, context: Context) -> Reading:
    one = schema.Returned.load(document)
    order = key_of(one["order"]) if one.get("order") else one.get("order_id")
    if not order:
        raise ValidationError("Of which order?", "order_id")
    kind, state = RETURNS[context.topic]
    at = happened(context)
    return _fact(order, kind, at, context, len(state), {f"returns/{key_of(one)}/state": state})


def _customer(document: Document, context: Context) -> Reading:
    one = schema.Customer.load(document)
    names = ("email", "phone", "first_name", "last_name")
    values = {name: one[name] for name in names if one.get(name)}
    at = happened(context, one.get("updated_at"))
    return Reading((), (Personal(holder_of(key_of(one)), at, 1, values),))


def _privacy(wish: Wish, orders: str) -> Callable[[Document, Context], Reading]:
    def read(document: Document, context: Context) -> Reading:
        asked = schema.Privacy.load(document)
        who = asked["customer"]
        subjects = tuple(subject_of(number) for number in asked.get(orders) or ())
        holder = holder_of(who["id"]) if who.get("id") else None
        if holder is None and not subjects and not who.get("email"):
            raise ValidationError("Which customer?", "customer")
        at = happened(context)
        return Reading(asked=(Asked(wish, at, holder, subjects, who.get("email"), who.get("phone")),))

    return read


def _shop(wish: Wish, shape: Any) -> Callable[[Document, Context], Reading]:
    def read(document: Document, context: Context) -> Reading:
        shape.load(document)
        return Reading(asked=(Asked(wish, happened(context)),))

    return read


READERS: dict[str, Callable[[Document, Context], Reading]] = {
    "orders/create": _order,
    "orders/updated": _order,
    "orders/paid": _order,
    "orders/cancelled": _order,
    "orders/fulfilled": _order,
    "orders/partially_fulfilled": _order,
    FETCHED: asked,
    "orders/edited": _edited,
    "orders/delete": _deleted,
    "order_transactions/create": _paid,
    "fulfillments/create": _shipped,
    "fulfillments/update": _shipped,
    "fulfillment_events/create": _carried,
    "fulfillment_events/delete": _taken_back,
    "refunds/create": _refunded,
    **dict.fromkeys(RETURNS, _returned),
    "customers/create": _customer,
    "customers/update": _customer,
    "customers/data_request": _privacy(Wish.COPY, "orders_requested"),
    "customers/redact": _privacy(Wish.ERASE, "orders_to_redact"),
    "shop/redact": _shop(Wish.ERASE_SHOP, schema.Shop),
    "app/uninstalled": _shop(Wish.STOP, schema.App),
}
PLUGIN = Shopify()
