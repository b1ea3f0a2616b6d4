"""Tells Vefa what happens to an order, within the transaction that writes it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import current_app

from flask_store.models import Order, db, now
from flask_store.words import COUNTRY, DELIVERIES, STORE
from vefa import order_event


def placed(order: Order) -> None:
    """Tell that an order was placed, and what its checkout promised."""
    customer = order.customer
    about = {
        "id": order.id,
        "number": order.number,
        "placed_at": order.placed_at,
        "currency": order.currency,
        "total": _amount(order.total),
        "shipping_price": _amount(order.delivery_price),
        "customer": {
            "id": customer.id,
            "email": customer.email,
            "name": customer.name,
            "locale": customer.language,
        },
        "payment": {"method": "on account", "on_delivery": False, "paid": True},
        "ship_to": {"country": COUNTRY, "city": order.city, "postal_code": order.postal_code},
        "shipping": {"service": DELIVERIES[order.delivery].name},
        "lines": [
            {
                "id": line.id,
                "product_id": line.product_id,
                "title": line.title,
                "quantity": line.quantity,
                "price": _amount(line.price),
            }
            for line in order.lines
        ],
        "promise": {"deliver_by": order.deliver_by, "source": "checkout"},
    }
    _send(order, "order.placed", order=about)


def shipped(order: Order) -> None:
    """Tell that an order's parcel was handed over."""
    parcel = {"tracking_number": order.tracking_number, "shipped_at": order.shipped_at}
    _send(order, "shipment.shipped", order_id=order.id, shipment_id="1", **parcel)


def delivered(order: Order) -> None:
    """Tell that an order's parcel arrived."""
    _send(order, "shipment.delivered", order_id=order.id, shipment_id="1", delivered_at=order.delivered_at)


def _amount(cents: int) -> Decimal:
    return Decimal(cents) / 100


def _send(order: Order, kind: str, /, **data: Any) -> None:
    # Each happens once to an order, so that kind and number name the event.
    event = {"id": f"{kind}:{order.id}", "type": kind, "timestamp": now(), "data": data}
    order_event.send(current_app, store=STORE, event=event, session=db.session)
