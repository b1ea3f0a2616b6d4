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
from dataclasses import replace
from datetime import datetime
from typing import Any

from marshmallow import ValidationError

from vefa.errors import SignatureError, UnreadableError
from vefa.exchange import Shop
from vefa.fields import first_fault, parse_object
from vefa.platforms import Context, Description, Fetched, Identity, Incoming, Installed, Page, Reading
from vefa.platforms import _woocommerce_install as webhooks
from vefa.platforms._capability import Trust, Visitor
from vefa.platforms._woocommerce_embed import visitor_of
from vefa.platforms._woocommerce_fetch import GONE, ORDER, TOPIC, one_of, page_of
from vefa.platforms._woocommerce_fulfilment import LISTED, Answered, parcels_of
from vefa.platforms._woocommerce_order import Snapshot, deletion, person_of
from vefa.platforms._woocommerce_privacy import USES, WISHES, asked_of
from vefa.platforms._woocommerce_rest import ACCESS, base_of
from vefa.platforms._woocommerce_schema import Customer, Deletion, Order
from vefa.platforms._woocommerce_secret import as_signed
from vefa.platforms._woocommerce_status import STATUS_MAP

PING = re.compile(rb"webhook_id=\d{1,20}")
FORM = "application/x-www-form-urlencoded"
DESCRIPTION = Description(
    topics={
        "order.created": "The order, its lines, its customer and the delivery date promised at checkout.",
        "order.updated": "The order as it stands: its status, parcels and refunds.",
        "order.restored": "An order that is back from the bin.",
        "order.deleted": "Promises of an order that is gone are released.",
        TOPIC: "The order as the store's interface told it when it was asked, with its native fulfilments.",
        "customer.created": "How the customer is addressed and reached.",
        "customer.updated": "How the customer is addressed and reached.",
        **USES,
    },
    ignored={
        "customer.deleted": "It says only that the account is gone; orders keep their customer until erasure.",
        "product.created": "Nothing is promised about products.",
        "product.updated": "Nothing is promised about products.",
        "product.deleted": "Nothing is promised about products.",
        "product.restored": "Nothing is promised about products.",
        "coupon.created": "Coupons promise no delivery.",
        "coupon.updated": "Coupons promise no delivery.",
        "coupon.deleted": "Coupons promise no delivery.",
        "coupon.restored": "Coupons promise no delivery.",
    },
    personal=("email", "phone", "first_name", "last_name"),
    headers=("x-wc-webhook-signature", "x-wc-webhook-topic"),
    access=ACCESS,
)
# An action's argument is the id of an order where its name says so; other actions have ids of their own.
ACTION = "action"
LONGEST_ID = 18
ABOUT_ORDERS = re.compile(r"woocommerce_(.*_)?(order|payment_complete|fulfillment_\w+_notification)(_|$)")
NOT_ABOUT_ORDERS = re.compile(r"order_(item|note|refund)s?(_|$)")


class WooCommerce:
    """WooCommerce's order and customer topics, its ping, and deletions."""

    name = "woocommerce"
    statuses: Mapping[str, str] = STATUS_MAP

    def describe(self) -> Description:
        """Return WooCommerce's topics; an action that a plugin chooses (``action.*``) causes a look at its order."""
        return DESCRIPTION

    def account(self, incoming: Incoming) -> str | None:
        """Return None: the address says which store it is."""
        return None

    def is_ping(self, incoming: Incoming) -> bool:
        """Say whether this is the unsigned form that WooCommerce posts when a webhook is saved."""
        kind = incoming.headers.get("content-type", "").partition(";")[0].strip().lower()
        unsigned = "x-wc-webhook-signature" not in incoming.headers
        return unsigned and kind == FORM and PING.fullmatch(incoming.body) is not None

    def verify(self, incoming: Incoming, secrets: Sequence[str], now: datetime) -> None:
        """Check ``X-WC-Webhook-Signature``, the base64 HMAC-SHA256 of the raw body.

        The scheme has no timestamp; the secret may have gone through HTML. Source: WooCommerce's
        class-wc-webhook.php. Raises ``SignatureError``.
        """
        given = incoming.headers.get("x-wc-webhook-signature", "").encode("latin-1", "replace")
        expected = [
            base64.b64encode(hmac.digest(form.encode(), incoming.body, "sha256"))
            for secret in secrets
            for form in as_signed(secret)
        ]
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
        dated = document.get("requested_at" if topic in WISHES else "date_modified_gmt")
        when = dated[:40] if isinstance(dated, str) else received_at.isoformat()
        return Identity(f"woocommerce:{topic}:{number}:{when}:{digest}", topic)

    def read(self, body: bytes, context: Context) -> Reading:
        """Read an order, a deletion, a customer, or of an action which order it is about; other topics are counted.

        Raises ``UnreadableError`` that names the field at fault.
        """
        resource = context.topic.partition(".")[0]
        try:
            return _read(parse_object(body), context)
        except ValidationError as error:
            fault = first_fault(error.messages)
            raise UnreadableError(f"The {resource} cannot be read: {fault}") from error

    def base(self, account: str | None, url: str | None) -> str | None:
        """Return the shop's own address, without what stands behind it, or None if it is none."""
        return base_of(url)

    def fetch(self, shop: Shop, since: datetime | None, cursor: str | None) -> Page:
        """Return one page of the orders changed since an instant, then of those in the bin; raises as ``Fetches``."""
        return page_of(shop, since, cursor)

    def fetch_one(self, shop: Shop, number: str) -> tuple[Fetched, ...]:
        """Return an order with its native fulfilments, or that it is gone for good; raises as ``Fetches``."""
        return one_of(shop, number)

    def install(self, shop: Shop, address: str, secret: str) -> Installed:
        """See to it that the shop's webhooks lead to ``address``; raises as ``Fetches.fetch``."""
        return webhooks.install(shop, address, secret)

    def visitor(self, token: str, trust: Trust, now: datetime) -> Visitor:
        """Return the member of the shop's staff whom Vefa's plugin for WordPress signed in; ``now`` is real time.

        Raises ``SignatureError``.
        """
        return visitor_of(token, trust, now)


def _read(document: dict[str, Any], context: Context) -> Reading:
    resource, _, event = context.topic.partition(".")
    if context.topic == "order.deleted" or (context.topic == TOPIC and document.get(GONE) is True):
        return deletion(Deletion.load(document)["id"], context)
    if context.topic == TOPIC:
        return _fetched(document, context)
    if resource == "order":
        return Snapshot(Order.load(document), context).reading()
    if resource == "customer" and event != "deleted":
        return person_of(Customer.load(document), context)
    if resource == ACTION and ABOUT_ORDERS.match(event) and not NOT_ABOUT_ORDERS.search(event):
        return _changed(document.get("arg"))
    if context.topic in WISHES:
        return asked_of(document, context.topic)
    return Reading()


def _changed(order_id: object) -> Reading:
    text = str(order_id)
    known = text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID
    return Reading(reread=(text,)) if known else Reading()


def _fetched(document: dict[str, Any], context: Context) -> Reading:
    """Read an order that was asked for; one that was asked for by itself leads to no further question."""
    alone = document.get(ORDER)
    snapshot = Snapshot(Order.load(document if alone is None else alone), context)
    if LISTED in document:
        return Reading((parcels_of(snapshot, Answered.load(document)[LISTED]),))
    told = snapshot.reading()
    told = replace(told, facts=(*snapshot.completed(), *told.facts))
    return told if alone is None else replace(told, reread=())


PLUGIN = WooCommerce()
