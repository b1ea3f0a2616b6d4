"""A Shopify shop is connected by the client id and secret of an application of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.connecting import near
from tests.panel.shop import Browser, Shop, plain
from tests.shopify import SHOP, order
from tests.shopify_shop import CLIENT, SECRET, ShopifyShop

from vefa.database import reading
from vefa.stores import access, records, shops
from vefa.stores.access import Access

PAGE = "/vefa/mercan/settings/connect/shopify"
PAIR = {"key_client_id": CLIENT, "key_client_secret": SECRET}


@pytest.fixture
def server() -> Iterator[ShopifyShop]:
    opened = ShopifyShop([order(number=number) for number in (1, 2)])
    yield opened
    opened.close()


@pytest.fixture
def shop(empty_shop: Shop, server: ShopifyShop) -> Shop:
    empty_shop.add("mercan", platform="shopify")
    near(empty_shop, public_url="http://127.0.0.1:9")
    world = empty_shop.world
    with world.databases.main.begin() as connection:
        key = records.key_of(connection, 1, world.master)
        shops.set_account(connection, 1, "shopify", SHOP)
        records.set_secrets(connection, 1, "shopify", [], key)
        # In place of the shop's own host, which follows from its name.
        access.give(connection, 1, "shopify", Access(server.url), key)
    return empty_shop


@pytest.fixture
def owner(shop: Shop) -> Browser:
    return shop.browser("mercan")


def given(shop: Shop) -> tuple[Access | None, list[str]]:
    with reading(shop.world.databases.main) as connection:
        key = records.key_of(connection, 1, shop.world.master)
        return access.of(connection, 1, "shopify", key), records.secrets_of(connection, 1, "shopify", key)


def enter(owner: Browser, **typed: str) -> tuple[int, str]:
    answer = owner.post(f"{PAGE}/access", PAGE, **typed)
    return answer.status_code, plain(answer.text)


def test_a_pair_that_shopify_takes_is_kept_and_signs(shop: Shop, owner: Browser, server: ShopifyShop) -> None:
    assert enter(owner, **PAIR)[0] == 303
    kept, secrets = given(shop)
    assert kept is not None and kept.keys == {"client_id": CLIENT, "client_secret": SECRET}
    assert secrets == [SECRET] and server.grants[0]["grant_type"] == "client_credentials"
    assert SECRET not in owner.get(PAGE).text


def test_another_pair_is_tried_by_itself(shop: Shop, owner: Browser, server: ShopifyShop) -> None:
    enter(owner, **PAIR)
    world = shop.world
    keys = {"client_id": CLIENT, "client_secret": SECRET, "access_token": "shpat_1", "expires_at": "x"}
    with world.databases.main.begin() as connection:
        key = records.key_of(connection, 1, world.master)
        access.give(connection, 1, "shopify", Access(server.url, keys), key)
    status, text = enter(owner, key_client_secret="another", key_client_id=CLIENT)
    assert status == 422 and "The shop refuses the key." in text
    server.token = "shpat_of_ones_own"
    assert enter(owner, key_client_id=CLIENT, key_access_token=server.token)[0] == 303
    kept, secrets = given(shop)
    assert kept is not None and kept.keys["access_token"] == server.token and "expires_at" not in kept.keys
    assert secrets == [SECRET]


def test_webhooks_need_the_secret_that_signs_them(shop: Shop, owner: Browser, server: ShopifyShop) -> None:
    assert enter(owner, key_access_token=server.token)[0] == 303
    answer = owner.post(f"{PAGE}/events", PAGE, way="webhooks")
    assert answer.status_code == 422 and "the client secret" in plain(answer.text) and not server.webhooks
    assert enter(owner, **PAIR)[0] == 303
    assert owner.post(f"{PAGE}/events", PAGE, way="webhooks").status_code == 200
    assert {one["uri"] for one in server.webhooks} == {"http://127.0.0.1:9/vefa/in/mercan/shopify"}
    assert given(shop)[1] == [SECRET]
