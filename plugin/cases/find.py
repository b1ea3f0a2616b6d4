"""Finds cases by what somebody types: a case's number, an order's, an e-mail address, a phone number."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.cases.case import CaseState
from vefa.cases.listed import Listed, of_cases
from vefa.cases.records import cases
from vefa.customers.vault import vault
from vefa.locales import fold, fold_email, fold_phone
from vefa.orders.records import orders, shipments
from vefa.stores.sealing import Key

MOST_FOUND = 200
SHORTEST_PHONE = 7


def find(connection: Connection, store_id: int, words: str, key: Key) -> list[Listed]:
    """Return the cases that have this number, or are of the order or the customer with this number or address.

    ``key`` is the store's, under which e-mail addresses and phone numbers are looked up. Open cases come first.
    """
    plain = fold(words)
    bare = plain.removeprefix("c-").removeprefix("#")
    found = set(_of_numbers(connection, store_id, bare))
    found |= _of_orders(connection, store_id, {words.strip(), words.strip().lstrip("#"), bare, f"#{bare}"})
    holders = _holders(connection, store_id, words, key)
    for holder in holders:
        found |= _ids(connection, store_id, cases.c.holder == holder)
    rows = of_cases(connection, store_id, sorted(found)[:MOST_FOUND])
    return sorted(rows, key=lambda row: (row.state is CaseState.CLOSED, row.rank_at, row.id))


def _ids(connection: Connection, store_id: int, where: sa.ColumnElement[bool]) -> set[str]:
    statement = sa.select(cases.c.id).where(cases.c.store_id == store_id, where).limit(MOST_FOUND)
    return set(connection.scalars(statement))


def _of_numbers(connection: Connection, store_id: int, number: str) -> set[str]:
    known = number.isascii() and number.isdecimal() and len(number) < 10
    return _ids(connection, store_id, cases.c.number == int(number)) if known else set()


def _of_orders(connection: Connection, store_id: int, names: set[str]) -> set[str]:
    found: set[str] = set()
    for place, column in (
        (orders, orders.c.number),
        (orders, orders.c.order_id),
        (shipments, shipments.c.tracking_number),
    ):
        for name in sorted(names):
            statement = sa.select(place.c.order_id).where(place.c.store_id == store_id, column == name)
            for order_id in set(connection.scalars(statement.limit(MOST_FOUND))):
                found |= _ids(connection, store_id, cases.c.order_id == order_id)
    return found


def _holders(connection: Connection, store_id: int, words: str, key: Key) -> set[str]:
    if "@" in words:
        where = vault.c.email_index == key.index(fold_email(words))
    elif len(fold_phone(words)) >= SHORTEST_PHONE:
        where = vault.c.phone_index == key.index(fold_phone(words))
    else:
        return set()
    statement = sa.select(vault.c.holder).where(vault.c.store_id == store_id, where)
    return set(connection.scalars(statement.limit(MOST_FOUND)))
