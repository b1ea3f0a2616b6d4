"""What only Saleor says of an order: two forms of one event, parcels that are none, refunds that leave no status."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build import START, folded, on
from tests.saleor import captured, context, event, facts, fulfillment, gid, order, told

from vefa.errors import UnreadableError
from vefa.orders.order import Status
from vefa.platforms import Incoming
from vefa.platforms.saleor import Saleor

PLATFORM = Saleor()


@pytest.mark.parametrize(
    ("user", "holder"),
    [
        ({"id": gid("User", 7), "email": "Jale@Example.com"}, "saleor:7"),
        ({"id": gid("User", 1), "email": "staff@shop.example"}, "order:saleor:1"),
        (None, "order:saleor:1"),
    ],
)
def test_the_customer_is_whose_address_the_order_has(user: Any, holder: str) -> None:
    document = event(order=order(user=user))
    reading = PLATFORM.read(json.dumps(document).encode(), context("order_updated"))
    assert (told(document).holder, reading.personal[0].holder) == (holder, holder)
    assert reading.personal[0].values["email"] == "jale@example.com"
    assert "example.com" not in str([one.values for one in reading.facts])


@pytest.mark.parametrize(
    ("status", "own", "expected"),
    [
        ("UNFULFILLED", {}, Status.PAID),
        ("CANCELED", {}, Status.CANCELLED),
        ("EXPIRED", {}, Status.CANCELLED),
        ("RETURNED", {}, Status.DELIVERED),
        ("FULFILLED", {"FULFILLED": "delivered"}, Status.DELIVERED),
        ("SOMETHING_NEW", {}, Status.UNKNOWN),
    ],
)
def test_statuses_by_saleors_meaning_and_the_stores_own(
    status: str, own: dict[str, str], expected: Status
) -> None:
    assert told(event(order=order(status=status)), status_map=own).status is expected


def test_an_event_is_stamped_with_its_issue_and_an_answer_with_its_change() -> None:
    later = event(at=on(2), order=order(updatedAt=START.isoformat()))
    assert {fact.at for fact in facts(later)} == {on(2)}
    asked = {"order": order(updatedAt=on(1).isoformat(), fulfillments=[fulfillment()])}
    found = facts(asked, "order.fetched", received_at=on(5))
    assert [(fact.type, fact.at) for fact in found] == [
        ("order.fetched", on(1)), ("shipment.fetched", START), ("shipment.fetched", on(5)),
    ]  # fmt: skip


def test_a_tracking_number_that_changed_without_its_order_is_believed() -> None:
    event_told = event(at=on(1), order=order(fulfillments=[fulfillment()]))
    asked = {"order": order(fulfillments=[fulfillment(trackingNumber="T2")])}
    for topic in ("order.fetched", "fulfillments.fetched"):
        found = facts(event_told) + facts(asked, topic, received_at=on(3))
        assert folded(found, order_id="saleor:1").shipments[0].tracking_number == "T2"


def test_parcels_alone_make_no_order_of_one_that_was_never_told() -> None:
    parcels = {"order": order(fulfillments=[fulfillment()])}
    assert facts(parcels, "fulfillments.fetched", received_at=on(59))
    assert not facts(parcels, "fulfillments.fetched", received_at=on(60))


@pytest.mark.parametrize(
    ("metadata", "keys", "arrived"),
    [
        ({"delivered_at": on(3).isoformat()}, (), on(3)),
        ({"delivery_status": "Delivered"}, (), on(4)),
        ({"delivery_status": "teslim edildi"}, (), on(4)),
        ({"delivery_status": "on its way"}, (), None),
        ({"delivered_at": "yesterday"}, (), None),
        ({"teslim": on(3).isoformat(), "delivered_at": "x"}, ("teslim",), on(3)),
        ({"delivered_at": on(3).isoformat()}, ("teslim",), None),
    ],
)
def test_an_arrival_stands_in_the_metadata_of_a_parcel(
    metadata: dict[str, str], keys: tuple[str, ...], arrived: Any
) -> None:
    pairs = [{"key": key, "value": value} for key, value in metadata.items()]
    document = event(at=on(4), order=order(fulfillments=[fulfillment(metadata=pairs)]))
    assert told(document, delivered_keys=keys).delivered_at == arrived


def test_a_mark_without_a_moment_in_an_answer_is_no_earlier_than_the_asking() -> None:
    pairs = [{"key": "delivery_status", "value": "delivered"}]
    asked = {"order": order(fulfillments=[fulfillment(metadata=pairs)])}
    found = folded(facts(asked, "order.fetched", received_at=on(9)), order_id="saleor:1")
    assert found.delivered_at == on(9)


def test_a_refund_says_that_it_was_paid_though_saleor_takes_it_back() -> None:
    standing = {"isPaid": False, "chargeStatus": "NONE", "paymentStatus": "NOT_CHARGED"}
    found = told(event(order=order(totalRefunded={"amount": 4}, **standing)))
    assert (found.paid_at, found.awaits_payment) == (START, False)
    assert told(event(order=order(**standing))).awaits_payment


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"metadata": [{"key": "eta", "value": "2026-03-09"}]}, ("2026-03-09", "checkout")),
        ({"metadata": [{"key": "eta", "value": "2026-02-30"}]}, None),
        ({"deliveryMethod": {"metadata": [{"key": "eta", "value": "2026-03-09T10:00"}]}}, ("2026-03-09", "checkout")),
        ({"deliveryMethod": {"maximumDeliveryDays": 3}}, ("2026-03-06", "store")),
        ({"deliveryMethod": {"maximumDeliveryDays": None}}, None),
        ({"metadata": [{"key": 7, "value": None}, {"key": "eta", "value": ["2026-03-09"]}]}, None),
    ],
)  # fmt: skip
def test_the_promised_day(given: dict[str, Any], expected: tuple[str, str] | None) -> None:
    late = order(**({"created": START.replace(hour=22).isoformat()} | given))
    found = told(event(order=late), promise_keys=("eta",), timezone="Europe/Istanbul").promised
    assert [(str(one.deliver_by), one.source) for one in found] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("place", "region"),
    [
        ({"country": {"code": "TR"}, "countryArea": "34"}, "TR-34"),
        ({"country": {"code": "IR"}, "countryArea": "Tehran Province"}, None),
        ({"country": {"code": ""}, "countryArea": "34"}, None),
        ({"country": None}, None),
    ],
)
def test_regions(place: dict[str, Any], region: str | None) -> None:
    assert told(event(order=order(shippingAddress=place))).region == region


@pytest.mark.parametrize(
    ("code", "locale"), [("TR", "tr"), ("FA_IR", "fa-IR"), ("ZH_HANS_CN", "zh-Hans-CN"), ("EN_US", "en-US")]
)
def test_languages(code: str, locale: str) -> None:
    assert told(event(order=order(languageCodeEnum=code))).locale == locale


def test_every_order_of_a_body_with_many_is_read() -> None:
    document = {
        "__typename": "OrderBulkCreated",
        "issuedAt": START.isoformat(),
        "orders": [order(1), order(2)],
    }
    found = facts(document, "order_bulk_created")
    assert [one.subject for one in found] == ["order:saleor:1", "order:saleor:2"]


@pytest.mark.parametrize(
    "document",
    [
        [], [{}], [1], [{"type": "Product"}], [{"type": "Fulfillment", "order": 7}], {"orders": []}, {"order": None},
        "x", {"order": {"id": gid("Product", 1)}}, {"order": {"id": "Order:1"}},
        {"order": {"id": gid("Order", "../1")}},
    ],
)  # fmt: skip
def test_what_is_no_order_cannot_be_read(document: Any) -> None:
    with pytest.raises(UnreadableError):
        facts(document)


OWN = next(one.document for one in captured() if one.event == "fulfillment_metadata_updated")
LEGACY = next(one.document for one in captured() if one.event == "fulfillment_created" and not one.own_query)
JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.lists(st.none(), max_size=2)


def _places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = (
        document.items()
        if isinstance(document, dict)
        else enumerate(document)
        if isinstance(document, list)
        else ()
    )
    return [path, *(found for key, value in inner for found in _places(value, (*path, key)))]


def _replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[path[0]] = _replaced(document[path[0]], path[1:], value)
    return copy


@settings(max_examples=150)
@given(st.data(), st.sampled_from((OWN, LEGACY)), JSON)
def test_no_value_in_a_real_body_is_an_accident(data: st.DataObject, document: Any, value: Any) -> None:
    path = data.draw(st.sampled_from(_places(document)))
    body = json.dumps(_replaced(document, path, value)).encode()
    named = PLATFORM.identify(Incoming({"saleor-event": "fulfillment_created"}, body), START)
    assert len(named.key) < 300
    try:
        PLATFORM.read(body, context("fulfillment_created"))
    except UnreadableError:
        return
