"""The migrations make exactly the tables that the code declares."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from tests import postgres

from vefa import journal
from vefa.cli.migrate import VERSION_TABLE, current, head, other_collations, upgrade
from vefa.database import Databases, intake_metadata, metadata, open_databases, reading
from vefa.engines import is_sqlite

pytestmark = pytest.mark.contract
AT = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def changed(databases: Databases) -> Iterator[Databases]:
    """Return databases whose tables may be changed."""
    yield databases
    if not is_sqlite(databases.main):
        postgres.remake()


def _differences(databases: Databases) -> list[object]:
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        # On PostgreSQL the tables of intake stand beside the others, and are made without a migration.
        return kind != "table" or name not in intake_metadata.tables

    options = {"version_table": VERSION_TABLE, "include_name": ours}
    with reading(databases.main) as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


@pytest.mark.usefixtures("modules")
def test_migrations_make_the_declared_tables(databases: Databases) -> None:
    assert _differences(databases) == []


@pytest.mark.usefixtures("modules")
def test_a_column_that_no_migration_makes_is_found(changed: Databases) -> None:
    with changed.main.begin() as connection:
        connection.execute(sa.text("ALTER TABLE messages DROP COLUMN error"))
    assert len(_differences(changed)) == 1


def test_a_second_upgrade_changes_nothing(databases: Databases) -> None:
    upgrade(databases)
    with reading(databases.main) as connection:
        assert current(connection) == head() == "0004"


def test_an_older_intake_keeps_what_waits_in_it(changed: Databases) -> None:
    waits = {"store_id": 1, "key": "k", "platform": "standard", "topic": "t", "received_at": AT}
    with changed.intake.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE intake DROP COLUMN sent_at")
        connection.execute(journal.intake.insert().values(**waits, sealed_body=b"0"))
    upgrade(changed)
    with reading(changed.intake) as connection:
        (body,) = journal.waiting(connection, 10)
    assert (body.key, body.sent_at) == ("k", None)


@pytest.mark.service
@pytest.mark.parametrize(
    "language", ["", "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'tr' LOCALE 'C'"]
)
def test_several_processes_may_upgrade_at_once_in_any_language(tmp_path: Path, language: str) -> None:
    """In the database's own order "ı" would stand before "i" and "I" beside it; keys are paged by their bytes."""
    with postgres.database("upgrade", language) as address:
        several = [open_databases(tmp_path / "none.db", url=address) for _ in range(3)]
        try:
            with ThreadPoolExecutor() as pool:
                list(pool.map(upgrade, several))
            check_order(several[0])
        finally:
            for one in several:
                one.dispose()


def check_order(databases: Databases) -> None:
    words = ["a", "B", "i", "ı", "I", "z", "Z", "ç", "_"]
    with databases.main.begin() as connection:
        assert current(connection) == head() and other_collations(connection) == {}
        rows = [{"store_id": 1, "holder": one, "wrapped_key": b"", "sealed": b""} for one in words]
        vault = metadata.tables["vault"]
        connection.execute(vault.insert(), rows)
        found = connection.scalars(sa.select(vault.c.holder).order_by(vault.c.holder)).all()
    assert found == sorted(words)


def test_every_table_of_intake_is_made_by_a_process_that_imports_nothing_else() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from vefa.cli.migrate import INTAKE; print(*(one.name for one in INTAKE))"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert set(done.stdout.split()) == set(intake_metadata.tables)
