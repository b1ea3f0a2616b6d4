"""An empty PostgreSQL database for tests, made once a process on this machine's server and dropped at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from vefa.cli.migrate import upgrade
from vefa.database import Databases, intake_metadata, metadata, open_databases
from vefa.engines import make_engine

SERVER = os.environ.get("VEFA_POSTGRESQL") or "postgresql+psycopg://127.0.0.1/postgres"


@cache
def _absent() -> str | None:
    """Return why there is no server, or None where there is one."""
    server = make_engine(SERVER, serializer=str)
    try:
        with server.connect():
            return None
    except sa.exc.SQLAlchemyError as error:
        return f"no PostgreSQL at {SERVER}, which VEFA_POSTGRESQL changes: {type(error).__name__}"
    finally:
        server.dispose()


def _on_server(*statements: str) -> None:
    server = make_engine(SERVER, serializer=str)
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    server.dispose()


def create(name: str, options: str = "") -> str:
    """Make a database, or skip the test where there is no server; return its address."""
    if _absent():
        pytest.skip(str(_absent()))
    # Tests end processes, not machines: what the server has taken is safe without waiting for the disk.
    _on_server(
        f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
        f"CREATE DATABASE {name} {options}",
        f"ALTER DATABASE {name} SET synchronous_commit = off",
    )
    return str(sa.make_url(SERVER).set(database=name).render_as_string(hide_password=False))


def drop(name: str) -> None:
    _on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def database(name: str, options: str = "") -> Iterator[str]:
    """Give the address of a new database until the end of the block."""
    name = f"vefa_test_{name}_{os.getpid()}"
    where = create(name, options)
    try:
        yield where
    finally:
        drop(name)


@cache
def _shared() -> Databases:
    """Return the migrated database that the tests of this process share."""
    name = f"vefa_test_{os.getpid()}"
    where = create(name)
    opened = open_databases(Path(f"/tmp/{name}") / "none.db", url=where)
    upgrade(opened)
    # Asks again for the schema, which was not there when the first connection was made.
    opened.dispose()
    return open_databases(Path(f"/tmp/{name}") / "none.db", url=where)


def finish() -> None:
    """Drop the database of this process, if there is one."""
    if _shared.cache_info().currsize:
        opened = _shared()
        opened.dispose()
        drop(str(opened.main.url.database))
        opened.directory.rmdir()
        _shared.cache_clear()


def remake() -> None:
    """Make the tables of this process's database anew, after a test that changed them."""
    opened = _shared()
    with opened.main.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA IF EXISTS vefa CASCADE")
    upgrade(opened)


def address(databases: Databases) -> str:
    """Return what VEFA_DATABASE_URL has to say to reach this database."""
    return databases.main.url.render_as_string(hide_password=False)


@contextmanager
def empty(folder: Path) -> Iterator[Databases]:
    """Open the database of this process without a row; ``folder`` is where its key lies."""
    try:
        _delete_rows(_shared().main)
    except sa.exc.ProgrammingError:
        remake()
    opened = open_databases(folder / "none.db", url=address(_shared()))
    try:
        yield opened
    finally:
        opened.dispose()


def _delete_rows(engine: sa.Engine) -> None:
    tables = [*reversed(metadata.sorted_tables), *intake_metadata.sorted_tables]
    statements = [f"DELETE FROM {one.name}" for one in tables]
    with engine.begin() as connection:
        connection.exec_driver_sql("; ".join(statements))
        connection.exec_driver_sql("SELECT setval('stores_id_seq', 1, false)")
