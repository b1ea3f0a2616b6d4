"""What a customer said, and what has to be read about it before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from vefa.cases.case import CaseKind, Channel, EntryKind, Reason
from vefa.cases.triage import Signals, Triage, triage
from vefa.lateness.judgement import Assessment, assess
from vefa.orders.fold import fold
from vefa.orders.records import facts_of, subject
from vefa.promises.calendar import calendar_of
from vefa.promises.promise import PromiseKind
from vefa.stores.store import Store


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a customer said, or that a person noted for them.

    ``key`` is its identity: the same key enters one case once, whatever else is said. ``holder`` is the customer's
    vault row. ``kind`` and ``reason`` are given where somebody was asked; else they are read from the words.
    ``author_id`` is the account that wrote it down, ``entry`` what it is in the conversation, ``detail`` whatever
    else the entry shall show.
    """

    key: str
    holder: str
    at: datetime
    channel: Channel
    order_id: str | None = None
    text: str = ""
    score: int | None = None
    kind: CaseKind | None = None
    reason: Reason | None = None
    language: str | None = None
    author_id: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    entry: EntryKind = EntryKind.CUSTOMER


@dataclass(frozen=True, slots=True)
class Background:
    """What is known beside what was said: the orders as they stand, and how each thing said is read."""

    orders: Mapping[str, Assessment]
    triage: Mapping[str, Triage]

    def expected(self, order_id: str | None) -> dict[str, Any] | None:
        """Return what checkout promised: the first date ever said, its source, and when it was said."""
        assessed = self.orders.get(order_id or "")
        if assessed is None:
            return None
        dates = [
            promise
            for promise, _ in assessed.promises
            if promise.kind is PromiseKind.DELIVERY and not promise.shipment_id
        ]
        first = min(dates, key=lambda promise: (promise.made_at, promise.key), default=None)
        if first is None:
            return None
        return {
            "due": first.due.isoformat(),
            "source": first.source,
            "said_at": first.made_at.isoformat(),
            "promise": first.key,
        }


def background(connection: Connection, store: Store, said: Sequence[Said], now: datetime) -> Background:
    """Read the orders that were spoken of, and triage every word as of the moment it was said."""
    ids = sorted({one.order_id for one in said if one.order_id})
    facts = facts_of(connection, store.id, [subject(order_id) for order_id in ids])
    calendar = calendar_of(store)

    def assessed(order_id: str, at: datetime) -> Assessment:
        return assess(fold(order_id, facts[subject(order_id)], at), store, calendar, at)

    read = {}
    for one in said:
        state = assessed(one.order_id, one.at).judgement.state if one.order_id else None
        read[one.key] = triage(Signals(one.score, one.text, state, one.kind, one.reason))
    return Background({order_id: assessed(order_id, now) for order_id in ids}, read)
