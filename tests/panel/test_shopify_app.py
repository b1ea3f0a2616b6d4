"""A shop comes to the operator's Shopify application: what is asked, what comes back, and whom Vefa believes."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.embedding import shopify, signed
from tests.fake_shop import failing
from tests.panel.shop import NOW, Browser, Shop, plain
from tests.shopify import SHOP, order
from tests.shopify_shop import CLIENT, SECRET, ShopifyShop

from vefa.database import reading
from vefa.errors import SignatureError
from vefa.platforms import _shopify_signed
from vefa.platforms.shopify import Shopify
from vefa.staff import records as staff
from vefa.staff.account import Role
from vefa.stores import access, records, shops
from vefa.stores.access import Access

IN = "/vefa/in/shopify"
ALLOW = "/vefa/mercan/settings/connect/shopify/allow"
HERE = "https://vefa.example"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ShopifyShop]:
    """Return a shop that answers in the place of Shopify's own host."""
    opened = ShopifyShop([order()])
    monkeypatch.setattr(Shopify, "base", lambda *_: opened.url)
    yield opened
    opened.close()


@pytest.fixture
def shop(empty_shop: Shop, server: ShopifyShop) -> Shop:
    return waiting(empty_shop)


def waiting(empty_shop: Shop) -> Shop:
    """Return a world of two stores, one of which is a shop, with an application of the operator's."""
    empty_shop.add("mercan", platform="shopify")
    empty_shop.add("lale", platform="shopify")
    state = empty_shop.app.extensions["vefa"]
    settings = replace(
        state.settings,
        public_url=HERE,
        allow_private=frozenset({"127.0.0.1"}),
        app_clients={"shopify": CLIENT},
        app_secrets={"shopify": ("an older one", SECRET)},
    )
    empty_shop.app.extensions["vefa"] = replace(state, settings=settings)
    with empty_shop.world.databases.main.begin() as connection:
        shops.set_account(connection, 1, "shopify", SHOP)
    return empty_shop


@pytest.fixture
def owner(shop: Shop) -> Browser:
    return shop.browser("mercan")


def kept(shop: Shop, store_id: int = 1) -> Access | None:
    with reading(shop.world.databases.main) as connection:
        key = records.key_of(connection, store_id, shop.world.master)
        return access.of(connection, store_id, "shopify", key)


def query(state: str, at: datetime = NOW, secret: str = SECRET, **changed: str) -> dict[str, str]:
    """Return the query with which Shopify sends the browser back."""
    told = {"code": "0907a61c", "shop": SHOP, "state": state, "timestamp": str(int(at.timestamp()))} | changed
    text = "&".join(f"{name}={value}" for name, value in sorted(told.items()))
    return told | {"hmac": hmac.digest(secret.encode(), text.encode(), "sha256").hex()}


def set_out(owner: Browser) -> str:
    """Set out to Shopify's page, and return the state that went along."""
    answer = owner.client.get(ALLOW)
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert answer.status_code == 303 and asked["redirect_uri"] == [f"{HERE}{IN}/callback"]
    assert asked["client_id"] == [CLIENT] and "read_orders" in asked["scope"][0]
    return asked["state"][0]


def come_back(owner: Browser, told: Mapping[str, str]) -> Any:
    return owner.client.get(f"{IN}/callback", query_string=told)


def test_a_shop_is_allowed_and_its_token_kept_sealed(shop: Shop, owner: Browser, server: ShopifyShop) -> None:
    state = set_out(owner)
    answer = come_back(owner, query(state))
    assert answer.status_code == 303 and "/vefa/mercan/settings/connect/shopify" in answer.headers["Location"]
    found = kept(shop)
    assert found is not None and (found.url, found.keys["access_token"]) == (server.url, server.token)
    assert found.keys["refresh_token"] == server.refresh and found.keys["by_app"] == "1"
    assert server.grants[-1]["code"] == "0907a61c" and server.grants[-1]["expiring"] == "1"
    assert kept(shop, 2) is None


FORGED: tuple[dict[str, Any], ...] = (
    {"secret": "another"},
    {"at": NOW - timedelta(minutes=11)},
    {"at": NOW + timedelta(minutes=3)},
    {"shop": "bakir.example.com"},
    {"shop": f"{SHOP}.evil.example"},
    {"shop": "another.myshopify.com"},
    {"shop": f"{SHOP}/admin"},
    {"code": ""},
    {"state": "AAAA"},
    {"state": "é"},
)


def refused(shop: Shop, owner: Browser, server: ShopifyShop, forged: dict[str, Any]) -> None:
    """Come back with a query of which something is forged, and get nothing."""
    answer = come_back(owner, query(**({"state": set_out(owner)} | forged)))
    assert answer.status_code == 401 and "Shopify has not given Vefa a key" in plain(answer.text)
    assert kept(shop) is None and server.grants == []


def test_what_is_forged_gets_no_token(shop: Shop, owner: Browser, server: ShopifyShop) -> None:
    for forged in FORGED:
        refused(shop, owner, server, forged)


def test_every_part_is_needed_and_signed(shop: Shop, owner: Browser, server: ShopifyShop) -> None:
    told = query(set_out(owner))
    for name in ("hmac", "state", "shop", "timestamp"):
        for changed in ({**told, name: told[name] + "0"}, {one: told[one] for one in told if one != name}):
            assert come_back(owner, changed).status_code == 401, changed
    assert kept(shop) is None and server.grants == []


