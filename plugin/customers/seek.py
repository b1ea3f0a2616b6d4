"""Finds who is erased: everybody who is the same person, their orders, and the raw bodies that speak of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa import journal
from vefa.carriers import services
from vefa.carriers.number import subjects_in as numbers_in
from vefa.customers.forget import CUSTOMER, holders_in, subjects_in
from vefa.customers.vault import holders_by_email, values_of
from vefa.database import metadata
from vefa.errors import UnreadableError
from vefa.platforms import Context, readers
from vefa.stores.sealing import Key

ORDER = "order:"
AT_ONCE = 400
SCANNED = 500


@dataclass(frozen=True, slots=True)
class Person:
    """Who is erased: every holder that is the same person, the subjects of their orders, and their addresses."""

    holders: tuple[str, ...]
    subjects: tuple[str, ...]
    addresses: tuple[str, ...] = ()

    @property
    def order_ids(self) -> list[str]:
        """The ids of the orders."""
        return [subject.removeprefix(ORDER) for subject in self.subjects]


@dataclass(frozen=True, slots=True)
class Plan:
    """A person and the raw bodies that speak of them."""

    person: Person
    bodies: tuple[str, ...]


def parts(items: Iterable[str]) -> Iterator[list[str]]:
    """Yield items in parts that fit into one statement."""
    listed = sorted(items)
    for start in range(0, len(listed), AT_ONCE):
        yield listed[start : start + AT_ONCE]


def find(
    connection: Connection,
    store_id: int,
    key: Key,
    holders: Iterable[str],
    subjects: Iterable[str] = (),
    email: str | None = None,
) -> Person:
    """Return everybody who is the same person by holder or e-mail address, with all their orders."""
    orders = {*subjects}
    found = {*holders} | orders
    addresses = {email} if email else set()
    while True:
        values = values_of(connection, store_id, sorted(found), key)
        addresses |= {
            str(one[name]) for one in values.values() for name in ("email", "phone") if one.get(name)
        }
        same = {
            holder
            for address in addresses
            if "@" in address
            for holder in holders_by_email(connection, store_id, address, key)
        }
        theirs = {f"{ORDER}{one}" for one in _orders_of(connection, store_id, found | same)}
        theirs |= {one for one in found | same if one.startswith(ORDER)}
        if found >= same | theirs and orders >= theirs:
            return Person(tuple(sorted(found)), tuple(sorted(orders)), tuple(sorted(addresses)))
        found |= same | theirs
        orders |= theirs


def _orders_of(connection: Connection, store_id: int, holders: Iterable[str]) -> set[str]:
    table = metadata.tables["orders"]
    found: set[str] = set()
    for some in parts(holders):
        rows = connection.scalars(
            sa.select(table.c.order_id).where(table.c.store_id == store_id, table.c.holder.in_(some))
        )
        found |= {*rows}
    return found


def plan(connection: Connection, store_id: int, key: Key, person: Person) -> Plan:
    """Return a person with the raw bodies that speak of them; reads, and opens, every body that is still kept."""
    told: set[str] = set()
    numbers: set[str] = set()
    for some in parts(subjects_of(person)):
        for facts in journal.facts_of(connection, store_id, some).values():
            numbers |= numbers_in(facts)
            # A body that speaks of several things tells each by a fact of its own, named behind a hash.
            told |= {name for fact in facts for name in (fact.key, fact.key.rpartition("#")[0])}
    found = {name for some in parts(told) for name in journal.known(connection, store_id, some)}
    clues, carriers = _clues(person), services()
    for row in _bodies(connection, store_id):
        if row.platform in carriers:
            speaks = bool(numbers) and _tells_of(row, key, numbers)
        else:
            speaks = row.key not in found and _speaks_of(row, key, person, clues)
        found |= {row.key} if speaks else set()
    return Plan(person, tuple(sorted(found)))


def subjects_of(person: Person) -> list[str]:
    """Return every subject of facts that a person has."""
    return [*person.subjects, *(f"{CUSTOMER}{holder}" for holder in person.holders)]


def _bodies(connection: Connection, store_id: int) -> Iterator[Any]:
    table, last = journal.raw_bodies, ""
    while True:
        rows = connection.execute(
            sa.select(table)
            .where(table.c.store_id == store_id, table.c.key > last, table.c.state != journal.ERASED)
            .order_by(table.c.key)
            .limit(SCANNED)
        ).all()
        yield from rows
        if len(rows) < SCANNED:
            return
        last = rows[-1].key


def _clues(person: Person) -> list[bytes]:
    names = {one.rpartition(":")[2] for one in (*person.holders, *person.subjects)}
    return [one.encode() for one in sorted(names | {*person.addresses}) if one]


def _speaks_of(row: Any, key: Key, person: Person, clues: Sequence[bytes]) -> bool:
    plain = key.open(row.sealed_body, journal.raw_purpose(row.store_id, row.key))
    if not any(clue in plain for clue in clues):
        return False
    # What was merely counted says nothing that anybody needs, so the first sign is enough to let it go.
    if row.state == journal.COUNTED or any(address.encode() in plain for address in person.addresses):
        return True
    try:
        said = readers()[row.platform].read(plain, Context(row.key, row.topic, row.received_at))
    except UnreadableError:
        return True
    mine = {*person.holders, *person.subjects}
    asked = {one.holder for one in said.asked}
    return bool(mine & (holders_in(said) | subjects_in(said) | asked))


def _tells_of(row: Any, key: Key, numbers: Set[str]) -> bool:
    """Say whether a tracking service's body is about one of these numbers, which it may write with blanks."""
    plain = key.open(row.sealed_body, journal.raw_purpose(row.store_id, row.key))
    try:
        said = readers()[row.platform].read(plain, Context(row.key, row.topic, row.received_at))
    except UnreadableError:
        return False
    return bool(numbers & subjects_in(said))
