"""Secrets, regions, money, promises and parcels, as WooCommerce and the plugins of its shops write them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.build import START, read, snapshot

from vefa.errors import SignatureError
from vefa.platforms import Context, Incoming, platforms
from vefa.platforms._woocommerce_place import IRAN

PLATFORM = platforms()["woocommerce"]
PLAIN, ESCAPED = "vefa-woo-webhook-secret-&<1>\"'", "vefa-woo-webhook-secret-&amp;&lt;1&gt;&quot;&#039;"


def signed(body: bytes, secret: str) -> Incoming:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return Incoming({"x-wc-webhook-signature": base64.b64encode(digest).decode()}, body)


@pytest.mark.parametrize("given_secret", [PLAIN, ESCAPED])
@pytest.mark.parametrize("signed_with", [PLAIN, ESCAPED])
def test_a_secret_that_went_through_html(given_secret: str, signed_with: str) -> None:
    PLATFORM.verify(signed(b"{}", signed_with), [given_secret], START)
    for other in (ESCAPED.replace("&amp;", "&amp;amp;"), PLAIN.lower() + " ", PLAIN.replace("&", "")):
        with pytest.raises(SignatureError):
            PLATFORM.verify(signed(b"{}", other), [given_secret], START)


@given(st.text(min_size=1).filter(lambda text: not set(text) & set("&<>\"'")))
def test_a_secret_without_html_has_one_form(secret: str) -> None:
    from vefa.platforms._woocommerce_secret import as_signed

    assert as_signed(secret) == (secret,)


def values(**more: Any) -> dict[str, Any]:
    (fact,) = read("woocommerce", snapshot("processing", START, **more))
    return dict(fact.values)


@pytest.mark.parametrize(
    ("country", "state", "region"),
    [
        ("TR", "TR34", "34"),
        ("TR", "TR06", "06"),
        ("IR", "THR", "23"),
        ("IR", "thr", "23"),
        ("IR", "ABZ", "30"),
        ("IR", "MKZ", "00"),
        ("IR", "XXX", "XXX"),
        ("US", "CA", "CA"),
        ("DE", "DE-BW", "BW"),
        ("JP", "JP13", "13"),
        ("CN", "CN1", "CN1"),
        ("SE", "", None),
        ("", "TR34", "TR34"),
    ],
)
def test_regions(country: str, state: str, region: str | None) -> None:
    found = values(shipping={"country": country, "state": state}, billing={"country": "", "state": state})
    assert found["ship_to/region"] == region


def test_the_provinces_of_iran_are_all_there_and_each_once() -> None:
    assert sorted(IRAN.values()) == [f"{number:02}" for number in range(31)] and len(IRAN) == 31


@pytest.mark.parametrize(
    ("currency", "written", "kept", "amount"),
    [
        ("IRT", "1245000", "IRR", "12450000"),
        ("IRT", "1245.5", "IRR", "12455"),
        ("IRHR", "1245.25", "IRR", "1245250"),
        ("IRHT", "1.2345", "IRR", "12345"),
        ("IRHT", "0.00001", "IRR", "0.1"),
        ("IRT", "9" * 38, "IRR", "9" * 38 + "0"),
        ("IRR", "12450000.00", "IRR", "12450000.00"),
        ("TRY", "1245.50", "TRY", "1245.50"),
    ],
)
def test_every_amount_of_an_iranian_shop_is_in_rial(
    currency: str, written: str, kept: str, amount: str
) -> None:
    found = values(
        currency=currency,
        total=written,
        shipping_total=written,
        line_items=[{"id": 1, "price": written, "quantity": 1}],
        refunds=[{"id": 2, "total": f"-{written}"}],
    )
    assert found["currency"] == kept
    assert {found[name] for name in ("total", "shipping_price", "refunds/2/amount")} == {amount}
    assert found["lines"][0]["price"] == amount


LOCAL = {"date_created": "2026-03-02T13:30:00", "date_created_gmt": "2026-03-02T10:00:00"}


@pytest.mark.parametrize(
    ("meta", "promised"),
    [
        ({"_vefa_deliver_by": "2026-03-09"}, "2026-03-09"),
        ({"_estimated_delivery": "2026-03-08", "_vefa_deliver_by": "2026-03-09"}, "2026-03-08"),
        ({"_estimated_delivery": "soon", "_vefa_deliver_by": "2026-03-09"}, "2026-03-09"),
        ({"_orddd_timestamp": "1773001800"}, "2026-03-09"),
        ({"_orddd_lite_timestamp": 1773014400}, "2026-03-09"),
        ({"jckwds_date_ymd": "20260309"}, "2026-03-09"),
        ({"_delivery_date": "2026-03-09"}, None),
        ({}, None),
    ],
)
def test_promises_in_the_fields_of_plugins(meta: dict[str, Any], promised: str | None) -> None:
    fields = [{"key": key, "value": value} for key, value in meta.items()]
    assert values(meta_data=fields, **LOCAL).get("promise/deliver_by") == promised


def test_a_date_without_a_doubt_by_the_stores_country() -> None:
    meta = [{"key": "when", "value": "03/09/2026"}]
    body = json.dumps(snapshot("processing", START, meta_data=meta)).encode()
    for country, day in (("TR", "2026-09-03"), ("US", "2026-03-09"), (None, None)):
        context = Context("k", "order.updated", START, {}, ("when",), country=country)
        (fact,) = PLATFORM.read(body, context).facts
        assert fact.values.get("promise/deliver_by") == day


KTT = {
    "tracking_code": "123",
    "tracking_company": "yurtici",
    "tracking_estimated_date": "2026-03-09",
    "_kargo_takip_timestamp": "2026-03-03 13:30:00",
}
AST = {
    "tracking_provider": "aras-kargo",
    "formatted_tracking_provider": "Aras Kargo",
    "tracking_number": "T1",
    "formatted_tracking_link": "https://kargo.example/T1",
    "products_list": [{"product": 7, "item_id": 5, "qty": "2"}],
    "tracking_id": "a",
}


@pytest.mark.parametrize(
    ("meta", "method", "parcels"),
    [
        (
            KTT,
            "flat_rate",
            {
                "123": {
                    "tracking_number": "123",
                    "carrier": "yurtici",
                    "shipped_at": "2026-03-03T10:00:00+00:00",
                    "carrier_eta": "2026-03-09",
                }
            },
        ),
        (
            {"_wc_shipment_tracking_items": {"1": AST}},
            "flat_rate",
            {
                "a": {
                    "tracking_number": "T1",
                    "carrier": "Aras Kargo",
                    "tracking_url": "https://kargo.example/T1",
                    "lines": [{"id": "5", "quantity": 2}],
                }
            },
        ),
        (
            {"_aftership_tracking_items": [{"tracking_number": "T2", "slug": "ptt"}]},
            "",
            {"T2": {"tracking_number": "T2", "carrier": "ptt"}},
        ),
        (
            {"_wc_shipment_tracking_items": [AST], "_aftership_tracking_items": [{"tracking_number": "T1"}]},
            "",
            {"a": {"tracking_number": "T1"}},
        ),
        (
            {"post_barcode": "062810502300004050115112"},
            "WC_Tapin_Pishtaz_Method",
            {"062810502300004050115112": {"carrier": "Iran Post"}},
        ),
        ({"post_barcode": "55"}, "Tapin_Tipax_Method", {"55": {"carrier": "Tipax"}}),
        (
            {"ywot_tracking_code": "Y1", "ywot_carrier_name": "Sürat Kargo"},
            "",
            {"Y1": {"carrier": "Sürat Kargo"}},
        ),
        ({"tracking_code": "", "tracking_company": "aras"}, "", {}),
        ({"tracking_code": ["1"], "post_barcode": None}, "", {}),
        ({"tracking_code": "1", "_kargo_takip_timestamp": "yesterday"}, "", {"1": {"tracking_number": "1"}}),
    ],
)
def test_parcels_in_the_fields_of_plugins(
    meta: dict[str, Any], method: str, parcels: dict[str, dict[str, Any]]
) -> None:
    found = values(
        meta_data=[{"key": key, "value": value} for key, value in meta.items()],
        shipping_lines=[{"method_id": method}],
        line_items=[{"id": 5, "quantity": 2}],
        **LOCAL,
    )
    assert found["shipment_ids"] == sorted(parcels)
    for identity, parcel in parcels.items():
        for name, value in parcel.items():
            assert found[f"shipments/{identity}/{name}"] == value


def test_a_product_that_is_no_line_says_nothing_about_what_is_inside() -> None:
    other = AST | {"products_list": [{"product": 7, "qty": "2"}]}
    found = values(
        meta_data=[{"key": "_wc_shipment_tracking_items", "value": [other]}], line_items=[{"id": 5}]
    )
    assert "shipments/a/lines" not in found


def test_of_two_states_of_one_second_the_one_with_the_parcel_is_newer() -> None:
    tracked = [{"key": "_wc_shipment_tracking_items", "value": [AST]}]
    (bare,) = read("woocommerce", snapshot("completed", START))
    (with_parcel,) = read("woocommerce", snapshot("completed", START, meta_data=tracked))
    assert with_parcel.stamp > bare.stamp and with_parcel.rank < 1000


@pytest.mark.parametrize(
    ("topic", "argument", "asked"),
    [
        ("action.woocommerce_order_status_changed", 21, ("21",)),
        ("action.woocommerce_fulfillment_updated_notification", "21", ("21",)),
        ("action.woocommerce_payment_complete", 21, ("21",)),
        ("action.woocommerce_order_refunded", 21, ("21",)),
        ("action.woocommerce_new_order", 21, ("21",)),
        ("action.woocommerce_new_order_item", 21, ()),
        ("action.woocommerce_order_note_added", 21, ()),
        ("action.woocommerce_delete_order_refund", 21, ()),
        ("action.woocommerce_new_product", 21, ()),
        ("action.woocommerce_order_status_changed", {"id": 21}, ()),
        ("action.woocommerce_order_status_changed", "٢١", ()),
        ("action.woocommerce_order_status_changed", None, ()),
    ],
)
def test_an_action_leads_to_a_look_at_its_order(topic: str, argument: Any, asked: tuple[str, ...]) -> None:
    body = json.dumps({"action": topic.partition(".")[2], "arg": argument}).encode()
    told = PLATFORM.read(body, Context("k", topic, START))
    assert told.reread == asked and not told.facts
