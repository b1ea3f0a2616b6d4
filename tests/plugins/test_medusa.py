"""What is particular to Medusa: dates of parts, returns and refunds, events without an order, and its Admin API."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests import medusa
from tests.build import START, folded, on, read
from tests.fake_shop import FakeShop, Visit, busy, failing, fake_shop, html

from vefa.errors import BusyError, RefusedByShopError, UnreachableError
from vefa.facts import Fact, digest
from vefa.platforms import Context, Incoming, Reading, platforms
from vefa.platforms._medusa_fetch import fetched
from vefa.platforms._medusa_parts import whole
from vefa.platforms._medusa_topics import EVENTS
from vefa.returns.told import told

MEDUSA: Any = platforms()["medusa"]


def order(at: datetime = START, **more: Any) -> dict[str, Any]:
    return {
        "id": "order_1", "display_id": 7, "status": "pending", "version": 1, "currency_code": "eur", "total": 20,
        "created_at": START.isoformat(), "updated_at": at.isoformat(), "email": "ada@example.com",
        "items": [{"id": "ordli_1", "title": "One", "product_title": "Mug", "quantity": 1, "unit_price": 20}],
    } | more  # fmt: skip


def collection(at: datetime = START, status: str = "completed", **more: Any) -> dict[str, Any]:
    full = 20 if status == "completed" else 0
    return {
        "id": "pay_col_1", "status": status, "updated_at": at.isoformat(), "amount": 20,
        "authorized_amount": 20 if status in ("authorized", "completed") else 0, "captured_amount": full,
        "refunded_amount": 0,
    } | more  # fmt: skip


def said(document: dict[str, Any], topic: str = "order.updated") -> list[Fact]:
    return read("medusa", {"event": topic, "order": document}, topic)


def reading(document: Any, topic: str = "order.updated") -> Reading:
    found: Reading = MEDUSA.read(json.dumps(document).encode(), Context("key", topic, on(1000)))
    return found


def parts(facts: list[Fact], name: str) -> list[Fact]:
    return [fact for fact in facts if f"#{name}" in fact.key]


@pytest.mark.parametrize(
    ("status", "more", "paid", "awaits"),
    [
        ("completed", {}, True, False),
        ("authorized", {}, False, False),
        ("not_paid", {}, False, True),
        ("awaiting", {}, False, True),
        ("partially_captured", {"captured_amount": 5}, False, True),
        ("canceled", {}, False, False),
        ("requires_action", {}, False, False),
    ],
)
def test_what_is_authorized_is_not_waited_for(
    status: str, more: dict[str, Any], paid: bool, awaits: bool
) -> None:
    found = folded(said(order(payment_collections=[collection(status=status, **more)])))
    assert (found.paid_at is not None, found.awaits_payment) == (paid, awaits)


def test_a_capture_is_dated_by_itself_and_not_by_a_later_refund() -> None:
    payment = {"id": "pay_1", "captured_at": on(1).isoformat(), "updated_at": on(1).isoformat()}
    refund = {"id": "ref_1", "amount": 4.9, "created_at": on(3).isoformat(), "note": "Ada is angry"}
    before = order(payment_collections=[collection(on(1), payments=[payment])])
    after = order(on(3), payment_collections=[collection(on(3), payments=[payment | {"refunds": [refund]}])])
    for facts in (said(before) + said(after), said(after) + said(before), said(after)):
        found = folded(facts)
        assert found.paid_at == on(1)
        (one,) = found.refunds
        assert (one.id, str(one.amount), one.created_at, one.reason) == ("ref_1", "4.9", on(3), None)


def test_what_was_given_back_is_counted_once_by_either_telling() -> None:
    without = collection(on(2), refunded_amount=4.9)
    refund = {"id": "ref_1", "amount": 4.9, "created_at": on(2).isoformat()}
    with_payments = collection(on(3), refunded_amount=4.9, payments=[{"id": "pay_1", "refunds": [refund]}])
    facts = said(order(payment_collections=[without])) + said(order(payment_collections=[with_payments]))
    assert [one.id for one in folded(facts).refunds] == ["ref_1"]


@pytest.mark.parametrize(("total", "credit", "kept"), [(0, 67.8, "67.8"), (19, 4.9, "23.9"), (20, 0, "20")])
def test_the_total_is_what_was_ordered(total: float, credit: float, kept: str) -> None:
    assert said(order(total=total, credit_line_total=credit))[0].values["total"] == kept


def test_the_status_says_nothing_of_where_the_goods_are() -> None:
    assert folded(said(order(status="completed"))).status == "placed"
    sent = {"id": "ful_1", "updated_at": on(2).isoformat(), "shipped_at": on(1).isoformat()}
    found = folded(said(order(on(2), fulfillments=[sent])))
    assert (found.platform_status, found.status, found.shipped_at) == ("pending", "shipped", on(1))


@pytest.mark.parametrize(
    ("dates", "kind"),
    [
        ({}, "created"),
        ({"shipped_at": 1}, "shipped"),
        ({"shipped_at": 1, "delivered_at": 2}, "delivered"),
        ({"canceled_at": 1}, "cancelled"),
    ],
)
def test_a_parcel_says_how_far_it_is(dates: dict[str, int], kind: str) -> None:
    parcel = {"id": "ful/1", "updated_at": on(3).isoformat(), "metadata": {"carrier": "PostNord"}}
    labels = [{"tracking_number": None}, {"tracking_number": "PN1", "tracking_url": "https://t.example/PN1"}]
    parcel |= {name: on(day).isoformat() for name, day in dates.items()} | {"labels": labels}
    (fact,) = parts(said(order(fulfillments=[parcel])), "shipment:ful/1")
    assert (fact.type, fact.at) == (f"shipment.{kind}", on(3))
    (shipment,) = folded(said(order(fulfillments=[parcel]))).shipments
    assert (shipment.carrier, shipment.tracking_number) == ("PostNord", "PN1")
    assert shipment.cancelled == (kind == "cancelled")


def test_a_return_is_dated_by_its_steps() -> None:
    document = {
        "id": "return_1", "status": "requested", "created_at": on(4).isoformat(), "updated_at": on(5).isoformat(),
        "items": [{"item_id": "ordli_1", "quantity": 1}],
    }  # fmt: skip
    received = document | {"status": "received", "received_at": on(9).isoformat()}
    facts = said(order(returns=[document])) + said(order(returns=[received]))
    (one,) = told(facts, on(900))
    assert (one.ref, one.requested_at, one.received_at, one.lines) == (
        "return_1", on(4), on(9), {"ordli_1": 1},
    )  # fmt: skip
    assert told(said(order(returns=[document | {"status": "open"}])), on(900)) == []
    (gone,) = told(said(order(returns=[document | {"status": "canceled"}])), on(900))
    assert gone.closed_at == on(5)


def test_a_draft_was_not_placed_and_a_deleted_order_is_gone() -> None:
    assert not folded(said(order(is_draft_order=True))).placed
    assert folded(said(order(deleted_at=on(1).isoformat()))).status == "deleted"


@pytest.mark.parametrize("provider", ["pp_cod_cod", "pp_cash-on-delivery_x", "pp_kapida-odeme_default"])
def test_a_courier_who_takes_the_money_is_known_by_the_provider(provider: str) -> None:
    payments = [{"id": "pay_1", "provider_id": provider}]
    found = folded(said(order(payment_collections=[collection(status="not_paid", payments=payments)])))
    assert found.on_delivery and not found.awaits_payment
    card = [{"id": "pay_1", "provider_id": "pp_codex_x"}]
    assert not folded(said(order(payment_collections=[collection(payments=card)]))).on_delivery


@pytest.mark.parametrize(
    "more",
    [
        {"metadata": {"_estimated_delivery": "2026-03-09"}},
        {"shipping_methods": [{"name": "Post", "metadata": {"_estimated_delivery": "2026-03-09T12:00:00Z"}}]},
    ],
)
def test_the_promised_date_stands_in_the_metadata(more: dict[str, Any]) -> None:
    (one,) = folded(said(order(**more))).promised
    assert (str(one.deliver_by), one.source) == ("2026-03-09", "checkout")
    assert folded(said(order(metadata={"_estimated_delivery": "2026-13-45"}))).promised == ()


@pytest.mark.parametrize(
    ("event", "data", "numbers"),
    [
        ("order.placed", {"id": "order_9"}, ("order_9",)),
        ("payment.captured", {"id": "pay_9", "order_id": "order_9"}, ("order_9",)),
        ("payment.captured", {"id": "pay_9"}, ()),
        ("order.placed", {"id": None}, ()),
        ("order.placed", {"id": "order_" + "9" * 200}, ()),
    ],
)
def test_an_order_that_could_not_be_loaded_is_asked_for(
    event: str, data: dict[str, Any], numbers: tuple[str, ...]
) -> None:
    assert reading({"event": event, "data": data, "order": None}, event) == Reading(reread=numbers)


def test_a_customer_is_kept_in_the_vault() -> None:
    customer = {
        "id": "cus_1",
        "email": "ada@example.com",
        "updated_at": on(2).isoformat(),
        "first_name": "Ada",
    }
    (person,) = reading({"event": "customer.updated", "customer": customer}, "customer.updated").personal
    assert (person.holder, person.at) == ("medusa:cus_1", on(2))
    assert person.values == {"email": "ada@example.com", "first_name": "Ada"}


@pytest.mark.parametrize(
    ("given", "pieces"), [(None, None), (0.0, 0), (1.0, 1), (1.25, 2), (999_999.5, 1_000_000)]
)
def test_a_part_counts_as_a_piece(given: float | None, pieces: int | None) -> None:
    assert whole(given) == pieces


def test_two_bodies_under_one_id_are_two_events() -> None:
    headers = {"webhook-id": "msg_1"}
    one, other = (Incoming(headers, json.dumps({"event": "order.placed", "n": n}).encode()) for n in (1, 2))
    assert MEDUSA.identify(one, START) == MEDUSA.identify(one, on(1))
    assert MEDUSA.identify(one, START).key != MEDUSA.identify(other, START).key


def test_what_is_fetched_says_the_same_as_the_events() -> None:
    """Types aside, which say by which way it was learned."""
    for one in medusa.captured():
        document = one.document
        from_event = read("medusa", document, document["event"])
        from_answer = read("medusa", json.loads(fetched(document["order"]).body), "order.fetched")
        assert [(f.subject, f.at, f.rank, f.values) for f in from_event] == [
            (f.subject, f.at, f.rank, f.values) for f in from_answer
        ]
        assert all(f.type.endswith(".fetched") or f.type == "refund.created" for f in from_answer)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://api.shop.example/", "https://api.shop.example"),
        ("https://api.shop.example/app", "https://api.shop.example"),
        ("http://127.0.0.1:9000/admin", "http://127.0.0.1:9000"),
        ("https://shop.example/medusa/", "https://shop.example/medusa"),
        ("ftp://shop.example", None),
        ("https://ada@shop.example", None),
        ("https://shop.example:x", None),
        ("shop.example", None),
        (None, None),
    ],
)
def test_the_address_is_that_of_the_server(given: str | None, kept: str | None) -> None:
    assert MEDUSA.base(None, given) == kept


@pytest.fixture
def server() -> Iterator[FakeShop]:
    with fake_shop(medusa.admin_api(medusa.newest(), medusa.payments())) as shop:
        yield shop


def visit(server: FakeShop) -> Visit:
    return Visit(server.url, {"api_key": medusa.KEY})


def passed(server: FakeShop, since: datetime | None) -> list[str]:
    found, cursor = [], None
    for _ in range(100):
        page = MEDUSA.fetch(visit(server), since, cursor)
        found += [json.loads(one.body)["order"]["id"] for one in page.bodies]
        cursor = page.cursor
        if cursor is None:
            return found
    raise AssertionError("The pages have no end.")


@pytest.mark.parametrize("most", [1, 2, 3, 5, 20])
@pytest.mark.parametrize("alike", [False, True])
def test_pages_end_and_leave_nothing_out(
    server: FakeShop, monkeypatch: pytest.MonkeyPatch, most: int, alike: bool
) -> None:
    monkeypatch.setattr("vefa.platforms._medusa_fetch.MOST", most)
    orders = medusa.newest()
    if alike:
        orders = {name: one | {"updated_at": "2026-03-02T10:00:00.000Z"} for name, one in orders.items()}
        server.routes = medusa.admin_api(orders, [])
    for since in (None, START):
        assert set(passed(server, since)) == set(orders)


def test_an_order_whose_payment_changed_alone_is_found(server: FakeShop) -> None:
    body = medusa.captured()[3].document
    number, changed = (
        body["order"]["id"],
        datetime.fromisoformat(body["order"]["payment_collections"][0]["updated_at"]),
    )
    server.routes = medusa.admin_api({number: body["order"]}, medusa.payments()[:1])
    since = changed - timedelta(seconds=1)
    assert datetime.fromisoformat(body["order"]["updated_at"]) < since
    assert passed(server, since) == [number]
    assert passed(server, changed + timedelta(hours=1)) == []


def test_one_order_is_asked_for_by_its_id(server: FakeShop) -> None:
    number = next(iter(medusa.newest()))
    (one,) = MEDUSA.fetch_one(visit(server), number)
    assert json.loads(one.body)["order"]["id"] == number
    assert MEDUSA.fetch_one(visit(server), "order_x/../1") == ()


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (failing(401), RefusedByShopError),
        (failing(403), RefusedByShopError),
        (busy(), BusyError),
        (failing(500), UnreachableError),
        (html(), UnreachableError),
        (failing(200, {"orders": None}), UnreachableError),
        (failing(200, {"orders": [1]}), UnreachableError),
    ],
)
def test_trouble_has_its_name(server: FakeShop, trouble: Any, error: type[Exception]) -> None:
    server.trouble.append(trouble)
    with pytest.raises(error):
        MEDUSA.fetch(visit(server), START, None)


def test_every_event_of_the_subscriber_is_read() -> None:
    assert set(EVENTS) == set(MEDUSA.describe().topics) - {"order.fetched"}


def test_what_is_sent_again_says_the_same_of_the_same_instant() -> None:
    """By that the story tells each step of a parcel or payment once, though every body holds all of them."""
    facts = [fact for one in medusa.captured() for fact in read("medusa", one.document, one.event)]
    told = Counter((fact.type, fact.at, digest(fact.values)) for fact in facts)
    steps = Counter(kind for kind, _, _ in told)
    assert (steps["order.paid"], steps["shipment.shipped"], steps["shipment.delivered"]) == (4, 2, 2)
    assert sum(told.values()) > len(told)
