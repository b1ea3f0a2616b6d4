"""The parts of an order: shipments and what is inside them, scans, refunds."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.build import folded, on, parcel, placed, said, snapshot, standard, woocommerce

from vefa.orders.order import Order, Status

PARTS = [{"id": "L1", "quantity": 2}, {"id": "L2", "quantity": 1}]


def order(*events: dict[str, Any]) -> Order:
    return folded(standard(*events))


def woo(*snapshots: dict[str, Any]) -> Order:
    return folded(woocommerce(*snapshots))


ONE, TWO = ("shipped", on(1), "S1"), ("shipped", on(2), "S2")
CAME, CAME_TOO = ("delivered", on(3), "S1"), ("delivered", on(5), "S2")
HALF, REST = [{"id": "L1", "quantity": 2}], [{"id": "L2", "quantity": 1}]


@pytest.mark.parametrize(
    ("told", "inside", "shipped", "delivered"),
    [
        pytest.param([ONE, CAME], {}, 1, 3, id="one shipment without a word of what is inside"),
        pytest.param([ONE, TWO, CAME], {}, 2, None, id="the second is under way"),
        pytest.param([ONE, TWO, CAME_TOO, CAME], {}, 2, 5, id="delivered when the last arrived"),
        pytest.param([ONE, CAME], {"S1": HALF}, None, None, id="half of the order is in no parcel yet"),
        pytest.param([ONE, TWO, CAME, CAME_TOO], {"S1": HALF, "S2": REST}, 2, 5, id="both halves"),
        pytest.param(
            [ONE, TWO, CAME, CAME_TOO], {"S1": HALF}, 2, 5, id="one says nothing and holds the rest"
        ),
        pytest.param([ONE, CAME], {"S1": HALF + REST}, 1, 3, id="everything in one"),
        pytest.param(
            [ONE, CAME], {"S1": [{"id": "L1", "quantity": 1}, *REST]}, None, None, id="one piece is missing"
        ),
        pytest.param([ONE, TWO, CAME, ("cancelled", on(4), "S2")], {}, 1, 3, id="the other was cancelled"),
        pytest.param([ONE, ("cancelled", on(4), "S1")], {}, None, None, id="the only one was cancelled"),
        pytest.param([CAME], {}, None, 3, id="nobody said when it left"),
    ],
)
def test_an_order_is_complete_when_every_part_is(
    told: list[tuple[str, datetime, str]], inside: dict[str, Any], shipped: int | None, delivered: int | None
) -> None:
    made = [
        parcel("created", on(0.5), name, shipment={"carrier": "K", "lines": inside.get(name)})
        for name in inside
    ]
    found = order(placed(lines=PARTS), *made, *(parcel(what, at, name) for what, at, name in told))
    assert found.shipped_at == (on(shipped) if shipped is not None else None)
    assert found.delivered_at == (on(delivered) if delivered is not None else None)


def test_a_line_without_shipping_needs_no_parcel() -> None:
    lines = [*HALF, {"id": "L2", "quantity": 1, "requires_shipping": False}]
    made = parcel("created", on(1), shipment={"lines": HALF})
    assert order(placed(lines=lines), made, parcel("delivered", on(2))).delivered_at == on(2)


def test_a_shipment_of_which_only_the_name_is_known_is_a_part_of_the_order() -> None:
    found = order(placed(), parcel("created", on(1), "S2"), parcel("delivered", on(2), "S1"))
    assert [one.id for one in found.shipments] == ["S1", "S2"]
    assert found.delivered_at is None


@pytest.mark.parametrize(
    ("scan", "taken_back"),
    [
        ("in_transit", True),
        ("out_for_delivery", True),
        ("attempted", True),
        ("available_for_pickup", True),
        ("lost", True),
        ("label_created", False),
        ("exception", False),
        ("returning", False),
        ("returned", False),
    ],
)
def test_a_carrier_that_moves_the_parcel_again_takes_the_delivery_back(scan: str, taken_back: bool) -> None:
    story = [placed(), parcel("delivered", on(3)), parcel("scanned", on(4), status=scan)]
    assert order(*story).delivered_at == (None if taken_back else on(3))
    assert order(*story, parcel("delivered", on(6))).delivered_at == (on(6) if taken_back else on(3))


def test_a_scan_before_the_delivery_takes_nothing_back() -> None:
    assert order(
        placed(), parcel("scanned", on(2), status="in_transit"), parcel("delivered", on(3))
    ).delivered_at
    at_once = parcel("scanned", on(3), status="out_for_delivery")
    assert order(placed(), at_once, parcel("delivered", on(3))).delivered_at == on(3)


def test_an_old_scan_told_after_the_delivery_takes_nothing_back() -> None:
    told_late = parcel("scanned", on(3, hours=1), status="out_for_delivery", at=on(2).isoformat())
    assert order(placed(), parcel("delivered", on(3)), told_late).delivered_at == on(3)


@pytest.mark.parametrize("what", ["shipped", "delivered"])
def test_a_state_told_twice_was_entered_the_first_time(what: str) -> None:
    found = order(placed(), parcel(what, on(3)), parcel(what, on(9), tracking_number="T"))
    assert getattr(found, f"{what}_at") == on(3)


def test_a_corrected_moment_counts() -> None:
    found = order(
        placed(),
        parcel("delivered", on(3), delivered_at=on(3).isoformat()),
        parcel("delivered", on(4), delivered_at=on(2).isoformat()),
    )
    assert found.delivered_at == on(2)


@pytest.mark.parametrize(
    ("total", "amounts", "refunded"),
    [
        ("10.00", [], None),
        ("10.00", ["4.90"], None),
        ("10.00", ["10.00"], 1),
        ("10.00", ["10.0"], 1),
        ("10.00", ["4.90", "5.10"], 2),
        ("10.00", ["4.90", "5.09"], None),
        ("10.00", ["4.90", "5.10", "1"], 2),
        ("10.00", [None], None),
        (None, ["10.00"], None),
        ("0", ["0"], None),
    ],
)
def test_refunds(total: str | None, amounts: list[str | None], refunded: int | None) -> None:
    given = [
        said("refund.created", on(day), refund={"id": f"R{day}", "amount": amount})
        for day, amount in enumerate(amounts, 1)
    ]
    found = order(placed(total=total), *given)
    assert found.refunded_at == (on(refunded) if refunded else None)
    assert [one.amount for one in found.refunds] == [amount and Decimal(amount) for amount in amounts]
    assert (found.status is Status.REFUNDED) == bool(refunded)


def test_a_snapshot_dates_a_refund_by_when_it_was_first_seen() -> None:
    refund = [{"id": 9, "total": "-4.90", "reason": "Late"}]
    found = woo(
        snapshot("processing", on(1)), *(snapshot("completed", on(day), refunds=refund) for day in (2, 5))
    )
    assert [(one.id, one.amount, one.created_at) for one in found.refunds] == [("9", Decimal("4.90"), on(2))]


def test_a_refund_taken_away_is_gone() -> None:
    refund = [{"id": 9, "total": "-4.90"}]
    assert not woo(
        snapshot("processing", on(1), refunds=refund), snapshot("processing", on(2), refunds=[])
    ).refunds
