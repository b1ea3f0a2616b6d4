"""Cases as the panel lists them: what presses most comes first, one page at a time, at any size of store."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.cases.case import CaseState
from vefa.cases.listed import Listed, case, listed, of_cases, of_customer, of_order
from vefa.cases.past import History, history
from vefa.cases.priority import LEGAL_NEAR
from vefa.cases.records import cases
from vefa.database import Instant
from vefa.facts import EARLIEST

__all__ = [
    "History",
    "Listed",
    "Page",
    "Place",
    "View",
    "case",
    "counts",
    "history",
    "of_cases",
    "of_customer",
    "of_order",
    "page",
]

COUNT_UP_TO = 1000
FAR = datetime(9999, 1, 1, tzinfo=UTC)
OPEN_STATES = (CaseState.OPEN, CaseState.WAITING)


class View(StrEnum):
    """A view of the list: ``open`` waits for the store, ``customer`` for the customer."""

    OPEN = "open"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    OVERDUE = "overdue"
    CUSTOMER = "customer"
    CLOSED = "closed"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list: behind the case with this id, at this instant of the list's order.

    ``horizon`` parts the cases whose legal date is near from the others, and stays for all pages of one reading;
    ``pressing`` tells in which part the place is.
    """

    horizon: datetime
    pressing: bool
    at: datetime
    id: str

    def __str__(self) -> str:
        """Return the place as it stands in an address."""
        return "~".join(
            (self.horizon.isoformat(), "1" if self.pressing else "0", self.at.isoformat(), self.id)
        )

    @classmethod
    def read(cls, text: str) -> Place:
        """Read a place from an address; raises ValueError for anything else."""
        horizon, pressing, at, identity = text.split("~")
        place = cls(datetime.fromisoformat(horizon), pressing == "1", datetime.fromisoformat(at), identity)
        if place.horizon.tzinfo is None or place.at.tzinfo is None:
            raise ValueError(text)
        return place


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, and where the next page begins if there is one."""

    rows: Sequence[Listed]
    next: Place | None = None


def page(
    connection: Connection,
    store_id: int,
    *,
    view: View,
    member: str | None = None,
    after: Place | None = None,
    limit: int = 50,
    now: datetime,
) -> Page:
    """Return one page of a view; ``member`` is the account that ``mine`` speaks of.

    Open cases whose legal date is within 24 hours come first, then all others by their rank; closed ones and all
    of them together are shown newest first.
    """
    horizon = after.horizon if after else now + LEGAL_NEAR
    if view in (View.CLOSED, View.ALL):
        return _newest(connection, store_id, view, after, limit, horizon)
    found: list[Listed] = []
    if after is None or after.pressing:
        found = _merged(connection, store_id, view, member, horizon, after, limit + 1, now, pressing=True)
    if len(found) <= limit:
        behind = None if after is None or after.pressing else after
        rest = limit + 1 - len(found)
        found += _merged(connection, store_id, view, member, horizon, behind, rest, now, pressing=False)
    if len(found) <= limit:
        return Page(found)
    last = found[limit - 1]
    pressing = last.is_pressing(horizon)
    at = last.legal_due_at if pressing and last.legal_due_at else last.rank_at
    return Page(found[:limit], Place(horizon, pressing, at, last.id))


def _merged(
    connection: Connection,
    store_id: int,
    view: View,
    member: str | None,
    horizon: datetime,
    after: Place | None,
    limit: int,
    now: datetime,
    *,
    pressing: bool,
) -> list[Listed]:
    """Read each state of a view along its index, and merge the runs."""
    column = cases.c.legal_due_at if pressing else cases.c.rank_at
    where = [
        cases.c.legal_due_at <= horizon
        if pressing
        # Said without an "or", which would lead SQLite away from the index by rank.
        else sa.func.coalesce(cases.c.legal_due_at, sa.literal(FAR, Instant)) > sa.literal(horizon, Instant)
    ]
    if after is not None:
        last = sa.tuple_(sa.literal(after.at, Instant), sa.literal(after.id))
        where.append(sa.tuple_(column, cases.c.id) > last)
    runs = [
        listed(connection, sa.select(cases).where(*part, *where).order_by(column, cases.c.id).limit(limit))
        for part in _parts(store_id, view, member, now)
    ]
    order = heapq.merge(*runs, key=lambda row: ((row.legal_due_at if pressing else row.rank_at), row.id))
    return list(islice(order, limit))


def _parts(
    store_id: int, view: View, member: str | None, now: datetime
) -> list[list[sa.ColumnElement[bool]]]:
    """Return what each run of a view is bound to, one for every state that it shows."""
    states = {View.OPEN: OPEN_STATES[:1], View.CUSTOMER: OPEN_STATES[1:]}.get(view, OPEN_STATES)
    more: list[sa.ColumnElement[bool]] = []
    if view is View.MINE:
        more.append(cases.c.assignee_id == (member or ""))
    if view is View.UNASSIGNED:
        more.append(cases.c.assignee_id.is_(None))
    if view is View.OVERDUE:
        more.append(cases.c.due_at < now)
    return [[cases.c.store_id == store_id, cases.c.state == state.value, *more] for state in states]


def _newest(
    connection: Connection, store_id: int, view: View, after: Place | None, limit: int, horizon: datetime
) -> Page:
    column = cases.c.closed_at if view is View.CLOSED else cases.c.opened_at
    where = [cases.c.store_id == store_id, column > EARLIEST]
    if after is not None:
        last = sa.tuple_(sa.literal(after.at, Instant), sa.literal(after.id))
        where.append(sa.tuple_(column, cases.c.id) < last)
    statement = sa.select(cases).where(*where).order_by(column.desc(), cases.c.id.desc()).limit(limit + 1)
    found = listed(connection, statement)
    if len(found) <= limit:
        return Page(found)
    last_row = found[limit - 1]
    at = last_row.closed_at if view is View.CLOSED else last_row.opened_at
    return Page(found[:limit], Place(horizon, False, at or last_row.opened_at, last_row.id))


def counts(connection: Connection, store_id: int, *, member: str | None, now: datetime) -> dict[View, int]:
    """Count the cases of each view, up to one more than ``COUNT_UP_TO``."""
    return {view: _count(connection, store_id, view, member, now) for view in View}


def _count(connection: Connection, store_id: int, view: View, member: str | None, now: datetime) -> int:
    if view is View.CLOSED:
        parts = [[cases.c.store_id == store_id, cases.c.closed_at > EARLIEST]]
    elif view is View.ALL:
        parts = [[cases.c.store_id == store_id, cases.c.opened_at > EARLIEST]]
    else:
        parts = _parts(store_id, view, member, now)
    total = 0
    for part in parts:
        some = sa.select(sa.literal(1)).select_from(cases).where(*part).limit(COUNT_UP_TO + 1)
        total += connection.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0
    return min(total, COUNT_UP_TO + 1)
