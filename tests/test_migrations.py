"""The migrations make exactly the tables that the code declares."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from vefa import journal
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
        assert current(connection) == head() == "0004"


def test_an_older_intake_keeps_what_waits_in_it(databases: Databases) -> None:
    with databases.intake.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE intake DROP COLUMN sent_at")
        connection.exec_driver_sql(
            "INSERT INTO intake (store_id, key, platform, topic, received_at, sealed_body)"
            " VALUES (1, 'k', 'standard', 't', '2026-03-02 10:00:00', x'00')"
        )
    upgrade(databases)
    with reading(databases.intake) as connection:
        (body,) = journal.waiting(connection, 10)
    assert (body.key, body.sent_at) == ("k", None)
