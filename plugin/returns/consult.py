"""Asks the policy about a return: what it decides, and within how many days money goes back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.lateness.judgement import Assessment
from vefa.orders.records import orders
from vefa.policy import book
from vefa.policy.decide import decide
from vefa.policy.decision import Decision
from vefa.policy.situation import LOYAL_FROM, situation_of
from vefa.policy.table import Windows
from vefa.promises.calendar import Calendar, calendar_of, local_date
from vefa.returns.request import Marks, Reason, Wanted, counts_from_goods, last_day, refund_due_at
from vefa.stores.store import Store

RETURN = "return"
WITH_A_FAULT = (
    Reason.DAMAGED,
    Reason.WRONG_ITEM,
    Reason.MISSING_PART,
    Reason.QUALITY,
    Reason.NOT_RECEIVED,
)
SMALLEST = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the policy in force and the customer's country say about times."""

    windows: Windows
    zone: ZoneInfo
    calendar: Calendar
    from_goods: bool

    def refund_due_at(self, marks: Marks, wanted: Wanted) -> datetime | None:
        """Return the instant by which money is owed back, or None where none is owed yet."""
        days = self.windows.refund
        return refund_due_at(marks, wanted, days, self.zone, self.calendar, from_goods=self.from_goods)

    def day(self, due_at: datetime) -> date:
        """Return the local day at whose end something is due."""
        return local_date(due_at - SMALLEST, self.zone)

    def send_by(self, now: datetime) -> date:
        """Return the last day for sending goods back, counted from ``now``; it never is a day off."""
        last = last_day(local_date(now, self.zone), self.windows.send_back, self.calendar)
        return self.calendar.next_working(last)


def terms_of(connection: Connection, store: Store, country: str | None) -> Terms:
    """Return the terms for an order that goes to a country; None is the store's own."""
    windows = book.in_force(connection, store).policy.windows
    return Terms(windows, store.zone, calendar_of(store), counts_from_goods(country or store.country))


def consult(
    connection: Connection,
    store: Store,
    assessment: Assessment,
    *,
    reason: str,
    wanted: str,
    lines: Collection[str],
    now: datetime,
) -> Decision:
    """Let the policy in force decide about a return of these lines, all of them where none are named."""
    situation = situation_of(
        assessment,
        reason=policy_reason(reason),
        wanted=wanted,
        orders_of_customer=_orders_of(connection, store.id, assessment.order.holder),
        now=now,
        zone=store.zone,
        calendar=calendar_of(store),
        lines=lines or None,
    )
    return decide(book.in_force(connection, store).policy, situation, now)


def policy_reason(reason: str) -> str:
    """Return the reason under which the policy's rows know a request to send goods back.

    Whoever names no fault of the goods withdraws, whatever moved them.
    """
    return reason if reason in WITH_A_FAULT else RETURN


def _orders_of(connection: Connection, store_id: int, holder: str | None) -> int | None:
    if holder is None:
        return None
    some = (
        sa.select(sa.literal(1))
        .select_from(orders)
        .where(orders.c.store_id == store_id, orders.c.holder == holder)
        .limit(LOYAL_FROM)
    )
    return connection.scalar(sa.select(sa.func.count()).select_from(some.subquery()))
