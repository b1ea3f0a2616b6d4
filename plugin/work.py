"""The one work table and its sweep: what has to be looked at again, and when.

Work is level-triggered: a row says that a package shall look at a subject at ``due_at``, not why. A handler
recomputes the subject's state from the facts as of ``now`` and returns the difference to be written; so repetition,
order and crashes do no harm. A batch that fails is halved until the one bad subject is found; that is tried again
with back-off and, after ``MAX_ATTEMPTS``, set aside as a dead letter, which a new fact revives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from vefa.database import Declaration, Instant, Kind, execute_compiled, insert_into, reading, table

BATCH = 200
MAX_ATTEMPTS = 8
FIRST_RETRY = timedelta(seconds=30)

work = table(
    "work",
    Declaration(Kind.PASSING, "subject", "until it is done"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("package", sa.String(30), primary_key=True),
    sa.Column("subject", sa.String(300), primary_key=True),
    sa.Column("due_at", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("error", sa.Text),
    sa.Index(None, "due_at"),
    sa.Index(None, "store_id", "due_at"),
    sa.Index(
        "ix_work_dead",
        "store_id",
        sqlite_where=sa.text("due_at IS NULL"),
        postgresql_where=sa.text("due_at IS NULL"),
    ),
)


@cache
def _next(packages: tuple[str, ...]) -> sa.Select[Any]:
    """Make the statement that reads what is due next in these packages, whether now or later."""
    columns = (work.c[name] for name in ("store_id", "package", "subject", "version", "attempts", "due_at"))
    mine = sa.or_(*(work.c.package == package for package in packages))
    return sa.select(*columns).where(work.c.due_at.is_not(None), mine).order_by(work.c.due_at).limit(BATCH)


@cache
def _due_of_store(packages: tuple[str, ...]) -> sa.Select[Any]:
    """Make the statement that reads what is due at ``now`` in one ``store``."""
    return _next(packages).where(
        work.c.due_at <= sa.bindparam("now"), work.c.store_id == sa.bindparam("store")
    )


_SEEN = (
    work.c.store_id == sa.bindparam("store"),
    work.c.package == sa.bindparam("in_package"),
    work.c.subject == sa.bindparam("about"),
    work.c.version == sa.bindparam("seen"),
)
_FINISH = work.delete().where(*_SEEN)
_LATER = work.update().where(*_SEEN).values(due_at=sa.bindparam("due"), attempts=0, error=None)


@dataclass(frozen=True, slots=True)
class Item:
    """A claimed row of work: its subject, the version seen and the attempts so far."""

    subject: str
    version: int
    attempts: int


@dataclass(slots=True)
class Result:
    """What a look found: ``write`` puts the difference down, ``again`` says when to look at a subject next."""

    write: Callable[[Connection], None] | None = None
    again: dict[str, datetime] = field(default_factory=dict)


class Look(Protocol):
    """Recomputes the state of some subjects of one store as of ``now``."""

    def __call__(self, store_id: int, subjects: Sequence[str], now: datetime) -> Result:
        """Read and judge outside any write transaction, and return what is to be written."""
        ...


def make_due(connection: Connection, store_id: int, package: str, due: Mapping[str, datetime]) -> None:
    """Let a package look at subjects at the given instants, or earlier if that was agreed already.

    Dead letters live again and attempts start anew.
    """
    if not due:
        return
    rows = [
        {"store_id": store_id, "package": package, "subject": subject, "due_at": at}
        for subject, at in sorted(due.items())
    ]
    execute_compiled(connection, _make_due(connection.dialect.name), rows)


@cache
def _make_due(dialect: str) -> Any:
    insert = insert_into(dialect, work)
    proposed = insert.excluded.due_at
    return insert.on_conflict_do_update(
        index_elements=["store_id", "package", "subject"],
        set_={
            "due_at": sa.case((work.c.due_at < proposed, work.c.due_at), else_=proposed),
            "version": work.c.version + 1,
            "attempts": 0,
            "error": None,
        },
    )


def next_due(connection: Connection) -> datetime | None:
    """Return the earliest instant at which anything is due, or None."""
    return connection.execute(
        sa.select(sa.func.min(work.c.due_at)).where(work.c.due_at.is_not(None))
    ).scalar_one_or_none()


def dead_letters(connection: Connection, store_id: int) -> list[tuple[str, str, str]]:
    """Return package, subject and error of everything that was set aside in a store."""
    # Sorted here: asked for in order, SQLite would walk through all work of the store by its key.
    rows = connection.execute(
        sa.select(work.c.package, work.c.subject, work.c.error).where(
            work.c.store_id == store_id, work.c.due_at.is_(None)
        )
    )
    return sorted((row.package, row.subject, row.error) for row in rows)


def _in_turn(connection: Connection, now: datetime, packages: tuple[str, ...]) -> list[sa.Row[Any]]:
    """Take a share of every store, so that one with a million items does not starve the others."""
    rows: list[sa.Row[Any]] = []
    last = -1
    while True:
        store_id = connection.execute(
            sa.select(sa.func.min(work.c.store_id)).where(work.c.store_id > last)
        ).scalar()
        if store_id is None:
            return rows
        rows += connection.execute(_due_of_store(packages), {"now": now, "store": store_id})
        last = store_id


def _due(
    connection: Connection, now: datetime, packages: tuple[str, ...]
) -> tuple[dict[tuple[str, int], list[Item]], datetime | None]:
    """Return what is due at ``now`` by package and store, and the first instant after it at which something is."""
    rows: list[sa.Row[Any]] = []
    ahead: datetime | None = None
    with connection.execute(_next(packages)) as found:
        for row in found:
            if row.due_at > now:
                ahead = row.due_at
                break
            rows.append(row)
    if len(rows) == BATCH:
        rows = _in_turn(connection, now, packages)
    due: dict[tuple[str, int], list[Item]] = {}
    for store_id, package, subject, version, attempts, _ in rows:
        due.setdefault((package, store_id), []).append(Item(subject, version, attempts))
    return dict(sorted(due.items(), key=lambda entry: (packages.index(entry[0][0]), entry[0][1]))), ahead


def _done(connection: Connection, store_id: int, package: str, items: Iterable[Item], result: Result) -> None:
    """Forget what was done or set the next look, unless a newer fact has come since."""
    finished, later = [], []
    for item in items:
        row = {"store": store_id, "in_package": package, "about": item.subject, "seen": item.version}
        if item.subject in result.again:
            later.append(row | {"due": result.again[item.subject]})
        else:
            finished.append(row)
    if finished:
        connection.execute(_FINISH, finished)
    if later:
        connection.execute(_LATER, later)


def _set_aside(
    connection: Connection, store_id: int, package: str, item: Item, error: Exception, now: datetime
) -> None:
    attempts = item.attempts + 1
    again = None if attempts >= MAX_ATTEMPTS else now + FIRST_RETRY * 4 ** (attempts - 1)
    connection.execute(
        work.update()
        .where(
            work.c.store_id == store_id,
            work.c.package == package,
            work.c.subject == item.subject,
            work.c.version == item.version,
        )
        .values(attempts=attempts, due_at=again, error=f"{type(error).__name__}: {error}"[:2000])
    )


def look_at(
    engine: Engine, look: Look, *, store_id: int, package: str, items: Sequence[Item], now: datetime
) -> None:
    """Let a package look at a batch of one store, halving it where it fails."""
    try:
        result = look(store_id, [item.subject for item in items], now)
        with engine.begin() as connection:
            if result.write:
                result.write(connection)
            _done(connection, store_id, package, items, result)
    except Exception as error:  # noqa: BLE001 - whatever a subject does must not stop the others
        if len(items) == 1:
            with engine.begin() as connection:
                _set_aside(connection, store_id, package, items[0], error, now)
            return
        middle = len(items) // 2
        for half in (items[:middle], items[middle:]):
            look_at(engine, look, store_id=store_id, package=package, items=half, now=now)


def sweep(engine: Engine, looks: Mapping[str, Look], now: datetime) -> tuple[int, datetime | None]:
    """Do one round of what is due at ``now``: a batch of every package and store, packages in the order given.

    Returns the number of subjects looked at and, as far as it was seen, when the next is due.
    """
    with reading(engine) as connection:
        due, ahead = _due(connection, now, tuple(looks))
    for (package, store_id), items in due.items():
        look_at(engine, looks[package], store_id=store_id, package=package, items=items, now=now)
    return sum(map(len, due.values())), ahead


def drain(engine: Engine, looks: Mapping[str, Look], now: datetime) -> datetime | None:
    """Sweep until nothing is due at ``now``, and return when the next thing is due, or None."""
    while True:
        done, ahead = sweep(engine, looks, now)
        if not done:
            return ahead
