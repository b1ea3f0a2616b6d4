"""The figures of Today, each with the place of the rows that it counts, and what has to be done next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.cases.case import CaseState
from vefa.cases.records import cases
from vefa.insights import people, promised
from vefa.insights.figure import COUNT_UP_TO, Figure
from vefa.insights.promised import KeptRate, View
from vefa.lateness import listing
from vefa.lateness.judgement import Lateness
from vefa.outreach import listing as outreach
from vefa.outreach.decide import WEEK
from vefa.outreach.purpose import Purpose
from vefa.promises.calendar import DAY, end_of_day, local_date
from vefa.promises.given import GivenKind
from vefa.returns import request
from vefa.returns.records import returns
from vefa.stores.store import Store

LATE = (Lateness.LATE, Lateness.LOST_SUSPECTED)


@dataclass(frozen=True, slots=True)
class Figures:
    """What Today counts."""

    late: Figure
    late_since_yesterday: Figure
    at_risk: Figure
    at_risk_today: Figure
    waiting: Figure
    first_replies_overdue: Figure
    to_decide: Figure
    owed: Figure
    owed_overdue: Figure
    silent: Figure
    quiet: Figure
    noticed: Figure
    overdue: Figure
    due_today: Figure
    kept: KeptRate


def figures(connection: Connection, store: Store, now: datetime) -> Figures:
    """Count what needs attention in a store at ``now``."""
    return Figures(
        late=_deliveries(connection, store, "late", LATE),
        late_since_yesterday=_deliveries(connection, store, "late", LATE, -1, now),
        at_risk=_deliveries(connection, store, "at_risk", (Lateness.AT_RISK,)),
        at_risk_today=_deliveries(connection, store, "at_risk", (Lateness.AT_RISK,), 0, now),
        waiting=waiting(connection, store),
        first_replies_overdue=promised.count_given(
            connection, store, View.OVERDUE, now, GivenKind.FIRST_REPLY
        ),
        to_decide=deciding(connection, store),
        owed=promised.count_refunds(connection, store, View.REFUNDS, now),
        owed_overdue=promised.count_refunds(connection, store, View.REFUNDS_OVERDUE, now),
        silent=people.count(connection, store.id, people.View.SILENT),
        quiet=people.count(connection, store.id, people.View.QUIET),
        noticed=noticed(connection, store, now),
        overdue=promised.count_given(connection, store, View.OVERDUE, now),
        due_today=promised.count_given(connection, store, View.TODAY, now),
        kept=promised.kept_rate(connection, store, now),
    )


def _deliveries(
    connection: Connection,
    store: Store,
    view: str,
    states: Sequence[Lateness],
    day: int | None = None,
    now: datetime | None = None,
) -> Figure:
    """Count deliveries in a view of their list, or only those due on one day from today."""
    if day is None or now is None:
        return Figure(_at_most(listing.count(connection, store.id, states)), "deliveries", {"view": view})
    on = local_date(now, store.zone) + day * DAY
    since, until = end_of_day(on - DAY, store.zone), end_of_day(on, store.zone)
    number = listing.count(connection, store.id, states, since=since, until=until)
    filters = {"view": view, "from": on.isoformat(), "to": on.isoformat()}
    return Figure(_at_most(number), "deliveries", filters)


def _at_most(number: int) -> int:
    return min(number, COUNT_UP_TO + 1)


def waiting(connection: Connection, store: Store) -> Figure:
    """Count the cases that wait for the store."""
    where = (cases.c.store_id == store.id, cases.c.state == CaseState.OPEN.value)
    return Figure(_count(connection, cases, where), "complaints", {"view": "open"})


def noticed(connection: Connection, store: Store, now: datetime) -> Figure:
    """Count the notices of late orders that were written in the last 7 days, whether or not they left."""
    purpose = Purpose.DELAY_NOTICE.value
    found = outreach.summary(connection, store.id, now - WEEK)
    number = sum(
        found[purpose, outcome] for outcome in outreach.Outcome if outcome is not outreach.Outcome.WRONG
    )
    return Figure(_at_most(number), "outreach", {"purpose": purpose})


def deciding(connection: Connection, store: Store) -> Figure:
    """Count the returns that somebody has to decide about."""
    where = (returns.c.store_id == store.id, returns.c.state == request.State.ASKED.value)
    return Figure(_count(connection, returns, where), "returns", {"view": "decide"})


def _count(connection: Connection, table: sa.Table, where: Sequence[sa.ColumnElement[bool]]) -> int:
    some = sa.select(sa.literal(1)).select_from(table).where(*where).limit(COUNT_UP_TO + 1)
    return connection.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0
