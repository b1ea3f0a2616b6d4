"""Brings a database up to the newest migration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.schema import CreateSchema

from vefa import resources
from vefa.database import Databases, intake_metadata, reading
from vefa.engines import SCHEMA, is_sqlite
from vefa.journal import intake
from vefa.stores.refusals import refusals
from vefa.turns import wait_alone

VERSION_TABLE = "vefa_alembic_version"
# Named here, so that they are known to a process that imports nothing else.
INTAKE = (intake, refusals)
_OTHER_COLLATIONS = sa.text(
    "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)"
    " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation o ON o.oid = a.attcollation"
    " WHERE c.relnamespace = to_regnamespace(:schema) AND c.relkind = 'r' AND a.attnum > 0"
    " AND NOT a.attisdropped AND o.collname <> 'C' ORDER BY c.relname, a.attnum"
)


def config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration, bound to a connection."""
    settings = Config()
    settings.set_main_option("script_location", str(resources.migrations()))
    settings.attributes["connection"] = connection
    return settings


def head() -> str | None:
    """Return the newest migration."""
    return ScriptDirectory.from_config(config()).get_current_head()


def current(connection: Connection) -> str | None:
    """Return the migration that a database stands at, or None for an empty one."""
    return MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE}
    ).get_current_revision()


def upgrade(databases: Databases) -> None:
    """Bring both databases up to date; a database that is there already keeps its rows.

    Several processes may ask at the same time: one does it, and the others wait until it is done.
    """
    if not is_sqlite(databases.main):
        _upgrade_postgresql(databases)
        return
    with reading(databases.main) as connection:
        behind = current(connection) != head()
    if behind:
        with databases.main.begin() as connection:
            command.upgrade(config(connection), "head")
    with databases.intake.begin() as connection:
        intake_metadata.create_all(connection, INTAKE)
        _add_columns(connection)


def _upgrade_postgresql(databases: Databases) -> None:
    with databases.main.begin() as connection:
        wait_alone(connection, "upgrade")
        # Asked for first, since making it takes a right of its own, also where it is there.
        if connection.scalar(sa.select(sa.func.to_regnamespace(SCHEMA))) is None:
            connection.execute(CreateSchema(SCHEMA))
        if current(connection) != head():
            command.upgrade(config(connection), "head")
        intake_metadata.create_all(connection, INTAKE)
        _add_columns(connection)
        _compare_by_bytes(connection)


def other_collations(connection: Connection) -> dict[str, list[tuple[str, str]]]:
    """Return by table the columns of text, with their types, that PostgreSQL compares by a language's rules."""
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in connection.execute(_OTHER_COLLATIONS, {"schema": SCHEMA}):
        found.setdefault(table, []).append((column, kind))
    return found


def _compare_by_bytes(connection: Connection) -> None:
    """Let every text be compared by its bytes, as the program and SQLite do, whatever language the database speaks.

    Keys that are paged by would be passed over where the database thinks of another order, or of equal letters.
    """
    quote = connection.dialect.identifier_preparer.quote
    for table, columns in other_collations(connection).items():
        changes = (f'ALTER COLUMN {quote(column)} TYPE {kind} COLLATE "C"' for column, kind in columns)
        connection.exec_driver_sql(f"ALTER TABLE {quote(table)} {', '.join(changes)}")


def _add_columns(connection: Connection) -> None:
    """Add to the intake what older ones lack: a column that may be empty, since what waits there has no value."""
    found = sa.inspect(connection)
    for table in intake_metadata.sorted_tables:
        there = {column["name"] for column in found.get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                kind = column.type.compile(connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {kind}")
