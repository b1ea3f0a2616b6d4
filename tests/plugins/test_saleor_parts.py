"""Parcels of Saleor's and what is none; money that went back, in its several forms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.build import START, on
from tests.saleor import event, facts, fulfillment, gid, order, told

from vefa.orders.order import Status


def test_two_parcels_with_one_number_stay_two() -> None:
    both = [fulfillment(own, lines=[]) for own in (1, 2)]
    assert [one.id for one in told(event(order=order(fulfillments=both))).shipments] == ["1", "2"]


def test_what_waits_for_approval_is_no_parcel_and_what_is_called_off_is_none_any_more() -> None:
    listed = [fulfillment(1, "WAITING_FOR_APPROVAL"), fulfillment(2, "CANCELED")]
    found = told(event(order=order(fulfillments=listed)))
    assert [(one.id, one.cancelled) for one in found.shipments] == [("2", True)]
    assert found.shipped_at is None


@pytest.mark.parametrize("status", ["REFUNDED", "RETURNED", "REFUNDED_AND_RETURNED", "REPLACED"])
def test_what_was_taken_out_of_an_order_is_no_parcel_and_not_waited_for(status: str) -> None:
    one = {"quantity": 1, "orderLine": {"id": gid("OrderLine", "L1")}}
    listed = [fulfillment(1, lines=[one]), fulfillment(2, status, lines=[one], trackingNumber="")]
    found = told(event(order=order(status="FULFILLED", fulfillments=listed)))
    assert ([one.id for one in found.shipments], found.lines[0].quantity) == (["1"], 1)
    assert found.shipped_at == START
    returned = [
        fact for fact in facts(event(order=order(fulfillments=listed))) if fact.type == "return.received"
    ]
    assert len(returned) == (status in ("RETURNED", "REFUNDED_AND_RETURNED"))


def refund(own: str, amount: Any, at: Any, kind: str = "REFUND_SUCCESS") -> dict[str, Any]:
    return {
        "id": own,
        "type": kind,
        "createdAt": at.isoformat(),
        "amount": {"amount": amount, "currency": "EUR"},
    }


def paid_back(*events: dict[str, Any], total: Any = None) -> dict[str, Any]:
    return {"totalRefunded": {"amount": total}, "transactions": [{"events": list(events)}]}


def booked(own: str, *, success: bool) -> dict[str, Any]:
    moment = {"created": on(1).isoformat(), "amount": {"amount": 3}}
    return {"id": own, "kind": "REFUND", "isSuccess": success} | moment


BOOKINGS = {"gateway": "dummy", "transactions": [booked("p", success=True), booked("q", success=False)]}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"totalRefunded": {"amount": 0}}, []),
        ({"totalRefunded": {"amount": 4}}, [("4", START)]),
        (
            paid_back(refund("a", 4, on(1)), refund("b", 6.5, on(2)), total=10.5),
            [("4", on(1)), ("6.5", on(2))],
        ),
        (paid_back(refund("a", 4, on(1)), refund("f", 4, on(1), "REFUND_FAILURE"), total=4), [("4", on(1))]),
        (paid_back(refund("a", 4, on(1)), total=6), [("2", START), ("4", on(1))]),
        ({"payments": [BOOKINGS]}, [("3", on(1))]),
    ],
)
def test_money_that_went_back(given: dict[str, Any], expected: list[Any]) -> None:
    found = told(event(order=order(**given)))
    assert [(one.amount, one.created_at) for one in found.refunds] == [(Decimal(a), at) for a, at in expected]
    full = sum(Decimal(a) for a, _ in expected) >= Decimal("10.5")
    assert (found.status is Status.REFUNDED) is full
