"""A real Medusa store's events end in the same orders, in whatever order they enter, and some may be lost."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from tests import medusa
from tests.build import SECRET
from tests.fake_shop import FakeShop, fake_shop
from tests.medusa import Captured, captured
from tests.support import World, make_world

from vefa.cli.rebuild import compare
from vefa.database import Databases, reading
from vefa.errors import SignatureError
from vefa.inbound.reconcile import NEXT_PAGE, Reconciler
from vefa.settings import Settings
from vefa.stores import access, feeds
from vefa.stores.access import Access
from vefa.stores.records import key_of
from vefa.stores.store import Store
from vefa.subscriptions import FACTS_WAKE

REQUESTS = captured()
BEGAN = REQUESTS[0].received_at
LATER = REQUESTS[-1].received_at + timedelta(hours=1)
SHUFFLES, LOSSES = (50, 20) if os.environ.get("VEFA_LONG") else (3, 2)


def _shuffled(seed: int) -> list[Captured]:
    draw = random.Random(seed)
    repeated = [one for one in REQUESTS for _ in range(2 if draw.random() < 0.3 else 1)]
    draw.shuffle(repeated)
    return repeated


ENTRANCES: dict[str, Sequence[Captured]] = {"in turn": REQUESTS, "reversed": REQUESTS[::-1]} | {
    f"shuffle {n}": _shuffled(n) for n in range(SHUFFLES)
}


def opened(databases: Databases) -> tuple[World, Store]:
    world = make_world(databases)
    days = {"*": 3}
    store = world.add_store("shop", BEGAN, [SECRET], platform="medusa", country="SE", delivery_days=days)
    return world, store


def enter(world: World, requests: Sequence[Captured]) -> None:
    for position, one in enumerate(requests):
        world.inbound.keep(one.request("shop"), one.received_at)
        if position % 7 == 0:
            world.work(one.received_at)
    world.work(LATER)


def seen(world: World, store: Store) -> dict[str, dict[str, Any]]:
    """Return every order by its number, as ``vefa order show`` has it."""
    found = [world.order(store, number, LATER) for number in world.numbers(store)]
    return {one["number"]: one for one in found}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return the orders as they are where every request came in turn."""
    from vefa.cli.migrate import upgrade
    from vefa.database import open_databases

    databases = open_databases(tmp_path_factory.mktemp("reference") / "vefa.db")
    upgrade(databases)
    world, store = opened(databases)
    enter(world, REQUESTS)
    found = seen(world, store)
    databases.dispose()
    return found


def check(found: dict[str, dict[str, Any]]) -> None:
    assert {number: one["status"] for number, one in found.items()} == medusa.STATUS
    assert {number: one["platform_status"] for number, one in found.items()} == medusa.PLATFORM_STATUS
    arrived = {number: one["delivered_at"] for number, one in found.items() if one["delivered_at"]}
    assert arrived == medusa.DELIVERED
    shipped = {number: one["shipped_at"] for number, one in found.items() if one["shipped_at"]}
    assert shipped == medusa.SHIPPED
    numbers = {n: s["tracking_number"] for n, one in found.items() for s in one["shipments"]}
    assert {number: told for number, told in numbers.items() if told} == medusa.TRACKED
    refunds = {(n, refund["amount"]) for n, one in found.items() for refund in one["refunds"]}
    assert refunds == medusa.REFUNDS
    assert {number: one["total"] for number, one in found.items()} == medusa.TOTAL


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_the_orders_are_the_same(
    databases: Databases, entrance: str, reference: dict[str, dict[str, Any]]
) -> None:
    world, store = opened(databases)
    enter(world, ENTRANCES[entrance])
    found = seen(world, store)
    check(found)
    assert found == reference
    report = compare(databases.main, LATER, repair=False)
    assert (report["orders"], report["differences"]) == (5, 0), report["examples"]


def test_a_changed_body_is_refused(databases: Databases) -> None:
    world, _ = opened(databases)
    for one in REQUESTS:
        request = one.request("shop")
        for place in range(0, len(one.body), max(1, len(one.body) // 5)):
            body = bytearray(one.body)
            body[place] ^= 1
            with pytest.raises(SignatureError):
                world.inbound.keep(
                    type(request)("shop", "medusa", request.headers, bytes(body)), one.received_at
                )


def test_nothing_personal_is_in_the_facts(databases: Databases) -> None:
    world, _ = opened(databases)
    enter(world, REQUESTS)
    with databases.main.connect() as connection:
        told = str(connection.exec_driver_sql("SELECT * FROM facts").all())
    assert "order:medusa:" in told
    for name in ("example.com", "Öberg", "Großv", "+46701234567", "Storgatan", "21120"):
        assert name not in told


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeShop]:
    monkeypatch.setattr("vefa.platforms._medusa_fetch.MOST", 2)
    monkeypatch.setattr("vefa.inbound.shop.PAUSE", 0)
    with fake_shop(medusa.admin_api(medusa.newest(), medusa.payments())) as shop:
        yield shop


def reconcile(world: World, store: Store, server: FakeShop) -> None:
    """Ask the store page by page, until the pass is at its end."""
    with world.databases.main.begin() as connection:
        key = key_of(connection, store.id, world.master)
        access.give(connection, store.id, "medusa", Access(server.url, {"api_key": medusa.KEY}), key)
        # The events came until now, but not all of them: only what changed since the beginning is asked for.
        feeds.note(connection, store.id, "medusa", asked_until=BEGAN)
    asker = Reconciler(
        world.databases, world.master, Settings(allow_private=frozenset({"127.0.0.1"})), FACTS_WAKE
    )
    now = LATER
    for _ in range(50):
        result = asker.look(store.id, ["medusa"], now)
        assert result.write is not None
        with world.databases.main.begin() as connection:
            result.write(connection)
        with reading(world.databases.main) as connection:
            state = feeds.state(connection, store.id, "medusa")
        assert state.failing_since is None, state.error
        world.work(now)
        if state.cursor is None:
            return
        now += NEXT_PAGE
    raise AssertionError("The pass has no end.")


# What only an event tells to the second, where its object has no date of its own.
BOUNDS = ("paid_at", "ended_at", "settled_at", "created_at", "refunded_at", "made_at", "kept_at", "news_at")


def without_bounds(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_bounds(one) for name, one in value.items() if name not in BOUNDS}
    return [without_bounds(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("seed", range(LOSSES))
def test_what_is_lost_is_found_again(
    databases: Databases, server: FakeShop, seed: int, reference: dict[str, dict[str, Any]]
) -> None:
    world, store = opened(databases)
    draw = random.Random(seed)
    lost = set(draw.sample(range(len(REQUESTS)), len(REQUESTS) // 5))
    enter(world, [one for place, one in enumerate(REQUESTS) if place not in lost])
    reconcile(world, store, server)
    found = seen(world, store)
    check(found)
    assert without_bounds(found) == without_bounds(reference)
    for number, one in reference.items():
        for name in ("paid_at", "ended_at"):
            assert (found[number][name] is None) == (one[name] is None)


def test_a_store_that_only_answers_is_read_in_full(databases: Databases, server: FakeShop) -> None:
    world, store = opened(databases)
    reconcile(world, store, server)
    check(seen(world, store))
