"""The rules by which facts become an order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from tests.build import (
    START,
    deletion,
    fact,
    folded,
    on,
    parcel,
    placed,
    said,
    snapshot,
    standard,
    woocommerce,
)

from vefa.facts import Fact
from vefa.orders.order import Order, Status


def order(*events: dict[str, Any]) -> Order:
    return folded(standard(*events))


def woo(*snapshots: dict[str, Any], gone: datetime | None = None) -> Order:
    return folded(woocommerce(*snapshots) + (deletion(gone) if gone else []))


WORDS = {
    "p": "processing",
    "c": "completed",
    "d": "delivered",
    "x": "cancelled",
    "r": "refunded",
    "?": "on-fire",
}


@pytest.mark.parametrize(
    ("states", "status", "moments"),
    [
        ("p", Status.PAID, {}),
        ("pc", Status.SHIPPED, {"shipped_at": 1}),
        ("pcc", Status.SHIPPED, {"shipped_at": 1}),
        ("pcd", Status.DELIVERED, {"shipped_at": 1, "delivered_at": 2}),
        ("pcdc", Status.DELIVERED, {"shipped_at": 1, "delivered_at": 2}),
        ("pd", Status.DELIVERED, {"shipped_at": 1, "delivered_at": 1}),
        ("pcdp", Status.DELIVERED, {"shipped_at": 1, "delivered_at": 2}),
        ("px", Status.CANCELLED, {"cancelled_at": 1}),
        ("pxx", Status.CANCELLED, {"cancelled_at": 1}),
        ("pxp", Status.PAID, {}),
        ("pxpx", Status.CANCELLED, {"cancelled_at": 3}),
        ("prp", Status.PAID, {}),
        ("pcr", Status.REFUNDED, {"shipped_at": 1, "refunded_at": 2}),
        ("px?", Status.CANCELLED, {"cancelled_at": 1}),
        ("p?", Status.UNKNOWN, {}),
        ("p?p", Status.PAID, {}),
        ("?", Status.UNKNOWN, {}),
    ],
)
def test_moments_of_a_platform_that_sends_states(
    states: str, status: Status, moments: dict[str, int]
) -> None:
    found = woo(*(snapshot(WORDS[state], on(day)) for day, state in enumerate(states)))
    names = ("shipped_at", "delivered_at", "cancelled_at", "refunded_at")
    assert {name: at for name in names if (at := getattr(found, name))} == {
        name: on(day) for name, day in moments.items()
    }
    assert found.status is status
    assert found.platform_status == WORDS[states[-1]]


@pytest.mark.parametrize("number", [0, 10])
def test_a_touched_order_was_delivered_when_it_was_delivered(number: int) -> None:
    found = woo(snapshot("delivered", on(3)), *(snapshot("delivered", on(3 + day)) for day in range(number)))
    assert found.delivered_at == on(3)


def test_within_a_second_the_state_further_along_is_the_later_one() -> None:
    assert woo(snapshot("completed", on(1)), snapshot("processing", on(1))).platform_status == "completed"
    assert woo(snapshot("completed", on(1)), snapshot("delivered", on(1))).delivered_at == on(1)


def test_deletion_and_return_from_it() -> None:
    gone = woo(snapshot("processing", on(1)), gone=on(2))
    assert (gone.status, gone.deleted_at, gone.platform_status) == (Status.DELETED, on(2), "deleted")
    back = woo(snapshot("processing", on(1)), snapshot("processing", on(3)), gone=on(2))
    assert (back.status, back.deleted_at, back.platform_status) == (Status.PAID, None, "processing")


def test_an_order_deleted_twice_was_deleted_the_first_time() -> None:
    twice = [fact(on(2), 90, deleted=True), fact(on(40), 90, deleted=True)]
    assert folded([fact(placed=True), *twice]).deleted_at == on(2)


@pytest.mark.parametrize(
    "events",
    [
        [parcel("shipped", on(1))],
        [said("order.paid", on(1))],
        [said("promise.revised", on(1), deliver_by="2026-03-09")],
        [said("review.posted", on(1), score=1)],
    ],
)
def test_without_its_placing_an_order_is_a_stub(events: list[dict[str, Any]]) -> None:
    assert not order(*events).placed
    assert order(*events, placed()).placed


def test_facts_ahead_of_now_are_not_seen() -> None:
    story = standard(placed(), parcel("shipped", on(1)), parcel("delivered", on(2)))
    assert folded(story, on(0.5)).status is Status.PLACED
    assert folded(story, on(1)).status is Status.SHIPPED
    assert folded(story, on(2)).delivered_at == on(2)


def test_an_implausible_fact_is_counted_and_moves_nothing() -> None:
    strange = fact(datetime(1970, 1, 1, tzinfo=START.tzinfo), placed=True, number="7")
    found = folded([strange, fact(number="8")])
    assert (found.implausible, found.placed, found.number) == (1, False, "8")


@pytest.mark.parametrize(
    ("payment", "paid_at", "awaits"),
    [
        (None, None, False),
        ({"paid": False}, None, True),
        ({"paid": True}, None, False),
        ({"paid": False, "on_delivery": True}, None, False),
        ({"paid": False}, on(1), False),
    ],
)
def test_awaiting_payment(payment: dict[str, Any] | None, paid_at: datetime | None, awaits: bool) -> None:
    events = [placed(payment=payment)] + ([said("order.paid", paid_at)] if paid_at else [])
    assert order(*events).awaits_payment is awaits


@pytest.mark.parametrize(
    ("kind", "data", "news"),
    [
        ("review.posted", {"score": 1}, False),
        ("customer.contacted_us", {"customer_id": "C"}, False),
        ("refund.created", {"refund": {"id": "R"}}, False),
        ("order.updated", {"order": {"id": "1"}}, True),
        ("order.paid", {}, True),
    ],
)
def test_news_is_what_was_heard_of_the_order_itself(kind: str, data: dict[str, Any], news: bool) -> None:
    found: list[Fact] = standard(placed(), said(kind, on(4), **data))
    assert folded(found).news_at == (on(4) if news else START)
