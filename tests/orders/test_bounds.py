"""What only an answer tells happened some time before: a bound, from which nobody is called late."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.build import DAY, fact, folded, on

from vefa.facts import EARLIEST, Fact
from vefa.lateness.judgement import assess
from vefa.orders.order import Order
from vefa.promises.calendar import calendar_of
from vefa.promises.promise import State
from vefa.stores.store import Evidence, Store

STORE = Store(1, "a", "A", delivery_evidence=Evidence.STATUS)


def told(state: str, at: datetime, kind: str = "order.updated", **more: object) -> Fact:
    return fact(
        at, kind=kind, state=state, placed=True, placed_at=on(0).isoformat(), promise__deliver_by="2026-03-06",
        **more,
    )  # fmt: skip


def answered(state: str, at: datetime) -> Fact:
    return told(state, at, "order.fetched")


def order(*facts: Fact) -> Order:
    return folded(facts)


PLACED, SHIPPED = told("placed", on(0)), told("shipped", on(1))


@pytest.mark.parametrize(
    ("facts", "delivered", "after"),
    [
        ([PLACED, SHIPPED, told("delivered", on(8))], on(8), None),
        ([PLACED, SHIPPED, answered("delivered", on(8))], on(8), on(1)),
        ([answered("delivered", on(8))], on(8), EARLIEST),
        # The event came after all: the answer says nothing new.
        ([PLACED, SHIPPED, told("delivered", on(8)), answered("delivered", on(8))], on(8), None),
        ([PLACED, SHIPPED, told("delivered", on(3)), answered("delivered", on(8))], on(3), None),
        ([PLACED, SHIPPED, answered("shipped", on(5)), answered("delivered", on(8))], on(8), on(5)),
    ],
)
def test_a_moment_is_a_bound_where_its_event_was_lost(
    facts: list[Fact], delivered: datetime, after: datetime | None
) -> None:
    found = order(*facts)
    assert (found.delivered_at, found.delivered_after) == (delivered, after)
    assert order(*reversed(facts)) == found


@pytest.mark.parametrize(
    ("facts", "state", "reason", "promise"),
    [
        # The day promised is the 6th of March, which is day 4.
        ([SHIPPED, answered("delivered", on(3))], "on_track", "delivered_in_time", State.KEPT),
        ([SHIPPED, answered("delivered", on(8))], "unconfirmed", "arrival_not_heard", State.OPEN),
        (
            [SHIPPED, told("shipped", on(6)), answered("delivered", on(8))],
            "delivered_late", "delivered_late", State.BROKEN,
        ),
        ([SHIPPED, told("delivered", on(8))], "delivered_late", "delivered_late", State.BROKEN),
    ],
)  # fmt: skip
def test_nobody_is_called_late_for_a_moment_that_nobody_heard(
    facts: list[Fact], state: str, reason: str, promise: State
) -> None:
    found = assess(order(PLACED, *facts), STORE, calendar_of(STORE), on(20))
    assert (found.judgement.state, found.judgement.reason) == (state, reason)
    assert [standing.state for _, standing in found.promises] == [promise]


def test_a_parcel_that_only_an_answer_shows_left_has_left_before() -> None:
    found = order(PLACED, answered("shipped", on(2)), told("delivered", on(3)))
    assert (found.shipped_at, found.shipped_after, found.delivered_after) == (on(2), on(0), None)
    assert found.shipped_at - found.shipped_after == 2 * DAY
