"""Brings a database up to the newest migration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from vefa import resources
from vefa.database import Databases, intake_metadata, reading

VERSION_TABLE = "vefa_alembic_version"


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
    """Bring both databases up to date; a database that is there already keeps its rows."""
    with reading(databases.main) as connection:
        behind = current(connection) != head()
    if behind:
        with databases.main.begin() as connection:
            command.upgrade(config(connection), "head")
    with databases.intake.begin() as connection:
        intake_metadata.create_all(connection)
        _add_columns(connection)


def _add_columns(connection: Connection) -> None:
    """Add to the intake what older ones lack: a column that may be empty, since what waits there has no value."""
    found = sa.inspect(connection)
    for table in intake_metadata.sorted_tables:
        there = {column["name"] for column in found.get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                kind = column.type.compile(connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {kind}")
