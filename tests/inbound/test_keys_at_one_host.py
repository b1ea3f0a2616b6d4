"""ShipEngine's keys are asked for where one is not known: at its one host, and not more than once a minute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from tests.build import SECRET, on
from tests.fake_shop import FakeShop, answer, failing
from tests.support import World, make_world
from tests.tracking import SENDERS, key_set, sign_shipengine

from vefa import clock
from vefa.carriers import shipengine
from vefa.database import Databases
from vefa.errors import SignatureError, StaleKeysError
from vefa.inbound import Inbound, Request
from vefa.platforms import PublishesAtOneHost, senders
from vefa.stores import records as stores
from vefa.stores import shops

BODY = SENDERS["shipengine"].body("YK1", (on(1), "delivered"), at=on(1))


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeShop]:
    """Publish the first key, at this machine in place of ShipEngine's host."""
    published = FakeShop({"GET /jwks": lambda _: answer(key_set().encode())})
    monkeypatch.setattr(shipengine, "KEYS_URL", f"{published.url}/jwks")
    yield published
    published.close()


@pytest.fixture
def world(databases: Databases) -> World:
    world = make_world(databases)
    store = world.add_store("shop", on(-9), [SECRET])
    with databases.main.begin() as connection:
        key = stores.key_of(connection, store.id, world.master)
        shops.follow(connection, store.id, "shipengine", [], key)
    return world


def keep(world: World, name: str, now: datetime, body: bytes = BODY) -> str | None:
    private = frozenset({"127.0.0.1"})
    inbound: Inbound = replace(world.inbound, allow_private=private)
    return inbound.keep(Request("shop", "shipengine", sign_shipengine(body, now, "", name), body), now)


def test_it_is_asked_at_its_own_host_alone() -> None:
    sender = senders()["shipengine"]
    assert isinstance(sender, PublishesAtOneHost)
    assert sender.keys_host == "https://api.shipengine.com" and urlsplit(shipengine.KEYS_URL).path == "/jwks"
    assert [name for name, one in senders().items() if isinstance(one, PublishesAtOneHost)] == ["shipengine"]


def test_a_key_is_asked_for_once_and_kept(
    world: World, host: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.real_now()
    monkeypatch.setattr("vefa.clock.real_now", lambda: now)
    assert keep(world, "key-1", now) and keep(world, "key-1", now, BODY + b" ")
    assert len(host.asked) == 1
    with pytest.raises(StaleKeysError):
        keep(world, "key-2", now)
    assert len(host.asked) == 1
    host.routes["GET /jwks"] = lambda _: answer(key_set("key-2").encode())
    monkeypatch.setattr("vefa.clock.real_now", lambda: now + timedelta(seconds=61))
    assert keep(world, "key-2", now + timedelta(seconds=61))
    with pytest.raises(SignatureError):
        keep(world, "key-2", now + timedelta(hours=1))


def test_a_forged_key_is_refused_and_a_silent_host_is_tried_again(world: World, host: FakeShop) -> None:
    host.trouble.extend([failing(500)] * 3)
    with pytest.raises(StaleKeysError):
        keep(world, "key-1", clock.real_now())
    assert len(host.asked) >= 1
