"""Readers take no write lock, writers take it at once, and a reader's mark does not outlive its connection."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError
from tests import postgres

from vefa.database import Databases, make_engine, reading
from vefa.engines import is_sqlite
from vefa.work import work

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def second(databases: Databases) -> Iterator[sa.Engine]:
    """Open the same database a second time, on SQLite without patience."""
    engine = make_engine(postgres.address(databases))
    if is_sqlite(engine):
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
    yield engine
    engine.dispose()


@pytest.mark.contract
def test_a_reader_does_not_stand_in_a_writer_s_way(databases: Databases, second: sa.Engine) -> None:
    with reading(databases.main) as reader:
        reader.execute(sa.select(work)).all()
        with second.begin() as writer:
            writer.execute(work.insert().values(store_id=1, package="p", subject="s", due_at=NOW))
        assert reader.execute(sa.select(work)).all() == [], "a reader sees one moment"
        with pytest.raises(DBAPIError):
            reader.execute(work.delete())


def test_a_writer_takes_the_lock_before_it_reads(databases: Databases, second: sa.Engine) -> None:
    with databases.main.begin() as first:
        first.execute(sa.select(work)).all()
        with pytest.raises(OperationalError, match="locked"), second.begin() as other:
            other.execute(sa.select(work)).all()


def test_a_reader_that_read_nothing_leaves_no_mark(databases: Databases, second: sa.Engine) -> None:
    with reading(databases.main):
        pass
    with databases.main.begin() as first:
        first.execute(sa.select(work)).all()
        with pytest.raises(OperationalError, match="locked"), second.begin() as other:
            other.execute(sa.select(work)).all()


@pytest.mark.contract
def test_an_instant_without_a_zone_is_refused(databases: Databases) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="no time zone"), databases.main.begin() as connection:
        connection.execute(work.insert().values(store_id=1, package="p", subject="s", due_at=naive))


@pytest.mark.contract
def test_an_error_names_no_values_of_a_row(databases: Databases) -> None:
    row = {"store_id": 1, "package": "p", "subject": "ayse@example.com", "due_at": NOW}
    with databases.main.begin() as connection:
        connection.execute(work.insert().values(row))
    with pytest.raises(IntegrityError) as caught, databases.main.begin() as connection:
        connection.execute(work.insert().values(row))
    told = "".join(traceback.format_exception(caught.value))
    assert "ayse" not in told and "work" in told
