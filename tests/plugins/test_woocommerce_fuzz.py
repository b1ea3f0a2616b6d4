"""Bodies of a real WooCommerce shop with anything in any place are read or refused, never an accident."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.captured import captured
from tests.plugins.test_platforms import JSON, survives
from tests.woocommerce_shop import fulfilment, newest

from vefa.platforms import platforms

PLATFORM = platforms()["woocommerce"]
ORDERS = list(newest(captured()).values())
ASKED = [
    {
        "order": one,
        "fulfillments": [fulfilment(one, _tracking_number="T1", _tracking_url="https://x.example/")],
    }
    for one in ORDERS[:4]
]
TOPICS = (
    "order.updated",
    "order.fetched",
    "order.deleted",
    "customer.updated",
    "action.woocommerce_new_order",
)
FIELDS = (
    "_wc_shipment_tracking_items", "_aftership_tracking_items", "_fulfillment_status", "_estimated_delivery",
    "_vefa_deliver_by", "_vefa_promise_days", "_orddd_timestamp", "tracking_code", "_kargo_takip_timestamp",
    "tracking_estimated_date", "post_barcode", "_customer_locale",
)  # fmt: skip


def places(document: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every value in a document."""
    inner = (
        document.items()
        if isinstance(document, dict)
        else enumerate(document)
        if isinstance(document, list)
        else ()
    )
    return [here] * bool(here) + [found for key, value in inner for found in places(value, (*here, key))]


def with_value(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    copied = json.loads(json.dumps(document))
    node = copied
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = value
    return copied


@settings(max_examples=100)
@given(st.data(), st.sampled_from([*ORDERS, *ASKED]), JSON, st.sampled_from(TOPICS))
def test_anything_in_any_place(data: st.DataObject, document: Any, value: Any, topic: str) -> None:
    place = data.draw(st.sampled_from(places(document)))
    survives(PLATFORM, json.dumps(with_value(document, place, value)).encode(), topic)


@settings(max_examples=80)
@given(
    st.sampled_from(ORDERS),
    st.sampled_from(FIELDS),
    JSON | st.lists(st.dictionaries(st.text(), JSON, max_size=3)),
)
def test_anything_in_a_plugins_field(order: Any, field: str, value: Any) -> None:
    document = order | {"meta_data": [{"key": field, "value": value}]}
    survives(PLATFORM, json.dumps(document).encode(), "order.updated")


@settings(max_examples=60)
@given(st.sampled_from(ASKED), st.sampled_from(("_items", "_tracking_number", "_date_fulfilled")), JSON)
def test_anything_in_a_fulfilment(asked: Any, field: str, value: Any) -> None:
    document = asked | {"fulfillments": [fulfilment(asked["order"], **{field: value})]}
    survives(PLATFORM, json.dumps(document).encode(), "order.fetched")
