"""The sweep of the work table: what is due is looked at again.

Work is level-triggered: a row says that a package shall look at a subject at ``due_at``, not why. A handler
recomputes the subject's state from the facts as of ``now`` and returns the difference to be written; so repetition,
order and crashes do no harm. A batch that fails is halved until the one bad subject is found; that is tried again
with back-off and, after ``MAX_ATTEMPTS``, set aside as a dead letter, which a new fact revives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from vefa.database import reading
from vefa.due import BATCH, Item, dead_letters, due_at, make_due, next_due, still_due, work
from vefa.engines import is_sqlite
from vefa.turns import alone, writing

__all__ = [
    "BATCH",
    "Item",
    "Look",
    "Result",
    "dead_letters",
    "drain",
    "look_at",
    "make_due",
    "next_due",
    "sweep",
    "work",
]

MAX_ATTEMPTS = 8
FIRST_RETRY = timedelta(seconds=30)

_SEEN = (
    work.c.store_id == sa.bindparam("store"),
    work.c.package == sa.bindparam("in_package"),
    work.c.subject == sa.bindparam("about"),
    work.c.version == sa.bindparam("seen"),
)
_FINISH = work.delete().where(*_SEEN)
_LATER = work.update().where(*_SEEN).values(due_at=sa.bindparam("due"), attempts=0, error=None)


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
        with writing(engine, store_id) as connection:
            if result.write:
                result.write(connection)
            _done(connection, store_id, package, items, result)
    except Exception as error:  # noqa: BLE001 - whatever a subject does must not stop the others
        if len(items) == 1:
            with writing(engine, store_id) as connection:
                _set_aside(connection, store_id, package, items[0], error, now)
            return
        middle = len(items) // 2
        for half in (items[:middle], items[middle:]):
            look_at(engine, look, store_id=store_id, package=package, items=half, now=now)


def sweep(engine: Engine, looks: Mapping[str, Look], now: datetime) -> tuple[int, datetime | None]:
    """Do one round of what is due at ``now``: a batch of every package and store, packages in the order given.

    What another worker is at is left to it. Returns the number of subjects looked at and, as far as it was seen,
    when the next is due.
    """
    with reading(engine) as connection:
        due, ahead = due_at(connection, now, tuple(looks))
    done = 0
    for (package, store_id), items in due.items():
        with alone(engine, store_id, package) as mine:
            if not mine:
                continue
            left = _left(engine, store_id, package, items, now)
            if left:
                look_at(engine, looks[package], store_id=store_id, package=package, items=left, now=now)
            done += len(left)
    return done, ahead


def _left(
    engine: Engine, store_id: int, package: str, items: Sequence[Item], now: datetime
) -> Sequence[Item]:
    """Return what is still due: another worker may have done it since it was read, where there is another."""
    if is_sqlite(engine):
        return items
    with reading(engine) as connection:
        return still_due(connection, store_id, package, items, now)


def drain(engine: Engine, looks: Mapping[str, Look], now: datetime) -> datetime | None:
    """Sweep until nothing is due at ``now``, and return when the next thing is due, or None."""
    while True:
        done, ahead = sweep(engine, looks, now)
        if not done:
            return ahead
