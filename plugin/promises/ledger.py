"""Which promises an order holds, and how each stands: pure rules over the order's facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from vefa.orders.order import Order
from vefa.promises.calendar import Calendar, local_date
from vefa.promises.promise import Promise, PromiseKind, Standing, State
from vefa.stores.store import Evidence, Store

ANY_METHOD = "*"
LAST_YEAR = 9000


def why_none(order: Order, promises: list[Promise]) -> str:
    """Return the code that says why an order holds no delivery promise in force."""
    if not _is_placed(order):
        return "not_placed"
    if order.awaits_payment:
        return "awaits_payment"
    if any(promise.kind is PromiseKind.DELIVERY for promise in promises):
        return "promise_withdrawn"
    return "promise_before_order" if order.promised else "no_promise"


def promises_of(order: Order, store: Store, calendar: Calendar) -> list[Promise]:
    """List an order's promises: every delivery date ever said, the one in force last, and the dispatch promise.

    A stub, an order that awaits payment, and a date before ``placed_at`` make none. ``store`` and ``calendar`` are
    those of the instant at which the order was placed (``Store.at``).
    """
    if not _is_placed(order) or order.awaits_payment:
        return []
    # A date that a person sets by hand follows the one that held until then, though nobody had said that one aloud.
    by_hand = all(one.by_person for one in order.promised)
    found = _said(order, store, None, _by_method(order, store, calendar) if by_hand else ())
    for shipment_id in sorted({said.shipment_id for said in order.promised if said.shipment_id}):
        found += _said(order, store, shipment_id)
    return found + _dispatch(order, store, calendar)


def _is_placed(order: Order) -> bool:
    """Say whether it is known that and when the order was placed; a year out of this world is no when."""
    return order.placed and order.placed_at is not None and 1 < order.placed_at.year <= LAST_YEAR


def _said(
    order: Order, store: Store, shipment_id: str | None, before: Sequence[Promise] = ()
) -> list[Promise]:
    said = [one for one in order.promised if one.shipment_id == shipment_id]
    found = {promise.key: promise for promise in before}
    last = before[-1] if before else None
    for one in said:
        means_none = one.deliver_by is None or one.deliver_by.year > LAST_YEAR
        if one.deliver_by and not means_none and _impossible(one.deliver_by, order, store):
            continue
        if last is not None:
            found[last.key] = last = replace(
                last, superseded_at=one.at, agreed=one.agreed, replaced_by=one.deliver_by
            )
        if one.deliver_by is None or means_none:
            last = None
            continue
        last = Promise(
            order_id=order.id,
            kind=PromiseKind.DELIVERY,
            source=one.source,
            due=one.deliver_by,
            made_at=one.at,
            zone=store.zone,
            shipment_id=shipment_id or "",
        )
        found.pop(last.key, None)
        found[last.key] = last
    return list(found.values())


def _impossible(due: date | datetime, order: Order, store: Store) -> bool:
    """Say whether a date is no promise: before the order was placed, or 9999-12-31, which some write for "none"."""
    if order.placed_at is None or due.year > LAST_YEAR:
        return due.year > LAST_YEAR
    if isinstance(due, datetime):
        return due < order.placed_at
    return due < local_date(order.placed_at, store.zone)


def _start(order: Order, store: Store, calendar: Calendar) -> date:
    """Return the working day from which days are counted: the day of the order, the next one after the cut-off."""
    assert order.placed_at is not None  # noqa: S101 - promises_of lets no other order through
    placed = order.placed_at.astimezone(store.zone)
    day = placed.date()
    if calendar.is_working(day) and store.cut_off and placed.time() > store.cut_off:
        return calendar.add(day, 1)
    return calendar.next_working(day)


def _days_of(order: Order, store: Store) -> int | None:
    """Return the working days of an order's shipping method: as its checkout named them, else as the store set them.

    The store knows a method by its name, by the platform's id of it, or as any other.
    """
    if order.promise_days is not None:
        return order.promise_days
    named = [name for name in (order.service, order.method) if name]
    return next(
        (store.delivery_days[name] for name in (*named, ANY_METHOD) if name in store.delivery_days), None
    )


def _by_method(order: Order, store: Store, calendar: Calendar) -> list[Promise]:
    days = _days_of(order, store)
    nothing_to_ship = order.lines and not any(line.requires_shipping for line in order.lines)
    if days is None or order.placed_at is None or nothing_to_ship:
        return []
    due = calendar.add(_start(order, store, calendar), days)
    return [Promise(order.id, PromiseKind.DELIVERY, "store", due, order.placed_at, store.zone)]


def _dispatch(order: Order, store: Store, calendar: Calendar) -> list[Promise]:
    if order.placed_at is None:
        return []
    if order.ship_by is not None and not _impossible(order.ship_by, order, store):
        return [
            Promise(order.id, PromiseKind.DISPATCH, "checkout", order.ship_by, order.placed_at, store.zone)
        ]
    if store.handling_days is None:
        return []
    due = calendar.add(_start(order, store, calendar), store.handling_days)
    return [Promise(order.id, PromiseKind.DISPATCH, "store", due, order.placed_at, store.zone)]


def in_force(promises: list[Promise], kind: PromiseKind) -> list[Promise]:
    """Return the promises of a kind that no later date has replaced."""
    return [promise for promise in promises if promise.kind is kind and promise.superseded_at is None]


def fulfilled_at(promise: Promise, order: Order) -> datetime | None:
    """Return when what was promised happened, or None."""
    if promise.kind is PromiseKind.DISPATCH:
        return order.shipped_at or order.delivered_at
    if promise.shipment_id:
        shipment = order.shipment(promise.shipment_id)
        return shipment.delivered_at if shipment else None
    return order.delivered_at


def is_silent(promise: Promise, order: Order, evidence: Evidence) -> bool:
    """Say whether nothing can prove that a delivery came in time or too late; a person's word does."""
    return evidence is Evidence.NONE and not order.vouched_for(promise.shipment_id)