def test_another_browser_brings_nothing_back(shop: Shop, owner: Browser, server: ShopifyShop) -> None:
    state = set_out(owner)
    assert come_back(shop.browser("lale"), query(state)).status_code == 401
    other = shop.browser("lale")
    with shop.world.databases.main.begin() as connection:
        shops.set_account(connection, 2, "shopify", "two.myshopify.com")
    other.client.get(ALLOW.replace("mercan", "lale"))
    assert come_back(other, query(state)).status_code == 401 and server.grants == []


def test_a_code_that_shopify_does_not_take_is_said(shop: Shop, owner: Browser) -> None:
    assert come_back(owner, query(set_out(owner), code="used")).status_code == 502
    assert kept(shop) is None


def test_a_store_that_is_another_shop_by_now_keeps_nothing(shop: Shop, owner: Browser) -> None:
    state = set_out(owner)
    with shop.world.databases.main.begin() as connection:
        shops.set_account(connection, 1, "shopify", "another.myshopify.com")
    assert come_back(owner, query(state)).status_code == 502 and kept(shop) is None


def test_only_who_may_connect_sets_out(shop: Shop, owner: Browser) -> None:
    with shop.world.databases.main.begin() as connection:
        connection.execute(staff.memberships.update().values(role=Role.AGENT.value))
    assert owner.client.get(ALLOW).status_code == 403
    assert shop.app.test_client().get(ALLOW).status_code in (302, 303)


def test_an_installation_leads_to_the_shops_own_store(shop: Shop) -> None:
    client = shop.app.test_client()
    signed_query = {name: value for name, value in query("").items() if name in ("shop", "timestamp", "hmac")}
    assert client.get(f"{IN}/install", query_string=signed_query).status_code == 401
    known = client.get(f"{IN}/install", query_string={"shop": SHOP})
    assert known.headers["Location"].endswith("/vefa/mercan/settings/connect/shopify")
    unknown = client.get(f"{IN}/install", query_string={"shop": "two.myshopify.com"})
    assert unknown.status_code == 404 and "This shop has no store here yet" in plain(unknown.text)
    assert client.get(f"{IN}/install", query_string={"shop": "evil.example"}).status_code == 401


def test_without_an_application_there_is_no_way(empty_shop: Shop) -> None:
    empty_shop.add("mercan", platform="shopify")
    for path in ("install", "callback"):
        assert empty_shop.app.test_client().get(f"{IN}/{path}?shop={SHOP}").status_code == 404
    assert empty_shop.browser("mercan").client.get(ALLOW).status_code == 404


def test_the_connection_offers_it_where_there_is_one(shop: Shop, owner: Browser) -> None:
    assert ALLOW in owner.get("/vefa/mercan/settings/connect/shopify").text
    assert "Allow it in Shopify" in plain(owner.text)


def test_the_signature_is_taken_in_both_of_shopifys_forms() -> None:
    told = {"host": "YWRtaW4=", "shop": SHOP, "timestamp": str(int(NOW.timestamp()))}
    encoded = f"host=YWRtaW4%3D&shop={SHOP}&timestamp={told['timestamp']}"
    raw = f"host=YWRtaW4=&shop={SHOP}&timestamp={told['timestamp']}"
    for text in (encoded, raw):
        mac = hmac.digest(SECRET.encode(), text.encode(), "sha256").hex()
        assert _shopify_signed.verify(told | {"hmac": mac}, [SECRET], NOW) == SHOP
    with pytest.raises(SignatureError):
        _shopify_signed.verify(told | {"hmac": ""}, [], NOW)


SESSIONS = "urn:ietf:params:oauth:grant-type:token-exchange"


@pytest.fixture
def member(shop: Shop) -> Shop:
    """Return the shop after an employee has come in, and the owner has made an owner of them."""
    assert open_in_admin(shop, jti="the-first-of-the-tokens") == 200
    promote(shop, Role.OWNER)
    return shop


def promote(shop: Shop, role: Role) -> None:
    with shop.world.databases.main.begin() as connection:
        connection.execute(
            staff.memberships.update()
            .where(
                staff.memberships.c.account_id != shop.owners["mercan"].id, staff.memberships.c.store_id == 1
            )
            .values(role=role.value)
        )


def open_in_admin(shop: Shop, **changed: Any) -> int:
    claims = shopify(NOW, SHOP, sub="42", aud=CLIENT) | changed
    client = shop.app.test_client()
    return client.post("/vefa/embed/shopify", data={"token": signed(claims, SECRET)}).status_code


def test_the_first_opening_brings_a_token(member: Shop, server: ShopifyShop) -> None:
    assert open_in_admin(member) == 200
    found = kept(member)
    assert found is not None and found.keys["access_token"] == server.token and found.keys["by_app"] == "1"
    # The second of the application's two secrets is the one that Shopify takes.
    assert [one["grant_type"] for one in server.grants] == [SESSIONS] * 2
    assert open_in_admin(member, jti="another-of-the-tokens") == 200 and len(server.grants) == 2


def test_an_opening_goes_on_where_shopify_gives_no_token(member: Shop, server: ShopifyShop) -> None:
    server.trouble.extend([failing(500)] * 2)
    assert open_in_admin(member) == 200 and kept(member) is None


def test_an_employee_without_a_word_of_the_owner_brings_none(member: Shop, server: ShopifyShop) -> None:
    promote(member, Role.MANAGER)
    assert open_in_admin(member) == 200 and server.grants == [] and kept(member) is None


def test_who_is_let_in_nowhere_brings_nothing(member: Shop, server: ShopifyShop) -> None:
    assert open_in_admin(member, exp=int(NOW.timestamp()) - 60) == 401
    assert open_in_admin(member, dest="https://two.myshopify.com") == 401
    assert server.grants == [] and kept(member) is None
