"""What Saleor is asked for, what it is told of Vefa as an app, and whom its dashboard lets in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.build import START, on
from tests.fake_shop import Asked, FakeShop, Route, Visit, answer, busy, failing, fake_shop, html
from tests.saleor import DOMAIN, gid, jwks, order, signing_key

from vefa.errors import (
    BusyError,
    RefusedByShopError,
    UnreachableError,
    VefaError,
)
from vefa.exchange import Answer
from vefa.platforms import Enters, Fetches, PublishesKeys, capabilities, platforms
from vefa.platforms import _saleor_query as query
from vefa.platforms._saleor_manifest import manifest
from vefa.platforms.saleor import Saleor

PLATFORM = Saleor()
FIRST, SECOND = signing_key("K1"), signing_key("K2")
KEYS = [json.dumps(jwks(FIRST))]
URL = f"http://{DOMAIN}"


def test_it_can_what_it_says() -> None:
    assert {"fetch", "embed"} <= set(capabilities(platforms()["saleor"]))
    for protocol in (Fetches, Enters, PublishesKeys):
        assert isinstance(PLATFORM, protocol)


def test_the_subscription_asks_for_every_event_and_no_address() -> None:
    known = PLATFORM.describe().topics
    assert {name.lower() for name in query.EVENTS} == {topic for topic in known if "fetched" not in topic}
    for text in (query.SUBSCRIPTION, query.CHANGED, query.UNDER_WAY, query.ONE):
        defined, used = (set(re.findall(p, text)) for p in (r"fragment (\w+)", r"\.\.\.(\w+)"))
        assert defined == used and text.count("{") == text.count("}")
        assert not re.search(r"street|postal|company|private|token", text, re.IGNORECASE)
    for name in query.EVENTS:
        assert f"... on {query.type_of(name)} {{" in query.SUBSCRIPTION


def test_the_manifest_asks_for_one_permission_and_holds_up_nothing() -> None:
    made = manifest("https://vefa.example", "1.2.3")
    assert made["permissions"] == ["MANAGE_ORDERS"] and made["audience"] == "https://vefa.example"
    (webhook,) = made["webhooks"]
    assert "syncEvents" not in webhook and webhook["targetUrl"] == "https://vefa.example/vefa/in/saleor"
    assert made["tokenTargetUrl"] == "https://vefa.example/vefa/in/saleor/register"


@pytest.mark.parametrize(
    ("account", "url", "base"),
    [
        ("shop.example.com", None, "https://shop.example.com"),
        (None, "https://shop.example.com/graphql/", "https://shop.example.com"),
        (None, "shop.example.com", "https://shop.example.com"),
        (None, f"http://{DOMAIN}/graphql/", f"http://{DOMAIN}"),
        (None, "ftp://shop.example.com", None),
        (None, "https://a:b@shop.example.com", None),
        (None, "https://shop.example.com/elsewhere", None),
        (None, "https://shop.example.com:port", None),
        (None, None, None),
    ],
)
def test_the_address_of_an_interface(account: str | None, url: str | None, base: str | None) -> None:
    assert PLATFORM.base(account, url) == base


def page(*orders: dict[str, Any], onward: str | None = None) -> Answer:
    """Return an answer with a page of orders."""
    info = {"hasNextPage": onward is not None, "endCursor": onward}
    edges = [{"node": one} for one in orders]
    return answer({"data": {"orders": {"pageInfo": info, "edges": edges}}})


def faulty(code: str, status: int = 200) -> Route:
    """Answer as GraphQL does where something is wrong."""
    return failing(status, {"errors": [{"message": "No.", "extensions": {"exception": {"code": code}}}]})


@pytest.fixture
def server() -> Iterator[FakeShop]:
    with fake_shop({"POST /graphql/": lambda _: page(order())}) as shop:
        yield shop


def variables(server: FakeShop) -> list[dict[str, Any]]:
    return [asked.json["variables"] for asked in server.asked]


def test_a_pass_asks_page_by_page_and_once_an_hour_for_parcels(server: FakeShop) -> None:
    visit = Visit(server.url, {"auth_token": "T"})
    server.trouble.append(lambda _: page(order(1), order(2), onward="C1"))
    since, cursors, found = START, [None], []
    while True:
        one = PLATFORM.fetch(visit, since, cursors[-1])
        found += [fetched.topic for fetched in one.bodies]
        if one.cursor is None:
            break
        cursors.append(one.cursor)  # type: ignore[arg-type]
    assert cursors == [None, "changed C1", "parcels "]
    assert found == ["order.fetched"] * 3 + ["fulfillments.fetched"]
    first, second, parcels = variables(server)
    assert (first["after"], second["after"], parcels["after"]) == (None, "C1", None)
    assert first["filter"] == {"updatedAt": {"gte": START.isoformat()}}
    assert parcels["filter"]["updatedAt"] == {"gte": on(-21).isoformat(), "lte": START.isoformat()}
    assert all(asked.headers["authorization"] == "Bearer T" for asked in server.asked)


@pytest.mark.parametrize("since", [None, START.replace(minute=20), START.replace(minute=59)])
def test_other_passes_ask_for_no_parcels(server: FakeShop, since: Any) -> None:
    assert PLATFORM.fetch(Visit(server.url), since, None).cursor is None


def test_a_pass_over_a_long_gap_does(server: FakeShop) -> None:
    long_ago = START.replace(minute=30) - timedelta(hours=2)
    assert PLATFORM.fetch(Visit(server.url), long_ago, None).cursor == "parcels "


def test_an_answer_told_again_has_the_same_name(server: FakeShop) -> None:
    visit = Visit(server.url)
    (one,), (again,) = (PLATFORM.fetch(visit, None, None).bodies for _ in range(2))
    server.routes["POST /graphql/"] = lambda _: page(order(status="FULFILLED"))
    (other,) = PLATFORM.fetch(visit, None, None).bodies
    assert one == again and one.at == START and len({one.key, other.key}) == 2


def test_a_page_that_costs_too_much_is_made_smaller(server: FakeShop) -> None:
    server.trouble.append(faulty("QueryCostError", 400))
    assert PLATFORM.fetch(Visit(server.url), None, None).bodies
    assert [one["first"] for one in variables(server)] == [query.PAGE, query.SMALL_PAGE]


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (faulty("PermissionDenied"), RefusedByShopError),
        (faulty("InvalidTokenError", 400), RefusedByShopError),
        (failing(401), RefusedByShopError),
        (failing(403), RefusedByShopError),
        (busy("7"), BusyError),
        (failing(500), UnreachableError),
        (failing(404), UnreachableError),
        (html(), UnreachableError),
        (faulty("GraphQLError", 400), UnreachableError),
        (lambda _: answer({"data": {"orders": None}}), UnreachableError),
        (lambda _: answer([]), UnreachableError),
    ],
)
def test_what_goes_wrong_says_what_to_do(server: FakeShop, trouble: Route, error: type[VefaError]) -> None:
    server.trouble.append(trouble)
    with pytest.raises(error) as caught:
        PLATFORM.fetch(Visit(server.url), START, None)
    assert str(caught.value).endswith((".", "?"))


def test_one_order_is_asked_for_by_its_id(server: FakeShop) -> None:
    def respond(asked: Asked) -> Answer:
        wanted = asked.json["variables"]["id"]
        return answer({"data": {"order": order(7) if wanted == gid("Order", 7) else None}})

    server.routes["POST /graphql/"] = respond
    assert [one.topic for one in PLATFORM.fetch_one(Visit(server.url), "7")] == ["order.fetched"]
    assert PLATFORM.fetch_one(Visit(server.url), "8") == ()


@pytest.mark.parametrize(
    "published",
    [
        {},
        [],
        {"keys": []},
        {"keys": [{"kty": "RSA", "kid": "x", "n": "AQAB", "e": "AQAB"}]},
        {"keys": [7]},
        "x",
    ],
)
def test_a_store_without_sound_keys_is_not_believed(server: FakeShop, published: Any) -> None:
    server.routes["GET /.well-known/jwks.json"] = lambda _: answer(published)
    with pytest.raises(UnreachableError):
        PLATFORM.keys_of(Visit(server.url))
