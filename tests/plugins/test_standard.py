"""What only the standard platform does: Standard Webhooks, and events outside an order."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.build import SECRET, START, event, on, parcel, placed, read, said, sign

from vefa.errors import SignatureError, UnreadableError
from vefa.platforms import Context, Incoming, Personal, platforms

PLATFORM = platforms()["standard"]
# Published with the specification's reference libraries.
VECTOR = Incoming(
    {
        "webhook-id": "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
        "webhook-timestamp": "1649367553",
        "webhook-signature": "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
    },
    b'{"email":"test@example.com","username":"test_user"}',
)
VECTOR_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
VECTOR_AT = datetime.fromtimestamp(1649367553, UTC)
HEADERS = {name.lower(): value for name, value in sign(b"{}", START).items()}


def test_the_published_vector() -> None:
    PLATFORM.verify(VECTOR, [VECTOR_SECRET], VECTOR_AT)
    PLATFORM.verify(VECTOR, [VECTOR_SECRET.removeprefix("whsec_")], VECTOR_AT)


@pytest.mark.parametrize(
    ("seconds", "fits"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)]
)
def test_a_timestamp_holds_for_five_minutes(seconds: int, fits: bool) -> None:
    now = START + timedelta(seconds=seconds)
    if fits:
        PLATFORM.verify(Incoming(HEADERS, b"{}"), [SECRET], now)
    else:
        with pytest.raises(SignatureError, match="5 minutes"):
            PLATFORM.verify(Incoming(HEADERS, b"{}"), [SECRET], now)


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1.5", "9" * 11, "²"])
def test_a_malformed_timestamp_is_refused(stamp: str) -> None:
    with pytest.raises(SignatureError):
        PLATFORM.verify(Incoming(HEADERS | {"webhook-timestamp": stamp}, b"{}"), [SECRET], START)


@pytest.mark.parametrize(
    ("signature", "fits"),
    [
        ("v1,d3Jvbmc= {}", True),
        ("{} v1,d3Jvbmc=", True),
        ("v1a,d3Jvbmc= {}", True),
        ("v2{}", False),
        ("v1,d3Jvbmc=", False),
    ],
)
def test_several_signatures(signature: str, fits: bool) -> None:
    headers = HEADERS | {"webhook-signature": signature.format(HEADERS["webhook-signature"])}
    if fits:
        PLATFORM.verify(Incoming(headers, b"{}"), [SECRET], START)
    else:
        with pytest.raises(SignatureError):
            PLATFORM.verify(Incoming(headers, b"{}"), [SECRET], START)


def test_a_secret_that_is_not_base64_is_taken_as_it_is() -> None:
    raw = "a secret, as it is"
    headers = sign(b"{}", START, base64.b64encode(raw.encode()).decode())
    PLATFORM.verify(Incoming({k.lower(): v for k, v in headers.items()}, b"{}"), [raw], START)


@pytest.mark.parametrize(
    ("timestamp", "at"),
    [
        ("2026-03-02T10:00:00Z", START),
        ("2026-03-02T13:30:00+03:30", START),
        ("2026-03-02t05:00:00.000-05:00", START),
        ("2026-03-02 10:00:00z", START),
    ],
)
def test_any_offset_is_the_same_instant(timestamp: str, at: datetime) -> None:
    (fact,) = read("standard", placed() | {"timestamp": timestamp})
    assert fact.at == at and fact.at.tzinfo is UTC


@pytest.mark.parametrize(
    "timestamp",
    ["2026-03-02T10:00:00", "2026-03-02", "", 5, "0001-01-01T00:00:00+14:00", "2026-02-30T00:00:00Z"],
)
def test_a_timestamp_without_offset_cannot_be_read(timestamp: Any) -> None:
    with pytest.raises(UnreadableError, match="timestamp"):
        read("standard", placed() | {"timestamp": timestamp})


@pytest.mark.parametrize(
    ("document", "field"),
    [
        (said("order.paid", START, None), "order_id"),
        (said("order.paid", START, ""), "order_id"),
        (placed(order_id=""), "order.id"),
        (event("shipment.shipped", order_id="1"), "shipment_id"),
        (parcel("scanned", START, status="teleported"), "status"),
        (said("refund.created", START, refund={"id": None}), "refund.id"),
        (said("promise.revised", START), "deliver_by"),
        (said("promise.revised", START, deliver_by="tomorrow"), "deliver_by"),
        (said("order.paid", START, ["1"]), "order_id"),
        (said("order.paid", START, "a\x00b"), "order_id"),
    ],
)
def test_the_field_at_fault_is_named(document: dict[str, Any], field: str) -> None:
    with pytest.raises(UnreadableError, match=field):
        read("standard", document)


def test_an_unknown_type_cannot_be_read_and_a_known_one_without_facts_is_counted() -> None:
    with pytest.raises(UnreadableError, match="exploded"):
        read("standard", event("order.exploded"))
    assert read("standard", event("store.uninstalled")) == []


def test_a_whole_number_is_an_identifier() -> None:
    assert read("standard", said("order.paid", START, 7))[0].subject == "order:standard:7"  # type: ignore[arg-type]


def personal(document: dict[str, Any]) -> tuple[Personal, ...]:
    return PLATFORM.read(json.dumps(document).encode(), Context("k", "", on(1))).personal


WHO = {"id": "C1", "email": "elif@shop.example", "name": "Elif Kaya", "locale": "tr"}


def test_what_is_personal_goes_to_the_vault_alone() -> None:
    place = {"country": "TR", "city": "Izmir", "postal_code": "35000", "latitude": 38.4, "longitude": 27.1}
    document = placed(customer=WHO, ship_to=place, ship_from=place)
    (fact,) = read("standard", document)
    text = repr(fact)
    assert all(mark not in text for mark in ("elif", "Elif", "35000", "38.4", "27.1"))
    assert fact.values["customer/holder"] == "standard:C1" and fact.values["customer/locale"] == "tr"
    assert {one.holder for one in personal(document)} == {"standard:C1", "order:standard:1"}


def test_an_update_without_the_customers_id_leaves_the_customer_who_he_is() -> None:
    first = read("standard", placed(customer=WHO))[0]
    update = read("standard", event("order.updated", on(1), order={"id": "1", "customer": {"locale": "fa"}}))[
        0
    ]
    assert first.values["customer/holder"] == "standard:C1"
    assert "customer/holder" not in update.values and update.values["customer/locale"] == "fa"


def test_customers_without_an_id_are_not_thrown_together() -> None:
    assert personal(event("customer.updated", customer={"email": "a@b.example"})) == ()
    (found,) = personal(event("customer.updated", customer=WHO))
    assert found.holder == "standard:C1"


def contact(**data: Any) -> Any:
    document = event("customer.contacted_us", START, "contact-1", **data)
    context = Context("k/1", "customer.contacted_us", START, {}, ())
    return PLATFORM.read(json.dumps(document).encode(), context)


def test_a_contact_about_no_order_is_a_fact_about_the_customer() -> None:
    found = contact(customer_id="C1", channel="chat", language="fa", text="سلام")
    (fact,) = found.facts
    assert (fact.subject, fact.type) == ("customer:standard:C1", "customer.contacted_us")
    assert fact.values == {"contacts/k~11/channel": "chat", "contacts/k~11/language": "fa"}
    assert found.personal == (Personal("standard:C1", START, fact.rank, {"contacts/k/1/text": "سلام"}),)


def test_a_contact_about_an_order_notes_the_customer() -> None:
    found = contact(order_id="1", customer_id="C1", text="Hello")
    (fact,) = found.facts
    assert fact.subject == "order:standard:1"
    assert fact.values == {"contacts/k~11/channel": None, "contacts/k~11/holder": "standard:C1"}
    assert [one.holder for one in found.personal] == ["order:standard:1"]


def test_a_contact_by_nobody_about_nothing_says_nothing() -> None:
    assert contact(text="Hello") == contact(customer_id="", text="Hello")
    assert not contact(text="Hello").facts and not contact(text="Hello").personal
