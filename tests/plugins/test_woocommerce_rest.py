"""Asking a WooCommerce shop at a real server: pages, ties, the bin, troubles, one order, and its webhooks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build import START, snapshot
from tests.fake_shop import Route, Visit, answer, busy, failing, html
from tests.woocommerce_shop import API, KEYS, WooShop, fulfilment

from vefa.errors import BusyError, RefusedByShopError, ShopError, UnreachableError
from vefa.platforms import Context, Fetched, Fetches, Installs, platforms

PLATFORM = platforms()["woocommerce"]
assert isinstance(PLATFORM, Fetches) and isinstance(PLATFORM, Installs)
ADDRESS = "https://vefa.example/vefa/in/shop/woocommerce"
TOPICS = ("order.created", "order.updated", "order.deleted", "order.restored", "customer.updated")


def leading_to(location: str) -> Route:
    return lambda _: answer({}, 301, location=location)


def order(number: int, second: int, status: str = "processing", **more: Any) -> dict[str, Any]:
    return snapshot(status, START + timedelta(seconds=second), number, line_items=[], **more)


@pytest.fixture
def shop() -> Iterator[WooShop]:
    opened = WooShop({})
    try:
        yield opened
    finally:
        opened.close()


def visit(shop: WooShop) -> Visit:
    return Visit(shop.url, KEYS)


def passed(shop: WooShop, since: datetime | None = None) -> list[Fetched]:
    """Ask page by page until the end."""
    found, cursor = [], None
    for _ in range(200):
        page = PLATFORM.fetch(visit(shop), since, cursor)  # type: ignore[attr-defined]
        found += page.bodies
        cursor = page.cursor
        if cursor is None:
            return found
    raise AssertionError("the pass has no end")


def ids(bodies: list[Fetched]) -> set[int]:
    return {json.loads(one.body)["id"] for one in bodies}


def finds_every_order(orders: Sequence[tuple[int, bool]], most: int, since: int | None) -> None:
    """Check that a pass over orders, each with its second and whether it is in the bin, leaves none out."""
    listed = {
        str(n): order(n, second, "trash" if gone else "processing") for n, (second, gone) in enumerate(orders)
    }
    after = None if since is None else START + timedelta(seconds=since, microseconds=500_000)
    shop = WooShop(listed, most)
    try:
        found = passed(shop, after)
    finally:
        shop.close()
    assert ids(found) == {n for n, (second, _) in enumerate(orders) if since is None or second >= since}


@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=30),
    st.integers(2, 12),
    st.none() | st.integers(0, 6),
)
def test_a_pass_finds_every_order_whatever_the_pages(
    orders: list[tuple[int, bool]], most: int, since: int | None
) -> None:
    """Also where more orders bear one second than a page holds, as after a change in bulk."""
    finds_every_order(orders, most, since)


def test_an_order_that_is_touched_meanwhile_hides_no_other(shop: WooShop) -> None:
    shop.most = 4
    shop.orders |= {str(n): order(n, n) for n in range(12)}
    first = PLATFORM.fetch(visit(shop), None, None)  # type: ignore[attr-defined]
    shop.orders["0"] = order(0, 60, "completed")
    found, cursor = list(first.bodies), first.cursor
    while cursor:
        page = PLATFORM.fetch(visit(shop), None, cursor)  # type: ignore[attr-defined]
        found += page.bodies
        cursor = page.cursor
    assert ids(found) == set(range(12))


def test_the_same_order_is_the_same_event_and_a_changed_one_is_not(shop: WooShop) -> None:
    shop.orders["1"] = order(1, 0, customer_note="private", _links={"self": []})
    (first,), (again,) = passed(shop), passed(shop)
    assert first == again and first.at == START and first.topic == "order.fetched"
    assert b"private" not in first.body and b"_links" not in first.body
    shop.orders["1"]["total"] = "5.00"
    (changed,) = passed(shop)
    assert changed.key != first.key


@pytest.mark.parametrize(
    ("trouble", "error", "said"),
    [
        (busy("7"), BusyError, "wait"),
        (busy("9", 503), BusyError, "wait"),
        (failing(500), UnreachableError, "500"),
        (html(), UnreachableError, "let /wp-json/ through"),
        (html(403), UnreachableError, "let /wp-json/ through"),
        (html(404), UnreachableError, "permalinks"),
        (failing(404, {"code": "rest_no_route"}), UnreachableError, "permalinks"),
        (
            leading_to("https://www.shop.example/wp-json/wc/v3/orders?x=1"),
            UnreachableError,
            r"https://www\.shop\.example:",
        ),
        (leading_to("javascript:alert(1)"), UnreachableError, "another address"),
        (failing(400, {"code": "rest_invalid_param"}), UnreachableError, "400"),
        (failing(401, {"code": "woocommerce_rest_authentication_error"}), RefusedByShopError, "key"),
        (lambda _: failing(200, {"orders": []})(_), UnreachableError, "list"),
    ],
)
def test_troubles_are_told_apart(shop: WooShop, trouble: Any, error: type[ShopError], said: str) -> None:
    shop.trouble.append(trouble)
    with pytest.raises(error, match=said):
        passed(shop)


def test_a_server_that_takes_the_header_away_is_asked_by_the_address(shop: WooShop) -> None:
    shop.orders["1"] = order(1, 0)
    passed(shop)
    assert all("consumer_key" not in one.query for one in shop.asked)
    shop.header_arrives = False
    assert ids(passed(shop)) == {1}
    assert shop.asked[-1].query["consumer_secret"] == "cs_test"


def test_a_shop_that_does_not_filter_is_not_asked_for_ever(shop: WooShop) -> None:
    shop.orders["1"] = order(1, 0)
    everything = shop.routes[f"GET {API}/orders"]
    since = START + timedelta(days=1)
    shop.routes[f"GET {API}/orders"] = lambda asked: everything(
        type(asked)(
            asked.method, asked.path, {**asked.query, "modified_after": ""}, asked.headers, asked.body
        )
    )
    with pytest.raises(UnreachableError, match=r"5\.8"):
        passed(shop, since)
    for cursor in ("7", "other||0|0", "any|yesterday|0|0"):
        with pytest.raises(UnreachableError, match="begin anew"):
            PLATFORM.fetch(visit(shop), None, cursor)  # type: ignore[attr-defined]


def test_an_old_shop_without_a_bin_to_list_is_no_trouble(shop: WooShop) -> None:
    shop.orders["1"] = order(1, 0)
    page = PLATFORM.fetch(visit(shop), None, None)  # type: ignore[attr-defined]
    shop.trouble.append(failing(400, {"code": "rest_invalid_param"}))
    assert PLATFORM.fetch(visit(shop), None, page.cursor).cursor is None  # type: ignore[attr-defined]


def facts(body: Fetched, at: datetime) -> Any:
    return PLATFORM.read(body.body, Context(body.key, body.topic, at))


def test_one_order_comes_with_its_fulfilments_and_is_not_asked_for_again(shop: WooShop) -> None:
    meta = [{"key": "_fulfillment_status", "value": "fulfilled"}]
    shop.orders["7"] = order(7, 60, meta_data=meta, date_created_gmt="2026-03-02T10:00:00") | {
        "line_items": [{"id": 9, "quantity": 2}]
    }
    later = f"{START + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}Z"
    shop.fulfilments["7"] = [
        fulfilment(shop.orders["7"], 3, _tracking_number="T1") | {"date_updated": later},
        fulfilment(shop.orders["7"], 4) | {"date_deleted": later},
        fulfilment(shop.orders["7"], 5, _tracking_number="T2") | {"is_fulfilled": "0"},
    ]
    (listed,) = passed(shop)
    assert facts(listed, START + timedelta(days=1)).reread == ("7",)
    told = [
        facts(body, START + timedelta(days=1))
        for body in PLATFORM.fetch_one(visit(shop), "7")  # type: ignore[attr-defined]
    ]
    assert [one.reread for one in told] == [(), ()]
    (state,), (parcels,) = (one.facts for one in told)
    assert "shipment_ids" not in state.values and state.at == START + timedelta(seconds=60)
    assert parcels.at == START + timedelta(hours=2)
    assert parcels.values == {
        "shipment_ids": ["fulfilment-3", "fulfilment-5"],
        "shipments/fulfilment-3/tracking_number": "T1",
        "shipments/fulfilment-3/carrier": "dhl",
        "shipments/fulfilment-3/shipped_at": START.isoformat(),
        "shipments/fulfilment-3/lines": [{"id": "9", "quantity": 2}],
        "shipments/fulfilment-5/tracking_number": "T2",
        "shipments/fulfilment-5/carrier": "dhl",
        "shipments/fulfilment-5/lines": [{"id": "9", "quantity": 2}],
    }


def test_an_order_that_is_gone_for_good_is_deleted(shop: WooShop) -> None:
    (body,) = PLATFORM.fetch_one(visit(shop), "404")  # type: ignore[attr-defined]
    now = START + timedelta(days=2)
    (fact,) = facts(body, now).facts
    assert (fact.at, fact.values) == (now, {"deleted": True, "platform_status": "deleted"})
    shop.trouble.append(failing(404, {"code": "some_plugin"}))
    assert PLATFORM.fetch_one(visit(shop), "404") == ()  # type: ignore[attr-defined]
    assert PLATFORM.fetch_one(visit(shop), "../users") == ()  # type: ignore[attr-defined]


def test_an_order_in_the_bin_is_deleted_when_it_was_put_there(shop: WooShop) -> None:
    shop.orders["1"] = order(1, 30, "trash")
    (body,) = passed(shop)
    (fact,) = facts(body, START + timedelta(days=2)).facts
    assert (fact.at, fact.values["deleted"]) == (START + timedelta(seconds=30), True)


def test_webhooks_are_made_mended_and_otherwise_left_alone(shop: WooShop) -> None:
    theirs = {
        "id": 1,
        "topic": "order.created",
        "status": "disabled",
        "delivery_url": "https://other.example/",
    }
    shop.webhooks = [dict(theirs)]
    first = PLATFORM.install(visit(shop), ADDRESS, "whsec_x")  # type: ignore[attr-defined]
    assert set(TOPICS) <= set(first.made) and not (first.mended or first.standing)
    assert {(one["delivery_url"], one["secret"], one["status"]) for one in shop.webhooks[1:]} == {
        (ADDRESS, "whsec_x", "active")
    }
    shop.webhooks[2]["status"] = "disabled"
    shop.webhooks[3]["status"] = "paused"
    second = PLATFORM.install(visit(shop), f"{ADDRESS}", "whsec_y")  # type: ignore[attr-defined]
    assert second.mended == (shop.webhooks[2]["topic"], shop.webhooks[3]["topic"])
    assert not second.made and len(second.standing) == len(first.made) - 2
    third = PLATFORM.install(visit(shop), ADDRESS, "whsec_y")  # type: ignore[attr-defined]
    assert len(third.standing) == len(first.made) and shop.webhooks[0] == theirs
    shop.webhooks.pop()
    shop.trouble.extend(
        (lambda asked: shop.routes[f"GET {API}/webhooks"](asked), failing(401, {"code": "x"}))
    )
    with pytest.raises(RefusedByShopError, match="reads and writes"):
        PLATFORM.install(visit(shop), ADDRESS, "whsec_y")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("shop.example", "https://shop.example"),
        ("http://shop.example/", "https://shop.example"),
        (" https://Shop.Example:8443/blog/wp-json/wc/v3/ ", "https://shop.example:8443/blog"),
        ("https://shop.example/wp-admin/admin.php?page=wc", "https://shop.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://user:secret@shop.example", None),
        ("ftp://shop.example", None),
        ("shop", None),
        ("https://[bad", None),
        ("", None),
        (None, None),
    ],
)
def test_the_address_that_a_merchant_gives(given: str | None, base: str | None) -> None:
    assert PLATFORM.base(None, given) == base  # type: ignore[attr-defined]


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.booleans(), st.integers(0, 10_000))
def test_a_cursor_is_read_as_it_was_written(at: datetime, within: bool, offset: int) -> None:
    from vefa.platforms._woocommerce_fetch import Place

    place = Place("trash", at.replace(tzinfo=UTC, microsecond=0), within, offset)
    assert Place.read(str(place), None) == place
