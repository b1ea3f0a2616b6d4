"""What only WooCommerce does: pings, deletions, states, and what plugins of the shop write into metadata."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.build import START, deletion, on, read, snapshot

from vefa.errors import SignatureError, UnreadableError
from vefa.platforms import Context, Incoming, platforms

PLATFORM = platforms()["woocommerce"]
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}


@pytest.mark.parametrize(
    ("headers", "body", "ping"),
    [
        (FORM, b"webhook_id=7", True),
        (FORM, b"webhook_id=7&order=1", False),
        (FORM, b"webhook_id=", False),
        (FORM, b"webhook_id=" + b"7" * 21, False),
        ({"content-type": "application/json"}, b"webhook_id=7", False),
        ({}, b"webhook_id=7", False),
        (FORM | {"x-wc-webhook-signature": "x"}, b"webhook_id=7", False),
    ],
)
def test_a_ping_is_exactly_what_the_sender_posts(headers: dict[str, str], body: bytes, ping: bool) -> None:
    assert PLATFORM.is_ping(Incoming(headers, body)) is ping


@pytest.mark.shared
def test_the_computed_vector(shared: Path) -> None:
    vectors = json.loads((shared / "payloads" / "signature_vectors.json").read_text(encoding="utf-8"))
    (vector,) = [one for one in vectors if one["platform"] == "woocommerce"]
    body = (shared / "payloads" / vector["body_file"]).read_bytes()
    PLATFORM.verify(Incoming({"x-wc-webhook-signature": vector["expected"]}, body), [vector["secret"]], START)
    with pytest.raises(SignatureError):
        PLATFORM.verify(Incoming({"x-wc-webhook-signature": vector["expected"]}, body), ["other"], START)


@pytest.mark.parametrize(
    ("topic", "body", "same"),
    [
        ("order.deleted", {"id": 1}, False),
        ("action.woocommerce_order_refunded", {"action": "x", "arg": 1}, False),
        ("order.updated", snapshot("processing", START), True),
    ],
)
def test_a_body_without_a_date_is_never_a_repetition(topic: str, body: dict[str, Any], same: bool) -> None:
    incoming = Incoming(
        {"x-wc-webhook-topic": topic, "x-wc-webhook-delivery-id": "d"}, json.dumps(body).encode()
    )
    assert (PLATFORM.identify(incoming, START).key == PLATFORM.identify(incoming, on(1)).key) is same


def test_the_delivery_id_says_nothing() -> None:
    body = json.dumps(snapshot("processing", START)).encode()
    keys = {
        PLATFORM.identify(Incoming({"x-wc-webhook-delivery-id": delivery}, body), START).key
        for delivery in ("a", "b")
    }
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("status", "own", "state"),
    [
        ("pending", {}, "placed"),
        ("wc-processing", {}, "paid"),
        ("completed", {}, "shipped"),
        ("completed", {"completed": "delivered"}, "delivered"),
        ("kargoda", {}, "shipped"),
        ("wc-kargoya-verildi", {}, "shipped"),
        ("teslim-edildi", {}, "delivered"),
        ("pws-tipax", {}, "shipped"),
        ("pws-packaged", {}, "paid"),
        ("partial-shipped", {}, "paid"),
        ("pws-returned", {}, "unknown"),
        ("iade-edildi", {}, "unknown"),
        ("iade-edildi", {"iade-edildi": "refunded"}, "refunded"),
    ],
)
def test_statuses_by_the_default_map_and_the_stores_own(status: str, own: dict[str, str], state: str) -> None:
    body = json.dumps(snapshot(status, START)).encode()
    (fact,) = PLATFORM.read(body, Context("k", "order.updated", on(1), own)).facts
    assert (fact.values["state"], fact.values["platform_status"]) == (state, status.removeprefix("wc-"))


@pytest.mark.parametrize(
    ("value", "promised"),
    [
        ("2026-03-09", "2026-03-09"),
        ("2026-03-09T00:00:00", "2026-03-09"),
        ("2026-02-30", None),
        ("09.03.2026", "2026-03-09"),
        ("", None),
        (20260309, "2026-03-09"),
        (2026, None),
        (True, None),
        (["2026-03-09"], None),
    ],
)
def test_a_promise_in_the_metadata(value: Any, promised: str | None) -> None:
    document = snapshot("processing", START, meta_data=[{"key": "_estimated_delivery", "value": value}])
    (fact,) = read("woocommerce", document)
    assert fact.values.get("promise/deliver_by") == promised


def tracking(items: Any) -> dict[str, Any]:
    meta = [{"key": "_wc_shipment_tracking_items", "value": items}]
    (fact,) = read("woocommerce", snapshot("completed", START, meta_data=meta))
    return {
        path.removeprefix("shipments/"): value
        for path, value in fact.values.items()
        if path.startswith("shipment")
    }


def test_tracking_in_the_metadata() -> None:
    one = {
        "tracking_provider": "PTT",
        "tracking_number": "T/1",
        "tracking_id": "a/b",
        "date_shipped": "1772445600",
    }
    assert tracking([one, {"tracking_number": ""}, "T2"]) == {
        "a~1b/tracking_number": "T/1",
        "a~1b/carrier": "PTT",
        "a~1b/shipped_at": START.isoformat(),
        "shipment_ids": ["a/b"],
    }


@pytest.mark.parametrize("items", [None, "", "a:1:{}", {"0": {}}, [None], [[]], [{"tracking_number": None}]])
def test_strange_tracking_is_none(items: Any) -> None:
    assert tracking(items) == {"shipment_ids": []}


@pytest.mark.parametrize("topic", ["order.deleted", "order.updated", "order.restored"])
def test_an_order_without_an_id_cannot_be_read(topic: str) -> None:
    with pytest.raises(UnreadableError, match="id"):
        read("woocommerce", {"id": None}, topic)


def test_a_local_time_without_offset_is_utc_by_its_name() -> None:
    (fact,) = read("woocommerce", snapshot("processing", START, date_paid_gmt="2026-03-02T11:00:00"))
    assert (fact.at, fact.values["paid_at"]) == (START, on(0, hours=1).isoformat())
    with pytest.raises(UnreadableError, match="date_modified_gmt"):
        read("woocommerce", snapshot("processing", START, date_modified_gmt="2026-03-02T11:00:00+02:00"))


def test_a_deletion_happened_when_it_was_received() -> None:
    (fact,) = deletion(on(3))
    assert (fact.at, fact.values) == (on(3), {"deleted": True, "platform_status": "deleted"})
