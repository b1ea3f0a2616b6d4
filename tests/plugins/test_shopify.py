"""What only Shopify does: its topics, its ids, the time of a body without one, parcels, money and refunds."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build import HOUR, START, folded, on
from tests.shopify import (
    CUSTOMER,
    DATA,
    PERSON,
    SHOP,
    asked,
    carrier,
    facts,
    fulfillment,
    headers,
    line,
    order,
    published,
)  # fmt: skip

from vefa.errors import SignatureError, UnreadableError
from vefa.facts import Fact
from vefa.orders.order import Order, Status
from vefa.platforms import Context, Incoming, Reading, Wish, platforms
from vefa.platforms.shopify import READERS

PLATFORM = platforms()["shopify"]
DESCRIBED = PLATFORM.describe()
# The published numbers were rounded on their way; the right ones stand in the global ids.
ORDER = 820982911946154508
ROUNDED = {820982911946154500: ORDER}


def read(topic: str, document: Any) -> Reading:
    return PLATFORM.read(json.dumps(document).encode(), Context("key", topic, on(1), {}, (), on(0)))


def test_every_topic_is_read_or_named_as_passed_over() -> None:
    assert READERS.keys() == DESCRIBED.topics.keys()
    assert {topic for topic, _ in published()} <= DESCRIBED.topics.keys() | DESCRIBED.ignored.keys()


@pytest.mark.parametrize(
    ("topic", "document"), list(published()), ids=lambda one: one if isinstance(one, str) else ""
)
def test_every_published_body(topic: str, document: dict[str, Any]) -> None:
    repaired = document | {
        name: ROUNDED[document[name]] for name in ("id", "order_id") if document.get(name) in ROUNDED
    }
    said = read(topic, repaired)
    if topic in DESCRIBED.ignored:
        assert said == Reading()
    elif topic not in ("order_transactions/create", "fulfillment_events/delete"):
        assert said.facts or said.personal or said.asked
    if topic.startswith(("orders/", "fulfillment", "refunds/")):
        number = 820982911946154500 if topic == "orders/edited" else ORDER
        assert {fact.subject for fact in said.facts} <= {f"order:shopify:{number}"}


@pytest.mark.shared
def test_the_copies_are_what_was_published(shared: Path) -> None:
    assert list(published()) == list(published(shared / "payloads" / "shopify" / "2025-10"))


@pytest.mark.shared
def test_the_published_signatures(shared: Path) -> None:
    vectors = json.loads((shared / "payloads" / "signature_vectors.json").read_text(encoding="utf-8"))
    mine = [one for one in vectors if one["platform"] == "shopify"]
    assert len(mine) == 6
    for vector in mine:
        signature = vector.get("expected", vector.get("signature"))
        incoming = Incoming({"x-shopify-hmac-sha256": signature}, vector["body"].encode())
        if vector.get("must_fail"):
            with pytest.raises(SignatureError):
                PLATFORM.verify(incoming, [vector["secret"]], START)
        else:
            PLATFORM.verify(incoming, ["other", vector["secret"]], START)


def incoming(topic: str, document: Any, **more: str) -> Incoming:
    body = json.dumps(document).encode()
    return Incoming(
        {name.lower(): value for name, value in headers(body, topic, on(0), **more).items()}, body
    )


def test_one_event_is_one_however_many_subscriptions_tell_it() -> None:
    one, other = (
        PLATFORM.identify(incoming("orders/paid", order(), Webhook_Id=delivery, Event_Id="e1"), on(hour))
        for hour, delivery in enumerate(("a", "b"))
    )
    assert one == other
    assert one.sent_at == on(0)
    assert one.key != PLATFORM.identify(incoming("orders/updated", order(), Event_Id="e1"), on(0)).key


@pytest.mark.parametrize("event", ["", "x" * 101, "a\u0000b"])
def test_an_event_without_a_usable_id_is_named_by_its_body(event: str) -> None:
    found = PLATFORM.identify(incoming("orders/paid", order(), Event_Id=event), on(0))
    assert found.key.startswith("shopify:orders/paid:sha256:")


@pytest.mark.parametrize(
    ("shop", "account"),
    [
        (SHOP, SHOP),
        (SHOP.upper(), SHOP),
        ("evil.example", None),
        ("x.myshopify.com.evil.example", None),
        ("", None),
    ],
)
def test_the_shop_is_its_own_domain(shop: str, account: str | None) -> None:
    assert PLATFORM.account(incoming("orders/paid", order(), shop=shop)) == account


def test_a_body_that_names_another_shop_is_refused() -> None:
    with pytest.raises(SignatureError):
        PLATFORM.account(incoming("shop/redact", {"shop_id": 1, "shop_domain": "other.myshopify.com"}))
    assert PLATFORM.account(incoming("customers/redact", asked())) == SHOP


def fold(*told: list[Fact]) -> Order:
    return folded([fact for one in told for fact in one], order_id="shopify:1")


def test_an_order() -> None:
    said = fold(facts("orders/create", order(deliver_by="2026-03-09", tags="vip, hediye ,")))
    assert said.number == "#1001" and said.status is Status.PAID and said.placed_at == START
    assert (said.holder, said.locale) == (f"shopify:{CUSTOMER}", "tr-TR")
    assert (said.country, said.region, said.city) == ("TR", "TR-34", "Kadıköy")
    assert (said.total, said.currency, said.tags) == (Decimal("450.00"), "TRY", ("vip", "hediye"))
    assert [one.deliver_by.isoformat() for one in said.promised if one.deliver_by] == ["2026-03-09"]
    assert said.platform_status is None


def test_a_person_stands_in_the_vault_alone() -> None:
    said = read("orders/create", order())
    (person,) = said.personal
    assert (person.holder, dict(person.values)) == (f"shopify:{CUSTOMER}", PERSON)
    written = json.dumps([dict(fact.values) for fact in said.facts], ensure_ascii=False)
    assert not any(value in written for value in (*PERSON.values(), "Moda", "34710"))


def test_the_key_is_the_global_ids_number() -> None:
    rounded = order() | {"id": 820982911946154500, "admin_graphql_api_id": f"gid://shopify/Order/{ORDER}"}
    assert facts("orders/create", rounded)[0].subject == f"order:shopify:{ORDER}"


@pytest.mark.parametrize(
    "given_id", ["gid://shopify/Order/", "gid://other/Order/1", "Order/1", 7, "gid://shopify/O/-1"]
)
def test_what_is_no_global_id_cannot_be_read(given_id: Any) -> None:
    with pytest.raises(UnreadableError, match="admin_graphql_api_id"):
        read("orders/create", order() | {"admin_graphql_api_id": given_id})


def test_the_customers_money_counts() -> None:
    both = {
        "shop_money": {"amount": "100.00", "currency_code": "EUR"},
        "presentment_money": {"amount": "4200.50", "currency_code": "TRY"},
    }
    said = fold(facts("orders/create", order(currency="EUR", total_price="100.00", total_price_set=both)))
    assert (said.total, said.currency) == (Decimal("4200.50"), "TRY")


@pytest.mark.parametrize(
    ("names", "status", "terms", "on_delivery", "waits"),
    [
        (["shopify_payments"], "paid", None, False, False),
        (["shopify_payments"], "authorized", None, False, False),
        (["bank deposit"], "pending", None, False, True),
        (["bank deposit"], "pending", {"due_in_days": 30}, False, False),
        (["Cash on Delivery (COD)"], "pending", None, True, False),
        (["Kapıda Ödeme"], "pending", None, True, False),
        (["Kapıda Ödeme - Nakit"], "pending", None, True, False),
        (["پرداخت در محل"], "pending", None, True, False),
        (["codes of honour"], "pending", None, False, True),
        ([], None, None, False, False),
        (["x"], "a new word", None, False, False),
    ],
)
def test_who_is_waited_for(
    names: list[str], status: str | None, terms: Any, on_delivery: bool, waits: bool
) -> None:
    said = fold(
        facts(
            "orders/create",
            order(payment_gateway_names=names, financial_status=status, payment_terms=terms),
        )
    )
    assert (said.on_delivery, said.awaits_payment) == (on_delivery, waits)


def test_a_payment_that_came_later() -> None:
    paid = {"id": 1, "order_id": 1, "kind": "capture", "status": "success", "processed_at": on(2).isoformat()}
    unpaid = facts("orders/create", order(financial_status="pending"))
    assert fold(unpaid, facts("order_transactions/create", paid)).paid_at == on(2)
    for other in ({"kind": "authorization"}, {"status": "failure"}, {"kind": "refund"}):
        assert not facts("order_transactions/create", paid | other)


def test_two_parcels_of_one_order() -> None:
    both = [line(11), line(12, 2)]
    parcels = [
        fulfillment(on(1), 21, line_items=[line(11)], tracking_number="T"),
        fulfillment(on(2), 22, line_items=[line(12, 2)], tracking_number="T"),
    ]
    whole = facts("orders/fulfilled", order(on(2), line_items=both, fulfillments=parcels))
    said = fold(whole, facts("fulfillment_events/create", carrier("delivered", on(3), 21)))
    assert [one.tracking_number for one in said.shipments] == ["T", "T"]
    assert [one.lines for one in said.shipments] == [(("11", 1),), (("12", 2),)]
    assert (said.shipped_at, said.delivered_at, said.status) == (on(2), None, Status.SHIPPED)
    arrived = fold(
        whole, *(facts("fulfillment_events/create", carrier("delivered", on(3), n)) for n in (21, 22))
    )
    assert (arrived.delivered_at, arrived.status) == (on(3), Status.DELIVERED)


@pytest.mark.parametrize(
    ("status", "scan"),
    [
        ("label_printed", "label_created"), ("label_purchased", "label_created"), ("confirmed", "label_created"),
        ("carrier_picked_up", "in_transit"), ("in_transit", "in_transit"), ("delayed", "exception"),
        ("out_for_delivery", "out_for_delivery"), ("attempted_delivery", "attempted"),
        ("ready_for_pickup", "available_for_pickup"), ("failure", "exception"), ("a_new_word", None),
    ],
)  # fmt: skip
def test_what_the_carrier_says(status: str, scan: str | None) -> None:
    told = carrier(status, on(2), estimated_delivery_at=on(4).isoformat())
    said = fold(facts("fulfillments/create", fulfillment(on(1))), facts("fulfillment_events/create", told))
    (shipment,) = said.shipments
    assert (shipment.scan, shipment.carrier_eta, shipment.delivered_at) == (scan, on(4), None)
    assert said.news_at == on(2) and not said.promised


def test_an_arrival_that_is_taken_back() -> None:
    left = facts("fulfillments/create", fulfillment(on(1)))
    arrived = facts("fulfillment_events/create", carrier("delivered", on(2)))
    undone = facts("fulfillment_events/delete", carrier("delivered", on(2)), on(3))
    assert fold(left, arrived).shipments[0].delivered_at == on(2)
    assert fold(left, arrived, undone).shipments[0].delivered_at is None


def test_a_parcel_touched_later_arrived_when_it_did() -> None:
    first = fulfillment(on(1)) | {"updated_at": on(3).isoformat(), "shipment_status": "delivered"}
    later = first | {"updated_at": on(13).isoformat()}
    told = [facts("fulfillments/update", one) for one in (later, first)]
    assert fold(facts("orders/create", order()), *told).delivered_at == on(3)


def test_a_cancelled_parcel_is_not_waited_for() -> None:
    gone = fulfillment(on(1)) | {"status": "cancelled", "updated_at": on(2).isoformat()}
    said = fold(facts("fulfillments/create", fulfillment(on(1))), facts("fulfillments/update", gone))
    assert said.active_shipments == () and said.shipped_at is None


def _refund(amount: str, number: int = 41, **more: Any) -> dict[str, Any]:
    paid = {"id": number + 50, "kind": "refund", "status": "success", "amount": amount}
    return {"id": number, "order_id": 1, "created_at": on(5).isoformat(), "transactions": [paid | more]}


def test_money_given_back() -> None:
    part = fold(facts("orders/create", order()), facts("refunds/create", _refund("50.00")))
    assert [(one.amount, one.created_at) for one in part.refunds] == [(Decimal("50.00"), on(5))]
    assert part.refunded_at is None and part.status is Status.PAID
    whole = fold(facts("orders/updated", order(refunds=[_refund("450.00")])))
    assert (whole.status, whole.refunded_at) == (Status.REFUNDED, on(5))
    nothing = fold(
        facts("orders/create", order()), facts("refunds/create", _refund("450.00", status="failure"))
    )
    assert nothing.refunds[0].amount == 0 and nothing.refunded_at is None


def test_what_was_taken_off_is_not_waited_for() -> None:
    changed = order(
        on(1), line_items=[line(11), line(12, 2, current_quantity=0), line(13, 3, current_quantity=1)]
    )
    assert [(one.id, one.quantity) for one in fold(facts("orders/updated", changed)).lines] == [
        ("11", 1),
        ("13", 1),
    ]


def test_a_cancelled_order_keeps_what_was_ordered() -> None:
    gone = order(
        on(1),
        line_items=[line(11, current_quantity=0)],
        cancelled_at=on(1).isoformat(),
        cancel_reason="inventory",
    )
    said = fold(facts("orders/cancelled", gone))
    assert (said.status, said.cancelled_at, len(said.lines)) == (Status.CANCELLED, on(1), 1)
    assert not any("inventory" in json.dumps(dict(fact.values)) for fact in facts("orders/cancelled", gone))


def test_a_deletion_happened_when_shopify_says() -> None:
    said = fold(facts("orders/create", order()), facts("orders/delete", {"id": 1}, on(2)))
    assert (said.status, said.deleted_at) == (Status.DELETED, on(2))


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        ("returns/request", "return.requested"), ("returns/approve", "return.requested"),
        ("returns/close", "return.closed"), ("returns/decline", "return.closed"), ("returns/cancel", "return.closed"),
    ],
)  # fmt: skip
def test_returns(topic: str, kind: str) -> None:
    for body in ({"id": 5, "order": {"id": 1}}, {"id": 5, "order_id": 1}):
        (fact,) = facts(topic, body, on(4))
        assert (fact.type, fact.at, fact.subject) == (kind, on(4), "order:shopify:1")
    with pytest.raises(UnreadableError, match="order"):
        facts(topic, {"id": 5})


def test_what_the_law_lets_people_ask_for() -> None:
    (erase,) = read("customers/redact", asked(orders_to_redact=[1, 2])).asked
    assert (erase.wish, erase.holder, erase.email) == (Wish.ERASE, f"shopify:{CUSTOMER}", PERSON["email"])
    assert erase.subjects == ("order:shopify:1", "order:shopify:2") and erase.at == on(0)
    assert [one.wish for one in read("customers/data_request", asked(orders_requested=[1])).asked] == [
        Wish.COPY
    ]
    assert [one.wish for one in read("shop/redact", {"shop_id": 1}).asked] == [Wish.ERASE_SHOP]
    assert [one.wish for one in read("app/uninstalled", {"id": 1}).asked] == [Wish.STOP]


STREAM = [
    ("orders/create", order(financial_status="pending", deliver_by="2026-03-09")),
    ("orders/updated", order(on(0, hours=1), deliver_by="2026-03-10")),
    ("orders/paid", order(on(0, hours=1), deliver_by="2026-03-10")),
    ("order_transactions/create", {
        "id": 9, "order_id": 1, "kind": "sale", "status": "success", "created_at": on(0, minutes=50).isoformat()}),
    ("fulfillments/create", fulfillment(on(1))),
    ("orders/fulfilled", order(on(1), fulfillments=[fulfillment(on(1))], deliver_by="2026-03-10")),
    ("fulfillment_events/create", carrier("in_transit", on(2))),
    ("fulfillment_events/create", carrier("out_for_delivery", on(3))),
    ("fulfillment_events/create", carrier("delivered", on(3))),
    ("fulfillments/update", fulfillment(on(1)) | {
        "updated_at": on(3).isoformat(), "shipment_status": "delivered", "tracking_number": "YK124"}),
    ("returns/request", {"id": 5, "order_id": 1}),
    ("returns/close", {"id": 5, "order_id": 1}),
    ("refunds/create", _refund("50.00")),
    ("orders/updated", order(on(6), refunds=[_refund("50.00")], financial_status="partially_refunded")),
    ("orders/edited", {"order_edit": {"order_id": 1, "committed_at": on(6).isoformat()}}),
]  # fmt: skip
TOLD = [facts(topic, body, START + HOUR * place) for place, (topic, body) in enumerate(STREAM)]


@settings(max_examples=200, deadline=None)
@given(st.permutations(range(len(TOLD))), st.lists(st.sampled_from(range(len(TOLD)))))
def test_any_order_and_repetition_gives_the_same_order(places: list[int], again: list[int]) -> None:
    assert fold(*(TOLD[place] for place in places + again)) == fold(*TOLD)


@pytest.mark.parametrize("place", range(1, len(TOLD)))
def test_each_body_of_the_stream_says_something(place: int) -> None:
    """The property holds for bodies that matter: most of them change the order that is folded."""
    assert any(fact.values or fact.type == "order.updated" for fact in TOLD[place])


def test_the_stream_ends_delivered() -> None:
    said = fold(*TOLD)
    assert (said.status, said.delivered_at, said.paid_at) == (Status.DELIVERED, on(3), on(0, minutes=50))
    assert said.shipments[0].tracking_number == "YK124"
    assert said.delivered_at is not None and said.delivered_at - START == timedelta(days=3)


def test_the_copies_are_all_there() -> None:
    assert len(list(DATA.glob("*/*.json"))) == 59
