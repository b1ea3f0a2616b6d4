"""One order's rows as the panel shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.errors import NotFoundError
from vefa.orders.records import lines, orders, shipments


@dataclass(frozen=True, slots=True)
class Details:
    """The rows of an order, its lines and its shipments."""

    order: Any
    lines: Sequence[Any]
    shipments: Sequence[Any]


def details(connection: Connection, store_id: int, order_id: str) -> Details:
    """Return an order's rows; raises ``NotFoundError`` if the store has no such order."""
    order = connection.execute(
        sa.select(orders).where(orders.c.store_id == store_id, orders.c.order_id == order_id)
    ).first()
    if order is None:
        raise NotFoundError(f"There is no order {order_id!r}.")
    inside, parcels = (
        connection.execute(
            sa.select(table).where(table.c.store_id == store_id, table.c.order_id == order_id).order_by(key)
        ).all()
        for table, key in ((lines, lines.c.line_id), (shipments, shipments.c.shipment_id))
    )
    return Details(order, inside, parcels)
