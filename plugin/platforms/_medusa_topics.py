"""Medusa's events: what each is used for, or why it is passed over, and what its interface asks for."""

from __future__ import annotations

from vefa.platforms import AccessKey, Description
from vefa.platforms._standard_webhooks import HEADERS

ORDER = "The order as it stands: lines, customer, payments, parcels, returns, the date promised at checkout."
SHIPMENT = "A parcel: what is inside, its number, when it left, when it arrived."
RETURN = "A return: when it was asked for, received or called off."
CHANGED = f"A change that was agreed on. {ORDER}"
FETCHED = "order.fetched"
CUSTOMER = "customer.updated"

TOPICS = {
    "order.placed": ORDER,
    "order.updated": ORDER,
    "order.canceled": ORDER,
    "order.completed": ORDER,
    "order.archived": ORDER,
    "order.fulfillment_created": SHIPMENT,
    "order.fulfillment_canceled": SHIPMENT,
    "shipment.created": SHIPMENT,
    "delivery.created": SHIPMENT,
    "payment.captured": "When the order was paid.",
    "payment.refunded": "Money given back, which settles refunds owed.",
    "order.return_requested": RETURN,
    "order.return_received": RETURN,
    "order.claim_created": CHANGED,
    "order.exchange_created": CHANGED,
    "order-edit.confirmed": CHANGED,
    CUSTOMER: "How the customer is addressed and reached.",
    FETCHED: "The order as Medusa's Admin API answers it, where events went missing.",
}
# What the subscriber in the store listens to.
EVENTS = tuple(topic for topic in TOPICS if topic != FETCHED)
IGNORED = {
    "order.transfer_requested": "Whose order it is changes when the transfer is accepted, with an order.updated.",
    "order-edit.requested": "Nothing changes before an edit is confirmed.",
    "order-edit.canceled": "Nothing changes before an edit is confirmed.",
    "customer.created": "A customer without an order waits for nothing.",
    "customer.deleted": "It says only that the account is gone; orders keep their customer until erasure.",
}
DESCRIPTION = Description(
    topics=TOPICS,
    ignored=IGNORED,
    personal=("email", "phone", "first_name", "last_name"),
    headers=HEADERS,
    access=(AccessKey("api_key"),),
)
