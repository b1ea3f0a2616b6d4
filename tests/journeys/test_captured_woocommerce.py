"""A real WooCommerce store's requests end in the same orders, in whatever order they enter, and some may be lost."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.captured import DELIVERED, PLATFORM_STATUS, REFUNDS, SECRET, TRACKED, Captured, captured
from tests.support import World, make_world
from tests.woocommerce_shop import API, KEYS, TRACKING, WooShop, captured_shop

from vefa.cli.migrate import upgrade
from vefa.cli.rebuild import compare
from vefa.customers import vault
from vefa.database import Databases, open_databases, reading
from vefa.due import work
from vefa.errors import SignatureError
from vefa.inbound.move import FETCH
from vefa.inbound.reconcile import Reconciler
from vefa.platforms import Incoming, platforms
from vefa.settings import Settings
from vefa.stores import access, feeds
from vefa.stores.access import Access
from vefa.stores.records import key_of
from vefa.stores.store import Store
from vefa.subscriptions import FACTS_WAKE

REQUESTS = captured()
SIGNED = [one for one in REQUESTS if one.signed]
BEGAN = REQUESTS[0].received_at
LATER = max(one.received_at for one in REQUESTS) + timedelta(hours=1)
SHUFFLES, LOSSES = (50, 20) if os.environ.get("VEFA_LONG") else (3, 2)
HELD = (
    "order_id", "number", "platform_status", "placed_at", "paid_at", "currency", "total", "lines",
)  # fmt: skip
PARCEL = ("id", "carrier", "tracking_number", "cancelled")
BOUNDS = (("shipped_at", "shipped_after"), ("delivered_at", "delivered_after"))

Orders = dict[str, dict[str, Any]]


def _shuffled(seed: int) -> list[Captured]:
    draw = random.Random(seed)
    repeated = [one for one in REQUESTS for _ in range(2 if draw.random() < 0.3 else 1)]
    draw.shuffle(repeated)
    return repeated


ENTRANCES = {"reversed": REQUESTS[::-1]} | {f"shuffle {n}": _shuffled(n) for n in range(SHUFFLES)}


def opened(databases: Databases) -> tuple[World, Store]:
    world = make_world(databases)
    return world, world.add_store("shop", BEGAN, [SECRET], platform="woocommerce", country="SE")


def enter(world: World, requests: Sequence[Captured]) -> None:
    for position, one in enumerate(requests):
        world.inbound.keep(one.request("shop"), one.received_at)
        if position % 40 == 0:
            world.work(one.received_at)
    world.work(LATER)


def seen(world: World, store: Store) -> Orders:
    """Return every order by its number, as ``vefa order show`` has it."""
    return {
        number.partition(":")[2]: world.order(store, number, LATER) | {"decisions": []}
        for number in world.numbers(store)
    }


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orders]:
    """Return the orders as they are where every request came in turn."""
    databases = open_databases(tmp_path_factory.mktemp("told") / "vefa.db")
    upgrade(databases)
    world, store = opened(databases)
    enter(world, REQUESTS)
    yield seen(world, store)
    databases.dispose()


@pytest.fixture
def shop() -> Iterator[WooShop]:
    server = captured_shop(REQUESTS)
    try:
        yield server
    finally:
        server.close()


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_the_orders_are_the_same(databases: Databases, entrance: str, told: Orders) -> None:
    world, store = opened(databases)
    enter(world, ENTRANCES[entrance])
    assert seen(world, store) == told
    if entrance == "reversed":
        report = compare(databases.main, LATER, repair=False)
        assert (report["orders"], report["differences"]) == (13, 0), report["examples"]


def test_what_the_store_went_through_is_what_they_say(told: Orders) -> None:
    assert {number: one["platform_status"] for number, one in told.items()} == PLATFORM_STATUS
    assert {number: one["delivered_at"] for number, one in told.items() if one["delivered_at"]} == DELIVERED
    tracked = {n for n, one in told.items() if any(s["tracking_number"] for s in one["shipments"])}
    assert tracked == TRACKED
    refunds = {(number, refund["amount"]) for number, one in told.items() for refund in one["refunds"]}
    assert refunds == REFUNDS
    assert [told[n]["status"] for n in ("13", "18", "21", "24", "20")] == [
        "delivered",
        "delivered",
        "shipped",
        "shipped",
        "deleted",
    ]


def test_pings_leave_nothing(databases: Databases) -> None:
    world, _ = opened(databases)
    pings = [one for one in REQUESTS if not one.signed]
    assert len(pings) == 22
    assert [world.inbound.keep(one.request("shop"), one.received_at) for one in pings] == [None] * 22


def test_every_signature_holds_and_none_of_a_changed_body() -> None:
    assert len(SIGNED) == 108
    platform = platforms()["woocommerce"]
    for one in SIGNED:
        headers = {name.lower(): value for name, value in one.headers.items()}
        platform.verify(Incoming(headers, one.body), [SECRET], BEGAN)
        for place in range(0, len(one.body), max(1, len(one.body) // 23)):
            body = bytearray(one.body)
            body[place] ^= 1
            with pytest.raises(SignatureError):
                platform.verify(Incoming(headers, bytes(body)), [SECRET], BEGAN)


def test_a_changed_body_leaves_nothing(databases: Databases) -> None:
    world, _ = opened(databases)
    changed = Captured(SIGNED[0].headers, SIGNED[0].body + b" ", SIGNED[0].received_at)
    with pytest.raises(SignatureError):
        world.inbound.keep(changed.request("shop"), changed.received_at)


def given_key(world: World, store: Store, shop: WooShop, *, pull: bool = False) -> Settings:
    """Give Vefa the shop's key, and return settings by which it may ask on this machine."""
    with world.databases.main.begin() as connection:
        key = key_of(connection, store.id, world.master)
        access.give(connection, store.id, "woocommerce", Access(shop.url, KEYS, pull), key)
    return Settings(allow_private=frozenset({"127.0.0.1"}))


