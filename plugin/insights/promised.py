"""Promises that people gave, and delivery promises that came due: listed and counted by the same conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from math import sqrt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.cases.records import cases
from vefa.database import Instant
from vefa.insights.figure import COUNT_UP_TO, Figure
from vefa.orders.records import orders
from vefa.promises.calendar import DAY, end_of_day, local_date
from vefa.promises.given import GivenKind, given
from vefa.promises.promise import PromiseKind, State
from vefa.promises.records import promises
from vefa.returns import request
from vefa.returns.records import returns
from vefa.stores.store import Store

SPAN = timedelta(days=28)
SCREEN = "promises"


class View(StrEnum):
    """A list of promises: what people owe by when, and deliveries that came due in four weeks."""

    OVERDUE = "overdue"
    TODAY = "today"
    OPEN = "open"
    REFUNDS = "refunds"
    REFUNDS_OVERDUE = "refunds_overdue"
    BROKEN = "broken"
    KEPT = "kept"


GIVEN = (View.OVERDUE, View.TODAY, View.OPEN)
REFUNDS = (View.REFUNDS, View.REFUNDS_OVERDUE)
_STATES = {View.BROKEN: State.BROKEN, View.KEPT: State.KEPT}


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list: behind the row with this due instant and identity."""

    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class KeptRate:
    """How many of the deliveries that came due were in time; ``margin`` is half a 95 % interval."""

    kept: int
    broken: int
    days: Sequence[tuple[datetime, int, int]]

    @property
    def number(self) -> int:
        """How many promises came due and were kept or broken."""
        return self.kept + self.broken

    @property
    def share(self) -> float | None:
        """The share that was kept, or None where nothing came due."""
        return self.kept / self.number if self.number else None

    @property
    def margin(self) -> float:
        """Half of Wilson's 95 % interval, which holds for few promises too."""
        n, p, z = self.number, self.share or 0.0, 1.96
        return z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) if n else 0.0


def midnight(store: Store, now: datetime) -> datetime:
    """Return the instant at which the store's day began."""
    return end_of_day(local_date(now, store.zone) - DAY, store.zone)


def _open(store: Store, view: View, now: datetime, kind: GivenKind | None) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = [
        given.c.store_id == store.id,
        given.c.kept_at.is_(None),
        given.c.released_at.is_(None),
        given.c.superseded_at.is_(None),
        given.c.due_at > datetime.min.replace(tzinfo=now.tzinfo),
    ]
    if view is View.OVERDUE:
        where.append(given.c.due_at < now)
    if view is View.TODAY:
        where += [
            given.c.due_at >= now,
            given.c.due_at <= end_of_day(local_date(now, store.zone), store.zone),
        ]
    if kind is not None:
        where.append(given.c.kind == kind.value)
    return where


def count_given(
    connection: Connection, store: Store, view: View, now: datetime, kind: GivenKind | None = None
) -> Figure:
    """Count the promises that people gave and have not kept yet, by when they are due."""
    some = (
        sa.select(sa.literal(1))
        .select_from(given)
        .where(*_open(store, view, now, kind))
        .limit(COUNT_UP_TO + 1)
    )
    number = connection.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0
    return Figure(number, SCREEN, {"view": view.value} | ({"kind": kind.value} if kind else {}))


