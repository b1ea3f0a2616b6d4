"""Several processes on one database: who may write, who may work, and what is free again when one is gone."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from tests.build import START, on

from vefa.database import Databases, reading
from vefa.engines import is_sqlite
from vefa.policy.records import policies
from vefa.turns import alone, writing
from vefa.work import Item, Result, look_at, make_due, sweep, work

pytestmark = pytest.mark.contract
MANY = 12


@pytest.fixture
def engine(databases: Databases) -> Engine:
    return databases.main


@pytest.fixture
def server(engine: Engine) -> Engine:
    """Return an engine of PostgreSQL; on SQLite there is nothing to see, since a file has one worker."""
    if is_sqlite(engine):
        pytest.skip("a SQLite file has one worker")
    return engine


# What is no store's, or lies in a database that nobody else writes to: migrations, a Flask store's own outbox, and
# files that are made for one run.
APART = {
    "turns.py",
    "cli/migrate.py",
    "cli/replay.py",
    "imports/rehearsal.py",
    "inbound/outbox.py",
    "inbound/host.py",
}


def test_whoever_writes_takes_a_turn(root: Path) -> None:
    """A transaction that is begun without one would read what another changes before it writes."""
    found = {
        f"{path.relative_to(root / 'plugin')}:{number}"
        for path in sorted((root / "plugin").rglob("*.py"))
        if str(path.relative_to(root / "plugin")) not in APART
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if ".begin()" in line and "intake.begin()" not in line
    }
    assert not found, "use vefa.turns.writing with the number of the store"


def versions(engine: Engine, store_id: int) -> list[int]:
    with reading(engine) as connection:
        mine = sa.select(policies.c.version).where(policies.c.store_id == store_id)
        return sorted(connection.scalars(mine))


def number_next(engine: Engine, store_id: int) -> None:
    """Write a row with the number after the last one, as cases, returns and policies are numbered."""
    with writing(engine, store_id) as connection:
        last = sa.select(sa.func.max(policies.c.version)).where(policies.c.store_id == store_id)
        version = (connection.scalar(last) or 0) + 1
        row = {"store_id": store_id, "version": version, "document": "{}", "changed_at": START}
        connection.execute(policies.insert().values(row))


def test_numbers_are_given_once_and_without_gaps(engine: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: number_next(engine, 1 + n % 2), range(MANY)))
    assert versions(engine, 1) == versions(engine, 2) == list(range(1, MANY // 2 + 1))


def test_stores_do_not_wait_for_each_other(server: Engine) -> None:
    with writing(server, 1), ThreadPoolExecutor(1) as pool:
        pool.submit(number_next, server, 2).result(timeout=5)
    assert versions(server, 2) == [1]


def test_one_works_on_a_package_of_a_store_at_a_time(server: Engine) -> None:
    wanted = [(1, "send"), (1, "send"), (2, "send"), (1, "orders")]
    with ExitStack() as held:
        got = [held.enter_context(alone(server, *one)) for one in wanted]
    assert got == [True, False, True, True]
    with alone(server, 1, "send") as again:
        assert again


def end_connections(engine: Engine) -> None:
    """End every connection to the database, as a restart of the server does."""
    with engine.connect() as connection:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(sa.text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))


def test_a_lock_is_free_when_its_holder_is_gone(server: Engine) -> None:
    with alone(server, 1, "send") as first:
        end_connections(server)
        with alone(server, 1, "send") as second:
            assert first and second, "the server has taken the lock back"
    number_next(server, 1)
    assert versions(server, 1) == [1], "a lost connection is made again"


def test_a_subject_is_looked_at_once(engine: Engine) -> None:
    seen: list[str] = []
    at_work, go_on = Event(), Event()

    def slow(_store: int, subjects: Sequence[str], _now: datetime) -> Result:
        seen.extend(subjects)
        at_work.set()
        assert go_on.wait(10)
        return Result()

    def quick(_store: int, subjects: Sequence[str], _now: datetime) -> Result:
        seen.extend(subjects)
        return Result()

    with writing(engine, 1) as connection:
        make_due(connection, 1, "p", {"a": START, "b": START})
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(sweep, engine, {"p": slow}, on(1))
        assert at_work.wait(10)
        try:
            if not is_sqlite(engine):
                assert sweep(engine, {"p": quick}, on(1)) == (0, None)
        finally:
            go_on.set()
        assert first.result(timeout=10) == (2, None)
    assert sorted(seen) == ["a", "b"] and sweep(engine, {"p": quick}, on(1)) == (0, None)


def test_what_another_did_meanwhile_is_not_done_again(server: Engine, monkeypatch: Any) -> None:
    """A worker read what is due, and another did it before the first one had the lock."""
    seen: list[str] = []

    def look(_store: int, subjects: Sequence[str], _now: datetime) -> Result:
        seen.extend(subjects)
        return Result(again={"b": on(2)} if "b" in subjects else {})

    with writing(server, 1) as connection:
        make_due(connection, 1, "p", {"a": START, "b": START})
    from vefa import work as module

    def late(*about: Any) -> Any:
        monkeypatch.undo()
        sweep(server, {"p": look}, on(1))
        return alone(*about)

    monkeypatch.setattr(module, "alone", late)
    assert sweep(server, {"p": look}, on(1)) == (0, None)
    assert seen == ["a", "b"]


def test_a_slow_worker_finishes_nothing_that_is_new(engine: Engine) -> None:
    """It was thought dead; its row was finished by another, and made again by a new fact."""
    with writing(engine, 1) as connection:
        make_due(connection, 1, "p", {"a": START})
        old = connection.execute(sa.select(work.c.subject, work.c.version, work.c.attempts)).one()

    def look(_store: int, _subjects: Sequence[str], _now: datetime) -> Result:
        with writing(engine, 1) as connection:
            connection.execute(work.delete())
            make_due(connection, 1, "p", {"a": START})
        return Result()

    look_at(engine, look, store_id=1, package="p", items=[Item(*old)], now=on(1))
    with reading(engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(work)) == 1
