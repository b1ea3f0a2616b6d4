"""Finds the orders that what a carrier said is about.

A carrier knows numbers and no orders, and either may be heard of first. So both leave a row of work here in their own
transaction: the scan because it is new, the order because it has a number that it did not have. Whichever comes last
finds the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from vefa import journal
from vefa.carriers.number import TYPES
from vefa.database import reading
from vefa.orders import records
from vefa.work import Result, make_due

PACKAGE = "tracking"
# The package that folds an order.
ORDERS = "orders"
WOKEN_BY = frozenset(TYPES)


def look(engine: Engine, store_id: int, subjects: Sequence[str], now: datetime) -> Result:
    """Let the orders be looked at whose parcels have one of these numbers, as far as anything was said of them."""
    with reading(engine) as connection:
        told = sorted(journal.told_of(connection, store_id, subjects))
        order_ids = records.with_number(connection, store_id, told) if told else []
    due = dict.fromkeys(order_ids, now)
    return Result((lambda connection: make_due(connection, store_id, ORDERS, due)) if due else None)
