"""Judges one order's delivery: a state, the reason for it, the evidence, and when to look again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from vefa.orders.order import Order, Shipment, Status
from vefa.promises.calendar import Calendar, calendar_of, end_of_day, local_date
from vefa.promises.ledger import (
    evidence_of,
    fulfilled_at,
    in_force,
    is_silent,
    may_have_kept,
    promises_of,
    settle,
    why_none,
)
from vefa.promises.promise import Promise, PromiseKind, Standing, State
from vefa.stores.store import Store

TROUBLE = ("exception", "lost", "returning", "returned")


class Lateness(StrEnum):
    """How a delivery stands."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    LATE = "late"
    DELIVERED_LATE = "delivered_late"
    UNCONFIRMED = "unconfirmed"
    LOST_SUSPECTED = "lost_suspected"
    NOT_WATCHED = "not_watched"


UNDELIVERED = (Lateness.LATE, Lateness.LOST_SUSPECTED)
SEVERITY = (
    Lateness.NOT_WATCHED,
    Lateness.ON_TRACK,
    Lateness.DELIVERED_LATE,
    Lateness.AT_RISK,
    Lateness.UNCONFIRMED,
    Lateness.LATE,
    Lateness.LOST_SUSPECTED,
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A state with its reason (a code), the evidence it rests on, and the promise it is about."""

    state: Lateness
    reason: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    promise: Promise | None = None
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that follows from an order's facts at one instant."""

    order: Order
    judgement: Judgement
    promises: tuple[tuple[Promise, Standing], ...] = ()

    def standing(self, key: str) -> tuple[Promise, Standing] | None:
        """Return a promise by its key, with how it stands."""
        return next((pair for pair in self.promises if pair[0].key == key), None)


def assess(order: Order, store: Store, calendar: Calendar, now: datetime) -> Assessment:
    """List an order's promises, settle each, and judge the delivery by the one that stands worst.

    ``calendar`` is that of ``store`` as it is now. What was promised, and which days count, follows the terms that
    stood when the order was placed (``Store.at``); so no change of settings moves a promise.
    """
    then = store.at(order.placed_at) if store.earlier and order.placed_at else store
    calendar = calendar if then is store else calendar_of(then)
    promises = promises_of(order, then, calendar)
    current = [promise for promise in in_force(promises, PromiseKind.DELIVERY) if _is_owed(promise, order)]
    dispatch = in_force(promises, PromiseKind.DISPATCH)
    judged = [judge(order, promise, dispatch, store, calendar, now) for promise in current]
    if judged:
        judgement = max(judged, key=lambda one: SEVERITY.index(one.state))
    else:
        judgement = Judgement(Lateness.NOT_WATCHED, why_none(order, promises))
    pairs = []
    for promise in promises:
        standing = settle(promise, order, evidence_of(promise, order, store, now), now)
        risky = judgement.state is Lateness.AT_RISK and promise is judgement.promise
        pairs.append(
            (promise, Standing(State.AT_RISK) if risky and standing.state is State.OPEN else standing)
        )
    moments = [one.again_at for one in judged if one.again_at]
    moments += [p.over_at for p, s in pairs if s.state is State.OPEN and p.over_at > now]
    moments += [at for p in promises if (at := fulfilled_at(p, order)) and at > now]
    moments += [order.ended_at] if order.ended_at and order.ended_at > now else []
    return Assessment(order, _again(judgement, moments), tuple(pairs))


def _is_owed(promise: Promise, order: Order) -> bool:
    shipment = order.shipment(promise.shipment_id) if promise.shipment_id else None
    return shipment is None or not shipment.cancelled


def _again(judgement: Judgement, moments: Sequence[datetime]) -> Judgement:
    return Judgement(
        judgement.state, judgement.reason, judgement.evidence, judgement.promise, min(moments, default=None)
    )


def judge(
    order: Order,
    promise: Promise,
    dispatch: Sequence[Promise],
    store: Store,
    calendar: Calendar,
    now: datetime,
) -> Judgement:
    """Judge one delivery promise at ``now``.

    ``dispatch`` holds the dispatch promises in force. Without evidence of delivery (``Evidence.NONE``) a promise
    whose day is over is unconfirmed, never late. ``store`` is the one of now (see ``evidence_of``).
    """
    arrived = fulfilled_at(promise, order)
    silent = is_silent(promise, order, evidence_of(promise, order, store, now))
    if arrived is not None and arrived <= now:
        return _arrived(promise, order, arrived, silent=silent)
    if order.ended_at is not None and order.ended_at <= now:
        return Judgement(Lateness.NOT_WATCHED, _end(order), {"at": order.ended_at.isoformat()}, promise)
    if promise.is_over(now):
        if silent:
            return Judgement(Lateness.UNCONFIRMED, "no_evidence", _due(promise), promise)
        return _late(order, promise, store, calendar, now)
    risk = _risk(order, promise, dispatch, now)
    return risk or Judgement(Lateness.ON_TRACK, "on_track", _due(promise), promise, promise.over_at)


def _due(promise: Promise) -> dict[str, Any]:
    return {"due": promise.due.isoformat()}


def _end(order: Order) -> str:
    for reason, at in ((Status.DELETED, order.deleted_at), (Status.REFUNDED, order.refunded_at)):
        if at:
            return reason.value
    return Status.CANCELLED.value


def _arrived(promise: Promise, order: Order, arrived: datetime, *, silent: bool) -> Judgement:
    evidence = _due(promise) | {"delivered_at": arrived.isoformat()}
    if promise.is_kept_by(arrived):
        return Judgement(Lateness.ON_TRACK, "delivered_in_time", evidence, promise)
    if silent:
        return Judgement(Lateness.UNCONFIRMED, "status_after_due", evidence, promise)
    if may_have_kept(promise, order):
        return Judgement(Lateness.UNCONFIRMED, "arrival_not_heard", evidence, promise)
    days = (local_date(arrived, promise.zone) - promise.due_day).days
    return Judgement(Lateness.DELIVERED_LATE, "delivered_late", evidence | {"days": days}, promise)


def _late(order: Order, promise: Promise, store: Store, calendar: Calendar, now: datetime) -> Judgement:
    """Late; suspected lost once nothing new was heard for as many working days as ``lost_after`` says at ``now``."""
    patience = store.at(now).lost_after
    heard = order.news_at or promise.made_at
    evidence = _due(promise) | {"news_at": heard.isoformat()}
    lost_at = end_of_day(calendar.add(local_date(heard, promise.zone), patience), promise.zone)
    if now >= lost_at:
        return Judgement(Lateness.LOST_SUSPECTED, "nothing_new", evidence | {"days": patience}, promise)
    reason = "not_delivered" if order.shipped_at else "not_handed_over"
    return Judgement(Lateness.LATE, reason, evidence, promise, lost_at)


def _under_way(order: Order, promise: Promise) -> list[Shipment]:
    return [
        shipment
        for shipment in order.active_shipments
        if shipment.delivered_at is None and promise.shipment_id in ("", shipment.id)
    ]


def _risk(order: Order, promise: Promise, dispatch: Sequence[Promise], now: datetime) -> Judgement | None:
    for shipment in _under_way(order, promise):
        if shipment.scan in TROUBLE:
            evidence = {
                "scan": shipment.scan,
                "at": shipment.scan_at.isoformat() if shipment.scan_at else None,
            }
            return Judgement(
                Lateness.AT_RISK, "exception_scan", _due(promise) | evidence, promise, promise.over_at
            )
        eta = shipment.carrier_eta
        if eta is not None:
            day = local_date(eta, promise.zone) if isinstance(eta, datetime) else eta
            if day > promise.due_day:
                evidence = {"carrier_eta": eta.isoformat()}
                return Judgement(
                    Lateness.AT_RISK, "carrier_eta", _due(promise) | evidence, promise, promise.over_at
                )
    for owed in dispatch:
        if order.shipped_at is None and owed.is_over(now):
            evidence = {"ship_by": owed.due.isoformat()}
            return Judgement(
                Lateness.AT_RISK, "ship_by_over", _due(promise) | evidence, promise, promise.over_at
            )
    return None
