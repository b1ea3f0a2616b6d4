"""The one address of an application: the shop that a request names is believed only after the signature."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.build import START
from tests.shopify import SECRET, SHOP, asked, headers, order
from tests.support import World, make_world

from vefa import journal
from vefa.database import Databases, reading
from vefa.extension import create_app
from vefa.settings import Settings, read_settings
from vefa.stores import records, refusals, shops
from vefa.stores.records import TakenError
from vefa.stores.sealing import master_key

APP, OLD, OWN, OTHER = "app secret", "the app's old secret", "one shop's own", "other-shop.myshopify.com"


@pytest.fixture
def world(databases: Databases) -> World:
    return make(databases)


def make(databases: Databases) -> World:
    """Return two shops of one application."""
    world = make_world(databases)
    world.master = master_key(None, databases.directory)
    for slug, account, secret in (("one", SHOP, OWN), ("two", OTHER, SECRET)):
        store = world.add_store(slug, START, [secret], platform="shopify")
        with databases.main.begin() as connection:
            shops.set_account(connection, store.id, "shopify", account)
            shops.prove(connection, store.id, "shopify", START)
    return world


@pytest.fixture
def client(world: World) -> FlaskClient:
    return make_client(world)


def make_client(world: World) -> FlaskClient:
    """Return what a platform posts to."""
    path = world.databases.directory / "vefa.db"
    settings = Settings(database=path, app_secrets={"shopify": (OLD, APP)})
    return create_app(settings, world.databases).test_client()


def kept(world: World) -> list[int]:
    with reading(world.databases.intake) as connection:
        return [body.store_id for body in journal.waiting(connection, 100)]


def post(
    client: FlaskClient, topic: str, document: Any, path: str = "shopify", **more: str
) -> tuple[int, Any]:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    answer = client.post(f"/vefa/in/{path}", data=body, headers=headers(body, topic, START, **more))
    return answer.status_code, answer.json


@pytest.mark.parametrize("secret", [APP, OLD, OWN])
def test_a_shop_finds_its_store(world: World, client: FlaskClient, secret: str) -> None:
    assert post(client, "orders/create", order(), secret=secret) == (200, {"kept": True})
    assert kept(world) == [1]


def test_a_shops_name_alone_gets_nobody_its_events(world: World, client: FlaskClient) -> None:
    """Whoever enters another merchant's shop as their own hears nothing, and is told why."""
    with world.databases.main.begin() as connection:
        shops.set_account(connection, 1, "shopify", "claimed.myshopify.com")
        shops.set_account(connection, 2, "shopify", SHOP)
    assert post(client, "orders/create", order(), secret=APP) == (200, {"kept": False})
    assert kept(world) == []
    client.application.extensions["vefa_refusals"].write()
    with reading(world.databases.intake) as connection:
        (told,) = refusals.since(connection, 2, START)
    assert (told.platform, told.reason, told.number) == ("shopify", refusals.UNPROVED, 1)
    # Who knows the shop's own secret has shown enough.
    assert post(client, "orders/create", order(), secret=SECRET) == (200, {"kept": True})
    with world.databases.main.begin() as connection:
        shops.prove(connection, 2, "shopify", START)
    assert post(client, "orders/paid", order(), secret=APP) == (200, {"kept": True})
    assert kept(world) == [2, 2]


def test_two_shops_of_one_application(world: World, client: FlaskClient) -> None:
    for shop in (OTHER, SHOP):
        assert post(client, "orders/create", order(), secret=APP, shop=shop)[0] == 200
    assert sorted(kept(world)) == [1, 2]


@pytest.mark.parametrize(
    ("secret", "shop"),
    [
        ("wrong", SHOP),
        (SECRET, SHOP),
        (OWN, OTHER),
        ("wrong", "nobody.myshopify.com"),
        (OWN, "nobody.myshopify.com"),
    ],
)
def test_nobody_signs_for_another_shop(world: World, client: FlaskClient, secret: str, shop: str) -> None:
    status, answer = post(client, "orders/create", order(), secret=secret, shop=shop)
    assert status == 401 and answer["error"].endswith(".") and kept(world) == []


@pytest.mark.parametrize("shop", ["nobody.myshopify.com", "not a shop", ""])
@pytest.mark.parametrize("topic", ["orders/create", "customers/redact"])
def test_a_shop_that_is_no_store_is_answered_and_not_kept(
    world: World, client: FlaskClient, shop: str, topic: str
) -> None:
    body = asked(shop_domain=shop) if topic == "customers/redact" else order()
    assert post(client, topic, body, secret=APP, shop=shop) == (200, {"kept": False})
    assert kept(world) == []


@pytest.mark.parametrize("topic", ["customers/redact", "customers/data_request", "shop/redact"])
def test_a_request_by_law_names_its_own_shop(world: World, client: FlaskClient, topic: str) -> None:
    assert post(client, topic, asked(), secret=APP, shop=OTHER)[0] == 401
    assert kept(world) == []
    assert post(client, topic, asked(), secret=APP) == (200, {"kept": True})
    assert kept(world) == [1]


def test_what_cannot_be_read_is_kept_and_answered(world: World, client: FlaskClient) -> None:
    assert post(client, "orders/create", b"{", secret=APP) == (200, {"kept": True})
    world.work(START)
    with reading(world.databases.main) as connection:
        (row,) = connection.execute(journal.raw_bodies.select())
    assert (row.state, row.topic, row.sent_at) == (journal.UNREADABLE, "orders/create", START)


def test_the_stores_own_address_takes_its_own_secret(world: World, client: FlaskClient) -> None:
    assert post(client, "orders/create", order(), "one/shopify", secret=OWN)[0] == 200
    assert post(client, "orders/create", order(), "one/shopify", secret=SECRET)[0] == 401
    assert kept(world) == [1]


@pytest.mark.parametrize("platform", ["standard", "woocommerce", "nothing"])
def test_only_an_application_has_such_an_address(client: FlaskClient, platform: str) -> None:
    assert post(client, "orders/create", order(), platform)[0] == 404


def test_without_secrets_nothing_is_believed(databases: Databases) -> None:
    client = create_app(Settings(database=databases.directory / "vefa.db"), databases).test_client()
    assert post(client, "orders/create", order(), secret="")[0] == 401
    assert post(client, "orders/create", order(), secret=APP)[0] == 401


def test_the_secrets_come_from_the_environment() -> None:
    assert read_settings({"VEFA_SHOPIFY_SECRET": " new , old,"}).app_secrets == {"shopify": ("new", "old")}
    assert read_settings({}).app_secrets == {"shopify": ()}


def test_a_shop_is_one_store(world: World) -> None:
    with world.databases.main.begin() as connection:
        with pytest.raises(TakenError):
            shops.set_account(connection, 2, "shopify", SHOP)
        key = records.key_of(connection, 2, world.master)
        shops.connect(connection, 2, "standard", ["s"], key)
        with pytest.raises(TakenError):
            shops.connect(connection, 2, "standard", ["s"], key)
        assert shops.accounts_of(connection, 2) == {"shopify": OTHER, "standard": None}
        assert records.secrets_of(connection, 2, "standard", key) == ["s"]
