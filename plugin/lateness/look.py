"""Looks at orders' promises and lateness again, and writes what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from vefa.database import reading
from vefa.lateness import records
from vefa.lateness.judgement import Assessment, Lateness, assess
from vefa.orders.records import load
from vefa.promises import records as ledger
from vefa.promises.calendar import calendar_of
from vefa.stores.records import by_id
from vefa.work import Result, make_due

PACKAGE = "lateness"
QUIET = (Lateness.ON_TRACK.value, Lateness.AT_RISK.value, Lateness.NOT_WATCHED.value, None)


def assess_orders(
    connection: Connection, store_id: int, order_ids: Sequence[str], now: datetime
) -> dict[str, Assessment]:
    """Fold and assess orders as of ``now``, straight from their facts."""
    store = by_id(connection, store_id)
    calendar = calendar_of(store)
    orders = load(connection, store_id, order_ids, now)
    return {order_id: assess(order, store, calendar, now) for order_id, order in orders.items()}


def look(
    engine: Engine,
    wakes: Sequence[str],
    after: Mapping[str, timedelta],
    store_id: int,
    subjects: Sequence[str],
    now: datetime,
) -> Result:
    """Assess the orders and let the packages in ``wakes`` look at those whose harm may have changed.

    The packages in ``after`` look so long after an order was delivered in time.
    """
    with reading(engine) as connection:
        found = assess_orders(connection, store_id, subjects, now)
        old_promises = ledger.of_orders(connection, store_id, subjects)
        old = records.of_orders(connection, store_id, subjects)
    new_promises = {
        order_id: [ledger.row(store_id, promise, standing) for promise, standing in one.promises]
        for order_id, one in found.items()
    }
    new = {order_id: records.row(store_id, order_id, one.judgement) for order_id, one in found.items()}
    changed = [row for order_id, row in new.items() if old.get(order_id) != row]
    again = {order_id: one.judgement.again_at for order_id, one in found.items() if one.judgement.again_at}

    def write(connection: Connection) -> None:
        ledger.write(connection, new_promises, old_promises)
        records.write(connection, changed)
        befores = [
            (old[row["order_id"]]["state"] if row["order_id"] in old else None, row) for row in changed
        ]
        records.note_changes(connection, [pair for pair in befores if pair[0] != pair[1]["state"]], now)
        harmed = [
            row["order_id"] for before, row in befores if before not in QUIET or row["state"] not in QUIET
        ]
        for package in wakes:
            make_due(connection, store_id, package, dict.fromkeys(harmed, now))
        arrived = _arrived_in_time(found[row["order_id"]] for row in changed)
        for package, pause in after.items() if arrived else ():
            make_due(connection, store_id, package, {one: at + pause for one, at in arrived.items()})

    return Result(write, {order_id: at for order_id, at in again.items() if at > now})


def _arrived_in_time(assessed: Iterable[Assessment]) -> dict[str, datetime]:
    return {
        one.order.id: one.order.delivered_at
        for one in assessed
        if one.judgement.reason == "delivered_in_time" and one.order.delivered_at is not None
    }


def derived_rows(store_id: int, found: dict[str, Assessment]) -> dict[str, list[dict[str, Any]]]:
    """Return the derived rows of assessments by table name, as a rebuild compares them."""
    return {
        ledger.promises.name: [
            ledger.row(store_id, promise, standing)
            for one in found.values()
            for promise, standing in one.promises
        ],
        records.judgements.name: [
            records.row(store_id, order_id, one.judgement) for order_id, one in found.items()
        ],
    }
