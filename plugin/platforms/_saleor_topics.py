"""Saleor's events, each with its use or the reason why it is passed over."""

from __future__ import annotations

from vefa.platforms import AccessKey, Description

STATE = "The order as it stands: its status, parcels and refunds."
DRAFTS = "Nothing is promised before a draft becomes an order, which is told by order_created."
MONEY = "What it changes is told by the order's own event that follows."
CATALOGUE = "Nothing is promised about products."
PERSON = "An order tells how its customer is reached; more would need the permission to read every customer."
TOPICS = {
    "order_created": "The order, its lines, its customer and the delivery date promised at checkout.",
    "order_bulk_created": "Orders that were brought in from elsewhere, each as it stands.",
    "order_confirmed": STATE,
    "order_paid": "What was paid.",
    "order_fully_paid": "The whole price was paid.",
    "order_refunded": "What was given back.",
    "order_fully_refunded": "Everything that was paid was given back.",
    "order_updated": STATE,
    "order_cancelled": "Promises of a cancelled order are released.",
    "order_expired": "Promises of an order that nobody paid for are released.",
    "order_fulfilled": "The last parcel of the order has left.",
    "order_metadata_updated": "The delivery date that an app wrote into the order.",
    "fulfillment_created": "A parcel has left.",
    "fulfillment_approved": "A parcel has left.",
    "fulfillment_canceled": "A parcel was called off.",
    "fulfillment_metadata_updated": "The carrier, and the arrival that an app wrote into the parcel.",
    "fulfillment_tracking_number_updated": "The parcel's tracking number.",
    "order.fetched": "The order as Saleor answers it when it is asked.",
    "fulfillments.fetched": "The parcels of an order that was not changed itself, as Saleor answers them.",
}
IGNORED = {
    "draft_order_created": DRAFTS,
    "draft_order_updated": DRAFTS,
    "draft_order_deleted": DRAFTS,
    "transaction_item_metadata_updated": MONEY,
    "invoice_requested": "Invoices promise no delivery.",
    "invoice_sent": "Invoices promise no delivery.",
    "invoice_deleted": "Invoices promise no delivery.",
    "customer_created": PERSON,
    "customer_updated": PERSON,
    "customer_deleted": PERSON,
    "customer_metadata_updated": PERSON,
    "checkout_created": "A cart is no order yet.",
    "checkout_updated": "A cart is no order yet.",
    "checkout_fully_paid": "A cart is no order yet.",
    "product_created": CATALOGUE,
    "product_updated": CATALOGUE,
    "product_deleted": CATALOGUE,
    "product_variant_out_of_stock": CATALOGUE,
    "product_variant_back_in_stock": CATALOGUE,
    "shipping_price_updated": "Delivery days of a method are read with each order.",
}
DESCRIPTION = Description(
    topics=TOPICS,
    ignored=IGNORED,
    personal=("email", "phone", "first_name", "last_name"),
    headers=("saleor-signature", "saleor-event"),
    app_wide=True,
    gives_secret=True,
    account_pattern=r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::[0-9]{1,5})?",
    # The token comes with the app; the dashboard is named only where it stands at an origin of its own.
    access=(AccessKey("auth_token", needed=False), AccessKey("dashboard", secret=False, needed=False)),
)
