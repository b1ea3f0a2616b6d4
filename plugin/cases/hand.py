"""What a person of the store knows better than its platform: that an order arrived, that a date was agreed anew.

Both are facts like any other, told by a person instead of a platform; so whatever the platform says later merges with
them in the same way, in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa import journal
from vefa.cases import entries
from vefa.cases.case import CaseState, EntryKind
from vefa.cases.records import cases
from vefa.cases.step import LONGEST_NAME
from vefa.clock import time_ordered_id
from vefa.errors import ConflictError, NotFoundError
from vefa.facts import PERSON, Fact, escape
from vefa.locales import mark
from vefa.orders import look as orders
from vefa.orders.fold import WHOLE, fold
from vefa.orders.order import Order
from vefa.orders.records import facts_of, subject
from vefa.promises.calendar import local_date
from vefa.staff import records as staff
from vefa.staff.account import Account
from vefa.stores.records import by_id
from vefa.stores.store import Evidence, Store
from vefa.work import make_due

DELIVERED, REVISED = "shipment.delivered", "promise.revised"
LONGEST_REASON = 500


def mark_delivered(
    connection: Connection,
    store_id: int,
    order_id: str,
    shipment_id: str | None,
    delivered_at: datetime,
    by: Account,
    now: datetime,
    *,
    form: str | None = None,
) -> None:
    """Note by hand that a shipment, or with None the whole order, arrived; the same ``form`` twice notes it once.

    Raises ``ConflictError`` where the order is over or the moment cannot be right.
    """
    hand = _Hand(connection, store_id, order_id, by, now, form)
    if hand.done:
        return
    _could_arrive(hand.order, shipment_id, delivered_at, now)
    at = delivered_at.isoformat()
    if shipment_id is None:
        told = [
            one.id
            for one in hand.order.active_shipments
            if _tells(one.by_person, one.delivered_at, hand.store)
        ]
        values = {WHOLE: at} | {f"shipments/{escape(name)}/delivered_at": at for name in told if name}
    else:
        values = {f"shipments/{escape(shipment_id)}/delivered_at": at}
    fact = hand.fact(DELIVERED, values)
    order = fold(order_id, [*hand.facts, fact], now)
    parcels = [one for one in order.active_shipments if shipment_id in (None, one.id)]
    if any(one.delivered_at is None for one in parcels):
        raise ConflictError(mark("The carrier saw the parcel on its way after the time that you give."))
    hand.note(fact, "case.mark_delivered", {"delivered_at": at, "shipment": shipment_id})


def _tells(by_person: bool, delivered_at: datetime | None, store: Store) -> bool:
    """Say whether a word about the whole order is also one about this shipment."""
    return by_person or delivered_at is None or store.delivery_evidence is Evidence.NONE


def _could_arrive(order: Order, shipment_id: str | None, at: datetime, now: datetime) -> None:
    if order.ended_at is not None:
        raise ConflictError(mark("This order was cancelled, refunded or deleted."))
    if at > now:
        raise ConflictError(mark("Nothing can have arrived in the future."))
    if order.placed_at is not None and at < order.placed_at:
        raise ConflictError(mark("Nothing can have arrived before it was ordered."))
    if shipment_id is None:
        return
    shipment = order.shipment(shipment_id)
    if shipment is None:
        raise NotFoundError(f"The order has no shipment {shipment_id!r}.")
    if shipment.cancelled:
        raise ConflictError(mark("This shipment was cancelled."))


def change_promise(
    connection: Connection,
    store_id: int,
    order_id: str,
    deliver_by: date,
    agreed: bool,
    reason: str,
    by: Account,
    now: datetime,
    *,
    form: str | None = None,
) -> None:
    """Set another delivery date by hand; the same ``form`` twice sets it once.

    Without the customer's consent a later date breaks the promise that it takes the place of. Where each shipment has
    a date of its own, all that are still on their way get the new one. Raises ``ConflictError`` where the order is
    over or has arrived, and for a day that is over.
    """
    hand = _Hand(connection, store_id, order_id, by, now, form)
    if hand.done:
        return
    order = hand.order
    if order.ended_at is not None:
        raise ConflictError(mark("This order was cancelled, refunded or deleted."))
    if order.delivered_at is not None:
        raise ConflictError(mark("This order has arrived already."))
    if deliver_by < local_date(now, hand.store.zone):
        raise ConflictError(mark("This day is over. Give today or a later day."))
    values: dict[str, Any] = {}
    for head in _heads(order):
        values |= {
            f"{head}/deliver_by": deliver_by.isoformat(),
            f"{head}/agreed_by_customer": agreed,
            f"{head}/source": "person",
        }
    detail = {
        "deliver_by": deliver_by.isoformat(),
        "agreed": agreed,
        "reason": reason.strip()[:LONGEST_REASON],
    }
    hand.note(hand.fact(REVISED, values), "case.change_promise", detail)


def _heads(order: Order) -> list[str]:
    """Return the paths of the promises in force that a new date takes the place of."""
    last = {one.shipment_id: one.deliver_by for one in order.promised}
    waiting = {one.id for one in order.active_shipments if one.delivered_at is None}
    parcels = sorted(name for name, day in last.items() if name and day is not None and name in waiting)
    heads = [f"shipments/{escape(name)}" for name in parcels]
    return ["promise", *heads] if last.get(None) is not None or not heads else heads


class _Hand:
    """One act by hand on one order: what is known of it, and the way to note the act."""

    def __init__(
        self,
        connection: Connection,
        store_id: int,
        order_id: str,
        by: Account,
        now: datetime,
        form: str | None,
    ) -> None:
        self.connection, self.order_id, self.by, self.now = connection, order_id, by, now
        self.store = by_id(connection, store_id)
        self.key = f"staff:{form or time_ordered_id(now)}"[:LONGEST_NAME]
        self.facts = facts_of(connection, store_id, [subject(order_id)])[subject(order_id)]
        if not self.facts:
            raise NotFoundError(f"There is no order {order_id!r}.")
        self.done = any(fact.key == self.key for fact in self.facts)
        self.order = fold(order_id, self.facts, now)

    def fact(self, kind: str, values: Mapping[str, Any]) -> Fact:
        return Fact(subject(self.order_id), self.key, kind, self.now, self.now, PERSON, values)

    def note(self, fact: Fact, action: str, detail: Mapping[str, Any]) -> None:
        """Write the fact, the audit trail and an entry in every open case about the order; wake the order."""
        connection, store_id = self.connection, self.store.id
        journal.append(connection, store_id, [fact])
        make_due(connection, store_id, orders.PACKAGE, {self.order_id: self.now})
        told = {"order": self.order_id} | dict(detail)
        staff.note(connection, store_id, self.by.id, action, detail=told, now=self.now)
        about = connection.scalars(
            sa.select(cases.c.id).where(
                cases.c.store_id == store_id,
                cases.c.order_id == self.order_id,
                cases.c.state != CaseState.CLOSED.value,
            )
        )
        for case_id in about.all():
            entries.add(
                connection,
                store_id,
                None,
                case_id,
                kind=EntryKind.HAND,
                at=self.now,
                key=self.key,
                author_id=self.by.id,
                detail={"act": action.partition(".")[2]} | {k: v for k, v in detail.items() if k != "reason"},
            )
