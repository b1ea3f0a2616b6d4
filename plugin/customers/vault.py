"""The vault: one row a customer, sealed under a random key that the store's key wraps.

Destroying the wrapped key destroys the person's data everywhere, backups of the journal included. The row keeps,
like facts do, the greatest instant, rank and digest of every field, so that order and repetition do not matter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.customers.customer import Customer, from_values
from vefa.database import Declaration, Kind, dump_json, of_subjects, table, upsert
from vefa.facts import Fact, escape, merge
from vefa.locales import fold_email, fold_phone
from vefa.stores.sealing import Key, new_key

vault = table(
    "vault",
    Declaration(
        Kind.PRIMARY,
        "customer",
        "until erasure",
        personal=("sealed", "wrapped_key", "email_index", "phone_index"),
    ),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("holder", sa.String(300), primary_key=True),
    sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("email_index", sa.String(64)),
    sa.Column("phone_index", sa.String(64)),
    sa.Index(None, "store_id", "email_index"),
    sa.Index(None, "store_id", "phone_index"),
)


_OF_HOLDERS = of_subjects(vault, "holder")


@dataclass(frozen=True, slots=True)
class Entry:
    """Personal fields of one event: whose, when it said so, and its rank among events of that instant."""

    holder: str
    at: datetime
    rank: int
    values: Mapping[str, Any]


def _purpose(store_id: int, holder: str) -> str:
    return f"vault:{store_id}:{holder}"


def _open(row: Any, store_key: Key) -> tuple[Key, list[Fact]]:
    purpose = _purpose(row.store_id, row.holder)
    key = Key(store_key.open(row.wrapped_key, purpose))
    document: dict[str, list[Any]] = json.loads(key.open(row.sealed, purpose))
    return key, [
        _register(row.holder, datetime.fromisoformat(at), rank, {path: value})
        for path, (at, rank, value) in document.items()
    ]


def _register(holder: str, at: datetime, rank: int, values: Mapping[str, Any]) -> Fact:
    return Fact(holder, "", "", at, at, rank, values)


def _rows(connection: Connection, store_id: int, holders: Sequence[str]) -> list[Any]:
    return list(connection.execute(_OF_HOLDERS, {"store_id": store_id, "subjects": holders}))


def prepare(
    connection: Connection, store_id: int, entries: Sequence[Entry], store_key: Key
) -> list[dict[str, Any]]:
    """Merge entries into the rows that are there and return the rows to be written."""
    holders = sorted({entry.holder for entry in entries})
    held = (
        {row.holder: _open(row, store_key) for row in _rows(connection, store_id, holders)} if holders else {}
    )
    written = []
    for holder in holders:
        key, registers = held.get(holder, (new_key(), []))
        registers = registers + [
            _register(
                holder, entry.at, entry.rank, {escape(name): value for name, value in entry.values.items()}
            )
            for entry in entries
            if entry.holder == holder
        ]
        merged = merge(registers)
        document = {
            path: [at.isoformat(), rank, value] for path, ((at, rank), value) in sorted(merged.items())
        }
        purpose = _purpose(store_id, holder)
        email, phone = (merged[name][1] if name in merged else None for name in ("email", "phone"))
        written.append(
            {
                "store_id": store_id,
                "holder": holder,
                "wrapped_key": store_key.seal(key.secret, purpose),
                "sealed": key.seal(dump_json(document).encode(), purpose),
                "email_index": store_key.index(fold_email(email)) if email else None,
                "phone_index": store_key.index(fold_phone(phone)) if phone else None,
            }
        )
    return written


def write(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write vault rows that ``prepare`` made."""
    upsert(connection, vault, rows, update=("wrapped_key", "sealed", "email_index", "phone_index"))


def customers(
    connection: Connection, store_id: int, holders: Sequence[str], store_key: Key
) -> dict[str, Customer]:
    """Return the customers behind these holders; one that is not in the vault is a customer without fields."""
    found = {holder: Customer(holder) for holder in holders}
    for row in _rows(connection, store_id, holders):
        _, registers = _open(row, store_key)
        values = {path: value for path, (_, value) in merge(registers).items()}
        found[row.holder] = from_values(row.holder, values)
    return found


def holders_by_email(connection: Connection, store_id: int, email: str, store_key: Key) -> list[str]:
    """Return who has this e-mail address, however it is written."""
    rows = connection.execute(
        sa.select(vault.c.holder).where(
            vault.c.store_id == store_id, vault.c.email_index == store_key.index(fold_email(email))
        )
    )
    return [row.holder for row in rows]
