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
from datetime import datetime

from marshmallow import ValidationError

from vefa.errors import SignatureError, UnreadableError
from vefa.platforms import Context, Description, Identity, Incoming, Reading
from vefa.platforms._fields import first_fault, parse_object
from vefa.platforms._woocommerce_order import STATUS_MAP, Snapshot, deletion, person_of
from vefa.platforms._woocommerce_privacy import USES, WISHES, asked_of
from vefa.platforms._woocommerce_schema import Customer, Deletion, Order

PING = re.compile(rb"webhook_id=\d{1,20}")
FORM = "application/x-www-form-urlencoded"
DESCRIPTION = Description(
    topics={
        "order.created": "The order, its lines, its customer and the delivery date promised at checkout.",
        "order.updated": "The order as it stands: its status, parcels and refunds.",
        "order.restored": "An order that is back from the bin.",
        "order.deleted": "Promises of an order that is gone are released.",
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
)


class WooCommerce:
    """WooCommerce's order and customer topics, its ping, and deletions."""

    name = "woocommerce"
    statuses: Mapping[str, str] = STATUS_MAP

    def describe(self) -> Description:
        """Return WooCommerce's topics; those of actions that plugins choose are counted and passed over."""
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

        The scheme has no timestamp. Source: WooCommerce's class-wc-webhook.php. Raises ``SignatureError``.
        """
        given = incoming.headers.get("x-wc-webhook-signature", "").encode("latin-1", "replace")
        expected = [
            base64.b64encode(hmac.digest(secret.encode(), incoming.body, "sha256")) for secret in secrets
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
        """Read an order, a deletion or a customer; other topics are counted.

        Raises ``UnreadableError`` that names the field at fault.
        """
        resource, _, event = context.topic.partition(".")
        document = parse_object(body)
        try:
            if resource == "order" and event == "deleted":
                return deletion(Deletion.load(document)["id"], context)
            if resource == "order":
                return Snapshot(Order.load(document), context).reading()
            if resource == "customer" and event != "deleted":
                return person_of(Customer.load(document), context)
            if context.topic in WISHES:
                return asked_of(document, context.topic)
        except ValidationError as error:
            fault = first_fault(error.messages)
            raise UnreadableError(f"The {resource} cannot be read: {fault}") from error
        return Reading()


PLUGIN = WooCommerce()
