"""What is known of an order and its customer when the policy is asked, each fact with its source.

A value of None is not known. Nothing is guessed: a row that asks about what is not known does not fit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from vefa.lateness.judgement import Assessment, Lateness
from vefa.orders.order import Line, Order, Status
from vefa.policy.table import Column, Delivery, Paid, Tier, Wanted
from vefa.promises.calendar import Calendar, local_date
from vefa.promises.ledger import fulfilled_at

LOYAL_FROM = 5
# Who says this has the goods in their hands, whatever the carrier knows.
IN_HAND = frozenset({"damaged", "wrong_item", "missing_part", "quality"})
STILL_MISSING = frozenset({"not_received"})


class Source(StrEnum):
    """Where a fact comes from."""

    ORDER = "order"
    PROMISE = "promise"
    CARRIER = "carrier"
    CUSTOMER = "customer"
    STORE = "store"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Known:
    """A value with its source; ``day`` is the day it rests on (due, delivered), if there is one."""

    value: Any
    source: Source
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """What decides whether one item may be sent back; None is not known."""

    sku: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that a policy may ask about.

    ``facts`` holds a fact for every column but those that the policy's own windows decide (since delivery, window,
    excluded). ``currency`` is the order's. ``given`` is the goodwill that the customer received in 12 months, in the
    policy's currency, None where nobody counted. ``items`` are those that the request is about.
    """

    facts: Mapping[Column, Known]
    zone: ZoneInfo
    calendar: Calendar
    delivered_on: Known = Known(None, Source.CARRIER)
    currency: str | None = None
    items: tuple[Item, ...] = ()
    tags: frozenset[str] = frozenset()
    given: Decimal | None = None
    order_number: str | None = None

    def known(self, column: Column) -> Known:
        """Return a fact; one that nobody stated is not known."""
        return self.facts.get(column, Known(None, Source.ORDER))


@dataclass(frozen=True, slots=True)
class _Asked:
    assessment: Assessment
    reason: str
    now: datetime
    zone: ZoneInfo


def situation_of(
    assessment: Assessment,
    *,
    reason: str,
    wanted: str,
    orders_of_customer: int | None,
    now: datetime,
    zone: ZoneInfo,
    calendar: Calendar,
    lines: Collection[str] | None = None,
    given: Decimal | None = None,
) -> Situation:
    """Build the situation of an order as it stands at ``now``.

    ``lines`` are the ids of the lines that the request is about, None being the whole order.
    """
    order, asked = assessment.order, _Asked(assessment, reason, now, zone)
    delivery, delivered_on = _delivery(asked)
    return Situation(
        facts={
            Column.REASON: Known(reason, Source.CUSTOMER),
            Column.WANTED: Known(wanted or Wanted.NOTHING.value, Source.CUSTOMER),
            Column.DELIVERY: delivery,
            Column.DAYS_LATE: _days_late(asked),
            Column.VALUE: Known(order.total, Source.ORDER),
            Column.PAID: _paid(order, delivery),
            Column.TIER: Known(tier_of(orders_of_customer), Source.STORE),
            Column.COUNTRY: Known(order.country, Source.ORDER),
        },
        zone=zone,
        calendar=calendar,
        delivered_on=delivered_on,
        currency=order.currency,
        items=_items(order.lines, lines),
        tags=frozenset(order.tags),
        given=given,
        order_number=order.number,
    )


def tier_of(orders: int | None) -> str | None:
    """Return the tier of a customer with so many orders."""
    if orders is None:
        return None
    if orders >= LOYAL_FROM:
        return Tier.LOYAL.value
    return Tier.RETURNING.value if orders > 1 else Tier.FIRST_TIME.value


def _items(lines: Sequence[Line], wanted: Collection[str] | None) -> tuple[Item, ...]:
    return tuple(Item(line.sku, line.category) for line in lines if wanted is None or line.id in wanted)


def _delivery(asked: _Asked) -> tuple[Known, Known]:
    """Return how far the goods have come and, where it is known, the day they arrived."""
    order, state = asked.assessment.order, asked.assessment.judgement.state
    source = Source.CARRIER if any(one.scan for one in order.active_shipments) else Source.ORDER
    if order.delivered_at and order.delivered_at <= asked.now:
        # A status that came after the promised day says that it arrived, not when.
        day = None if state is Lateness.UNCONFIRMED else local_date(order.delivered_at, asked.zone)
        return Known(Delivery.DELIVERED.value, source, day), Known(day, source, day)
    unknown = Known(None, source)
    if asked.reason in IN_HAND:
        return Known(Delivery.DELIVERED.value, Source.CUSTOMER), unknown
    if state is Lateness.UNCONFIRMED and asked.reason not in STILL_MISSING:
        return unknown, unknown
    shipped = [one.shipped_at for one in order.active_shipments if one.shipped_at] + [order.shipped_at]
    if any(at and at <= asked.now for at in shipped) or order.status is Status.SHIPPED:
        says = Source.CUSTOMER if state is Lateness.UNCONFIRMED else source
        return Known(Delivery.UNDER_WAY.value, says), unknown
    return Known(Delivery.NOT_SHIPPED.value if order.placed else None, Source.ORDER), unknown


def _days_late(asked: _Asked) -> Known:
    """Return the days by which the promise in force was missed, until it was kept or until today."""
    order, judgement = asked.assessment.order, asked.assessment.judgement
    promise = judgement.promise
    if promise is None:
        return Known(None, Source.PROMISE)
    if judgement.state is Lateness.UNCONFIRMED and asked.reason not in STILL_MISSING:
        return Known(None, Source.PROMISE, promise.due_day)
    arrived = fulfilled_at(promise, order)
    ends = [at for at in (arrived, order.ended_at) if at and at <= asked.now]
    until = local_date(min(ends), promise.zone) if ends else local_date(asked.now, promise.zone)
    return Known(max((until - promise.due_day).days, 0), Source.PROMISE, promise.due_day)


def _paid(order: Order, delivery: Known) -> Known:
    if order.on_delivery and order.paid_at is None:
        arrived = delivery.value == Delivery.DELIVERED.value
        return Known(Paid.PAID.value if arrived else Paid.ON_DELIVERY.value, Source.ORDER)
    if order.paid_at or order.status is Status.PAID:
        return Known(Paid.PAID.value, Source.ORDER)
    return Known(Paid.UNPAID.value if order.awaits_payment else None, Source.ORDER)
