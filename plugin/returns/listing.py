"""Returns as the panel lists them: by state, one page at a time, at any size of store."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import Instant
from vefa.facts import EARLIEST
from vefa.returns.records import returns
from vefa.returns.request import State

COUNT_UP_TO = 1000


@dataclass(frozen=True, slots=True)
class View:
    """Which returns, and in which order: by the date of the request, or by when money is owed."""

    states: tuple[State, ...]
    by_due: bool = False
    newest_first: bool = False


VIEWS = {
    "decide": View((State.ASKED,)),
    "back": View((State.APPROVED, State.SENT)),
    "owed": View((State.RECEIVED,), by_due=True),
    "closed": View((State.CLOSED,), newest_first=True),
    "refused": View((State.REFUSED,), newest_first=True),
    "all": View((), newest_first=True),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list: behind the return with this instant (None: no money is owed for it) and id."""

    at: datetime | None
    return_id: str


def place_of(row: Any, view: View) -> Place:
    """Return where a row stands in a view."""
    return Place(row.refund_due_at if view.by_due else row.requested_at, row.id)


def page(
    connection: Connection, store_id: int, view: View, *, after: Place | None = None, limit: int = 50
) -> list[Any]:
    """Return rows of a view behind a place: what is owed soonest or was asked for first, or the newest first."""
    runs = [
        _run(connection, [returns.c.store_id == store_id, returns.c.state == state.value], view, after, limit)
        for state in view.states
    ] or [_run(connection, [returns.c.store_id == store_id], view, after, limit)]
    if len(runs) == 1:
        return runs[0]
    merged = heapq.merge(*runs, key=lambda row: (row.requested_at, row.id), reverse=view.newest_first)
    return list(islice(merged, limit))


def _run(
    connection: Connection,
    where: list[sa.ColumnElement[bool]],
    view: View,
    after: Place | None,
    limit: int,
) -> list[Any]:
    """Read rows along one index; where money is owed by date, those without a date come last."""
    column = returns.c.refund_due_at if view.by_due else returns.c.requested_at
    found: list[Any] = []
    if after is None or after.at is not None:
        # Names the column, so that SQLite goes along the index that begins with it or with the state.
        bounds: list[sa.ColumnElement[bool]] = [column > EARLIEST]
        if after is not None:
            place = sa.tuple_(column, returns.c.id)
            last = sa.tuple_(sa.literal(after.at, Instant), sa.literal(after.return_id))
            bounds.append(place < last if view.newest_first else place > last)
        order = [one.desc() if view.newest_first else one for one in (column, returns.c.id)]
        found = list(
            connection.execute(sa.select(returns).where(*where, *bounds).order_by(*order).limit(limit))
        )
    if view.by_due and len(found) < limit:
        rest: list[sa.ColumnElement[bool]] = [column.is_(None)]
        if after is not None and after.at is None:
            rest.append(returns.c.id > after.return_id)
        statement = sa.select(returns).where(*where, *rest).order_by(column, returns.c.id)
        found += connection.execute(statement.limit(limit - len(found)))
    return found


def counts(connection: Connection, store_id: int) -> dict[str, int]:
    """Count the returns of every view, each up to one more than ``COUNT_UP_TO``."""
    by_state = {state: _count(connection, store_id, state) for state in State}
    return {
        name: min(sum(by_state[state] for state in view.states or State), COUNT_UP_TO + 1)
        for name, view in VIEWS.items()
    }


def _count(connection: Connection, store_id: int, state: State) -> int:
    some = (
        sa.select(sa.literal(1))
        .select_from(returns)
        .where(returns.c.store_id == store_id, returns.c.state == state.value)
        .limit(COUNT_UP_TO + 1)
    )
    return connection.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0


def overdue(connection: Connection, store_id: int, now: datetime) -> int:
    """Count the returns whose goods are here and whose money was owed before ``now``, up to the same bound."""
    some = (
        sa.select(sa.literal(1))
        .select_from(returns)
        .where(
            returns.c.store_id == store_id,
            returns.c.state == State.RECEIVED.value,
            returns.c.refund_due_at < now,
        )
        .limit(COUNT_UP_TO + 1)
    )
    return connection.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0


def search(
    connection: Connection, store_id: int, words: Sequence[str], holders: Sequence[str], limit: int = 200
) -> list[Any]:
    """Return the returns with one of these order numbers, codes or numbers, or of these customers, newest first."""
    numbers = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 10]
    looks = [
        (column, value)
        for column, values in (
            (returns.c.order_number, words),
            (returns.c.code, words),
            (returns.c.number, numbers),
            (returns.c.holder, holders),
        )
        for value in values
    ]
    found: dict[str, Any] = {}
    for column, value in looks:
        statement = sa.select(returns).where(returns.c.store_id == store_id, column == value).limit(limit)
        found |= {row.id: row for row in connection.execute(statement)}
    return sorted(found.values(), key=lambda row: (row.requested_at, row.id), reverse=True)[:limit]


def of_customer(connection: Connection, store_id: int, holders: Sequence[str], limit: int = 50) -> list[Any]:
    """Return the newest returns of a customer, who may have several vault rows."""
    found = connection.execute(
        sa.select(returns)
        .where(returns.c.store_id == store_id, returns.c.holder.in_(holders))
        .order_by(returns.c.requested_at.desc(), returns.c.id.desc())
        .limit(limit)
    )
    return list(found)


def of_order(connection: Connection, store_id: int, order_id: str) -> list[Any]:
    """Return the returns of an order, the oldest first."""
    mine = sa.select(returns).where(returns.c.store_id == store_id, returns.c.order_id == order_id)
    # Sorted here: asked for an order by time, SQLite walks through the whole store along that index.
    return sorted(connection.execute(mine), key=lambda row: (row.requested_at, row.id))
