"""Multiplies the rows of prototype orders: new ids, numbers, customers and days, and what is sealed sealed anew.

Rows are read and written as SQLite keeps them. All that tells one order from another stands in texts: its number,
its customer's number, the ids of its cases, messages and records, and days. A text is cut where one of these stands,
once; a copy is put together from the pieces.
"""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from large.kinds import email_of, phone_of
from vefa.database import metadata
from vefa.errors import ConfigurationError
from vefa.locales import fold_email, fold_phone
from vefa.stores.sealing import Key, new_key

IDENTITY = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
BIG = ("facts", "raw_bodies", "orders", "order_lines", "shipments", "promises", "judgements", "state_changes")
TABLES = (
    *BIG,
    *("vault", "messages", "decisions", "cases", "case_entries", "case_views", "given_promises", "answers"),
    *("answered", "decision_records", "returns", "holds", "work"),
)
LOCAL = {"cases": "number", "returns": "number"}
"""Columns with numbers that a store counts by itself."""
WORDS = {
    "case_entries": ("sealed_text", "case entry:{store_id}:{case_id}:{id}"),
    "answers": ("sealed_words", "answer:{store_id}:{id}"),
    "returns": ("sealed_words", "return:{store_id}:{id}"),
}
"""What is sealed under the customer's own key, and for what."""
SEALED = {
    "messages": ("sealed_content", "message:{id}"),
    "raw_bodies": ("sealed_body", "raw body:{store_id}:{key}"),
}
"""What is sealed under the store's key, and for what."""


@dataclass(frozen=True, slots=True)
class Names:
    """What stands in a copy in place of what stands in the prototype."""

    values: dict[str, str]
    customer: str
    days: int


@dataclass(slots=True)
class Text:
    """A text in pieces: what stays, and in between what is different in every copy."""

    fixed: list[str]
    names: list[str]

    @classmethod
    def cut(cls, text: str, pattern: re.Pattern[str]) -> str | Text:
        """Cut a text at all that differs; one that is the same in every copy stays a text."""
        parts = pattern.split(text)
        return cls(parts[::2], parts[1::2]) if len(parts) > 1 else text

    def fill(self, names: Names) -> str:
        """Return the text of a copy."""
        found = [self.fixed[0]]
        for name, behind in zip(self.names, self.fixed[1:], strict=True):
            found += (names.values.get(name) or _moved(name, names), behind)
        return "".join(found)


def _alone(name: str) -> str:
    """Return a pattern for a name, not within a digest that happens to hold it."""
    return rf"(?<![0-9a-f]){name}(?![0-9a-f])"


def _filled(value: Any, names: Names) -> Any:
    return value.fill(names) if isinstance(value, Text) else value


def _moved(name: str, names: Names) -> str:
    """Name what a copy has not named yet: a day so many days earlier, or an id of its own."""
    if len(name) == 10:
        made = (date.fromisoformat(name) - timedelta(days=names.days)).isoformat()
    else:
        stamp = (UUID(name).int >> 80) - names.days * 86_400_000
        made = str(UUID(int=(stamp << 80) | (0x7 << 76) | (0x2 << 62) | _draw()))
    names.values[name] = made
    return made


def _draw() -> int:
    bits = random.getrandbits(74)
    return ((bits >> 62) << 64) | (bits & ((1 << 62) - 1))


@dataclass(slots=True)
class Row:
    """A row of a prototype, its texts cut.

    ``sealed`` is what one column of it holds, in the open; ``holder`` under whose key, if it is a customer's.
    """

    table: str
    values: dict[str, Any]
    sealed: tuple[str, str | Text] | None = None
    holder: str | Text | None = None


@dataclass(slots=True)
class Prototype:
    """All rows of one order."""

    number: str
    customer: str
    rows: list[Row] = field(default_factory=list)
    people: list[Row] = field(default_factory=list)


