"""The migrations make exactly the tables that the code declares."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from vefa.cli.migrate import VERSION_TABLE, current, head, upgrade
from vefa.database import Databases, metadata, reading


def _differences(databases: Databases) -> list[object]:
    with reading(databases.main) as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        return list(compare_metadata(context, metadata))


@pytest.mark.usefixtures("modules")
def test_migrations_make_the_declared_tables(databases: Databases) -> None:
    assert _differences(databases) == []


@pytest.mark.usefixtures("modules")
def test_a_column_that_no_migration_makes_is_found(databases: Databases) -> None:
    with databases.main.begin() as connection:
        connection.execute(sa.text("ALTER TABLE messages DROP COLUMN error"))
    assert len(_differences(databases)) == 1


def test_a_second_upgrade_changes_nothing(databases: Databases) -> None:
    upgrade(databases)
    with reading(databases.main) as connection:
        assert current(connection) == head() == "0003"
