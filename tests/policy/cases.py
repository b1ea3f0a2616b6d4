"""Situations to decide about."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from vefa.policy.situation import Item, Known, Situation, Source
from vefa.policy.table import Column
from vefa.promises.calendar import Calendar, calendar_of
from vefa.stores.store import Store

TODAY = datetime(2026, 3, 12, 9, tzinfo=UTC)
ISTANBUL = ZoneInfo("Europe/Istanbul")
USUAL: dict[str, Any] = {
    "reason": "late",
    "delivery": "under_way",
    "days_late": 0,
    "value": Decimal("3000"),
    "paid": "paid",
    "wanted": "nothing",
    "tier": "first_time",
    "country": "TR",
}


def calendar(**settings: Any) -> Calendar:
    return calendar_of(Store(1, "s", "S", **settings))


def situation(
    *,
    delivered_on: date | None = None,
    currency: str | None = "TRY",
    items: tuple[Item, ...] = (Item("SKU-1", "kitchen"),),
    tags: frozenset[str] = frozenset(),
    given: Decimal | None = Decimal(0),
    days: Calendar | None = None,
    **facts: Any,
) -> Situation:
    """Return an order that is under way and paid, changed by what is given; None is not known."""
    values = USUAL | ({"delivery": "delivered"} if delivered_on else {}) | facts
    return Situation(
        {Column(name): Known(value, Source.ORDER) for name, value in values.items()},
        ISTANBUL,
        days or calendar(country="TR"),
        Known(delivered_on, Source.CARRIER, delivered_on),
        currency,
        items,
        tags,
        given,
        "1001",
    )
