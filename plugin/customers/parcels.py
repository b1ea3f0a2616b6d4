"""Parcels of people who are erased: what a carrier said stays true of the order, and no longer leads to anybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa import journal
from vefa.carriers.number import LAST, SUBJECT, placed, subjects_in
from vefa.customers.seek import Person, parts
from vefa.database import metadata
from vefa.work import work


def close(connection: Connection, store_id: int, person: Person, now: datetime) -> list[str]:
    """Make what carriers said of a person's parcels facts of the orders, and delete it under the numbers.

    Returns the numbers, as subjects of facts, that no other order has. It has to be done before the orders' own facts
    are scrubbed, which takes the numbers away.
    """
    named: set[str] = set()
    for some in parts(person.subjects):
        for facts in journal.facts_of(connection, store_id, some).values():
            numbers = sorted(subjects_in(facts))
            scans = journal.facts_of(connection, store_id, numbers)
            told = placed([*facts, *(fact for number in numbers for fact in scans[number])], now)
            journal.append(connection, store_id, told[len(facts) :])
            named |= {*numbers}
    free = sorted(named - _of_others(connection, store_id, person, sorted(named)))
    for some in parts(free):
        journal.forget(connection, store_id, some)
        connection.execute(work.delete().where(work.c.store_id == store_id, work.c.subject.in_(some)))
    return free


def forget_all(connection: Connection, store_id: int) -> None:
    """Delete whatever carriers said of parcels of which no order has the number."""
    facts = journal.facts
    mine = (facts.c.store_id == store_id, facts.c.subject > SUBJECT, facts.c.subject < SUBJECT + LAST)
    connection.execute(facts.delete().where(*mine))


def _of_others(connection: Connection, store_id: int, person: Person, numbers: Sequence[str]) -> set[str]:
    table, own = metadata.tables["shipments"], {*person.order_ids}
    found: set[str] = set()
    for some in parts(numbers):
        keys = [one.removeprefix(SUBJECT) for one in some]
        rows = connection.execute(
            sa.select(table.c.order_id, table.c.tracking_key).where(
                table.c.store_id == store_id, table.c.tracking_key.in_(keys)
            )
        )
        found |= {SUBJECT + row.tracking_key for row in rows if row.order_id not in own}
    return found
