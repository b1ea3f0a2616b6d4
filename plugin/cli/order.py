"""``vefa order``: shows what Vefa knows of an order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy import Connection

from vefa import clock
from vefa.cli import _report, opened, print_json
from vefa.database import reading
from vefa.errors import NotFoundError
from vefa.orders import records
from vefa.orders.order import Order, Refund, Shipment
from vefa.outreach.records import decisions_of, messages_of
from vefa.promises import records as ledger
from vefa.stores.records import by_slug

PAGE = 500


@click.group()
def order() -> None:
    """Show orders."""


@order.command()
@click.argument("store")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(store: str, number: str, as_json: bool) -> None:
    """Show the order NUMBER of STORE: shipments, promises, messages, and why none was written."""
    with opened() as program, reading(program.databases.main) as connection:
        one = by_slug(connection, store)
        order_id = records.by_number(connection, one.id, number)
        if order_id is None:
            raise NotFoundError(f"The store {store!r} has no order {number!r}.")
        folded = records.load(connection, one.id, [order_id], clock.now())[order_id]
        document = described(connection, one.id, folded)
    if as_json:
        print_json(document)
        return
    for name, value in document.items():
        if not isinstance(value, list):
            click.echo(f"{name}: {value}")
    for name in ("shipments", "refunds", "promises", "messages", "decisions"):
        for entry in document[name]:
            click.echo(f"{name[:-1]}: " + ", ".join(f"{k} {v}" for k, v in entry.items() if v is not None))


@order.command(name="list")
@click.argument("store")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_orders(store: str, as_json: bool) -> None:
    """List the orders of STORE."""
    with opened() as program, reading(program.databases.main) as connection:
        store_id = by_slug(connection, store).id
        rows = [
            {
                "number": row.number,
                "order_id": row.order_id,
                "platform_status": row.platform_status,
                "status": row.status,
                "placed_at": _text(row.placed_at),
                "delivered_at": _text(row.delivered_at),
            }
            for row in connection.execute(
                sa.select(records.orders)
                .where(records.orders.c.store_id == store_id)
                .order_by(records.orders.c.placed_at.nulls_first(), records.orders.c.order_id)
            )
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo("\t".join(str(value) for value in row.values()))


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def described(connection: Connection, store_id: int, one: Order) -> dict[str, Any]:
    """Return everything that is known of an order, as JSON values with times in UTC."""
    return _facts(one) | {
        "promises": [_promise(row) for row in ledger.of_orders(connection, store_id, [one.id])[one.id]],
        "messages": [_report.message(row) for row in messages_of(connection, store_id, [one.id])[one.id]],
        "decisions": [_decision(row) for row in decisions_of(connection, store_id, [one.id])[one.id]],
    }


def _facts(one: Order) -> dict[str, Any]:
    return {
        "order_id": one.id,
        "number": one.number,
        "platform_status": one.platform_status,
        "status": one.status.value,
        "placed_at": _text(one.placed_at),
        "paid_at": _text(one.paid_at),
        "shipped_at": _text(one.shipped_at),
        "delivered_at": _text(one.delivered_at),
        "shipped_after": _text(one.shipped_after),
        "delivered_after": _text(one.delivered_after),
        "ended_at": _text(one.ended_at),
        "currency": one.currency,
        "total": None if one.total is None else str(one.total),
        "implausible_facts": one.implausible,
        "lines": [
            {"id": line.id, "title": line.title, "sku": line.sku, "quantity": line.quantity}
            for line in one.lines
        ],
        "shipments": [_shipment(shipment) for shipment in one.shipments],
        "refunds": [_refund(refund) for refund in one.refunds],
    }


def _shipment(shipment: Shipment) -> dict[str, Any]:
    return {
        "id": shipment.id,
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "shipped_at": _text(shipment.shipped_at),
        "delivered_at": _text(shipment.delivered_at),
        "shipped_after": _text(shipment.shipped_after),
        "delivered_after": _text(shipment.delivered_after),
        "cancelled": shipment.cancelled,
    }


def _refund(refund: Refund) -> dict[str, Any]:
    return {
        "id": refund.id,
        "amount": None if refund.amount is None else str(refund.amount),
        "created_at": _text(refund.created_at),
        "reason": refund.reason,
    }


def _promise(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": row["kind"],
        "shipment_id": row["shipment_id"] or None,
        "source": row["source"],
        "due": row["due"],
        "due_at": _text(row["due_at"]),
        "state": row["state"],
        "settled_at": _text(row["settled_at"]),
        "superseded_at": _text(row["superseded_at"]),
    }


def _decision(row: Any) -> dict[str, Any]:
    return {
        "purpose": row.purpose,
        "at": _text(row.at),
        "verdict": row.verdict,
        "reason": row.reason,
        "until": _text(row.until),
    }
