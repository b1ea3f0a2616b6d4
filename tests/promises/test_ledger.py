"""Which promises an order holds."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
from tests.build import START, folded, on, parcel, placed, said, snapshot, standard, woocommerce

from vefa.orders.order import Order
from vefa.promises.calendar import calendar_of
from vefa.promises.ledger import in_force, promises_of, why_none
from vefa.promises.promise import Promise, PromiseKind
from vefa.stores.store import Store

STORE = Store(1, "s", "S", timezone="Europe/Istanbul", country="TR")


def order(*events: dict[str, Any]) -> Order:
    return folded(standard(*events))


def listed(found: Order, store: Store = STORE) -> list[Promise]:
    return promises_of(found, store, calendar_of(store))


def store(**settings: Any) -> Store:
    return Store(1, "s", "S", timezone="Europe/Istanbul", country="TR", **settings)


def revised(day: float, deliver_by: str | None, **more: Any) -> dict[str, Any]:
    return said("promise.revised", on(day), deliver_by=deliver_by, **more)


A, B, C = "2026-03-09", "2026-03-12", "2026-03-16"


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([placed(deliver_by=A)], [(A, None, False)], id="a promise"),
        pytest.param([placed()], [], id="no promise"),
        pytest.param(
            [placed(deliver_by=A), revised(1, B)],
            [(A, on(1), False), (B, None, False)],
            id="revised, not agreed",
        ),
        pytest.param(
            [placed(deliver_by=A), revised(1, B, agreed_by_customer=True)],
            [(A, on(1), True), (B, None, False)],
            id="revised and agreed",
        ),
        pytest.param([placed(deliver_by=A), revised(1, A)], [(A, None, False)], id="the same said again"),
        pytest.param([placed(deliver_by=A), revised(1, None)], [(A, on(1), False)], id="taken back"),
        pytest.param(
            [placed(deliver_by=A), revised(1, B), revised(2, C)],
            [(A, on(1), False), (B, on(2), False), (C, None, False)],
            id="twice revised",
        ),
        pytest.param([placed(deliver_by="2026-03-01")], [], id="before it was placed"),
        pytest.param(
            [placed(deliver_by="2026-03-02")], [("2026-03-02", None, False)], id="on the day of the order"
        ),
        pytest.param([placed(deliver_by="2026-03-02T09:59:59+00:00")], [], id="an instant before"),
        pytest.param([placed(deliver_by="9999-12-31")], [], id="a date that means none"),
        pytest.param([placed(deliver_by="9999-12-31T23:59:59Z")], [], id="an instant that means none"),
        pytest.param(
            [placed(deliver_by=A), revised(1, "9999-12-31")], [(A, on(1), False)], id="revised to none"
        ),
        pytest.param([revised(1, A)], [], id="a stub promises nothing"),
        pytest.param([placed(deliver_by=A, payment={"paid": False})], [], id="awaiting payment"),
        pytest.param(
            [placed(deliver_by=A, payment={"paid": False}), said("order.paid", on(1))],
            [(A, None, False)],
            id="paid later",
        ),
    ],
)
def test_delivery_promises(
    events: list[dict[str, Any]], expected: list[tuple[str, datetime | None, bool]]
) -> None:
    for told in (events, events[::-1]):
        found = [(one.due.isoformat(), one.superseded_at, one.agreed) for one in listed(order(*told))]
        assert found == expected


def test_null_takes_the_date_back() -> None:
    update = said("order.updated", on(1), order={"id": "1", "promise": None})
    assert in_force(listed(order(placed(deliver_by=A), update)), PromiseKind.DELIVERY) == []


def test_a_date_said_again_later_is_one_promise() -> None:
    found = listed(order(placed(deliver_by=A), revised(1, B), revised(2, A)))
    assert [
        (one.due.isoformat(), one.source, one.made_at) for one in in_force(found, PromiseKind.DELIVERY)
    ] == [(A, "store", on(2))]
    assert len({one.key for one in found}) == len(found)


@pytest.mark.parametrize(
    "name",
    [
        "S1",
        "a/b",
    ],
)
def test_a_shipment_may_have_a_date_of_its_own(name: str) -> None:
    told = parcel("created", on(1), name, shipment={"deliver_by": B})
    found = listed(order(placed(deliver_by=A), told))
    assert [(one.due.isoformat(), one.shipment_id) for one in found] == [(A, ""), (B, name)]


@pytest.mark.parametrize(
    ("settings", "service", "due"),
    [
        ({"delivery_days": {"Kargo": 2, "*": 5}}, "Kargo", date(2026, 3, 4)),
        ({"delivery_days": {"Kargo": 2, "*": 5}}, "Kurye", date(2026, 3, 9)),
        ({"delivery_days": {"Kargo": 2, "*": 5}}, None, date(2026, 3, 9)),
        ({"delivery_days": {"Kargo": 2}}, "Kurye", None),
        ({"delivery_days": {"Kargo": 0}}, "Kargo", date(2026, 3, 2)),
        ({}, "Kargo", None),
        ({"delivery_days": {"*": 1}, "cut_off": time(12, 59)}, None, date(2026, 3, 4)),
        ({"delivery_days": {"*": 1}, "cut_off": time(13)}, None, date(2026, 3, 3)),
    ],
)
def test_days_by_shipping_method(settings: dict[str, Any], service: str | None, due: date | None) -> None:
    found = listed(order(placed(shipping={"service": service})), store(**settings))
    assert [(one.due, one.source) for one in found] == ([(due, "store")] if due else [])


@pytest.mark.parametrize(
    ("days", "instance", "named", "due"),
    [
        ({"flat_rate:3": 2, "*": 5}, "3", None, date(2026, 3, 4)),
        ({"Flat rate": 1, "flat_rate:3": 2}, "3", None, date(2026, 3, 3)),
        ({"flat_rate": 2}, "", None, date(2026, 3, 4)),
        ({"*": 5}, "3", "1", date(2026, 3, 3)),
        ({"*": 5}, "3", "soon", date(2026, 3, 9)),
        ({}, "3", 0, date(2026, 3, 2)),
    ],
)
def test_days_by_the_platforms_own_method_and_as_the_checkout_named_them(
    days: dict[str, int], instance: str, named: Any, due: date
) -> None:
    method = {"method_title": "Flat rate", "method_id": "flat_rate", "instance_id": instance}
    meta = [{"key": "_vefa_promise_days", "value": named}]
    told = woocommerce(snapshot("processing", START, shipping_lines=[method], meta_data=meta))
    found = listed(folded(told, order_id="woocommerce:1"), store(delivery_days=days))
    assert [(one.due, one.source) for one in found] == [(due, "store")]


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (datetime.fromisoformat("2026-03-06T10:00+03:00"), date(2026, 3, 9)),
        (datetime.fromisoformat("2026-03-06T17:00+03:00"), date(2026, 3, 10)),
        (datetime.fromisoformat("2026-03-07T17:00+03:00"), date(2026, 3, 10)),
        (datetime.fromisoformat("2026-03-08T23:59+03:00"), date(2026, 3, 10)),
        (datetime.fromisoformat("2026-03-09T00:01+03:00"), date(2026, 3, 10)),
    ],
)
def test_days_are_counted_from_the_working_day_of_the_order(at: datetime, due: date) -> None:
    (found,) = listed(order(placed(at)), store(delivery_days={"*": 1}, cut_off=time(16)))
    assert found.due == due


def test_a_date_from_the_event_comes_before_the_stores_days() -> None:
    (found,) = listed(order(placed(deliver_by=C)), store(delivery_days={"*": 1}))
    assert (found.due, found.source) == (date(2026, 3, 16), "checkout")


@pytest.mark.parametrize(
    ("promise", "settings", "due"),
    [
        ({"ship_by": "2026-03-04"}, {}, date(2026, 3, 4)),
        ({"ship_by": "2026-03-04T12:00:00Z"}, {}, datetime.fromisoformat("2026-03-04T12:00+00:00")),
        ({"ship_by": "2026-03-04"}, {"handling_days": 5}, date(2026, 3, 4)),
        ({}, {"handling_days": 1}, date(2026, 3, 3)),
        ({}, {"handling_days": 0}, date(2026, 3, 2)),
        ({}, {}, None),
        ({"ship_by": "9999-12-31"}, {"handling_days": 1}, date(2026, 3, 3)),
    ],
)
def test_dispatch(promise: dict[str, Any], settings: dict[str, Any], due: date | datetime | None) -> None:
    found = in_force(listed(order(placed(promise=promise)), store(**settings)), PromiseKind.DISPATCH)
    assert [one.due for one in found] == ([due] if due else [])


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([revised(1, A)], "not_placed"),
        ([placed(deliver_by=A, placed_at="9999-12-31T00:00:00Z")], "not_placed"),
        ([placed(deliver_by=A, payment={"paid": False})], "awaits_payment"),
        ([placed(deliver_by=A), revised(1, None)], "promise_withdrawn"),
        ([placed(deliver_by="2026-02-01")], "promise_before_order"),
        ([placed()], "no_promise"),
    ],
)
def test_why_there_is_no_promise(events: list[dict[str, Any]], why: str) -> None:
    found = order(*events)
    assert why_none(found, listed(found)) == why


def test_a_promise_is_known_by_its_content() -> None:
    keys = {
        one.key
        for name in ("1", "2")
        for one in listed(order(placed(START, name, A, promise={"deliver_by": A, "ship_by": A})))
    }
    assert len(keys) == 2
    assert keys == {f"x:1||{kind}|checkout|{A}" for kind in ("delivery", "dispatch")}
