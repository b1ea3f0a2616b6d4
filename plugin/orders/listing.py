"""One order's rows as the panel shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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


def count_by(
    connection: Connection, store_id: int, column: str, since: datetime
) -> list[tuple[str | None, str, int]]:
    """Count the orders placed since an instant by a column (``service`` or ``platform_status``) and by status.

    Returns the column's value, the status and the number, the most frequent first.
    """
    by = orders.c[column]
    count = sa.func.count()
    rows = connection.execute(
        sa.select(by, orders.c.status, count)
        .where(orders.c.store_id == store_id, orders.c.placed_at > since)
        .group_by(by, orders.c.status)
        .order_by(count.desc(), by)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def one_number(connection: Connection, store_id: int, platform: str) -> str | None:
    """Return the number of an order that a platform told of, or None while it has told of none."""
    number: str | None = connection.scalar(
        sa.select(orders.c.number)
        # The names of a platform's orders begin alike, so the key finds them without a look at the others.
        .where(
            orders.c.store_id == store_id,
            orders.c.order_id > f"{platform}:",
            orders.c.order_id < f"{platform};",
        )
        .order_by(orders.c.order_id.desc())
        .limit(1)
    )
    return number
