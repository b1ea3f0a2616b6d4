"""Brings together what the store told, what people did and what was given back, into how each return stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from vefa.orders.order import Order
from vefa.returns.request import Marks, Pieces, Verdict, share_refunds
from vefa.returns.told import Told


@dataclass(frozen=True, slots=True)
class Known:
    """A return that is written down: its marks without those that follow from the store's words."""

    id: str
    marks: Marks
    lines: Pieces
    store_ref: str | None = None
    from_store: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How a return stands: the one that is written down, what the store tells of it, or both."""

    known: Known | None
    told: Told | None
    marks: Marks
    refund_id: str | None = None


def settle(known: Sequence[Known], told: Sequence[Told], order: Order) -> list[Standing]:
    """Return how every return of an order stands, oldest first.

    A return that the store tells of is the one that carries its name, else one that was asked for on a page, waits
    still, and is about the same pieces. The result does not depend on what was written of the store's words before.
    """
    standings = [_joined(pair) for pair in _pairs(known, told)]
    names = {str(position): standing.marks for position, standing in enumerate(standings)}
    shared = share_refunds(names, [(refund.id, refund.created_at) for refund in order.refunds])
    closed = []
    for position, standing in enumerate(standings):
        refund_id, given_at = shared.get(str(position), (None, None))
        closed.append(_closed(standing, refund_id, given_at, order.refunded_at))
    return sorted(closed, key=lambda one: one.marks.requested_at)


def _pairs(known: Sequence[Known], told: Sequence[Told]) -> list[tuple[Known | None, Told | None]]:
    by_ref = {one.store_ref: one for one in known if one.store_ref}
    free = sorted(
        (one for one in known if not one.store_ref), key=lambda one: (one.marks.requested_at, one.id)
    )
    pairs: list[tuple[Known | None, Told | None]] = []
    for said in sorted(told, key=lambda one: (one.requested_at, one.ref)):
        mine = by_ref.get(said.ref)
        if mine is None:
            mine = next((one for one in free if _same(one, said)), None)
            if mine is not None:
                free.remove(mine)
        pairs.append((mine, said))
    named = {said.ref for said in told}
    alone = free + [one for one in by_ref.values() if one.store_ref not in named]
    return pairs + [(one, None) for one in alone]


def _same(known: Known, said: Told) -> bool:
    marks = known.marks
    waits = marks.settled_at is None and marks.verdict is not Verdict.REFUSED
    return (
        waits
        and marks.requested_at <= said.requested_at
        and (not said.lines or dict(said.lines) == dict(known.lines))
    )


def _joined(pair: tuple[Known | None, Told | None]) -> Standing:
    known, told = pair
    if known is None:
        assert told is not None  # noqa: S101 - a pair has at least one half
        return Standing(None, told, Marks(told.requested_at, received_at=told.received_at))
    if told is None:
        return Standing(known, None, known.marks)
    requested_at = told.requested_at if known.from_store else known.marks.requested_at
    received = [at for at in (known.marks.received_at, told.received_at) if at]
    marks = replace(known.marks, requested_at=requested_at, received_at=min(received, default=None))
    return Standing(known, told, marks)


def _closed(
    standing: Standing, refund_id: str | None, given_at: datetime | None, all_given_at: datetime | None
) -> Standing:
    marks, told = standing.marks, standing.told
    ends = [marks.settled_at, told.closed_at if told else None, given_at]
    if all_given_at and all_given_at >= marks.requested_at:
        ends.append(all_given_at)
    closed_at = min((at for at in ends if at), default=None)
    return replace(standing, marks=replace(marks, closed_at=closed_at), refund_id=refund_id)
