"""Looks at orders again: folds their facts and writes what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine

from vefa.carriers import number as tracking
from vefa.database import reading
from vefa.facts import Fact
from vefa.orders import records, tracked
from vefa.orders.fold import fold
from vefa.orders.order import Order
from vefa.work import Result, make_due

PACKAGE = "orders"

# Which package looks at an order that changed: None at every one, else at one that has facts of these types.
Wakes = Mapping[str, frozenset[str] | None]


def look(engine: Engine, wakes: Wakes, store_id: int, subjects: Sequence[str], now: datetime) -> Result:
    """Fold the orders named by ``subjects`` and let the packages in ``wakes`` look at those that changed."""
    with reading(engine) as connection:
        facts = records.facts_of(connection, store_id, [records.subject(order_id) for order_id in subjects])
        old = records.digests(connection, store_id, subjects)
        numbers = records.numbers_of(connection, store_id, subjects)
    again = {}
    changed: dict[str, Order] = {}
    for order_id in subjects:
        known = facts[records.subject(order_id)]
        ahead = [fact.at for fact in known if fact.at > now and not fact.implausible]
        if ahead:
            again[order_id] = min(ahead)
        order = fold(order_id, known, now)
        if old.get(order_id) != records.digest(order):
            changed[order_id] = order
    if not changed:
        return Result(again=again)
    woken = {
        package: [one for one in changed if types is None or _has(facts[records.subject(one)], types)]
        for package, types in wakes.items()
    }

    def write(connection: Connection) -> None:
        records.write(connection, store_id, changed, {name: old[name] for name in changed if name in old})
        for package, order_ids in woken.items():
            make_due(connection, store_id, package, dict.fromkeys(order_ids, now))
        # What a carrier said while this look was at work found no row with the number.
        new = {tracking.SUBJECT + number for _, number in _numbers(changed) - numbers}
        make_due(connection, store_id, tracked.PACKAGE, dict.fromkeys(new, now))

    return Result(write, again)


def _numbers(orders: Mapping[str, Order]) -> set[tuple[str, str]]:
    return {
        (order_id, folded)
        for order_id, order in orders.items()
        for shipment in order.shipments
        if (folded := tracking.fold(shipment.tracking_number or ""))
    }


def _has(facts: Iterable[Fact], types: frozenset[str]) -> bool:
    return any(fact.type in types for fact in facts)