class Multiplier:
    """Reads prototypes out of one store and writes copies of them into it."""

    def __init__(self, database: sqlite3.Connection, store_id: int, key: Key) -> None:
        self.database, self.store_id, self.key = database, store_id, key
        database.row_factory = sqlite3.Row
        self.columns = {
            name: [row["name"] for row in database.execute(f"PRAGMA table_info({name})")] for name in TABLES
        }
        self.counters: dict[str, Iterator[int]] = {
            name: count(self._highest(name, column) + 1) for name, column in LOCAL.items()
        }

    def _highest(self, table: str, column: str) -> int:
        statement = f"SELECT MAX({column}) FROM {table} WHERE store_id = ?"
        return int(self.database.execute(statement, (self.store_id,)).fetchone()[0] or 0)

    def read(self, number: str, customer: str, staff: str) -> Prototype:
        """Read the rows of a prototype; ``staff`` is the id of the account that acted, which stays as it is."""
        found = Prototype(number, customer)
        ids = [number, customer]
        ids += [row["id"] for row in self._holding("cases", ids)]
        pattern = re.compile(
            rf"((?!{staff}){IDENTITY}|{_alone(number)}|{_alone(customer)}|\d{{4}}-\d\d-\d\d)"
        )
        people = {row["holder"]: self._open(row) for row in self._holding("vault", ids)}
        for table in TABLES:
            for raw in self._holding(table, ids):
                row = Row(table, {})
                for name, value in dict(raw).items():
                    row.values[name] = Text.cut(value, pattern) if isinstance(value, str) else value
                plain = self._plain(table, raw, people)
                if plain:
                    row.sealed = plain[0], Text.cut(plain[1], pattern)
                    row.holder = Text.cut(plain[2], pattern)
                (found.people if table == "vault" else found.rows).append(row)
        return found

    def _holding(self, table: str, ids: Sequence[str]) -> list[sqlite3.Row]:
        texts = [c.name for c in metadata.tables[table].columns if isinstance(c.type, sa.String)]
        where = " OR ".join(f'"{name}" LIKE ?' for name in texts for _ in ids)
        statement = f"SELECT * FROM {table} WHERE store_id = ? AND ({where})"
        marks = [f"%{one}%" for _ in texts for one in ids]
        found = self.database.execute(statement, (self.store_id, *marks)).fetchall()
        named = re.compile("|".join(_alone(one) for one in ids))
        return [row for row in found if any(named.search(row[name] or "") for name in texts)]

    def _open(self, row: sqlite3.Row) -> tuple[Key, str]:
        purpose = f"vault:{self.store_id}:{row['holder']}"
        person = Key(self.key.open(row["wrapped_key"], purpose))
        return person, person.open(row["sealed"], purpose).decode()

    def _plain(
        self, table: str, row: sqlite3.Row, people: dict[str, tuple[Key, str]]
    ) -> tuple[str, str, str] | None:
        """Return which column of a row is sealed, what it holds, and whose key opened it."""
        if table == "vault":
            return "sealed", people[row["holder"]][1], row["holder"]
        if table in SEALED:
            column, purpose = SEALED[table]
            return column, self.key.open(row[column], purpose.format(**dict(row))).decode(), ""
        if table in WORDS and row[WORDS[table][0]] is not None:
            column, purpose = WORDS[table]
            return column, *_opened(people, row[column], purpose.format(**dict(row)))
        return None

    def copy(
        self, prototype: Prototype, number: str, customer: str, days: int
    ) -> list[tuple[str, list[Any]]]:
        """Return the rows of one copy by table; a customer who is there already is left out."""
        names = Names({prototype.number: number, prototype.customer: customer}, customer, days)
        keys: dict[str, Key] = {}
        made = [self._person(row, names, keys) for row in prototype.people]
        for row in prototype.rows:
            values = {name: _filled(value, names) for name, value in row.values.items()}
            if row.table in LOCAL:
                values[LOCAL[row.table]] = next(self.counters[row.table])
            if row.table == "messages":
                values["recipient_index"] = self.index(customer)
            if row.sealed:
                self._seal(row, values, names, keys)
            made.append((row.table, list(values.values())))
        return made

    def index(self, customer: str) -> str:
        """Return the digest by which a customer's address is found."""
        return self.key.index(fold_email(email_of(customer)))

    def _seal(self, row: Row, values: dict[str, Any], names: Names, keys: dict[str, Key]) -> None:
        assert row.sealed is not None
        column, text = row.sealed
        plain = _filled(text, names).encode()
        if row.table in SEALED:
            values[column] = self.key.seal(plain, SEALED[row.table][1].format(**values))
        else:
            person = keys[_filled(row.holder, names)]
            values[column] = person.seal(plain, WORDS[row.table][1].format(**values))

    def _person(self, row: Row, names: Names, keys: dict[str, Key]) -> tuple[str, list[Any]]:
        values = {name: _filled(value, names) for name, value in row.values.items()}
        assert row.sealed is not None
        purpose = f"vault:{self.store_id}:{values['holder']}"
        person = keys[values["holder"]] = new_key()
        values["wrapped_key"] = self.key.seal(person.secret, purpose)
        values["sealed"] = person.seal(_filled(row.sealed[1], names).encode(), purpose)
        if values["email_index"]:
            values["email_index"] = self.index(names.customer)
        if values["phone_index"]:
            values["phone_index"] = self.key.index(fold_phone(phone_of(names.customer)))
        return "vault", list(values.values())

    def write(self, rows: dict[str, list[list[Any]]]) -> None:
        """Write rows; a customer who has a row of the vault already keeps it."""
        self.database.execute("BEGIN")
        for table, some in rows.items():
            marks = ", ".join("?" * len(self.columns[table]))
            again = "OR IGNORE " if table in ("vault", "holds") else ""
            self.database.executemany(f"INSERT {again}INTO {table} VALUES ({marks})", some)
        self.database.execute("COMMIT")


def _opened(people: dict[str, tuple[Key, str]], sealed: bytes, purpose: str) -> tuple[str, str]:
    for holder, (key, _) in people.items():
        try:
            return key.open(sealed, purpose).decode(), holder
        except ConfigurationError:
            continue
    raise AssertionError(f"Nobody's key opens {purpose}.")
