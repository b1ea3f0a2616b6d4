"""The work table: what has to be looked at again, when, and which of it is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.clock import draw
from vefa.database import Declaration, Instant, Kind, execute_compiled, insert_into, table

BATCH = 200

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


_STILL = sa.select(work.c.subject, work.c.version, work.c.attempts).where(
    work.c.store_id == sa.bindparam("store"),
    work.c.package == sa.bindparam("in_package"),
    work.c.subject.in_(sa.bindparam("subjects", expanding=True)),
    work.c.due_at <= sa.bindparam("now"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """A claimed row of work: its subject, the version seen and the attempts so far."""

    subject: str
    version: int
    attempts: int


def make_due(connection: Connection, store_id: int, package: str, due: Mapping[str, datetime]) -> None:
    """Let a package look at subjects at the given instants, or earlier if that was agreed already.

    Dead letters live again and attempts start anew.
    """
    if not due:
        return
    # A row that is done and made again must not have the version that a slow worker still has in mind.
    version = draw()
    rows = [
        {"store_id": store_id, "package": package, "subject": subject, "due_at": at, "version": version}
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


def due_at(
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


def still_due(
    connection: Connection, store_id: int, package: str, items: Sequence[Item], now: datetime
) -> list[Item]:
    """Return what is still due of these items: another worker may have done it since they were read."""
    about = {"store": store_id, "in_package": package, "subjects": [one.subject for one in items], "now": now}
    found = {row.subject: Item(*row) for row in connection.execute(_STILL, about)}
    return [found[one.subject] for one in items if one.subject in found]
