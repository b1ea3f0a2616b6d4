"""What Shopify's Admin interface is asked for, what that costs, and what becomes of its answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.build import START, on
from tests.fake_shop import Route, Visit, answer, busy, failing, html
from tests.shopify import carrier, facts, fulfillment, line, order
from tests.shopify_shop import CLIENT, KEYS, SECRET, TOKEN, ShopifyShop

from vefa.errors import BusyError, RefusedByShopError, UnreachableError, VefaError
from vefa.facts import Fact
from vefa.platforms import Context, Reading
from vefa.platforms import _shopify_query as query
from vefa.platforms._shopify_shipment import ARRIVED, SCANS
from vefa.platforms._shopify_token import MARGIN, is_due
from vefa.platforms.shopify import PLUGIN

HERE = "https://vefa.example/vefa/in/shop/shopify"
PAIR = {"client_id": CLIENT, "client_secret": SECRET}
LIMIT = 1000


@pytest.fixture
def shop() -> Iterator[ShopifyShop]:
    opened = ShopifyShop([order(number=number) for number in (1, 2, 3)], most=2)
    yield opened
    opened.close()


def visit(shop: ShopifyShop, **keys: str) -> Visit:
    return Visit(shop.url, keys or KEYS)


def read(one: Any) -> Reading:
    return PLUGIN.read(one.body, Context(one.key, one.topic, on(1000), {}, ("custom.promised",)))


def cost(text: str, **variables: int) -> int:
    """Return what a query costs at most: a point for each object, as often as it may be there."""
    for name, value in variables.items():
        text = text.replace(f"${name}", str(value))
    words = re.findall(
        r"\w+ *\([^)]*\)(?= *\{)|\w+(?= *\{)|[{}]", text[text.index("{") + 1 : text.rindex("}")]
    )
    times, points = [1], 0
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "}":
            times.pop()
        elif word != "{" and following == "{":
            first = re.search(r"first: (\d+)", word)
            many = int(first[1]) if first else 1
            is_list = word.startswith(("fulfillments", "refunds", "trackingInfo"))
            # A connection is an object itself, and each member of ``nodes`` another one.
            points += times[-1] * (many if is_list else 1)
            times.append(times[-1] * many)
    return points


@pytest.mark.parametrize(
    ("text", "given"),
    [
        (query.CHANGED, {"first": query.PAGE}),
        (query.ONE, {}),
        (query.LINES, {"first": query.LINES_AT_ONCE}),
        (query.WEBHOOKS, {}),
    ],
)
def test_no_query_costs_more_than_shopify_allows(text: str, given: dict[str, int]) -> None:
    assert text.count("{") == text.count("}") and 0 < cost(text, **given) <= LIMIT
    assert not re.search(r"address1|zip|company\b(?! number)|transactions\(first: 0", text)


def test_the_count_itself_is_right() -> None:
    assert cost("{ a { b } }") == 1
    assert cost("{ orders(first: 10) { nodes { id lineItems(first: 5) { nodes { id } } } } }") == 1 + 10 * 7


def test_a_pass_goes_page_by_page_and_says_since_when(shop: ShopifyShop) -> None:
    first = PLUGIN.fetch(visit(shop), START, None)
    second = PLUGIN.fetch(visit(shop), START, first.cursor)
    assert [len(first.bodies), len(second.bodies), second.cursor] == [2, 1, None]
    asked = shop.asked[0].json["variables"]
    assert asked["query"] == f"updated_at:>='{START:%Y-%m-%dT%H:%M:%SZ}'" and asked["after"] is None
    assert {one.headers["x-shopify-access-token"] for one in shop.asked} == {TOKEN}
    assert first.bodies[0].at == START


def test_an_answer_says_what_the_webhooks_say(shop: ShopifyShop) -> None:
    parcel = fulfillment(on(1))
    word = carrier("delivered", on(3))
    shop.orders[1] = order(on(3), deliver_by="2026-03-05", fulfillments=[parcel], events=[word])
    (fetched,) = PLUGIN.fetch_one(visit(shop), "1")
    told = PLUGIN.read(fetched.body, Context("k", fetched.topic, on(1000), {}, ("_estimated_delivery",)))
    sent = {**shop.orders[1]}
    (state, shipped) = facts("orders/updated", sent)
    (arrived,) = facts("fulfillment_events/create", word)
    found = [(path, value, fact.at) for fact in told.facts for path, value in fact.values.items()]
    for fact in (state, shipped, arrived):
        for path, value in fact.values.items():
            assert value in (None, []) or (path, value, fact.at) in found, path
    assert {fact.subject for fact in told.facts} == {"order:shopify:1"}
    assert told.personal[0].holder == "shopify:191167" and not told.reread


def parts(number: int) -> dict[str, Any]:
    return {
        "fulfillments": [fulfillment(on(1), 100 + one) for one in range(number)],
        "line_items": [line(200 + one) for one in range(number)],
    }


@pytest.mark.parametrize("number", [1, 2, 7, 11])
def test_an_order_with_many_parts_is_told_as_a_whole(shop: ShopifyShop, number: int) -> None:
    shop.orders = {1: order(**parts(number))}
    (fetched,) = PLUGIN.fetch(visit(shop), None, None).bodies
    values = {path for fact in read(fetched).facts for path in fact.values}
    assert len({path.split("/")[1] for path in values if path.startswith("shipments/")}) == number
    assert _lines(read(fetched)) == number


def test_two_hundred_lines_are_asked_for_page_by_page(shop: ShopifyShop) -> None:
    shop.orders = {1: order(line_items=[line(200 + one) for one in range(210)])}
    (fetched,) = PLUGIN.fetch(visit(shop), None, None).bodies
    assert _lines(read(fetched)) == 210 and len(shop.asked) == 4


def _lines(said: Reading) -> int:
    return next(len(fact.values["lines"]) for fact in said.facts if "lines" in fact.values)


def test_an_order_that_was_cut_is_asked_for_again(shop: ShopifyShop) -> None:
    shop.orders = {1: order(**parts(7))}
    whole = shop.respond
    answers = iter((whole, busy("9")))
    shop.routes["POST " + query.PATH] = lambda asked: next(answers, whole)(asked)
    page = PLUGIN.fetch(visit(shop), None, None)
    said = read(page.bodies[0])
    assert said.reread == ("1",) and page.wait == 9
    assert all("lines" not in fact.values for fact in said.facts)


def test_a_return_is_read_by_its_own_dates(shop: ShopifyShop) -> None:
    returns = [
        {"id": "gid://shopify/Return/5", "status": "OPEN", "createdAt": on(4).isoformat(), "closedAt": None},
        {
            "id": "gid://shopify/Return/6",
            "status": "CLOSED",
            "createdAt": on(4).isoformat(),
            "closedAt": on(6).isoformat(),
        },
    ]
    shop.orders = {1: order(on(7), returns=returns)}
    told = [fact for fact in read(PLUGIN.fetch_one(visit(shop), "1")[0]).facts if "return" in fact.type]
    assert [(fact.type, fact.at, dict(fact.values)) for fact in told] == [
        ("return.requested", on(4), {"returns/5/state": "requested"}),
        ("return.closed", on(6), {"returns/6/state": "closed"}),
    ]


def test_every_published_word_about_a_parcel_is_known() -> None:
    """As the Admin API of 2026-10 and the Customer API, which is ahead of it, list ``FulfillmentEventStatus``."""
    published = {
        "attempted_delivery", "buyer_action_required", "carrier_picked_up", "confirmed", "delayed", "delivered",
        "failure", "in_transit", "label_printed", "label_purchased", "out_for_delivery", "picked_up",
        "ready_for_pickup", "ready_for_recipient_pickup", "returning_to_sender",
    }  # fmt: skip
    assert published == {*SCANS, *ARRIVED}


def test_a_metafield_may_hold_the_promised_day(shop: ShopifyShop) -> None:
    field = {"namespace": "custom", "key": "promised", "value": "2026-03-09"}
    shop.orders = {1: order(metafields=[field])}
    values = read(PLUGIN.fetch_one(visit(shop), "1")[0]).facts[0].values
    assert values["promise/deliver_by"] == "2026-03-09"


def test_that_nobody_paid_is_said_below_what_a_webhook_says(shop: ShopifyShop) -> None:
    """An answer does not tell of goods sold on credit, which a webhook of the same instant does."""
    shop.orders = {1: order(financial_status="pending")}
    unpaid: list[Fact] = [
        fact for fact in read(PLUGIN.fetch_one(visit(shop), "1")[0]).facts if "payment/paid" in fact.values
    ]
    (webhook,) = facts("orders/create", order(financial_status="pending", payment_terms={"id": 1}))
    assert [fact.values["payment/paid"] for fact in unpaid] == [False]
    assert unpaid[0].stamp < webhook.stamp and webhook.values["payment/paid"] is None


@pytest.mark.parametrize(("left", "wait"), [(2000.0, 0.0), (950.0, 0.0), (951.5, 0.0)])
def test_a_bucket_with_room_needs_no_wait(shop: ShopifyShop, left: float, wait: float) -> None:
    shop.left = left
    assert PLUGIN.fetch(visit(shop), None, None).wait == wait


def test_a_page_leaves_time_for_the_bucket_to_fill(shop: ShopifyShop) -> None:
    shop.routes["POST " + query.PATH] = lambda asked: answer(
        {
            "data": shop.data(asked.json["query"], asked.json["variables"]),
            "extensions": {
                "cost": {
                    "requestedQueryCost": 900,
                    "throttleStatus": {"currentlyAvailable": 150, "restoreRate": 50},
                }
            },
        }
    )
    assert PLUGIN.fetch(visit(shop), None, None).wait == 15.0


def test_an_empty_bucket_says_how_long_to_wait(shop: ShopifyShop) -> None:
    shop.left = 100.0
    with pytest.raises(BusyError) as caught:
        PLUGIN.fetch(visit(shop), None, None)
    assert caught.value.wait == 8.5


def faulty(code: str, path: list[Any] | None = None, data: Any = None) -> Route:
    error = {"message": "No.", "extensions": {"code": code}, "path": path}
    return lambda _: answer({"data": data, "errors": [error]})


def test_a_page_that_is_too_dear_is_made_smaller(shop: ShopifyShop) -> None:
    shop.trouble.append(faulty("MAX_COST_EXCEEDED"))
    assert PLUGIN.fetch(visit(shop), None, None).bodies
    assert [one.json["variables"]["first"] for one in shop.asked] == [query.PAGE, query.SMALL_PAGE]


def test_what_shopify_withholds_takes_nothing_else_along(shop: ShopifyShop) -> None:
    data = shop.data(query.CHANGED, {"first": 5, "after": None, "query": None})
    data["orders"]["nodes"][0]["customer"] = None
    shop.trouble.append(faulty("ACCESS_DENIED", ["orders", "nodes", 0, "customer"], data))
    assert len(PLUGIN.fetch(visit(shop), None, None).bodies) == 2


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (faulty("ACCESS_DENIED", ["orders"]), RefusedByShopError),
        (faulty("ACCESS_DENIED", ["orders", "nodes", 0, "returns"], {"orders": None}), RefusedByShopError),
        (lambda _: answer({"errors": "[API] Invalid API key or access token"}), RefusedByShopError),
        (failing(403), RefusedByShopError),
        (failing(402), UnreachableError),
        (busy("7"), BusyError),
        (failing(404), UnreachableError),
        (html(), UnreachableError),
        (faulty("INTERNAL_SERVER_ERROR"), UnreachableError),
        (lambda _: answer({"data": {"orders": None}}), UnreachableError),
        (lambda _: answer([]), UnreachableError),
    ],
)
def test_what_goes_wrong_says_what_to_do(shop: ShopifyShop, trouble: Route, error: type[VefaError]) -> None:
    shop.trouble.append(trouble)
    with pytest.raises(error) as caught:
        PLUGIN.fetch(visit(shop), START, None)
    assert str(caught.value).endswith((".", "?", ")")) or "access token" in str(caught.value)


@pytest.mark.parametrize(
    ("account", "url", "base"),
    [
        ("bakir.myshopify.com", None, "https://bakir.myshopify.com"),
        (None, "bakir.myshopify.com", "https://bakir.myshopify.com"),
        (None, "https://bakir.myshopify.com/admin", "https://bakir.myshopify.com"),
        (None, "https://bakir.myshopify.com/products", None),
        (None, "https://a:b@bakir.myshopify.com", None),
        (None, "https://bakir.myshopify.com:port", None),
    ],
)
def test_the_address_of_an_interface(account: str | None, url: str | None, base: str | None) -> None:
    assert PLUGIN.base(account, url) == base


def test_the_pair_of_an_own_application_is_enough(shop: ShopifyShop) -> None:
    assert PLUGIN.fetch(visit(shop, **PAIR), None, None).bodies
    assert shop.grants == [{"grant_type": "client_credentials", **PAIR}]
    with pytest.raises(RefusedByShopError):
        PLUGIN.fetch(visit(shop, client_id=CLIENT, client_secret="another"), None, None)


def test_a_token_that_was_taken_back_is_asked_for_again(shop: ShopifyShop) -> None:
    assert PLUGIN.fetch(visit(shop, **PAIR, access_token="old"), None, None).bodies
    with pytest.raises(RefusedByShopError):
        PLUGIN.fetch(visit(shop, access_token="old"), None, None)


def test_a_token_is_renewed_before_its_end(shop: ShopifyShop) -> None:
    keys = PLUGIN.renew(visit(shop, **PAIR), None, START)
    ends = START + timedelta(seconds=86_399)
    assert datetime.fromisoformat(keys["expires_at"]) == ends and keys["access_token"] == shop.token
    assert [PLUGIN.is_due(keys, at) for at in (START, ends - MARGIN, ends)] == [False, False, True]
    assert PLUGIN.is_due(keys, ends - MARGIN + timedelta(seconds=1))
    assert is_due(PAIR, START) and not is_due({"access_token": "T"}, START) and not is_due({}, START)


def test_each_refresh_token_is_used_once(shop: ShopifyShop) -> None:
    shop.refresh, app = "first", (CLIENT, SECRET)
    keys = {"access_token": "old", "refresh_token": "first", "expires_at": START.isoformat(), "by_app": "1"}
    renewed = PLUGIN.renew(visit(shop, **keys), app, START)
    assert renewed["refresh_token"] == shop.refresh != "first" and renewed["by_app"] == "1"
    for known in (app, None):
        with pytest.raises(RefusedByShopError):
            PLUGIN.renew(visit(shop, **keys), known, START)


def test_webhooks_are_made_once_and_led_to_where_vefa_is_now(shop: ShopifyShop) -> None:
    shop.webhooks.append({"id": "gid://1", "topic": "ORDERS_CREATE", "uri": "https://elsewhere.example/hook"})
    first = PLUGIN.install(visit(shop), HERE, "hush")
    assert {"orders/updated", "fulfillment_events/create", "app/uninstalled"} <= set(first.made)
    assert not {"customers/redact", "order.fetched"} & set(first.made)
    moved = HERE.replace("vefa.example", "new.example")
    second = PLUGIN.install(visit(shop), moved, "hush")
    assert (second.made, second.mended) == ((), first.made)
    assert {one["uri"] for one in shop.webhooks} == {moved, "https://elsewhere.example/hook"}


def test_a_topic_that_may_not_be_read_is_passed_over(shop: ShopifyShop) -> None:
    data = {"webhookSubscriptionCreate": {"userErrors": [{"message": "You may not."}]}}
    shop.trouble.extend([shop.respond, lambda _: answer({"data": data})])
    assert "orders/create" not in PLUGIN.install(visit(shop), HERE, "hush").made
    shop.webhooks.clear()
    shop.trouble.extend([shop.respond, *[lambda _: answer({"data": data})] * 40])
    with pytest.raises(RefusedByShopError):
        PLUGIN.install(visit(shop), HERE, "hush")


def test_webhooks_that_nobody_could_verify_are_not_made(shop: ShopifyShop) -> None:
    assert PLUGIN.install(visit(shop, access_token=TOKEN), HERE, "hush").made == ()
    by_app = PLUGIN.install(visit(shop, access_token=TOKEN, by_app="1"), HERE, "hush")
    assert by_app.standing and not shop.webhooks and not shop.asked
