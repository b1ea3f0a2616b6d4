"""Orders, lines and shipments in the database: derived rows, recomputed from facts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa import journal
from vefa.carriers import number as tracking
from vefa.database import Declaration, Instant, Kind, of_subjects, table, upsert
from vefa.facts import Fact
from vefa.orders.fold import fold
from vefa.orders.order import Order

DERIVED = "as long as the order's facts"

orders = table(
    "orders",
    Declaration(Kind.DERIVED, "order", DERIVED),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("order_id", sa.String(300), primary_key=True),
    sa.Column("number", sa.String(100), nullable=False),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("platform_status", sa.String(60)),
    sa.Column("placed_at", Instant),
    sa.Column("paid_at", Instant),
    sa.Column("shipped_at", Instant),
    sa.Column("delivered_at", Instant),
    sa.Column("ended_at", Instant),
    sa.Column("currency", sa.String(10)),
    sa.Column("total", sa.String(40)),
    sa.Column("holder", sa.String(300)),
    sa.Column("country", sa.String(2)),
    sa.Column("service", sa.Text),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Index(None, "store_id", "number"),
    sa.Index(None, "store_id", "holder", "placed_at"),
    sa.Index(None, "store_id", "placed_at"),
    sa.Index(
        "ix_orders_unknown",
        "store_id",
        "placed_at",
        sqlite_where=sa.text("status = 'unknown'"),
        postgresql_where=sa.text("status = 'unknown'"),
    ),
)

lines = table(
    "order_lines",
    Declaration(Kind.DERIVED, "order", DERIVED),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("order_id", sa.String(300), primary_key=True),
    sa.Column("line_id", sa.String(200), primary_key=True),
    sa.Column("title", sa.Text),
    sa.Column("sku", sa.String(200)),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("price", sa.String(40)),
)

shipments = table(
    "shipments",
    Declaration(Kind.DERIVED, "order", DERIVED),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("order_id", sa.String(300), primary_key=True),
    sa.Column("shipment_id", sa.String(200), primary_key=True),
    sa.Column("carrier", sa.String(80)),
    sa.Column("tracking_number", sa.String(120)),
    sa.Column("tracking_url", sa.Text),
    sa.Column("shipped_at", Instant),
    sa.Column("delivered_at", Instant),
    sa.Column("cancelled", sa.Boolean, nullable=False),
    sa.Column("scan", sa.String(30)),
    # The number as it is compared, by which what a carrier said of it finds the order.
    sa.Column("tracking_key", sa.String(60)),
    sa.Index(None, "store_id", "tracking_number"),
    sa.Index(None, "store_id", "tracking_key"),
)

TABLES = (orders, lines, shipments)
COLUMNS = tuple(column.name for column in orders.columns if not column.primary_key)
_DIGESTS = of_subjects(orders, "order_id").with_only_columns(orders.c.order_id, orders.c.digest)
_TRACKED = of_subjects(shipments, "order_id").with_only_columns(
    shipments.c.order_id, shipments.c.tracking_key
)
_WITH_NUMBER = of_subjects(shipments, "tracking_key").with_only_columns(shipments.c.order_id).distinct()
_DELETE_CHILDREN = tuple(
    child.delete().where(
        child.c.store_id == sa.bindparam("store"),
        child.c.order_id.in_(sa.bindparam("subjects", expanding=True)),
    )
    for child in (lines, shipments)
)


def subject(order_id: str) -> str:
    """Return the journal's subject of an order."""
    return f"order:{order_id}"


def load(connection: Connection, store_id: int, order_ids: Sequence[str], now: datetime) -> dict[str, Order]:
    """Fold orders from their facts as of ``now``."""
    found = facts_of(connection, store_id, [subject(order_id) for order_id in order_ids])
    return {order_id: fold(order_id, found[subject(order_id)], now) for order_id in order_ids}


def facts_of(connection: Connection, store_id: int, subjects: Sequence[str]) -> dict[str, list[Fact]]:
    """Return by an order's subject its facts, and what carriers said of every number that they ever named."""
    found = journal.facts_of(connection, store_id, subjects)
    numbers = {one: tracking.subjects_in(facts) for one, facts in found.items()}
    wanted = sorted(set().union(*numbers.values()))
    if not wanted:
        return found
    scans = journal.facts_of(connection, store_id, wanted)
    return {
        one: facts + [scan for name in sorted(numbers[one]) for scan in scans[name]]
        for one, facts in found.items()
    }


