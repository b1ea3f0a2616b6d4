"""A real WooCommerce store's requests end in the same orders, in whatever order they enter."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from tests.captured import DELIVERED, PLATFORM_STATUS, REFUNDS, SECRET, TRACKED, Captured, captured
from tests.support import World, make_world

from vefa.cli.rebuild import compare
from vefa.database import Databases
from vefa.errors import SignatureError

REQUESTS = captured()
LATER = max(one.received_at for one in REQUESTS) + timedelta(hours=1)


def _shuffled(seed: int) -> list[Captured]:
    draw = random.Random(seed)
    repeated = [one for one in REQUESTS for _ in range(2 if draw.random() < 0.3 else 1)]
    draw.shuffle(repeated)
    return repeated


ENTRANCES = {"in turn": REQUESTS, "reversed": REQUESTS[::-1]} | {
    f"shuffle {n}": _shuffled(n) for n in range(20)
}


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_the_orders_are_the_same(databases: Databases, entrance: str) -> None:
    world = make_world(databases)
    store = world.add_store("shop", REQUESTS[0].received_at, [SECRET], platform="woocommerce", country="SE")
    for position, one in enumerate(ENTRANCES[entrance]):
        world.inbound.keep(one.request("shop"), one.received_at)
        if position % 40 == 0:
            world.work(one.received_at)
    world.work(LATER)
    check_orders(world, store)
    report = compare(databases.main, LATER, repair=False)
    assert (report["orders"], report["differences"]) == (13, 0), report["examples"]


def check_orders(world: World, store: object) -> None:
    found = {
        number.partition(":")[2]: world.order(store, number, LATER)  # type: ignore[arg-type]
        for number in world.numbers(store)  # type: ignore[arg-type]
    }
    assert {number: one["platform_status"] for number, one in found.items()} == PLATFORM_STATUS
    assert {number: one["delivered_at"] for number, one in found.items() if one["delivered_at"]} == DELIVERED
    tracked = {n for n, one in found.items() if any(s["tracking_number"] for s in one["shipments"])}
    assert tracked == TRACKED
    refunds = {(number, refund["amount"]) for number, one in found.items() for refund in one["refunds"]}
    assert refunds == REFUNDS
    assert [found[n]["status"] for n in ("13", "18", "21", "24", "20")] == [
        "delivered",
        "delivered",
        "shipped",
        "shipped",
        "deleted",
    ]


def test_pings_leave_nothing(databases: Databases) -> None:
    world = make_world(databases)
    world.add_store("shop", REQUESTS[0].received_at, [SECRET], platform="woocommerce")
    pings = [one for one in REQUESTS if not one.signed]
    assert len(pings) == 22
    assert [world.inbound.keep(one.request("shop"), one.received_at) for one in pings] == [None] * 22


@pytest.mark.parametrize("one", [one for one in REQUESTS if one.signed][::7])
def test_any_changed_byte_is_refused(databases: Databases, one: Captured) -> None:
    world = make_world(databases)
    world.add_store("shop", one.received_at, [SECRET], platform="woocommerce")
    for place in range(0, len(one.body), max(1, len(one.body) // 23)):
        body = bytearray(one.body)
        body[place] ^= 1
        changed = Captured(one.headers, bytes(body), one.received_at)
        with pytest.raises(SignatureError):
            world.inbound.keep(changed.request("shop"), one.received_at)
