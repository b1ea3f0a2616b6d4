"""A token of the operator's application is renewed before it ends, with a secret that counts, and kept once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.build import START
from tests.shopify_shop import CLIENT, SECRET, ShopifyShop
from tests.support import World, make_world

from vefa.database import Databases, reading
from vefa.errors import RefusedByShopError
from vefa.inbound.renewing import Renewing
from vefa.platforms import platforms
from vefa.settings import Settings
from vefa.stores import access
from vefa.stores.access import Access
from vefa.stores.records import key_of

HERE = frozenset({"127.0.0.1"})
SETTINGS = Settings(
    allow_private=HERE, app_clients={"shopify": CLIENT}, app_secrets={"shopify": ("older", SECRET)}
)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def server() -> Iterator[ShopifyShop]:
    opened = ShopifyShop([])
    opened.refresh, opened.life = "shprt_0", 3600
    yield opened
    opened.close()


@pytest.fixture
def world(databases: Databases) -> World:
    world = make_world(databases)
    world.add_store("shop", START, [], platform="shopify")
    return world


def given(server: ShopifyShop, ends: datetime) -> Access:
    keys = {
        "access_token": "old",
        "refresh_token": server.refresh,
        "expires_at": ends.isoformat(),
        "by_app": "1",
    }
    return Access(server.url, keys)


def keep(world: World, one: Access) -> None:
    with world.databases.main.begin() as connection:
        access.give(connection, 1, "shopify", one, key_of(connection, 1, world.master))


def kept(world: World) -> Access:
    with reading(world.databases.main) as connection:
        found = access.of(connection, 1, "shopify", key_of(connection, 1, world.master))
    assert found is not None
    return found


def renew(world: World, one: Access, settings: Settings = SETTINGS) -> str:
    renewing = Renewing(world.databases, world.master, settings)
    return renewing.shop(platforms()["shopify"], 1, "shopify", one, START).keys["access_token"]


def test_a_token_that_holds_stays(world: World, server: ShopifyShop) -> None:
    one = given(server, START + 21 * MINUTE)
    keep(world, one)
    assert renew(world, one) == "old" and server.grants == [] and kept(world) == one


def test_one_that_ends_is_renewed_and_kept(world: World, server: ShopifyShop) -> None:
    one = given(server, START + 19 * MINUTE)
    keep(world, one)
    assert renew(world, one) == server.token
    keys = kept(world).keys
    assert (keys["access_token"], keys["refresh_token"]) == (server.token, server.refresh)
    assert datetime.fromisoformat(keys["expires_at"]) == START + 60 * MINUTE and keys["by_app"] == "1"
    assert [form["client_secret"] for form in server.grants] == ["older", SECRET]


def test_keys_that_were_given_meanwhile_are_not_lost(world: World, server: ShopifyShop) -> None:
    one = given(server, START)
    newer = replace(one, keys={"access_token": "given by a person"})
    keep(world, newer)
    assert renew(world, one) == server.token and kept(world) == newer


@pytest.mark.parametrize(
    "settings",
    [
        Settings(allow_private=HERE),
        replace(SETTINGS, app_secrets={"shopify": ("older",)}),
        replace(SETTINGS, app_clients={"shopify": "another"}),
    ],
)
def test_without_the_application_a_token_comes_to_its_end(
    world: World, server: ShopifyShop, settings: Settings
) -> None:
    one = given(server, START)
    keep(world, one)
    with pytest.raises(RefusedByShopError):
        renew(world, one, settings)
    assert kept(world) == one


def test_a_platform_whose_keys_last_is_left_alone(world: World, server: ShopifyShop) -> None:
    one = Access(server.url, {"auth_token": "T"})
    shop = Renewing(world.databases, world.master, SETTINGS).shop(
        platforms()["saleor"], 1, "saleor", one, START
    )
    assert dict(shop.keys) == {"auth_token": "T"} and server.grants == []
