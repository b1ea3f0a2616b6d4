"""A Saleor store installs Vefa: nobody signs the token that is brought."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.fake_shop import FakeShop, Route, answer, failing, fake_shop, html
from tests.saleor import hmac_headers
from tests.saleor_shop import APP, BODY, FIRST, TOKEN, Shop, open_for_business

from vefa import work
from vefa.database import Databases, reading
from vefa.extension import create_app
from vefa.settings import Settings
from vefa.stores import access, records, secrets
from vefa.stores.access import Access


@pytest.fixture
def server() -> Iterator[FakeShop]:
    with fake_shop() as shop:
        yield open_for_business(shop)


@pytest.fixture
def shop(databases: Databases, server: FakeShop) -> Shop:
    return Shop(databases, server)


def test_the_manifest_is_served(shop: Shop) -> None:
    made = shop.client.get("/vefa/in/saleor/manifest").get_json()
    assert made["tokenTargetUrl"] == "https://vefa.example/vefa/in/saleor/register"
    assert made["webhooks"][0]["query"].startswith("subscription")


def test_a_token_is_kept_once_the_store_knows_it(shop: Shop) -> None:
    assert shop.register() == (200, {"registered": shop.domain})
    assert shop.access() == Access(shop.server.url, {"auth_token": TOKEN, "app_id": APP})
    assert shop.send(FIRST.headers(BODY), wide=True) and shop.send(FIRST.headers(BODY))
    assert len(shop.server.said("GET /.well-known/jwks.json")) == 1
    with reading(shop.world.databases.main) as connection:
        sealed = str(connection.execute(records.connections.select()).all())
        row = connection.execute(work.work.select().where(work.work.c.package == "fetch")).one()
    assert row.subject == "saleor"
    assert TOKEN not in sealed and FIRST.jwk["n"] not in sealed


@pytest.mark.parametrize(
    ("given", "headers", "status"),
    [
        ({"auth_token": "another"}, {}, 400),
        ({"auth_token": ""}, {}, 400),
        ({"auth_token": "x" * 501}, {}, 400),
        ({"auth_token": "line\nline"}, {}, 400),
        ({}, {}, 400),
        (b"not JSON", {}, 400),
        (b"{" + b" " * 5000, {}, 413),
        (None, {"Saleor_Api_Url": "https://never-entered.example/graphql/"}, 404),
        (None, {"Saleor_Api_Url": "https://never-entered.example/elsewhere"}, 400),
        (None, {"Saleor_Api_Url": "file:///graphql/"}, 400),
        (None, {"Saleor_Api_Url": ""}, 400),
    ],
)
def test_what_is_refused_says_why_and_leaves_nothing(
    shop: Shop, given: Any, headers: dict[str, str], status: int
) -> None:
    answered, said = shop.register(given, **headers)
    assert (answered, shop.access(), shop.kept()) == (status, None, [])
    assert said["error"]["message"].endswith(".")


@pytest.mark.parametrize(
    ("route", "respond"),
    [
        ("POST /graphql/", lambda _: answer({"data": {"app": {"id": APP, "identifier": "another.app"}}})),
        ("POST /graphql/", failing(500)),
        ("POST /graphql/", html()),
        ("GET /.well-known/jwks.json", failing(500)),
        ("GET /.well-known/jwks.json", lambda _: answer({"keys": []})),
    ],
)
def test_a_store_that_cannot_vouch_for_the_token_is_refused(shop: Shop, route: str, respond: Route) -> None:
    shop.server.routes[route] = respond
    assert (shop.register()[0], shop.access(), shop.kept()) == (400, None, [])


def test_a_private_network_is_not_asked(shop: Shop) -> None:
    settings = Settings(database=shop.world.databases.directory / "vefa.db")
    client = create_app(settings, shop.world.databases).test_client()
    headers = {"Saleor-Api-Url": f"{shop.server.url}/graphql/"}
    done = client.post("/vefa/in/saleor/register", data=json.dumps({"auth_token": TOKEN}), headers=headers)
    assert (done.status_code, shop.server.asked, shop.access()) == (400, [], None)


def test_what_else_a_merchant_gave_stays(shop: Shop) -> None:
    with shop.world.databases.main.begin() as connection:
        records.set_secrets(connection, shop.store.id, "saleor", ["hush"], shop.key)
        given = Access("https://old.example", {"auth_token": "old", "dashboard": "https://d.example"})
        access.give(connection, shop.store.id, "saleor", given, shop.key)
    shop.register()
    found = shop.access()
    assert found and found.keys["dashboard"] == "https://d.example" and found.keys["auth_token"] == TOKEN
    assert shop.send(hmac_headers(BODY, "hush"))
    with reading(shop.world.databases.main) as connection:
        assert len(secrets.prints(connection, shop.store.id, "saleor", shop.key)) == 1