def with_number(connection: Connection, store_id: int, subjects: Sequence[str]) -> list[str]:
    """Return the orders of which a parcel has one of these numbers, which are given as subjects of facts."""
    keys = [one.removeprefix(tracking.SUBJECT) for one in subjects]
    return list(connection.scalars(_WITH_NUMBER, {"store_id": store_id, "subjects": keys}))


def numbers_of(
    connection: Connection, store_id: int, order_ids: Sequence[str]
) -> set[tuple[str, str | None]]:
    """Return which numbers, as they are compared, the orders' rows have: pairs of an order's id and a number."""
    rows = connection.execute(_TRACKED, {"store_id": store_id, "subjects": order_ids})
    return {(row.order_id, row.tracking_key) for row in rows}


def digest(order: Order) -> str:
    """Return a digest of everything an order says, by which a change is seen."""
    return hashlib.sha256(repr(order).encode()).hexdigest()


def rows(store_id: int, order: Order, seen: str) -> dict[sa.Table, list[dict[str, Any]]]:
    """Return the derived rows of an order by their table; ``seen`` is the order's digest."""
    key = {"store_id": store_id, "order_id": order.id}
    head = key | {
        "number": order.number,
        "status": order.status.value,
        "platform_status": order.platform_status,
        "placed_at": order.placed_at,
        "paid_at": order.paid_at,
        "shipped_at": order.shipped_at,
        "delivered_at": order.delivered_at,
        "ended_at": order.ended_at,
        "currency": order.currency,
        "total": None if order.total is None else str(order.total),
        "holder": order.holder,
        "country": order.country,
        "service": order.service,
        "digest": seen,
    }
    inside = [
        key
        | {
            "line_id": line.id,
            "title": line.title,
            "sku": line.sku,
            "quantity": line.quantity,
            "price": None if line.price is None else str(line.price),
        }
        for line in {line.id: line for line in order.lines}.values()
    ]
    parcels = [
        key
        | {
            "shipment_id": shipment.id,
            "carrier": shipment.carrier,
            "tracking_number": shipment.tracking_number,
            "tracking_url": shipment.tracking_url,
            "shipped_at": shipment.shipped_at,
            "delivered_at": shipment.delivered_at,
            "cancelled": shipment.cancelled,
            "scan": shipment.scan,
            "tracking_key": tracking.fold(shipment.tracking_number or "") or None,
        }
        for shipment in order.shipments
    ]
    return {orders: [head], lines: inside, shipments: parcels}


def digests(connection: Connection, store_id: int, order_ids: Sequence[str]) -> dict[str, str]:
    """Return the digests of the orders that have a row."""
    found = connection.execute(_DIGESTS, {"store_id": store_id, "subjects": order_ids})
    return {row.order_id: row.digest for row in found}


def write(
    connection: Connection, store_id: int, changed: Mapping[str, Order], old: Mapping[str, str]
) -> None:
    """Write changed orders; ``old`` names those that have rows already."""
    for delete in _DELETE_CHILDREN if old else ():
        connection.execute(delete, {"store": store_id, "subjects": sorted(old)})
    collected: dict[sa.Table, list[dict[str, Any]]] = {place: [] for place in TABLES}
    for order in changed.values():
        for place, items in rows(store_id, order, digest(order)).items():
            collected[place] += items
    upsert(connection, orders, collected[orders], update=COLUMNS)
    for child in (lines, shipments):
        upsert(connection, child, collected[child], update=())


def by_number(connection: Connection, store_id: int, number: str) -> str | None:
    """Return the id of the order with this number, else of the one with this id itself, or None."""
    for column in (orders.c.number, orders.c.order_id):
        found = connection.execute(
            sa.select(orders.c.order_id).where(orders.c.store_id == store_id, column == number)
        ).scalars()
        if first := min(found, default=None):
            return str(first)
    return None


def of_holder(connection: Connection, store_id: int, holder: str) -> list[str]:
    """Return the ids of a customer's orders."""
    found = connection.scalars(
        sa.select(orders.c.order_id).where(orders.c.store_id == store_id, orders.c.holder == holder)
    )
    return list(found)


def page(connection: Connection, store_id: int, after: str = "", limit: int = 500) -> list[str]:
    """Return ids of orders after an id, in order."""
    found = connection.execute(
        sa.select(orders.c.order_id)
        .where(orders.c.store_id == store_id, orders.c.order_id > after)
        .order_by(orders.c.order_id)
        .limit(limit)
    )
    return [row.order_id for row in found]
