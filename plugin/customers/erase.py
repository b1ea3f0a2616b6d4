"""Erases people: destroys their keys, drops raw bodies and index rows, and leaves a pseudonym in the ledger.

What is personal in a table is what the table declares; a row is a person's by its holder, its order or its case.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table

from vefa import journal
from vefa.clock import time_ordered_id
from vefa.customers import parcels, records
from vefa.customers.forget import CUSTOMER, scrub
from vefa.customers.seek import Person, Plan, parts, subjects_of
from vefa.customers.vault import vault
from vefa.database import Declaration, dump_json, metadata
from vefa.stores.sealing import Key
from vefa.work import make_due, work

OWN = (vault, journal.facts, journal.raw_bodies, records.erasures, records.requests, work)
# The subject of tables that hold files as they were brought, and pieces of them.
FILE = "file"
# What reads an order again once its facts have changed.
ORDERS = "orders"


def carry_out(connection: Connection, store_id: int, key: Key, planned: Plan, now: datetime) -> str:
    """Erase a person as planned, in the caller's transaction; return what stands in their place.

    The orders have to be looked at again afterwards, which is made due.
    """
    person = planned.person
    pseudonym = f"erased:{time_ordered_id(now)}"
    cases = _cases_of(connection, store_id, person)
    numbers = parcels.close(connection, store_id, person, now)
    _scrub_facts(connection, store_id, person, pseudonym)
    for some in parts(planned.bodies):
        journal.blank(connection, store_id, some)
    for table in metadata.sorted_tables:
        if table.info["vefa"].subject == FILE:
            # Nobody can tell who stands in a sealed file; whoever brought it has it still.
            connection.execute(table.delete().where(table.c.store_id == store_id))
        elif table not in OWN:
            _clear(connection, store_id, table, person, cases, pseudonym)
    for some in parts(person.holders):
        connection.execute(vault.delete().where(vault.c.store_id == store_id, vault.c.holder.in_(some)))
        records.close_of(connection, store_id, some, pseudonym, now)
        subjects = [f"{CUSTOMER}{holder}" for holder in some]
        connection.execute(work.delete().where(work.c.store_id == store_id, work.c.subject.in_(subjects)))
    log = [*person.subjects, *(records.holder_subject(holder, key) for holder in person.holders)]
    log += [records.number_subject(one, key) for one in numbers]
    records.note_erasures(connection, store_id, log, pseudonym, now)
    make_due(connection, store_id, ORDERS, dict.fromkeys(person.order_ids, now))
    return pseudonym


def _cases_of(connection: Connection, store_id: int, person: Person) -> list[str]:
    table = metadata.tables["cases"]
    mine = sa.or_(table.c.holder.in_(person.holders), table.c.order_id.in_(person.order_ids))
    return list(connection.scalars(sa.select(table.c.id).where(table.c.store_id == store_id, mine)))


def _scrub_facts(connection: Connection, store_id: int, person: Person, pseudonym: str) -> None:
    facts = journal.facts
    for some in parts(subjects_of(person)):
        rows = connection.execute(
            sa.select(facts.c.subject, facts.c.key, facts.c.data).where(
                facts.c.store_id == store_id, facts.c.subject.in_(some)
            )
        ).all()
        for row in rows:
            subject = f"{CUSTOMER}{pseudonym}" if row.subject.startswith(CUSTOMER) else row.subject
            connection.execute(
                facts.update()
                .where(facts.c.store_id == store_id, facts.c.subject == row.subject, facts.c.key == row.key)
                .values(subject=subject, data=dump_json(scrub(json.loads(row.data), pseudonym)))
            )


def _clear(
    connection: Connection, store_id: int, table: Table, person: Person, cases: Sequence[str], pseudonym: str
) -> None:
    """Take what is personal out of a person's rows in one table."""
    declared: Declaration = table.info["vefa"]
    links = {"holder": person.holders, "order_id": person.order_ids, "case_id": cases}
    named = [name for name in links if name in table.c]
    if not declared.scoped or not named or not (declared.personal or "holder" in table.c):
        return
    for name in named:
        for some in parts(links[name]):
            rows = connection.execute(
                sa.select(table).where(table.c.store_id == store_id, table.c[name].in_(some))
            ).mappings()
            for row in rows.all():
                same = [column == row[column.name] for column in table.primary_key.columns]
                changed = _cleared(table, declared, row, person, pseudonym)
                connection.execute(table.update().where(*same).values(changed))


def _cleared(table: Table, declared: Declaration, row: Any, person: Person, pseudonym: str) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for name in declared.personal:
        column = table.c[name]
        blank: bytes | str = b"" if isinstance(column.type, sa.LargeBinary) else ""
        changed[name] = None if column.nullable else blank
    if "holder" in table.c:
        changed["holder"] = pseudonym
    if "has_words" in table.c:
        changed["has_words"] = False
    for name in ("id", "key"):
        if name in table.c and isinstance(text := row[name], str):
            changed[name] = _without(text, person, pseudonym)
    return changed


def _without(text: str, person: Person, pseudonym: str) -> str:
    """Put the pseudonym into an identity that names an order and its customer."""
    for order_id in person.order_ids:
        for holder in person.holders:
            text = text.replace(f"{order_id}:{holder}", f"{order_id}:{pseudonym}")
    return text
