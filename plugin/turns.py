"""Who may write, and who may work, when several processes share a database.

On SQLite a file has one writer at a time and one worker, so both questions are answered. On PostgreSQL they are
answered by advisory locks, which the server frees when whoever holds them is gone, however it went.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from vefa.engines import is_sqlite

log = logging.getLogger("vefa.database")
# The turn of what belongs to no store: accounts, sessions, the list of stores.
EVERYBODY = 0

_TAKE = sa.select(sa.func.pg_advisory_xact_lock(sa.bindparam("number", type_=sa.BigInteger)))
_TRY = sa.select(sa.func.pg_try_advisory_lock(sa.bindparam("number", type_=sa.BigInteger)))
_FREE = sa.select(sa.func.pg_advisory_unlock(sa.bindparam("number", type_=sa.BigInteger)))


def number(name: str) -> int:
    """Return the number of an advisory lock, which is all that the server knows of it."""
    return int.from_bytes(hashlib.sha256(f"vefa {name}".encode()).digest()[:8], "big", signed=True)


@contextmanager
def writing(engine: Engine, *stores: int) -> Iterator[Connection]:
    """Begin a transaction in which nobody else writes to these stores; without one, to what belongs to no store.

    What is read in it cannot change before it is written, as on SQLite: numbers are given once, and what exists
    already is seen. Transactions are short, and stores do not wait for each other.
    """
    with engine.begin() as connection:
        take_turns(connection, *stores)
        yield connection


def take_turns(connection: Connection, *stores: int) -> None:
    """Wait until nobody else writes to these stores, and let nobody until this transaction ends."""
    if not is_sqlite(connection):
        for store_id in sorted(stores or (EVERYBODY,)):
            connection.execute(_TAKE, {"number": number(f"turn:{store_id}")})


def wait_alone(connection: Connection, what: str) -> None:
    """Wait until nobody else does ``what``, however long that takes them; a no-op on SQLite."""
    if not is_sqlite(connection):
        connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
        connection.execute(_TAKE, {"number": number(what)})


@contextmanager
def alone(engine: Engine, store_id: int, package: str) -> Iterator[bool]:
    """Try to be the only one who works on a package of a store; gives True if so, until the end of the block.

    The lock belongs to a connection and not to a transaction, since the work commits in transactions of its own.
    """
    if is_sqlite(engine):
        yield True
        return
    name = {"number": number(f"work:{package}:{store_id}")}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        got = bool(connection.scalar(_TRY, name))
        try:
            yield got
        finally:
            if got:
                _let_go(connection, name)


def _let_go(connection: Connection, name: dict[str, int]) -> None:
    try:
        connection.execute(_FREE, name)
    except DBAPIError:
        # The server has taken the lock back already, together with the connection.
        log.warning("the connection that held a lock was lost; the work itself is done")
        connection.invalidate()
