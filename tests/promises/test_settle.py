"""How a promise stands: kept, broken, released or open, to the microsecond."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.build import START, on

from vefa.orders.order import Order, Shipment
from vefa.promises.ledger import settle
from vefa.promises.promise import Promise, PromiseKind, Standing, State
from vefa.stores.store import Evidence

ISTANBUL = ZoneInfo("Europe/Istanbul")
INSTANT = timedelta(microseconds=1)
DUE = date(2026, 3, 9)
OVER = datetime(2026, 3, 9, 21, tzinfo=UTC)  # midnight in Istanbul
PROMISE = Promise("x:1", PromiseKind.DELIVERY, "checkout", DUE, START, ISTANBUL)
AT = replace(PROMISE, due=OVER)
ORDER = Order("x:1", "1", placed=True, placed_at=START)
KEPT, BROKEN, RELEASED, OPEN = State.KEPT, State.BROKEN, State.RELEASED, State.OPEN


def order(**more: Any) -> Order:
    return replace(ORDER, **more)


def test_a_date_is_over_at_the_end_of_the_local_day_and_an_instant_after_it() -> None:
    assert PROMISE.due_at == AT.due_at == PROMISE.over_at == OVER
    assert AT.over_at == OVER + INSTANT
    assert (PROMISE.due_day, replace(PROMISE, due=OVER - INSTANT).due_day) == (DUE, DUE)
    for promise in (PROMISE, AT):
        assert promise.is_over(promise.over_at) and not promise.is_over(promise.over_at - INSTANT)
        assert promise.is_kept_by(promise.over_at - INSTANT) and not promise.is_kept_by(promise.over_at)


LATER = replace(PROMISE, superseded_at=on(3), replaced_by=date(2026, 3, 12))
SOONER = replace(PROMISE, superseded_at=on(3), replaced_by=date(2026, 3, 5))
AGREED = replace(LATER, agreed=True)
BACK = replace(PROMISE, superseded_at=on(3), replaced_by=None)
NEVER = replace(PROMISE, superseded_at=on(3), replaced_by=date.max)
SAME_END = replace(PROMISE, superseded_at=on(3), replaced_by=OVER)
ONE = replace(PROMISE, shipment_id="S1")
DISPATCH = replace(PROMISE, kind=PromiseKind.DISPATCH)
PARCEL, ARRIVED = Shipment("S1"), Shipment("S1", delivered_at=on(3))


@pytest.mark.parametrize(
    ("promise", "found", "now", "expected"),
    [
        pytest.param(PROMISE, order(), OVER - INSTANT, Standing(OPEN), id="not over yet"),
        pytest.param(PROMISE, order(), OVER, Standing(BROKEN, OVER), id="over"),
        pytest.param(AT, order(), OVER, Standing(OPEN), id="an instant lasts until itself"),
        pytest.param(AT, order(), OVER + INSTANT, Standing(BROKEN, OVER), id="an instant is over"),
        pytest.param(PROMISE, order(delivered_at=on(5)), on(5), Standing(KEPT, on(5)), id="delivered"),
        pytest.param(
            PROMISE,
            order(delivered_at=OVER - INSTANT),
            on(50),
            Standing(KEPT, OVER - INSTANT),
            id="just in time",
        ),
        pytest.param(PROMISE, order(delivered_at=OVER), on(50), Standing(BROKEN, OVER), id="just too late"),
        pytest.param(AT, order(delivered_at=OVER), on(50), Standing(KEPT, OVER), id="at the instant"),
        pytest.param(PROMISE, order(delivered_at=on(5)), on(4), Standing(OPEN), id="delivered ahead of now"),
        pytest.param(PROMISE, order(cancelled_at=on(2)), on(50), Standing(RELEASED, on(2)), id="cancelled"),
        pytest.param(
            PROMISE, order(refunded_at=OVER), on(50), Standing(RELEASED, OVER), id="refunded at the end"
        ),
        pytest.param(
            PROMISE,
            order(deleted_at=OVER + INSTANT),
            on(50),
            Standing(BROKEN, OVER),
            id="deleted when broken",
        ),
        pytest.param(
            PROMISE,
            order(delivered_at=on(4), refunded_at=on(5)),
            on(50),
            Standing(KEPT, on(4)),
            id="kept and given back",
        ),
        pytest.param(LATER, order(), on(2), Standing(OPEN), id="before it was revised"),
        pytest.param(LATER, order(), on(3), Standing(BROKEN, on(3)), id="a later date breaks it"),
        pytest.param(
            LATER, order(delivered_at=on(5)), on(50), Standing(KEPT, on(5)), id="revised and yet kept"
        ),
        pytest.param(AGREED, order(), on(50), Standing(RELEASED, on(3)), id="agreed"),
        pytest.param(SOONER, order(), on(50), Standing(RELEASED, on(3)), id="an earlier date releases it"),
        pytest.param(SAME_END, order(), on(50), Standing(RELEASED, on(3)), id="the same end said otherwise"),
        pytest.param(BACK, order(), on(3), Standing(BROKEN, on(3)), id="taken back"),
        pytest.param(NEVER, order(), on(3), Standing(BROKEN, on(3)), id="put off for ever"),
        pytest.param(
            replace(AGREED, superseded_at=on(20)),
            order(),
            on(50),
            Standing(BROKEN, OVER),
            id="agreed too late",
        ),
        pytest.param(
            ONE,
            order(shipments=(replace(PARCEL, delivered_at=on(3)),)),
            on(50),
            Standing(KEPT, on(3)),
            id="one parcel",
        ),
        pytest.param(
            ONE,
            order(shipments=(PARCEL,), delivered_at=on(3)),
            on(50),
            Standing(BROKEN, OVER),
            id="not that parcel",
        ),
        pytest.param(
            ONE,
            order(shipments=(replace(PARCEL, cancelled=True),)),
            on(50),
            Standing(RELEASED, START),
            id="cancelled parcel",
        ),
        pytest.param(DISPATCH, order(shipped_at=on(4)), on(50), Standing(KEPT, on(4)), id="handed over"),
        pytest.param(
            DISPATCH, order(delivered_at=on(4)), on(50), Standing(KEPT, on(4)), id="arrived, so it left"
        ),
        pytest.param(DISPATCH, order(), on(50), Standing(BROKEN, OVER), id="not handed over"),
    ],
)
def test_settle(promise: Promise, found: Order, now: datetime, expected: Standing) -> None:
    assert settle(promise, found, Evidence.CARRIER, now) == expected
    assert settle(promise, found, Evidence.STATUS, now) == expected


@pytest.mark.parametrize(
    ("promise", "found", "expected"),
    [
        (PROMISE, order(), Standing(OPEN)),
        (PROMISE, order(delivered_at=on(4)), Standing(KEPT, on(4))),
        (PROMISE, order(delivered_at=on(40)), Standing(OPEN)),
        (PROMISE, order(cancelled_at=on(20)), Standing(RELEASED, on(20))),
        (LATER, order(), Standing(BROKEN, on(3))),
        (DISPATCH, order(), Standing(BROKEN, OVER)),
    ],
)
def test_without_evidence_time_alone_breaks_no_delivery(
    promise: Promise, found: Order, expected: Standing
) -> None:
    assert settle(promise, found, Evidence.NONE, on(50)) == expected


MOMENTS = st.none() | st.integers(0, 14 * 24 * 4).map(lambda quarter: START + timedelta(minutes=15 * quarter))
PROMISES = st.builds(
    lambda due, kind, superseded, agreed, by: replace(
        PROMISE, due=due, kind=kind, superseded_at=superseded, agreed=agreed, replaced_by=by
    ),
    st.sampled_from([DUE, OVER, date(2026, 3, 4)]),
    st.sampled_from(PromiseKind),
    MOMENTS,
    st.booleans(),
    st.sampled_from([None, date(2026, 3, 3), date(2026, 3, 20)]),
)
ORDERS = st.builds(
    lambda shipped, delivered, cancelled: order(
        shipped_at=shipped, delivered_at=delivered, cancelled_at=cancelled
    ),
    MOMENTS,
    MOMENTS,
    MOMENTS,
)


@given(PROMISES, ORDERS, st.sampled_from(Evidence), MOMENTS.filter(bool), st.integers(0, 30 * 24 * 60))
def test_what_is_settled_stays_settled_until_a_fact_changes_it(
    promise: Promise, found: Order, evidence: Evidence, now: datetime, minutes: int
) -> None:
    before = settle(promise, found, evidence, now)
    after = settle(promise, found, evidence, now + timedelta(minutes=minutes))
    if before.state is KEPT or before.state is RELEASED:
        assert after == before or after.state is KEPT
    if before.state is BROKEN:
        assert after.state is not OPEN
    assert (before.settled_at is None) == (before.state is OPEN)
    assert before.settled_at is None or before.settled_at <= now
