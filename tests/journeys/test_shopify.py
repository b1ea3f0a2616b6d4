"""Two Shopify shops of one application, from the first request to the customers' letters."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.build import on
from tests.shopify import PERSON, SECRET, SHOP, carrier, fulfillment, order, request
from tests.support import World, make_world

from vefa.cli.rebuild import compare
from vefa.database import Databases, reading
from vefa.lateness.records import of_orders
from vefa.stores import shops
from vefa.stores.records import by_slug
from vefa.stores.store import Store

OTHER = "two.myshopify.com"
WHO = {"email": "jale@example.com"}
DUE = "2026-03-04"
LEFT = fulfillment(on(1))
LATE = [
    ("orders/create", order(deliver_by=DUE, **WHO), on(0)),
    ("orders/paid", order(on(0, minutes=1), deliver_by=DUE, **WHO), on(0, minutes=1)),
    ("fulfillments/create", LEFT, on(1)),
    ("orders/fulfilled", order(on(1), deliver_by=DUE, fulfillments=[LEFT], **WHO), on(1)),
    ("fulfillment_events/create", carrier("in_transit", on(1, hours=5)), on(1, hours=5)),
]
ARRIVED = ("fulfillment_events/create", carrier("delivered", on(4, hours=20)), on(4, hours=20))


@pytest.fixture
def world(databases: Databases) -> World:
    world = make_world(databases)
    for slug, account in (("one", SHOP), ("two", OTHER)):
        store = world.add_store(
            slug,
            on(-9),
            [SECRET],
            platform="shopify",
            timezone="Europe/Istanbul",
            country="TR",
            languages=["tr"],
            delivery_evidence="carrier",
        )
        world.send(store, on(-9))
        with databases.main.begin() as connection:
            shops.set_account(connection, store.id, "shopify", account)
    return world


def tell(world: World, told: list[tuple[str, Any, datetime]], shop: str = SHOP) -> None:
    for topic, body, at in told:
        world.inbound.keep(request(topic, body, at, shop=shop), at)


def of(world: World, slug: str) -> Store:
    with reading(world.databases.main) as connection:
        return by_slug(connection, slug)


def state(world: World, slug: str) -> str:
    with reading(world.databases.main) as connection:
        return str(of_orders(connection, of(world, slug).id, ["shopify:1"])["shopify:1"]["state"])


def run(world: World, told: list[tuple[str, Any, datetime]], until: datetime, shop: str = SHOP) -> None:
    for one in sorted(told, key=lambda one: one[2]):
        world.run(one[2] - timedelta(minutes=1), one[2])
        tell(world, [one], shop)
    world.run(told[-1][2], until)


def test_a_late_order_gets_its_notice_in_the_customers_language(world: World) -> None:
    run(world, LATE, on(4))
    assert state(world, "one") == "late"
    ((sender, recipient, data),) = world.sink.messages
    assert (sender, recipient) == ("care@one.example", WHO["email"])
    assert b"Content-Language: tr" in data and b"1001" in data


def test_an_order_that_arrived_in_time_gets_none(world: World) -> None:
    in_time = ("fulfillment_events/create", carrier("delivered", on(2)), on(2))
    run(world, [*LATE, in_time], on(3))
    found = world.order(of(world, "one"), "#1001", on(3))
    assert (found["status"], state(world, "one")) == ("delivered", "on_track")
    assert world.sink.messages == []


def test_an_arrival_by_a_carriers_word_ends_the_delay(world: World) -> None:
    run(world, [*LATE, ARRIVED], on(5))
    found = world.order(of(world, "one"), "#1001", on(5))
    assert (found["status"], state(world, "one")) == ("delivered", "delivered_late")
    report = compare(world.databases.main, on(5), repair=False)
    assert (report["differences"], report["waiting"]) == (0, 0)


def test_the_order_of_arrival_and_retries_change_nothing(world: World) -> None:
    told = [*LATE, ARRIVED]
    run(world, told, on(6))
    shuffled = told * 2
    random.Random(4).shuffle(shuffled)
    for topic, body, at in shuffled:
        world.inbound.keep(request(topic, body, at, shop=OTHER), on(5))
    world.run(on(5), on(6))
    one, two = (world.order(of(world, slug), "#1001", on(6)) for slug in ("one", "two"))
    for name in ("status", "promises", "shipments", "total", "paid_at", "delivered_at"):
        assert one[name] == two[name], name
    assert state(world, "one") == state(world, "two") == "delivered_late"


def test_two_shops_stay_apart(world: World) -> None:
    run(world, LATE, on(4))
    assert world.numbers(of(world, "one")) == ["shopify:1"]
    assert world.numbers(of(world, "two")) == []
    tell(world, [("orders/create", order(deliver_by="2026-04-01"), on(4))], OTHER)
    world.work(on(4))
    assert (state(world, "two"), state(world, "one")) == ("on_track", "late")
    assert PERSON["email"] not in repr(world.order(of(world, "one"), "#1001", on(4)))


def test_without_a_carriers_word_nobody_is_told_that_it_is_late(world: World) -> None:
    silent = world.add_store(
        "three", on(-9), [SECRET], platform="shopify", country="TR", timezone="Europe/Istanbul"
    )
    world.send(silent, on(-9))
    told = [one for one in LATE if not one[0].startswith("fulfillment_events")]
    for topic, body, at in told:
        world.inbound.keep(request(topic, body, at, "three"), at)
    world.run(on(0), on(4))
    with reading(world.databases.main) as connection:
        row = of_orders(connection, silent.id, ["shopify:1"])["shopify:1"]
    assert row["state"] == "unconfirmed"
