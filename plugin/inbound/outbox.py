"""The outbox of a Flask store: events that are committed with the store's own rows, and moved to intake later.

The table lies in the store's database and belongs to Vefa alone: ``flask vefa outbox create`` makes it, and the
store's own migrations leave it as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import util
from alembic.autogenerate import comparators
from sqlalchemy import Engine

from vefa.database import Declaration, Instant, Kind
from vefa.errors import VefaError

log = logging.getLogger("vefa.inbound")
NAME = "vefa_outbox"
BATCH = 200
LONGEST_ERROR = 1000

outbox_metadata = sa.MetaData()
outbox = sa.Table(
    NAME,
    outbox_metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("store", sa.String(100), nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("error", sa.Text),
    info=Declaration(Kind.PASSING, "event", "until the worker has moved it", personal=("body",)).info(),
    # Without it SQLite gives the number of a deleted row to the next one.
    sqlite_autoincrement=True,
)
_WAITING = sa.select(outbox).where(outbox.c.error.is_(None)).order_by(outbox.c.id).limit(BATCH)
_hidden: list[object] = []
_RELEASE = outbox.delete().where(outbox.c.id == sa.bindparam("number"))


@dataclass(frozen=True, slots=True)
class Told:
    """An event that a Flask store told: for which of its stores, the canonical event as JSON, and when."""

    store: str
    body: bytes
    received_at: datetime


Keep = Callable[[Sequence[Told]], None]


def insertion(told: Told) -> Any:
    """Return the statement that puts an event into the outbox."""
    return outbox.insert().values(store=told.store, body=told.body, received_at=told.received_at)


def create(engine: Engine) -> bool:
    """Make the outbox in a Flask store's database unless it is there; return whether it had to be made."""
    if sa.inspect(engine).has_table(NAME):
        return False
    outbox_metadata.create_all(engine)
    return True


def drain(engine: Engine, keep: Keep) -> int:
    """Move a batch from the outbox to intake and return how many events it held.

    An event leaves the outbox after ``keep`` has committed it; a crash in between repeats it, and since its id names
    it, without effect. An event that is refused is set aside with the reason.
    """
    with engine.connect() as connection:
        rows = connection.execute(_WAITING).all()
    if not rows:
        return 0
    refused = _keep(rows, keep)
    with engine.begin() as connection:
        done = [{"number": row.id} for row in rows if row.id not in refused]
        if done:
            connection.execute(_RELEASE, done)
        for number, reason in refused.items():
            mark = outbox.update().where(outbox.c.id == number).values(error=reason[:LONGEST_ERROR])
            connection.execute(mark)
    return len(rows)


def _keep(rows: Iterable[Any], keep: Keep) -> dict[int, str]:
    """Keep the events of these rows and return the refused ones with their reason."""
    told = {row.id: Told(row.store, row.body, row.received_at) for row in rows}
    try:
        keep(list(told.values()))
    except VefaError:
        return {number: reason for number, one in told.items() if (reason := _keep_alone(number, one, keep))}
    return {}


def _keep_alone(number: int, told: Told, keep: Keep) -> str | None:
    try:
        keep([told])
    except VefaError as error:
        log.error("the event %d of the outbox is set aside: %s", number, error)
        return str(error)
    return None


def counts(engine: Engine) -> tuple[int, list[tuple[int, str, str]]]:
    """Return how many events wait, and of the first hundred that are set aside their number, store and reason."""
    with engine.connect() as connection:
        count = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.error.is_(None))
        aside = sa.select(outbox.c.id, outbox.c.store, outbox.c.error).where(outbox.c.error.is_not(None))
        rows = connection.execute(aside.order_by(outbox.c.id).limit(100)).all()
        return connection.scalar(count) or 0, [(row.id, row.store, row.error) for row in rows]


def retry(engine: Engine) -> int:
    """Let the events that were set aside wait again and return how many they are."""
    with engine.begin() as connection:
        return connection.execute(
            outbox.update().where(outbox.c.error.is_not(None)).values(error=None)
        ).rowcount


def leave_out(_context: Any, upgrade_ops: Any, _schemas: Any) -> None:
    """Take the outbox out of what a store's own migration would change."""
    upgrade_ops.ops[:] = [one for one in upgrade_ops.ops if getattr(one, "table_name", None) != NAME]


def hide_from_migrations() -> None:
    """Let Alembic, whatever environment it runs in, propose nothing about the outbox."""
    if leave_out not in _hidden:
        _hidden.append(leave_out)
        # Alembic 1.18 orders comparisons by priority; before it, the order of registration decides.
        priority = getattr(util, "DispatchPriority", None)
        order = {"priority": priority.LAST} if priority else {}
        comparators.dispatch_for("schema", **order)(lambda *given: leave_out(*given))
