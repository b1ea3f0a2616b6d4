"""Does what the law lets a customer or a platform ask for: erases, closes a shop, keeps a wish for a copy open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from vefa import journal
from vefa.customers import parcels, records, seek
from vefa.customers.erase import carry_out
from vefa.customers.vault import vault
from vefa.database import reading
from vefa.platforms import Asked, Wish
from vefa.stores import shops
from vefa.stores.records import with_key
from vefa.stores.sealing import Key
from vefa.work import Result, make_due

PACKAGE = "privacy"
# How long a store may take to answer a customer who asks for their data (GDPR, article 12).
COPY_WITHIN = timedelta(days=30)
PEOPLE, ORDERS, BODIES = 20, 100, 500

Write = Callable[[Connection], None]


def ask(
    connection: Connection, store_id: int, request_id: str, asked: Asked, key: Key, now: datetime
) -> None:
    """Write down what was asked and let it be done; call it where the event is entered."""
    records.ask(connection, store_id, request_id, asked, key)
    make_due(connection, store_id, PACKAGE, {request_id: now})


def look(engine: Engine, master: Key, store_id: int, subjects: Sequence[str], now: datetime) -> Result:
    """Do what was asked. A shop is erased part by part; a copy waits for a person, who is told elsewhere."""
    writes: list[Write] = []
    again: dict[str, datetime] = {}
    with reading(engine) as connection:
        _, key = with_key(connection, store_id, master)
        for request_id, asked in records.open_requests(connection, store_id, key, subjects).items():
            if asked.wish is Wish.ERASE:
                writes.append(_erase(connection, store_id, key, request_id, asked, now))
            elif asked.wish is Wish.COPY:
                writes.append(_copy(connection, store_id, key, request_id, asked, now))
            elif asked.wish is Wish.STOP:
                writes.append(_stop(store_id, request_id, now))
            elif asked.wish is Wish.ERASE_SHOP:
                part, done = _erase_shop(connection, store_id, key, request_id, now)
                writes.append(part)
                again |= {} if done else {request_id: now}

    def write(connection: Connection) -> None:
        for one in writes:
            one(connection)

    return Result(write if writes else None, again)


def _erase(
    connection: Connection, store_id: int, key: Key, request_id: str, asked: Asked, now: datetime
) -> Write:
    holders = [asked.holder] if asked.holder else []
    person = seek.find(connection, store_id, key, holders, asked.subjects, asked.email)
    planned = seek.plan(connection, store_id, key, person)

    def write(connection: Connection) -> None:
        carry_out(connection, store_id, key, planned, now)
        journal.blank(connection, store_id, [request_id])
        records.close(connection, store_id, request_id, now)

    return write


def _copy(
    connection: Connection, store_id: int, key: Key, request_id: str, asked: Asked, now: datetime
) -> Write:
    """Leave a wish for a copy open, under a name by which its customer is held; of a stranger nothing is held."""
    holders = [asked.holder] if asked.holder else []
    person = seek.find(connection, store_id, key, holders, asked.subjects, asked.email)
    held: set[str] = set()
    for some in seek.parts(person.holders):
        found = sa.select(vault.c.holder).where(vault.c.store_id == store_id, vault.c.holder.in_(some))
        held |= set(connection.scalars(found))
    if not held:
        return lambda connection: records.close(connection, store_id, request_id, now)
    whose = asked.holder if asked.holder in held else min(held)
    return lambda connection: records.assign(connection, store_id, request_id, str(whose))


def _stop(store_id: int, request_id: str, now: datetime) -> Write:
    def write(connection: Connection) -> None:
        shops.close(connection, store_id, now=now)
        records.close(connection, store_id, request_id, now)

    return write


def _erase_shop(
    connection: Connection, store_id: int, key: Key, request_id: str, now: datetime
) -> tuple[Write, bool]:
    """Return what erases the next part of a shop, and whether it is the last one."""
    holders = connection.scalars(
        sa.select(vault.c.holder).where(vault.c.store_id == store_id).limit(PEOPLE)
    ).all()
    subjects = [] if holders else _orders_left(connection, store_id)
    person = seek.find(connection, store_id, key, holders, subjects) if holders or subjects else None
    # The shop's raw bodies go as a whole, at the end; there is no need to look who is in them.
    planned = seek.Plan(person, ()) if person else None
    bodies = [] if person else _bodies_left(connection, store_id)
    done = planned is None and len(bodies) < BODIES

    def write(connection: Connection) -> None:
        shops.close(connection, store_id, now=now)
        if planned:
            carry_out(connection, store_id, key, planned, now)
        journal.blank(connection, store_id, bodies)
        if done:
            parcels.forget_all(connection, store_id)
            records.close(connection, store_id, request_id, now)

    return write, done


def _orders_left(connection: Connection, store_id: int) -> list[str]:
    facts, log = journal.facts, records.erasures
    gone = sa.select(log.c.subject).where(log.c.store_id == store_id)
    return list(
        connection.scalars(
            sa.select(facts.c.subject)
            .distinct()
            .where(
                facts.c.store_id == store_id,
                facts.c.subject.startswith(seek.ORDER),
                facts.c.subject.not_in(gone),
            )
            .limit(ORDERS)
        )
    )


def _bodies_left(connection: Connection, store_id: int) -> list[str]:
    bodies = journal.raw_bodies
    return list(
        connection.scalars(
            sa.select(bodies.c.key)
            .where(bodies.c.store_id == store_id, bodies.c.state != journal.ERASED)
            .limit(BODIES)
        )
    )
