"""A Saleor store installs Vefa: nobody signs the token that is brought, and keys change without a word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.build import START
from tests.fake_shop import Asked, FakeShop, Route, answer, failing, fake_shop, html
from tests.saleor import event, gid, hmac_headers, jwks, order, signing_key
from tests.support import World, make_world

from vefa import clock, journal, work
from vefa.database import Databases, reading
from vefa.errors import SignatureError, StaleKeysError
from vefa.exchange import Answer
from vefa.extension import create_app
from vefa.inbound import Inbound, Request
from vefa.settings import Settings
from vefa.stores import access, records, secrets, shops
from vefa.stores.access import Access
from vefa.stores.sealing import Key, master_key

PRIVATE = frozenset({"127.0.0.1"})
APP, TOKEN = gid("App", 1), "T"
FIRST, SECOND, FOREIGN = signing_key("K1"), signing_key("K2"), signing_key("K3")
MINUTE = timedelta(minutes=1)
BODY = json.dumps(event(order=order(updatedAt=START.isoformat()))).encode()


def app_of(asked: Asked) -> Answer:
    known = asked.headers.get("authorization") == f"Bearer {TOKEN}"
    return answer({"data": {"app": {"id": APP, "identifier": "vefa.orders"} if known else None}})


class Shop:
    """A world with one store that waits for the Saleor server at ``server``."""

    def __init__(self, databases: Databases, server: FakeShop) -> None:
        self.world: World = make_world(databases)
        self.world.master = master_key(None, databases.directory)
        self.server = server
        self.domain = server.url.partition("://")[2]
        self.store = self.world.add_store("shop", START, [], platform="saleor")
        with databases.main.begin() as connection:
            records.set_secrets(connection, self.store.id, "saleor", [], self.key)
            shops.set_account(connection, self.store.id, "saleor", self.domain)

    @property
    def key(self) -> Key:
        with reading(self.world.databases.main) as connection:
            return records.key_of(connection, self.store.id, self.world.master)

    @property
    def client(self) -> FlaskClient:
        settings = Settings(
            database=self.world.databases.directory / "vefa.db",
            public_url="https://vefa.example",
            allow_private=PRIVATE,
        )
        return create_app(settings, self.world.databases).test_client()

    def access(self) -> Access | None:
        with reading(self.world.databases.main) as connection:
            return access.of(connection, self.store.id, "saleor", self.key)

    def kept(self) -> list[str]:
        with reading(self.world.databases.main) as connection:
            return records.secrets_of(connection, self.store.id, "saleor", self.key)

    def register(self, body: Any = None, **headers: str) -> tuple[int, dict[str, Any]]:
        given = {"Saleor-Domain": self.domain, "Saleor-Api-Url": f"{self.server.url}/graphql/"}
        document = {"auth_token": TOKEN} if body is None else body
        data = document if isinstance(document, bytes) else json.dumps(document)
        named = given | {name.replace("_", "-"): value for name, value in headers.items()}
        done = self.client.post("/vefa/in/saleor/register", data=data, headers=named)
        return done.status_code, done.get_json()

    def send(self, headers: dict[str, str], body: bytes = BODY, *, wide: bool = False) -> str | None:
        inbound = Inbound(self.world.databases, self.world.master, allow_private=PRIVATE)
        named = headers | {"saleor-api-url": f"{self.server.url}/graphql/"}
        return inbound.keep(Request(None if wide else "shop", "saleor", named, body), START)

    def waiting(self) -> int:
        with reading(self.world.databases.intake) as connection:
            return len(journal.waiting(connection, 100))


@pytest.fixture
def server() -> Iterator[FakeShop]:
    keys: Route = lambda _: answer(jwks(FIRST))  # noqa: E731
    with fake_shop({"POST /graphql/": app_of, "GET /.well-known/jwks.json": keys}) as shop:
        yield shop


@pytest.fixture
def shop(databases: Databases, server: FakeShop) -> Shop:
    return Shop(databases, server)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Let the time on the wall be what the list holds."""
    told = [START]
    monkeypatch.setattr(clock, "real_now", lambda: told[0])
    return told


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


# Keys that change.


def test_a_new_key_is_asked_for_and_believed(shop: Shop, now: list[datetime]) -> None:
    shop.register()
    shop.server.routes["GET /.well-known/jwks.json"] = lambda _: answer(jwks(SECOND))
    now[0] += MINUTE
    assert shop.send(SECOND.headers(BODY))
    assert shop.send(FIRST.headers(BODY + b" "), BODY + b" "), "what was signed before is still under way"
    now[0] += timedelta(hours=1)
    with pytest.raises(SignatureError):
        shop.send(FIRST.headers(BODY))


def test_forged_names_make_nobody_ask_more_than_once_a_minute(shop: Shop, now: list[datetime]) -> None:
    shop.register()
    now[0] += MINUTE
    asked = len(shop.server.asked)
    refusals = []
    for second in range(90):
        with pytest.raises(SignatureError) as caught:
            shop.send(FOREIGN.headers(BODY, kid=f"forged {second}"), wide=second % 2 == 0)
        refusals.append(caught.value.status)
        assert shop.send(FIRST.headers(BODY)), "the store's own events go on"
        now[0] += timedelta(seconds=1)
    assert len(shop.server.asked) - asked == 2
    assert {refusals[0], refusals[60]} == {401} and set(refusals[1:60]) == {503}


def test_an_event_signed_with_a_new_key_is_taken_when_it_is_sent_again(
    shop: Shop, now: list[datetime]
) -> None:
    """Saleor gives up after a 4xx; so where the keys cannot be asked for just now, the answer is a 5xx."""
    shop.register()
    now[0] += MINUTE
    shop.server.routes["GET /.well-known/jwks.json"] = failing(500)
    with pytest.raises(StaleKeysError) as caught:
        shop.send(SECOND.headers(BODY))
    assert caught.value.status == 503 and shop.waiting() == 0
    shop.server.routes["GET /.well-known/jwks.json"] = lambda _: answer(jwks(FIRST, SECOND))
    with pytest.raises(StaleKeysError):
        shop.send(SECOND.headers(BODY))
    now[0] += MINUTE
    assert shop.send(SECOND.headers(BODY)) and shop.send(FIRST.headers(BODY))


def test_a_shop_that_is_no_store_makes_nobody_ask(shop: Shop) -> None:
    inbound = Inbound(shop.world.databases, shop.world.master, allow_private=PRIVATE)
    with pytest.raises(SignatureError) as caught:
        inbound.keep(Request(None, "saleor", FIRST.headers(BODY), BODY), START)
    assert (caught.value.status, shop.server.asked) == (401, [])


def test_a_store_whose_domain_nobody_entered_asks_nobody(shop: Shop, now: list[datetime]) -> None:
    with shop.world.databases.main.begin() as connection:
        shops.set_account(connection, shop.store.id, "saleor", None)
    with pytest.raises(StaleKeysError, match="not known"):
        shop.send(FIRST.headers(BODY))


def test_a_store_without_a_token_asks_its_domain_by_https_alone(shop: Shop, now: list[datetime]) -> None:
    with pytest.raises(StaleKeysError):
        shop.send(FIRST.headers(BODY))
    assert shop.server.asked == []