def may_have_kept(promise: Promise, order: Order) -> bool:
    """Say whether nobody knows if what was promised happened in time, because the event that tells was lost."""
    done, after = fulfilled_at(promise, order), _fulfilled_after(promise, order)
    return (
        done is not None
        and after is not None
        and not promise.is_kept_by(done)
        and promise.is_kept_by(max(after, promise.made_at))
    )


def _fulfilled_after(promise: Promise, order: Order) -> datetime | None:
    if promise.kind is PromiseKind.DISPATCH:
        return order.shipped_after if order.shipped_at else order.delivered_after
    if promise.shipment_id:
        shipment = order.shipment(promise.shipment_id)
        return shipment.delivered_after if shipment else None
    return order.delivered_after


def evidence_of(promise: Promise, order: Order, store: Store, now: datetime) -> Evidence:
    """Return what proves, or would have proved, that what was promised arrived: as the store was set at that instant.

    The instant is the arrival, else the end of the promise, at the latest ``now``. So a store that connects a carrier
    today has evidence from today on for all its orders, but a parcel whose day was over before stays unconfirmed: no
    scan of it will ever come, and its silence means nothing.
    """
    if not store.earlier:
        return store.delivery_evidence
    arrived = fulfilled_at(promise, order)
    moment = arrived if arrived is not None and arrived <= now else min(now, promise.due_at)
    return store.at(moment).delivery_evidence


def settle(promise: Promise, order: Order, evidence: Evidence, now: datetime) -> Standing:
    """Judge how a promise stands at ``now``.

    What happened in time keeps a promise even if it was superseded or the order has ended since. A date replaced
    without the customer's consent by a later one is broken from then on. Without evidence of delivery a delivery
    promise is never broken by the passing of time, nor is one that may have been kept.
    """
    done = fulfilled_at(promise, order)
    if done is not None and done <= now and promise.is_kept_by(done):
        return Standing(State.KEPT, done)
    silent = promise.kind is PromiseKind.DELIVERY and is_silent(promise, order, evidence)
    silent = silent or (done is not None and done <= now and may_have_kept(promise, order))
    over_at = promise.due_at if promise.is_over(now) and not silent else None
    released_at = _released_at(promise, order)
    if released_at and released_at <= now and not (over_at and over_at < released_at):
        return Standing(State.RELEASED, released_at)
    replaced_at = promise.superseded_at
    broken = [at for at in (over_at, replaced_at) if at and at <= now]
    return Standing(State.BROKEN, min(broken)) if broken else Standing(State.OPEN)


def _released_at(promise: Promise, order: Order) -> datetime | None:
    moments = [order.ended_at]
    shipment = order.shipment(promise.shipment_id) if promise.shipment_id else None
    if shipment and shipment.cancelled:
        moments.append(promise.made_at)
    if promise.superseded_at and (promise.agreed or _is_earlier(promise)):
        moments.append(promise.superseded_at)
    return min((at for at in moments if at), default=None)


def _is_earlier(promise: Promise) -> bool:
    if promise.replaced_by is None:
        return False
    return replace(promise, due=promise.replaced_by).due_at <= promise.due_at
