"""What is known of an order when the policy is asked, and who says so."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.policy.cases import calendar

from vefa.lateness.judgement import assess
from vefa.orders.order import Line, Order, Promised, Shipment, Status
from vefa.policy.situation import Known, Situation, Source, situation_of, tier_of
from vefa.policy.table import Column
from vefa.stores.store import Evidence, Store

ISTANBUL = ZoneInfo("Europe/Istanbul")
PLACED = datetime(2026, 3, 2, 10, tzinfo=UTC)
NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)
DUE = date(2026, 3, 9)


def order(**changed: Any) -> Order:
    known: dict[str, Any] = {
        "id": "standard:1",
        "number": "1",
        "status": Status.PLACED,
        "placed": True,
        "placed_at": PLACED,
        "currency": "TRY",
        "total": Decimal("499.90"),
        "country": "TR",
        "lines": (Line("L1", sku="A-1", category="mug"), Line("L2", sku="B-2")),
        "promised": (Promised(PLACED, DUE),),
    }
    return Order(**(known | changed))


def known(
    found: Order,
    reason: str = "late",
    evidence: Evidence = Evidence.CARRIER,
    now: datetime = NOW,
    **more: Any,
) -> Situation:
    store = Store(1, "s", "S", timezone="Europe/Istanbul", country="TR", delivery_evidence=evidence)
    days = calendar(country="TR")
    options: dict[str, Any] = {"wanted": "nothing", "orders_of_customer": 1} | more
    return situation_of(
        assess(found, store, days, now), reason=reason, now=now, zone=ISTANBUL, calendar=days, **options
    )


def shipment(**more: Any) -> Shipment:
    return Shipment("S1", shipped_at=datetime(2026, 3, 3, 10, tzinfo=UTC), **more)


def delivered(day: int) -> Order:
    at = datetime(2026, 3, day, 20, 59, tzinfo=UTC)
    return order(shipped_at=PLACED, delivered_at=at, shipments=(shipment(delivered_at=at, scan="delivered"),))


def test_an_order_that_did_not_leave_is_late_by_the_promise() -> None:
    found = known(order())
    assert found.known(Column.DELIVERY) == Known("not_shipped", Source.ORDER)
    assert found.known(Column.DAYS_LATE) == Known(3, Source.PROMISE, DUE)
    assert found.known(Column.VALUE) == Known(Decimal("499.90"), Source.ORDER)
    assert found.known(Column.TIER) == Known("first_time", Source.STORE)
    assert found.known(Column.REASON).source is Source.CUSTOMER


def test_days_late_end_with_the_delivery_on_the_stores_own_day() -> None:
    found = known(delivered(10))
    # 20:59 in UTC is one minute before midnight in Istanbul.
    assert found.known(Column.DAYS_LATE) == Known(1, Source.PROMISE, DUE)
    assert found.delivered_on == Known(date(2026, 3, 10), Source.CARRIER, date(2026, 3, 10))
    assert known(delivered(8)).known(Column.DAYS_LATE).value == 0


def test_a_delivery_that_lies_ahead_is_not_known_yet() -> None:
    found = known(delivered(10), now=datetime(2026, 3, 10, 9, tzinfo=UTC))
    assert found.known(Column.DELIVERY).value == "under_way"


def test_without_a_promise_lateness_is_not_known() -> None:
    assert known(order(promised=())).known(Column.DAYS_LATE).value is None


def test_a_parcel_under_way_is_known_by_the_carrier_or_the_order() -> None:
    sent = order(shipped_at=PLACED, shipments=(shipment(),))
    assert known(sent).known(Column.DELIVERY) == Known("under_way", Source.ORDER)
    scanned = order(shipped_at=PLACED, shipments=(shipment(scan="in_transit"),))
    assert known(scanned).known(Column.DELIVERY) == Known("under_way", Source.CARRIER)


def test_where_the_feed_is_silent_the_customer_is_heard_and_nothing_guessed() -> None:
    sent = order(shipped_at=PLACED, shipments=(shipment(),))
    for reason, delivery, late in (
        ("late", None, None),
        ("not_received", Known("under_way", Source.CUSTOMER), 3),
        ("damaged", Known("delivered", Source.CUSTOMER), None),
    ):
        found = known(sent, reason, Evidence.NONE)
        assert found.known(Column.DELIVERY) == (delivery or Known(None, Source.ORDER)), reason
        assert found.known(Column.DAYS_LATE).value == late
        assert found.delivered_on.value is None


@pytest.mark.parametrize(
    ("changed", "paid"),
    [
        ({"paid_at": PLACED}, "paid"),
        ({"status": Status.PAID}, "paid"),
        ({"on_delivery": True}, "on_delivery"),
        ({"awaits_payment": True}, "unpaid"),
        ({}, None),
    ],
)
def test_how_an_order_stands_with_money(changed: dict[str, Any], paid: str | None) -> None:
    assert known(order(**changed)).known(Column.PAID).value == paid


def test_what_was_paid_at_the_door_is_paid_once_it_arrived() -> None:
    at = datetime(2026, 3, 10, 9, tzinfo=UTC)
    found = order(
        on_delivery=True, shipped_at=PLACED, delivered_at=at, shipments=(shipment(delivered_at=at),)
    )
    assert known(found).known(Column.PAID).value == "paid"


def test_items_are_those_asked_about() -> None:
    assert [one.sku for one in known(order()).items] == ["A-1", "B-2"]
    assert [(one.sku, one.category) for one in known(order(), lines=["L1"]).items] == [("A-1", "mug")]


def test_an_order_that_was_cancelled_is_late_until_then() -> None:
    found = order(cancelled_at=datetime(2026, 3, 11, 9, tzinfo=UTC), status=Status.CANCELLED)
    assert known(found).known(Column.DAYS_LATE).value == 2


def test_tiers() -> None:
    assert [tier_of(n) for n in (None, 0, 1, 2, 4, 5, 50)] == [
        None, "first_time", "first_time", "returning", "returning", "loyal", "loyal",
    ]  # fmt: skip
