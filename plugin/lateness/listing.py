"""Judged orders as the panel lists them: by state and due date, one page at a time, at any size of store."""

from __future__ import annotations

import heapq
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import Instant
from vefa.lateness.judgement import Lateness
from vefa.lateness.records import judgements
from vefa.orders.records import orders, shipments

COUNT_UP_TO = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list: behind the order with this due instant (None: it has none) and id."""

    due_at: datetime | None
    order_id: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A judged order as one row of a list."""

    order_id: str
    number: str
    holder: str | None
    state: Lateness
    reason: str
    evidence: Mapping[str, Any]
    due_at: datetime | None
    due: str | None

    @property
    def place(self) -> Place:
        """Where this row stands in the list."""
        return Place(self.due_at, self.order_id)


def page(
    connection: Connection,
    store_id: int,
    states: Sequence[Lateness],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    after: Place | None = None,
    newest_first: bool = False,
    limit: int = 50,
) -> list[Listed]:
    """Return orders in these states, by due date; those without one come last.

    ``since`` and ``until`` bound the due instant: ``since < due <= until``.
    """
    runs = [
        _run(connection, store_id, state, (since, until), after, newest_first=newest_first, limit=limit)
        for state in states
    ]
    dated = heapq.merge(
        *([row for row in run if row.due_at] for run in runs),
        key=lambda row: (row.due_at, row.order_id),
        reverse=newest_first,
    )
    undated = heapq.merge(
        *([row for row in run if not row.due_at] for run in runs), key=lambda row: row.order_id
    )
    return list(islice((row for part in (dated, undated) for row in part), limit))


def _run(
    connection: Connection,
    store_id: int,
    state: Lateness,
    bounds: tuple[datetime | None, datetime | None],
    after: Place | None,
    *,
    newest_first: bool,
    limit: int,
) -> list[Listed]:
    """Read one state along its index: first the orders with a due date, then those without."""
    here = (judgements.c.store_id == store_id, judgements.c.state == state.value)
    found: list[Listed] = []
    if after is None or after.due_at is not None:
        where = [*here, *_within(*bounds)]
        place = sa.tuple_(judgements.c.due_at, judgements.c.order_id)
        if after is not None:
            last = sa.tuple_(sa.literal(after.due_at, Instant), sa.literal(after.order_id))
            where.append(place < last if newest_first else place > last)
        order = [
            column.desc() if newest_first else column
            for column in (judgements.c.due_at, judgements.c.order_id)
        ]
        found = _listed(connection, _rows().where(*where).order_by(*order).limit(limit))
    if len(found) < limit and bounds == (None, None):
        where = [*here, judgements.c.due_at.is_(None)]
        if after is not None and after.due_at is None:
            where.append(judgements.c.order_id > after.order_id)
        # The due date is named, though it is always empty here, so that SQLite goes along the index by state.
        order = [judgements.c.due_at, judgements.c.order_id]
        statement = _rows().where(*where).order_by(*order).limit(limit - len(found))
        found += _listed(connection, statement)
    return found


def _within(since: datetime | None, until: datetime | None) -> list[sa.ColumnElement[bool]]:
    bounds = []
    if since is not None:
        bounds.append(judgements.c.due_at > since)
    if until is not None:
        bounds.append(judgements.c.due_at <= until)
    # A bound leaves out what has no due date; said besides, it would be the one that the index is used for.
    return bounds or [judgements.c.due_at.is_not(None)]


def _rows() -> sa.Select[Any]:
    return sa.select(judgements, orders.c.number, orders.c.holder).join(
        orders,
        sa.and_(orders.c.store_id == judgements.c.store_id, orders.c.order_id == judgements.c.order_id),
    )


def _listed(connection: Connection, statement: sa.Select[Any]) -> list[Listed]:
    return [
        Listed(
            order_id=row.order_id,
            number=row.number,
            holder=row.holder,
            state=Lateness(row.state),
            reason=row.reason,
            evidence=json.loads(row.evidence),
            due_at=row.due_at,
            due=row.promise.rpartition("|")[2] if row.promise else None,
        )
        for row in connection.execute(statement)
    ]


def of_orders(connection: Connection, store_id: int, order_ids: Sequence[str]) -> list[Listed]:
    """Return these orders' rows, the latest due first."""
    statement = _rows().where(judgements.c.store_id == store_id, judgements.c.order_id.in_(order_ids))
    found = _listed(connection, statement)
    # Sorted here: asked for an order by date, SQLite walks through the whole store along that index.
    return sorted(found, key=lambda row: (row.due_at is not None, row.due_at, row.order_id), reverse=True)


def count(
    connection: Connection,
    store_id: int,
    states: Sequence[Lateness],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Count orders in these states, up to one more than ``COUNT_UP_TO``; bounded like a page."""
    where = [judgements.c.store_id == store_id, judgements.c.state.in_([state.value for state in states])]
    if (since, until) != (None, None):
        where += _within(since, until)
    some = sa.select(sa.literal(1)).select_from(judgements).where(*where).limit(COUNT_UP_TO + 1)
    return connection.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0


def search(
    connection: Connection, store_id: int, numbers: Sequence[str], holders: Sequence[str], limit: int = 200
) -> list[str]:
    """Return the ids of orders that have one of these numbers, tracking numbers, ids or customers."""
    found: set[str] = set()
    columns = (
        (orders, orders.c.number),
        (orders, orders.c.order_id),
        (shipments, shipments.c.tracking_number),
    )
    looks = [(place, column, number) for place, column in columns for number in numbers]
    for place, column, value in looks + [(orders, orders.c.holder, holder) for holder in holders]:
        statement = sa.select(place.c.order_id).where(place.c.store_id == store_id, column == value)
        found |= set(connection.scalars(statement.limit(limit)))
    return sorted(found)[:limit]
