"""The ledger in the database: derived rows for what an order promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import Declaration, Instant, Kind, of_subjects, table, upsert
from vefa.promises.promise import Promise, Standing

promises = table(
    "promises",
    Declaration(Kind.DERIVED, "order", "as long as the order's facts"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("order_id", sa.String(300), primary_key=True),
    sa.Column("shipment_id", sa.String(200), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("source", sa.String(20), primary_key=True),
    sa.Column("due", sa.String(40), primary_key=True),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("superseded_at", Instant),
    sa.Column("agreed", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("settled_at", Instant),
    sa.Index(None, "store_id", "state", "due_at"),
)

_OF_ORDERS = of_subjects(promises, "order_id", "kind", "made_at", "due")
COLUMNS = ("due_at", "made_at", "superseded_at", "agreed", "state", "settled_at")


def row(store_id: int, promise: Promise, standing: Standing) -> dict[str, Any]:
    """Return the derived row of a promise."""
    return {
        "store_id": store_id,
        "order_id": promise.order_id,
        "shipment_id": promise.shipment_id,
        "kind": promise.kind.value,
        "source": promise.source,
        "due": promise.due.isoformat(),
        "due_at": promise.due_at,
        "made_at": promise.made_at,
        "superseded_at": promise.superseded_at,
        "agreed": promise.agreed,
        "state": standing.state.value,
        "settled_at": standing.settled_at,
    }


def of_orders(
    connection: Connection, store_id: int, order_ids: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """Return the ledger's rows of these orders."""
    found: dict[str, list[dict[str, Any]]] = {order_id: [] for order_id in order_ids}
    for entry in connection.execute(_OF_ORDERS, {"store_id": store_id, "subjects": order_ids}).mappings():
        found[entry["order_id"]].append(dict(entry))
    return found


def write(
    connection: Connection,
    new: Mapping[str, Sequence[Mapping[str, Any]]],
    old: Mapping[str, Sequence[Mapping[str, Any]]],
) -> None:
    """Write the changed rows of orders and delete those that are no promise any more."""
    keys = [column.name for column in promises.primary_key.columns]

    def identity(entry: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(entry[name] for name in keys)

    changed, gone = [], []
    for order_id, entries in new.items():
        before = {identity(entry): entry for entry in old.get(order_id, ())}
        now = {identity(entry): entry for entry in entries}
        changed += [entry for key, entry in now.items() if before.get(key) != entry]
        gone += [entry for key, entry in before.items() if key not in now]
    for entry in gone:
        connection.execute(promises.delete().where(*(promises.c[name] == entry[name] for name in keys)))
    upsert(connection, promises, changed, update=COLUMNS)
