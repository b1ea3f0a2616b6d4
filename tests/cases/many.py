"""Two stores with very many cases, made at once and without going through the program."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from tests.build import START
from tests.support import World

from vefa.cases.records import cases
from vefa.customers.vault import Entry, prepare, write
from vefa.orders.records import orders
from vefa.stores import records as stores

WHOLE = re.compile(r"SCAN (?:cases|orders|messages|vault|shipments|judgements)\b|\(store_id=\?\)$")
NOW = START + timedelta(days=60)
MEMBER = "member-1"


def case_row(store_id: int, number: int, **more: Any) -> dict[str, Any]:
    """Return the row of an open complaint; the greater the number, the later it ranks."""
    at = NOW - timedelta(hours=30) + timedelta(minutes=number)
    return {
        "store_id": store_id,
        "id": f"case-{number:06}",
        "number": number,
        "holder": f"standard:C{number}",
        "order_id": f"standard:{number}",
        "order_number": f"#{number}",
        "kind": "complaint",
        "reason": "late",
        "severity": 2,
        "because": "[]",
        "channel": "page",
        "language": "tr",
        "state": "open",
        "outcome": None,
        "assignee_id": None,
        "opened_at": at,
        "last_customer_at": at,
        "first_replied_at": None,
        "last_replied_at": None,
        "closed_at": None,
        "due_at": at + timedelta(days=1),
        "legal_due_at": None,
        "rank_at": at,
        "score": 1,
        "expected": None,
    } | more


def order_row(store_id: int, number: int) -> dict[str, Any]:
    return {
        "store_id": store_id,
        "order_id": f"standard:{number}",
        "number": f"#{number}",
        "status": "shipped",
        "placed_at": NOW - timedelta(days=3, minutes=number),
        "holder": f"standard:C{number}",
        "digest": "",
    }


def fill(world: World, store_id: int, rows: list[dict[str, Any]], orders_made: int = 0) -> None:
    with world.databases.main.begin() as connection:
        connection.execute(cases.insert(), rows)
        if orders_made:
            connection.execute(orders.insert(), [order_row(store_id, n) for n in range(1, orders_made + 1)])


def people(world: World, store_id: int, numbers: list[int]) -> None:
    """Give the customers with these numbers an address and a telephone."""
    with world.databases.main.begin() as connection:
        _, key = stores.with_key(connection, store_id, world.master)
        values = [{"email": f"c{n}@buyer.example", "phone": f"+90555{n:07}"} for n in numbers]
        entries = [Entry(f"standard:C{n}", NOW, 0, v) for n, v in zip(numbers, values, strict=True)]
        write(connection, store_id, prepare(connection, store_id, entries, key))


def whole(plans: list[str]) -> list[str]:
    """Return the steps of query plans that walk through a whole table or a whole store."""
    return [plan for plan in plans if WHOLE.search(plan)]


def explained(engine: sa.Engine) -> tuple[list[str], Any]:
    """Collect the plans of every SELECT; call what comes second when done."""
    found: list[str] = []

    def explain(connection: Any, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith("SELECT"):
            raw = connection.connection.driver_connection
            found.extend(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    sa.event.listen(engine, "before_cursor_execute", explain)
    return found, lambda: sa.event.remove(engine, "before_cursor_execute", explain)
