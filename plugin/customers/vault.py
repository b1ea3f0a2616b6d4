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
from vefa.facts import EARLIEST, Fact, escape, merge, unescape
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


class ChangedMeanwhileError(Exception):
    """A row was changed by another process since it was read; read it again."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A row to be written, with the sealed fields that it was made from (None where there was no row)."""

    row: Mapping[str, Any]
    seen: bytes | None


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
) -> list[Prepared]:
    """Merge entries into the rows that are there and return the rows to be written."""
    holders = sorted({entry.holder for entry in entries})
    rows = _rows(connection, store_id, holders) if holders else []
    seen = {row.holder: row.sealed for row in rows}
    held = {row.holder: _open(row, store_key) for row in rows}
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
        row = {
            "store_id": store_id,
            "holder": holder,
            "wrapped_key": store_key.seal(key.secret, purpose),
            "sealed": key.seal(dump_json(document).encode(), purpose),
            "email_index": store_key.index(fold_email(email)) if email else None,
            "phone_index": store_key.index(fold_phone(phone)) if phone else None,
        }
        written.append(Prepared(row, seen.get(holder)))
    return written


def write(connection: Connection, store_id: int, prepared: Sequence[Prepared]) -> None:
    """Write vault rows that ``prepare`` made.

    Raises ``ChangedMeanwhileError`` if one of them is not what it was when it was read: a person's key must never be
    replaced by another, or what is sealed under it could not be read again.
    """
    if not prepared:
        return
    holders = [one.row["holder"] for one in prepared]
    there = {row.holder: row.sealed for row in _rows(connection, store_id, holders)}
    if any(there.get(one.row["holder"]) != one.seen for one in prepared):
        raise ChangedMeanwhileError
    rows = [one.row for one in prepared]
    upsert(connection, vault, rows, update=("wrapped_key", "sealed", "email_index", "phone_index"))


def ensure_key(connection: Connection, store_id: int, holder: str, store_key: Key) -> Key:
    """Return the key of a person's vault row, making an empty row where there is none; call it while writing.

    What a person said is sealed under this key wherever it is kept, so that destroying the key erases it.
    """
    found = keys(connection, store_id, [holder], store_key)
    if holder in found:
        return found[holder]
    (made,) = prepare(connection, store_id, [Entry(holder, EARLIEST, 0, {})], store_key)
    upsert(connection, vault, [made.row], update=())
    return keys(connection, store_id, [holder], store_key)[holder]


def keys(connection: Connection, store_id: int, holders: Sequence[str], store_key: Key) -> dict[str, Key]:
    """Return the keys of those of these people who have a vault row."""
    return {row.holder: _open(row, store_key)[0] for row in _rows(connection, store_id, holders)}


def values_of(
    connection: Connection, store_id: int, holders: Sequence[str], store_key: Key
) -> dict[str, dict[str, Any]]:
    """Return every field in these vault rows by its path, such as ``reviews/<key>/text``."""
    found: dict[str, dict[str, Any]] = {holder: {} for holder in holders}
    for row in _rows(connection, store_id, holders):
        _, registers = _open(row, store_key)
        found[row.holder] = {unescape(path): value for path, (_, value) in merge(registers).items()}
    return found


def customers(
    connection: Connection, store_id: int, holders: Sequence[str], store_key: Key
) -> dict[str, Customer]:
    """Return the customers behind these holders; one that is not in the vault is a customer without fields."""
    known = values_of(connection, store_id, holders, store_key)
    return {holder: from_values(holder, values) for holder, values in known.items()}


def holders_by_email(connection: Connection, store_id: int, email: str, store_key: Key) -> list[str]:
    """Return who has this e-mail address, however it is written."""
    rows = connection.execute(
        sa.select(vault.c.holder).where(
            vault.c.store_id == store_id, vault.c.email_index == store_key.index(fold_email(email))
        )
    )
    return [row.holder for row in rows]
