"""What a WordPress shop asks about a customer's data: read as asked, and for nothing that was not signed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.build import START, snapshot

from vefa.errors import UnreadableError
from vefa.platforms import Asked, Context, Incoming, Reading, Wish, platforms

PLATFORM = platforms()["woocommerce"]
ERASURE, COPY = "vefa.erasure_requested", "vefa.data_requested"
AT = START - timedelta(minutes=2)
BODY = {
    "id": "0d9be10c-51a7-4c68-9d54-0a8d4a2ec8a1",
    "topic": ERASURE,
    "requested_at": AT.isoformat().replace("+00:00", "Z"),
    "customer_id": 7,
    "email": "ada@example.com",
    "order_ids": [12, 9, 12],
}
ORDERS = ("order:woocommerce:9", "order:woocommerce:12")


def read(topic: str, body: Any) -> Reading:
    return PLATFORM.read(json.dumps(body).encode(), Context("k", topic, START))


@pytest.mark.parametrize(
    ("topic", "changed", "asked"),
    [
        (ERASURE, {}, Asked(Wish.ERASE, AT, "woocommerce:7", ORDERS, "ada@example.com")),
        (COPY, {}, Asked(Wish.COPY, AT, "woocommerce:7", ORDERS, "ada@example.com")),
        (COPY, {"customer_id": 0}, Asked(Wish.COPY, AT, ORDERS[-1], ORDERS, "ada@example.com")),
        (
            ERASURE,
            {"customer_id": None, "order_ids": []},
            Asked(Wish.ERASE, AT, email="ada@example.com"),
        ),
        (ERASURE, {"email": None, "order_ids": None}, Asked(Wish.ERASE, AT, "woocommerce:7")),
    ],
)
def test_what_is_asked(topic: str, changed: dict[str, Any], asked: Asked) -> None:
    assert read(topic, BODY | {"topic": topic} | changed) == Reading(asked=(asked,))


@pytest.mark.parametrize(
    ("topic", "body", "field"),
    [
        (ERASURE, BODY | {"topic": COPY}, "topic"),
        (COPY, BODY, "topic"),
        (ERASURE, {name: value for name, value in BODY.items() if name != "topic"}, "topic"),
        (ERASURE, snapshot("processing", START), "topic"),
        (ERASURE, BODY | {"requested_at": "2026-03-02T10:00:00"}, "requested_at"),
        (ERASURE, BODY | {"customer_id": 0, "order_ids": [], "email": ""}, "customer_id"),
        (ERASURE, BODY | {"customer_id": -1}, "customer_id"),
        (ERASURE, BODY | {"order_ids": ["1"]}, "order_ids"),
        (ERASURE, BODY | {"order_ids": list(range(1, 10_002))}, "order_ids"),
        (ERASURE, BODY | {"email": "x" * 321}, "email"),
        (ERASURE, BODY | {"id": ""}, "id"),
    ],
)
def test_what_is_not_meant_so_is_not_done(topic: str, body: Any, field: str) -> None:
    with pytest.raises(UnreadableError, match=field):
        read(topic, body)


@given(
    st.sampled_from([ERASURE, COPY]),
    st.dictionaries(
        st.sampled_from(sorted(BODY)),
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), st.lists, max_leaves=4),
    ),
)
def test_no_body_is_an_accident(topic: str, changed: dict[str, Any]) -> None:
    try:
        reading = read(topic, BODY | {"topic": topic} | changed)
    except UnreadableError:
        return
    assert len(reading.asked) == 1


def test_a_request_sent_again_is_the_same_and_another_is_another() -> None:
    def key(body: Any, minutes: int) -> str:
        incoming = Incoming({"x-wc-webhook-topic": ERASURE}, json.dumps(body).encode())
        return PLATFORM.identify(incoming, START + timedelta(minutes=minutes)).key

    assert key(BODY, 0) == key(BODY, 5)
    assert key(BODY, 0) != key(BODY | {"id": "another"}, 0)
