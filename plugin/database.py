"""The databases of a process, metadata, and the declaration that every table makes about itself.

Vefa always has an engine of its own: the main database and, on SQLite, a second file for intake. Flask-SQLAlchemy
(staff, stores, panel) and SQLAlchemy Core (everything hot) share the main engine of the process.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Column, Connection, Dialect, Engine, MetaData, Select, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator

from vefa import engines

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
LONG = (sa.LargeBinary, sa.Text)
metadata = MetaData(naming_convention=NAMING)
intake_metadata = MetaData(naming_convention=NAMING)


class Kind(enum.Enum):
    """What a table's rows are worth: what cannot be recomputed, what can, what passes by."""

    PRIMARY = "primary"
    DERIVED = "derived"
    PASSING = "passing"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a table says of itself: data map, export, erasure, backup and rebuild read it.

    ``subject`` is what a row is about, ``retention`` how long rows stay, in words; ``personal`` names the columns
    that hold personal data, sealed or not; ``scoped`` is False only where rows belong to no store.
    """

    kind: Kind
    subject: str
    retention: str
    personal: tuple[str, ...] = ()
    scoped: bool = True

    def info(self) -> dict[str, Declaration]:
        """Return the ``info`` dictionary that carries this declaration on a SQLAlchemy table."""
        return {"vefa": self}


def table(name: str, declaration: Declaration, *items: SchemaItem, intake: bool = False) -> Table:
    """Define a Core table together with its declaration, in the main or in the intake metadata."""
    return Table(
        name,
        intake_metadata if intake else metadata,
        *items,
        info=declaration.info(),
        # Clustered by key where rows are small; a long value in a clustered row slows the inserts around it.
        sqlite_with_rowid=any(isinstance(item, Column) and isinstance(item.type, LONG) for item in items),
    )


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as UTC; a naive one is refused."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Store with a time zone where the database has such a type."""
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def dump_json(value: object) -> str:
    """Write JSON in one canonical form: sorted keys, no spaces, characters as they are."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Database(SQLAlchemy):
    """Flask-SQLAlchemy on the process's own engine, so that Core and ORM share one."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        engine: Engine = app.extensions["vefa"].databases.main
        return engine


db = Database(metadata=metadata, disable_autonaming=True)


@dataclass(frozen=True, slots=True)
class Databases:
    """The databases of a process: ``main``, and ``intake`` that the web process writes; on PostgreSQL they are one.

    ``directory`` is where files beside the database belong (the key, locks).
    """

    main: Engine
    intake: Engine
    directory: Path

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.main.dispose()
        self.intake.dispose()


def make_engine(url: str, *, durable: bool = True, threads: int = engines.THREADS) -> Engine:
    """Make an engine with Vefa's settings, which writes JSON in one canonical form; see ``engines.make_engine``."""
    return engines.make_engine(url, durable=durable, threads=threads, serializer=dump_json)


def open_databases(
    path: Path, *, durable: bool = True, url: str | None = None, threads: int = engines.THREADS
) -> Databases:
    """Open the SQLite file at ``path`` and the intake file beside it, making neither table nor row.

    With ``url``, a PostgreSQL database holds both, and only the folder of ``path`` counts: it is where the key lies.
    """
    path = path.absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    if url is not None:
        engine = make_engine(url, threads=threads)
        return Databases(main=engine, intake=engine, directory=path.parent)
    intake = path.with_name(path.stem + ".intake" + path.suffix)
    return Databases(
        main=make_engine(f"sqlite:///{path}", durable=durable),
        intake=make_engine(f"sqlite:///{intake}", durable=durable),
        directory=path.parent,
    )


def reading(engine: Engine) -> Connection:
    """Return a connection whose transactions see one moment and take no write lock; use it in a ``with`` block."""
    return engines.read_only(engine)


def upsert(
    connection: Connection, into: Table, rows: Sequence[Mapping[str, Any]], update: Sequence[str]
) -> None:
    """Insert rows, or overwrite the ``update`` columns where the primary key is there already.

    With no columns to update, a row that is there stays as it is. All rows name the same columns.
    """
    if rows:
        execute_compiled(connection, _upsert(connection.dialect.name, into, tuple(update)), rows)


@cache
def _upsert(dialect: str, into: Table, update: tuple[str, ...]) -> Any:
    keys = [column.name for column in into.primary_key.columns]
    insert = insert_into(dialect, into)
    if not update:
        return insert.on_conflict_do_nothing(index_elements=keys)
    return insert.on_conflict_do_update(
        index_elements=keys, set_={name: insert.excluded[name] for name in update}
    )


def insert_into(dialect: str, into: Table) -> Any:
    """Return an INSERT of the dialect, whose conflicts can be settled."""
    return (sqlite if dialect == "sqlite" else postgresql).insert(into)


def execute_compiled(connection: Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run an INSERT with a conflict clause for every row, compiled once a process.

    SQLAlchemy's own cache leaves such statements out, and compiling one costs ten times its execution.
    """
    connection.execute(_compiled(connection.dialect, statement, tuple(rows[0])), list(rows))


@lru_cache(maxsize=256)
def _compiled(dialect: Dialect, statement: Any, columns: tuple[str, ...]) -> Any:
    return statement.compile(dialect=dialect, column_keys=list(columns))


def of_subjects(source: Table, column: str, *order: str) -> Select[Any]:
    """Make the statement that reads a store's rows about some subjects; bind ``store_id`` and ``subjects``.

    Statements on the hot path are made once: making one costs more than running it.
    """
    statement = sa.select(source).where(
        source.c.store_id == bindparam("store_id"),
        source.c[column].in_(bindparam("subjects", expanding=True)),
    )
    return statement.order_by(*(source.c[name] for name in order))
