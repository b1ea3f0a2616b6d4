"""How an engine is made: SQLite for one machine, PostgreSQL for as many processes as one likes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import DataError

from vefa.errors import ConfigurationError

SCHEMA = "vefa"
THREADS, FEWEST = 16, 4
READONLY = "vefa_readonly"
# Classes of SQLSTATE: a value that cannot be, and one that is too large for an index.
VALUES_AT_FAULT = ("22", "54")
# What the server sees to for every connection, at no cost: Vefa's tables are found in its own schema; whoever waits
# for a lock gives up as on SQLite; and a process that hangs, rather than ends, does not hold what others need.
SESSION = {
    "search_path": SCHEMA,
    "timezone": "UTC",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
    "idle_session_timeout": "15min",
}


def is_sqlite(engine: Engine | Connection) -> bool:
    """Say whether this is SQLite, where one file has one writer at a time."""
    return engine.dialect.name == "sqlite"


def is_about_values(error: Exception) -> bool:
    """Say whether a database refused the values themselves, which it would refuse again however often one tries."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return isinstance(error, DataError) or state[:2] in VALUES_AT_FAULT


def make_engine(
    url: str, *, serializer: Callable[[object], str], durable: bool = True, threads: int = THREADS
) -> Engine:
    """Make an engine with Vefa's settings; it connects on first use.

    On SQLite these are WAL, synchronous FULL and BEGIN IMMEDIATE; ``durable`` False trades durability for speed (a
    replay alone). On PostgreSQL, ``threads`` bounds the connections. ``serializer`` writes JSON. Errors name no
    values: they end in a log.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return _make_postgresql(parsed, threads, serializer)
    engine = sa.create_engine(
        parsed,
        json_serializer=serializer,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": 10},
        pool_use_lifo=True,
        **({} if durable else {"pool_size": 1}),
    )
    _prepare_sqlite(engine, durable=durable)
    return engine


def _make_postgresql(url: URL, threads: int, serializer: Callable[[object], str]) -> Engine:
    """Make an engine whose pool tries a connection before it hands it out, so that a restarted server is survived.

    Raises ``ConfigurationError`` where the driver is missing.
    """
    try:
        engine = sa.create_engine(
            url,
            json_serializer=serializer,
            hide_parameters=True,
            connect_args={
                "application_name": "vefa",
                "connect_timeout": 10,
                "options": " ".join(f"-c {name}={value}" for name, value in SESSION.items()),
            },
            pool_pre_ping=True,
            pool_use_lifo=True,
            # A request rarely holds two connections at once; one that does finds a second one all the same. A
            # worker needs a few whatever the number of threads: for its locks, for reading and for writing.
            pool_size=max(threads, FEWEST),
            max_overflow=max(threads, FEWEST),
            pool_timeout=10,
        )
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "The PostgreSQL driver is missing: install Vefa with the extra 'postgres'."
        ) from error
    event.listen(engine, "handle_error", _name_no_values)
    return engine


def _name_no_values(context: ExceptionContext) -> None:
    """Keep of the server's message its first line; those after it quote the row."""
    first = str(context.original_exception).partition("\n")[0]
    context.original_exception.args = (first,)
    if context.sqlalchemy_exception is not None:
        name = type(context.original_exception).__name__
        context.sqlalchemy_exception.args = (f"({name}) {first}",)


def _prepare_sqlite(engine: Engine, *, durable: bool) -> None:
    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")
        connection.execute("PRAGMA secure_delete=ON" if durable else "PRAGMA secure_delete=OFF")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA busy_timeout=10000")
        connection.execute("PRAGMA cache_size=-32768")

    def begin(pooled: Any) -> None:
        readonly = pooled.info.pop(READONLY, False)
        pooled.dbapi_connection.execute("BEGIN" if readonly else "BEGIN IMMEDIATE")

    def on_checkin(_connection: object, record: Any) -> None:
        record.info.pop(READONLY, None)

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "checkin", on_checkin)
    # Not the event "begin": a listener on the engine makes every single statement slower.
    setattr(engine.dialect, "do_begin", begin)  # noqa: B010 - the type checker sees no assignment to a method


def read_only(engine: Engine) -> Connection:
    """Return a connection whose transactions see one moment and write nothing."""
    connection = engine.connect()
    if is_sqlite(engine):
        connection.connection.info[READONLY] = True
        return connection
    return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