def doubtful_orders(world: World) -> list[str]:
    """Return the orders that are to be asked for."""
    with reading(world.databases.main) as connection:
        rows = connection.scalars(sa.select(work.c.subject).where(work.c.package == FETCH))
        return sorted(subject for subject in rows if ":" in subject)


def reconcile(world: World, store: Store, shop: WooShop, *, pull: bool = False) -> None:
    """Ask the shop page by page to the end of the pass, and for each order of which that said too little."""
    asker = Reconciler(world.databases, world.master, given_key(world, store, shop, pull=pull), FACTS_WAKE)
    for _ in range(40):
        result = asker.look(store.id, ["woocommerce"], LATER)
        assert result.write is not None
        with world.databases.main.begin() as connection:
            result.write(connection)
            state = feeds.state(connection, store.id, "woocommerce")
        if state.cursor is None:
            break
    assert (state.error, state.cursor) == (None, None)
    world.work(LATER)
    asker.look(store.id, doubtful_orders(world), LATER)
    world.work(LATER)


def test_order_21_has_its_tracking_number_by_a_question(
    databases: Databases, shop: WooShop, told: Orders
) -> None:
    assert [one["tracking_number"] for one in told["21"]["shipments"]] == [None]
    world, store = opened(databases)
    enter(world, REQUESTS)
    reconcile(world, store, shop)
    (parcel,) = world.order(store, "21", LATER)["shipments"]
    assert (parcel["tracking_number"], parcel["carrier"]) == (TRACKING, "dhl")
    assert len(shop.said(f"GET {API}/orders/{{id}}/fulfillments")) == 1


