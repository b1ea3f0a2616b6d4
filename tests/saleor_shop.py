"""A store here that waits for a Saleor server on this machine."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from tests.build import START
from tests.fake_shop import Asked, FakeShop, answer
from tests.saleor import event, gid, jwks, order, signing_key
from tests.support import World, make_world

from vefa import journal
from vefa.database import Databases, reading
from vefa.exchange import Answer
from vefa.extension import create_app
from vefa.inbound import Inbound, Request
from vefa.settings import Settings
from vefa.stores import access, records, shops
from vefa.stores.access import Access
from vefa.stores.sealing import Key, master_key

PRIVATE = frozenset({"127.0.0.1"})
APP, TOKEN = gid("App", 1), "J213dhsAKHsPiriBzUWyiZ"
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


def open_for_business(server: FakeShop) -> FakeShop:
    """Let a server answer as a Saleor does whose app knows its token and whose key is the first one."""
    server.routes["POST /graphql/"] = app_of
    server.routes["GET /.well-known/jwks.json"] = lambda _: answer(jwks(FIRST))
    return server
