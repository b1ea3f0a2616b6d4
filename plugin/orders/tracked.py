"""Finds the orders that what a carrier said is about.

A carrier knows numbers and no orders, and either may be heard of first. So both leave a row of work here in their own
transaction: the scan because it is new, the order because it has a number that it did not have. Whichever comes last
finds the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from vefa import journal
from vefa.carriers.number import LAST, SUBJECT, TYPES
from vefa.database import reading
from vefa.journal import facts
from vefa.orders import records
from vefa.work import Result, make_due

PACKAGE = "tracking"
# The package that folds an order.
ORDERS = "orders"
WOKEN_BY = frozenset(TYPES)


def drop_nobodys(connection: Connection, store_id: int, before: datetime) -> int:
    """Delete what was told before an instant of numbers that no order has, and return how many facts that were.

    A service may follow parcels that are nobody's here; what it says of them is kept as long as a raw body.
    """
    mine = facts.c.store_id == store_id, facts.c.subject > SUBJECT, facts.c.subject < SUBJECT + LAST
    key = sa.func.substr(facts.c.subject, len(SUBJECT) + 1)
    held = sa.exists().where(
        records.shipments.c.store_id == store_id, records.shipments.c.tracking_key == key
    )
    deleted = connection.execute(facts.delete().where(*mine, facts.c.learned_at < before, ~held))
    return deleted.rowcount


def look(engine: Engine, store_id: int, subjects: Sequence[str], now: datetime) -> Result:
    """Let the orders be looked at whose parcels have one of these numbers, as far as anything was said of them."""
    with reading(engine) as connection:
        told = sorted(journal.told_of(connection, store_id, subjects))
        order_ids = records.with_number(connection, store_id, told) if told else []
    due = dict.fromkeys(order_ids, now)
    return Result((lambda connection: make_due(connection, store_id, ORDERS, due)) if due else None)
