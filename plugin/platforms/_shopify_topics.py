"""Shopify's topics: what each is used for, or why it is passed over."""

from __future__ import annotations

from vefa.platforms import AccessKey, Description

ORDER = "The order as it stands: lines, customer, payment, parcels, refunds, the date promised at checkout."
SHIPMENT = "A parcel: what is inside, its carrier and number, whether it left or was cancelled."
RETURN_OVER = "A return that is over."
MERCHANT = "Work inside the merchant's warehouse: the fulfillment that follows says what left."
ROUTING = "How the merchant divides the work promises nothing to the customer."
FOLLOWED = "An orders/updated with the whole order follows."

TOPICS = {
    "orders/create": ORDER,
    "orders/updated": ORDER,
    "orders/paid": ORDER,
    "orders/cancelled": ORDER,
    "orders/fulfilled": ORDER,
    "orders/partially_fulfilled": ORDER,
    "order.fetched": "The order as Shopify answers it when it is asked, with what carriers said and its returns.",
    "orders/edited": "That the order was changed; its new lines stand in the orders/updated that follows.",
    "orders/delete": "Promises of an order that is gone are released.",
    "order_transactions/create": "When the order was paid.",
    "fulfillments/create": SHIPMENT,
    "fulfillments/update": SHIPMENT,
    "fulfillment_events/create": "What the carrier says of a parcel: its way, its arrival, when it is expected.",
    "fulfillment_events/delete": "An arrival that the merchant takes back.",
    "refunds/create": "Money given back, which settles refunds owed.",
    "returns/request": "A return that the customer asked for.",
    "returns/approve": "A return that the merchant agreed to.",
    "returns/decline": RETURN_OVER,
    "returns/cancel": RETURN_OVER,
    "returns/close": RETURN_OVER,
    "customers/create": "How the customer is addressed and reached.",
    "customers/update": "How the customer is addressed and reached.",
    "customers/data_request": "A copy of what is held about a customer, for the merchant to hand over.",
    "customers/redact": "Everything personal about a customer is erased.",
    "shop/redact": "Everything personal about every customer of the shop is erased, and nothing is sent any more.",
    "app/uninstalled": "Nothing is sent any more for a shop that removed the application.",
}
# What every application has to take, asked for in its configuration alone.
COMPLIANCE = ("customers/data_request", "customers/redact", "shop/redact")
IGNORED = {
    "app/scopes_update": "The application asks for no further permissions.",
    "customers/delete": "Shopify sends customers/redact for what has to be erased.",
    "customers/disable": "Whether a customer can sign in changes no promise.",
    "customers/enable": "Whether a customer can sign in changes no promise.",
    "customers/merge": "Each order says whose it is, and is sent again when that changes.",
    "customers/purchasing_summary": "What a customer spent is counted from the orders themselves.",
    "delivery_promise_settings/update": "The shop's own delivery days are a setting of the store here.",
    "fulfillment_orders/cancellation_request_accepted": MERCHANT,
    "fulfillment_orders/cancellation_request_rejected": MERCHANT,
    "fulfillment_orders/cancellation_request_submitted": MERCHANT,
    "fulfillment_orders/cancelled": MERCHANT,
    "fulfillment_orders/fulfillment_request_accepted": MERCHANT,
    "fulfillment_orders/fulfillment_request_rejected": MERCHANT,
    "fulfillment_orders/fulfillment_request_submitted": MERCHANT,
    "fulfillment_orders/fulfillment_service_failed_to_complete": MERCHANT,
    "fulfillment_orders/hold_released": MERCHANT,
    "fulfillment_orders/line_items_prepared_for_local_delivery": MERCHANT,
    "fulfillment_orders/line_items_prepared_for_pickup": MERCHANT,
    "fulfillment_orders/merged": ROUTING,
    "fulfillment_orders/moved": ROUTING,
    "fulfillment_orders/order_routing_complete": ROUTING,
    "fulfillment_orders/placed_on_hold": MERCHANT,
    "fulfillment_orders/rescheduled": "Its body names no order; the order's own date is what was promised.",
    "fulfillment_orders/scheduled_fulfillment_order_ready": MERCHANT,
    "fulfillment_orders/split": ROUTING,
    "orders/risk_assessment_changed": "Nobody is written to, or not, because of a risk of fraud.",
    "orders/shopify_protect_eligibility_changed": "Who bears a fraud is between Shopify and the merchant.",
    "returns/process": "Its body is empty; the refund or the returns/close that follows says what was settled.",
    "returns/reopen": "A return that was closed stays closed here; what is asked for anew is a new return.",
    "returns/update": "It names only what was taken off the return; the return stays open.",
    "reverse_deliveries/attach_deliverable": "Its body names a return and no order.",
    "shipping_addresses/create": f"Its body is empty. {FOLLOWED}",
    "shipping_addresses/update": f"Its body is empty. {FOLLOWED}",
    "shop/update": "The store's settings are kept here by its own staff.",
}
DESCRIPTION = Description(
    topics=TOPICS,
    ignored=IGNORED,
    personal=("email", "phone", "first_name", "last_name"),
    headers=("x-shopify-hmac-sha256", "x-shopify-topic", "x-shopify-shop-domain", "x-shopify-event-id"),
    app_wide=True,
    gives_secret=True,
    account_pattern=r"[a-z0-9][a-z0-9-]{0,60}\.myshopify\.com",
    # The pair of an application of one's own gets tokens, and its secret signs; a token may be given in its place.
    access=(
        AccessKey("client_id", secret=False, needed=False),
        AccessKey("client_secret", needed=False, signs=True),
        AccessKey("access_token", needed=False),
    ),
)