def given_page(
    connection: Connection,
    store: Store,
    view: View,
    now: datetime,
    *,
    kind: GivenKind | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> Sequence[Any]:
    """Return promises that people gave, the soonest due first, each with its case's number and order."""
    where = _open(store, view, now, kind)
    if after is not None:
        where.append(
            sa.tuple_(given.c.due_at, given.c.id)
            > sa.tuple_(sa.literal(after.at, Instant), sa.literal(after.id))
        )
    joined = sa.and_(cases.c.store_id == given.c.store_id, cases.c.id == given.c.case_id)
    return connection.execute(
        sa.select(given, cases.c.number, cases.c.order_number, cases.c.legal_due_at)
        .join(cases, joined, isouter=True)
        .where(*where)
        .order_by(given.c.due_at, given.c.id)
        .limit(limit)
    ).all()


def _owed(store: Store, view: View, now: datetime) -> list[sa.ColumnElement[bool]]:
    """Return what marks the returns whose goods are here and whose money is owed back by a date."""
    where: list[sa.ColumnElement[bool]] = [
        returns.c.store_id == store.id,
        returns.c.state == request.State.RECEIVED.value,
        returns.c.refund_due_at.is_not(None),
    ]
    return [*where, returns.c.refund_due_at < now] if view is View.REFUNDS_OVERDUE else where


def count_refunds(connection: Connection, store: Store, view: View, now: datetime) -> Figure:
    """Count the refunds that are owed, or that were owed before ``now``."""
    some = (
        sa.select(sa.literal(1)).select_from(returns).where(*_owed(store, view, now)).limit(COUNT_UP_TO + 1)
    )
    number = connection.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0
    return Figure(number, SCREEN, {"view": view.value})


def refunds_page(
    connection: Connection,
    store: Store,
    view: View,
    now: datetime,
    *,
    after: Place | None = None,
    limit: int = 50,
) -> Sequence[Any]:
    """Return the returns whose money is owed back, the soonest due first."""
    where = _owed(store, view, now)
    if after is not None:
        where.append(
            sa.tuple_(returns.c.refund_due_at, returns.c.id)
            > sa.tuple_(sa.literal(after.at, Instant), sa.literal(after.id))
        )
    return connection.execute(
        sa.select(returns, returns.c.refund_due_at.label("due_at"))
        .where(*where)
        .order_by(returns.c.refund_due_at, returns.c.id)
        .limit(limit)
    ).all()


def _due(store: Store, view: View, now: datetime) -> list[sa.ColumnElement[bool]]:
    return [
        promises.c.store_id == store.id,
        promises.c.state == _STATES[view].value,
        promises.c.kind == PromiseKind.DELIVERY.value,
        promises.c.due_at > midnight(store, now) - SPAN,
        promises.c.due_at <= now,
    ]


def kept_rate(connection: Connection, store: Store, now: datetime) -> KeptRate:
    """Return how many delivery promises that came due in four weeks were kept, by day.

    A date that was moved without the customer's consent counts as broken.
    """
    found: dict[View, dict[datetime, int]] = {}
    for view in _STATES:
        rows = connection.execute(
            sa.select(promises.c.due_at, sa.func.count().label("number"))
            .where(*_due(store, view, now))
            .group_by(promises.c.due_at)
        )
        found[view] = {row.due_at: row.number for row in rows}
    kept, broken = found[View.KEPT], found[View.BROKEN]
    days = [(at, kept.get(at, 0), broken.get(at, 0)) for at in sorted(kept.keys() | broken.keys())]
    return KeptRate(sum(kept.values()), sum(broken.values()), days)


def _identity() -> sa.ColumnElement[str]:
    parts = (promises.c[name] for name in ("order_id", "shipment_id", "source", "due"))
    return reduce(lambda found, part: found + "|" + part, parts)


def due_page(
    connection: Connection,
    store: Store,
    view: View,
    now: datetime,
    *,
    after: Place | None = None,
    limit: int = 50,
) -> Sequence[Any]:
    """Return delivery promises that came due in four weeks, the latest first, each with its order's number."""
    where = _due(store, view, now)
    identity = _identity()
    if after is not None:
        where.append(
            sa.tuple_(promises.c.due_at, identity)
            < sa.tuple_(sa.literal(after.at, Instant), sa.literal(after.id))
        )
    joined = sa.and_(orders.c.store_id == promises.c.store_id, orders.c.order_id == promises.c.order_id)
    return connection.execute(
        sa.select(promises, identity.label("id"), orders.c.number, orders.c.holder)
        .join(orders, joined)
        .where(*where)
        .order_by(promises.c.due_at.desc(), identity.desc())
        .limit(limit)
    ).all()
