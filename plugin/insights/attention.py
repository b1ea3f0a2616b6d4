"""What has to be done next: broken words first, then what is due today, then what is at risk; the law before all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from vefa.insights import promised, today
from vefa.insights.promised import View
from vefa.lateness import listing
from vefa.lateness.judgement import Lateness
from vefa.promises.calendar import end_of_day, local_date
from vefa.returns import listing as returns
from vefa.stores.store import Store

MOST = 15
FROM_EACH = 6


class What(StrEnum):
    """What is waited for: a promise that a person gave, a delivery, a decision about a return, or money."""

    GIVEN = "given"
    DELIVERY = "delivery"
    DECISION = "decision"
    REFUND = "refund"


class Group(StrEnum):
    """When it has to be done."""

    BROKEN = "broken"
    TODAY = "today"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing to do: by when, whether the law says so, about whose order, and the row that it stands in."""

    what: What
    group: Group
    due_at: datetime | None
    law: bool
    holder: str
    order_id: str | None
    row: Any

    @property
    def order(self) -> tuple[int, bool, bool, float]:
        """Where it stands in the list: by group, law first, then the soonest due; decisions without a date last.

        Of what is broken, the words of people stand before deliveries, and of those the latest first.
        """
        delivery = self.group is Group.BROKEN and self.what is What.DELIVERY
        due = self.due_at.timestamp() if self.due_at else float("inf")
        return list(Group).index(self.group), not self.law, delivery, -due if delivery else due


def attention(connection: Connection, store: Store, now: datetime) -> list[Owed]:
    """Return what needs attention most; the lists behind the figures hold the rest."""
    tonight = end_of_day(local_date(now, store.zone), store.zone)

    def group(due_at: datetime | None) -> Group:
        if due_at is None or due_at > tonight:
            return Group.NEXT
        return Group.BROKEN if due_at < now else Group.TODAY

    found = [*_given(connection, store, now), *_returns(connection, store, now)]
    found += _deliveries(connection, store)
    things = [Owed(what, group(due_at), due_at, law, *rest) for what, due_at, law, *rest in found]
    return sorted(things, key=lambda thing: thing.order)[:MOST]


def _given(connection: Connection, store: Store, now: datetime) -> list[tuple[Any, ...]]:
    rows = promised.given_page(connection, store, View.OPEN, now, limit=MOST)
    return [
        (
            What.GIVEN,
            row.due_at,
            row.legal_due_at is not None and row.legal_due_at <= row.due_at,
            row.holder,
            row.order_id,
            row,
        )
        for row in rows
    ]


def _returns(connection: Connection, store: Store, now: datetime) -> list[tuple[Any, ...]]:
    money = promised.refunds_page(connection, store, View.REFUNDS, now, limit=MOST)
    asked = returns.page(connection, store.id, returns.VIEWS["decide"], limit=FROM_EACH)
    return [(What.REFUND, row.due_at, True, row.holder, row.order_id, row) for row in money] + [
        (What.DECISION, None, False, row.holder, row.order_id, row) for row in asked
    ]


def _deliveries(connection: Connection, store: Store) -> list[tuple[Any, ...]]:
    """Return the deliveries that broke last, and those that break next."""
    broken = listing.page(connection, store.id, today.LATE, newest_first=True, limit=FROM_EACH)
    at_risk = listing.page(connection, store.id, (Lateness.AT_RISK,), limit=FROM_EACH)
    return [
        (What.DELIVERY, one.due_at, False, one.holder or f"order:{one.order_id}", one.order_id, one)
        for one in (*broken, *at_risk)
    ]