def test_an_event_that_says_too_little_leads_to_a_question(databases: Databases, shop: WooShop) -> None:
    """Fulfilments and actions name an order; it is asked for at once, and once for all that named it."""
    world, store = opened(databases)
    asker = Reconciler(world.databases, world.master, given_key(world, store, shop), FACTS_WAKE)
    for one in REQUESTS:
        world.inbound.keep(one.request("shop"), one.received_at)
    world.work(LATER)
    doubtful = doubtful_orders(world)
    named = {str(json.loads(one.body)["arg"]) for one in SIGNED if b'"arg":' in one.body}
    assert {one.partition(":")[2] for one in doubtful} == named and len(doubtful) == len(named) > 10
    asker.look(store.id, doubtful, LATER)
    world.work(LATER)
    (parcel,) = world.order(store, "21", LATER)["shipments"]
    assert parcel["tracking_number"] == TRACKING and doubtful_orders(world) == doubtful


def held(order: dict[str, Any]) -> dict[str, Any]:
    """Return what the shop's answer holds of an order: neither how it came there nor the moments on the way."""
    kept = {name: order[name] for name in HELD}
    parcels = [{name: one[name] for name in PARCEL} for one in order["shipments"]]
    refunds = [(one["id"], one["amount"], one["reason"]) for one in order["refunds"]]
    promised = [(one["kind"], one["source"], one["due"]) for one in order["promises"]]
    return kept | {"shipments": parcels, "refunds": refunds, "promises": promised}


def check_same(found: Orders, whole: Orders, heard: Sequence[Captured]) -> None:
    """Check that orders are the same, and that a moment which only a lost event told is a bound.

    An order that was delivered and then completed says in its answer only that it is completed.
    """
    assert {n: held(one) for n, one in found.items()} == {n: held(one) for n, one in whole.items()}
    told = [
        json.loads(one.body) for one in heard if one.body.startswith(b'{"id":') and b'"status"' in one.body
    ]
    for number, one in whole.items():
        said = {order["date_modified_gmt"]: order["status"] for order in told if str(order["id"]) == number}
        forgotten = one["platform_status"] == "completed" and one["delivered_at"] is not None
        forgotten = forgotten and "delivered" not in said.values()
        assert found[number]["status"] == ("shipped" if forgotten else one["status"])
        for name, bound in BOUNDS[:1] if forgotten else BOUNDS:
            at, answered = one[name], found[number][name]
            assert (answered is None) == (at is None)
            if at != answered and answered.removesuffix("+00:00") not in said:
                assert found[number][bound] is not None and found[number][bound] < at < answered


def holder_of(order: dict[str, Any]) -> str:
    return (
        f"woocommerce:{order['customer_id']}" if order["customer_id"] else f"order:woocommerce:{order['id']}"
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orders]:
    """Return the orders as they are where nothing was lost and the shop was asked."""
    databases, shop = open_databases(tmp_path_factory.mktemp("whole") / "vefa.db"), captured_shop(REQUESTS)
    upgrade(databases)
    world, store = opened(databases)
    enter(world, REQUESTS)
    reconcile(world, store, shop)
    shop.close()
    yield seen(world, store)
    databases.dispose()


@pytest.mark.parametrize("seed", range(LOSSES))
def test_what_was_lost_is_asked_for(databases: Databases, shop: WooShop, whole: Orders, seed: int) -> None:
    draw = random.Random(seed)
    world, store = opened(databases)
    heard = [one for one in REQUESTS if draw.random() >= 0.2]
    enter(world, heard)
    reconcile(world, store, shop)
    check_same(seen(world, store), whole, heard)


def test_from_answers_alone_the_orders_are_the_same(
    databases: Databases, shop: WooShop, whole: Orders
) -> None:
    """A shop that cannot reach Vefa needs a key and nothing else."""
    world, store = opened(databases)
    reconcile(world, store, shop, pull=True)
    check_same(seen(world, store), whole, ())
    assert not shop.webhooks
    emails = {holder_of(order): order["billing"]["email"] for order in shop.orders.values()}
    with reading(databases.main) as connection:
        key = key_of(connection, store.id, world.master)
        people = vault.customers(connection, store.id, list(emails), key)
    assert len(emails) > 1 and {holder: one.email for holder, one in people.items()} == emails
    report = compare(databases.main, LATER, repair=False)
    assert (report["orders"], report["differences"]) == (13, 0), report["examples"]
