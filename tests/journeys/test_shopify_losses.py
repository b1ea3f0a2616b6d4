"""A Shopify shop that loses a fifth of its events ends the same, once it was asked."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.build import START, on
from tests.shopify import SHOP, carrier, fulfillment, line, order, request
from tests.shopify_shop import CLIENT, SECRET, ShopifyShop
from tests.support import World, make_world

from vefa.cli.migrate import upgrade
from vefa.cli.rebuild import compare
from vefa.database import Databases, open_databases, reading
from vefa.inbound.reconcile import Reconciler
from vefa.settings import Settings
from vefa.stores import access, feeds, shops
from vefa.stores.access import Access
from vefa.stores.records import key_of
from vefa.stores.store import Store
from vefa.subscriptions import FACTS_WAKE

Document = dict[str, Any]
Event = tuple[str, Document, datetime]

SEEDS = 20 if os.environ.get("VEFA_LONG") else 2
LATER = on(20)
# Moments that an event alone tells to the second, and what was decided by what was known before.
MOMENTS = ("paid_at", "ended_at", "created_at", "settled_at", "decisions")
BEFORE = {"client_id": CLIENT, "client_secret": SECRET}


def story(number: int) -> tuple[list[Event], Document]:
    """Return what is sent of an order, and the order as the shop has it in the end."""
    due = f"2026-03-{4 + number % 3:02}"
    first = [line(10 * number + one) for one in range(1, 2 + number % 4)]
    unpaid = order(on(0), number, due, financial_status="pending", line_items=first)
    paid = unpaid | {"financial_status": "paid", "updated_at": on(0, hours=1).isoformat()}
    events: list[Event] = [("orders/create", unpaid, on(0)), ("orders/paid", paid, on(0, hours=1))]
    if number % 5 == 0:
        gone = {
            "updated_at": on(1).isoformat(),
            "cancelled_at": on(1).isoformat(),
            "cancel_reason": "customer",
        }
        refund = {
            "id": 70 + number, "admin_graphql_api_id": f"gid://shopify/Refund/{70 + number}", "order_id": number,
            "created_at": on(1).isoformat(), "processed_at": on(1).isoformat(),
            "transactions": [{"id": 80 + number, "kind": "refund", "status": "success", "amount": "450.00"}],
        }  # fmt: skip
        last = paid | gone | {"financial_status": "refunded", "refunds": [refund]}
        return [*events, ("refunds/create", refund, on(1)), ("orders/cancelled", last, on(1))], last
    parcels = [
        fulfillment(
            on(1, hours=one), 100 * number + one, number, line_items=[first[min(one, len(first) - 1)]]
        )
        for one in range(1 + number % 3)
    ]
    words = [
        carrier(word, on(day), parcel["id"], number, id=parcel["id"] * 10 + place)
        for parcel in parcels
        for place, (word, day) in enumerate((("in_transit", 2), ("out_for_delivery", 4), ("delivered", 5)))
        if number % 4 or word != "delivered"
    ]
    left = paid | {"updated_at": on(1, hours=9).isoformat(), "fulfillments": parcels}
    last = left | {"updated_at": on(6).isoformat(), "events": words}
    sent = [("fulfillments/create", one, datetime.fromisoformat(one["created_at"])) for one in parcels]
    told = [("fulfillment_events/create", one, datetime.fromisoformat(one["happened_at"])) for one in words]
    plain = {name: value for name, value in last.items() if name != "events"}
    return [
        *events,
        *sent,
        ("orders/updated", left, on(1, hours=9)),
        *told,
        ("orders/updated", plain, on(6)),
    ], last


STORIES = [story(number) for number in range(1, 13)]
EVENTS = sorted((event for events, _ in STORIES for event in events), key=lambda event: event[2])


def opened(databases: Databases) -> tuple[World, Store]:
    world = make_world(databases)
    store = world.add_store(
        "shop", START, [SECRET], platform="shopify", country="TR", timezone="Europe/Istanbul",
        delivery_evidence="carrier", promise_keys=["_estimated_delivery"], delivery_days={"*": 3},
    )  # fmt: skip
    with databases.main.begin() as connection:
        shops.set_account(connection, store.id, "shopify", SHOP)
    return world, store


def enter(world: World, events: list[Event]) -> None:
    for topic, body, at in events:
        assert world.inbound.keep(request(topic, body, at, "shop", secret=SECRET), at)
    world.work(LATER)


def seen(world: World, store: Store) -> dict[str, Document]:
    return {number: world.order(store, number, LATER) for number in world.numbers(store)}


def told(document: Any) -> Any:
    """Return what stands in an answer: without moments that an event alone tells, amounts as numbers."""
    if isinstance(document, dict):
        kept = {key: told(value) for key, value in document.items() if key not in MOMENTS}
        return kept | {key: Decimal(kept[key]) for key in ("total", "amount") if kept.get(key)}
    return [told(one) for one in document] if isinstance(document, list) else document


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Document]:
    """Return the orders as they are where every event came in turn."""
    databases = open_databases(tmp_path_factory.mktemp("reference") / "vefa.db")
    upgrade(databases)
    world, store = opened(databases)
    enter(world, EVENTS)
    found = seen(world, store)
    databases.dispose()
    return found


@pytest.fixture
def server() -> Iterator[ShopifyShop]:
    shop = ShopifyShop([last for _, last in STORIES])
    yield shop
    shop.close()


def reconcile(world: World, store: Store, server: ShopifyShop, now: datetime = LATER) -> None:
    """Ask the shop page by page with a pair that has no token yet, until the pass is at its end."""
    with world.databases.main.begin() as connection:
        key = key_of(connection, store.id, world.master)
        if access.of(connection, store.id, "shopify", key) is None:
            access.give(connection, store.id, "shopify", Access(server.url, BEFORE), key)
    asker = Reconciler(
        world.databases, world.master, Settings(allow_private=frozenset({"127.0.0.1"})), FACTS_WAKE
    )
    for _ in range(20):
        result = asker.look(store.id, ["shopify"], now)
        with world.databases.main.begin() as connection:
            result.write(connection)
            state = feeds.state(connection, store.id, "shopify")
        if state.cursor is None:
            break
    assert (state.error, state.cursor) == (None, None)
    world.work(now)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_was_lost_is_asked_for(
    databases: Databases, server: ShopifyShop, seed: int, reference: dict[str, Document]
) -> None:
    draw = random.Random(seed)
    world, store = opened(databases)
    enter(world, [event for event in EVENTS if draw.random() >= 0.2])
    reconcile(world, store, server)
    assert told(seen(world, store)) == told(reference)
    if not seed:
        report = compare(databases.main, LATER, repair=False)
        assert (report["orders"], report["differences"]) == (12, 0), report["examples"]


def test_from_answers_alone_the_orders_are_the_same(
    databases: Databases, server: ShopifyShop, reference: dict[str, Document]
) -> None:
    world, store = opened(databases)
    reconcile(world, store, server)
    assert told(seen(world, store)) == told(reference)
    with databases.main.connect() as connection:
        facts = str(connection.exec_driver_sql("SELECT * FROM facts").all())
    assert "order:shopify:1" in facts and "example.com" not in facts and "Çelik" not in facts


def test_a_token_is_asked_for_once_a_day_and_kept_sealed(
    databases: Databases, server: ShopifyShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [START]
    monkeypatch.setattr("vefa.clock.real_now", lambda: now[0])
    world, store = opened(databases)
    for hours in (0, 1, 23, 24, 25):
        now[0] = START + timedelta(hours=hours)
        reconcile(world, store, server)
    assert len(server.grants) == 2
    with reading(databases.main) as connection:
        kept = access.of(connection, store.id, "shopify", key_of(connection, store.id, world.master))
        stored = str(connection.exec_driver_sql("SELECT * FROM connections").all())
    assert kept is not None and kept.keys["access_token"] == server.token
    assert server.token not in stored and SECRET not in stored
