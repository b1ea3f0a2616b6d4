"""What carriers say finds its orders, whichever is heard of first, and is folded into each of them."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from tests.build import SECRET, on, parcel, placed, request, standard
from tests.support import World, make_world
from tests.tracking import SENDERS, read
from tests.tracking import request as tracking

from vefa import clock
from vefa.carriers.number import SUBJECT
from vefa.cli.rebuild import compare
from vefa.database import Databases, reading
from vefa.errors import SignatureError, UnknownAddressError
from vefa.facts import Fact
from vefa.inbound import Request
from vefa.inbound.listing import unreadable
from vefa.inbound.move import move
from vefa.lateness.look import assess_orders
from vefa.orders import look as order_look
from vefa.orders import records as orders
from vefa.orders import tracked
from vefa.orders.fold import fold
from vefa.orders.order import Shipment
from vefa.stores import records as stores
from vefa.stores import shops
from vefa.stores.store import Store
from vefa.subscriptions import FACTS_WAKE, ORDERS_WAKE
from vefa.work import work

END = on(30)
Told = tuple[Request, datetime]


@pytest.fixture
def world(databases: Databases) -> World:
    return make_world(databases)


def shop(world: World, slug: str = "shop", **settings: Any) -> Store:
    """Add a store that every tracking service may write to."""
    store = world.add_store(slug, on(-9), [SECRET], timezone="Europe/Istanbul", country="TR", **settings)
    with world.databases.main.begin() as connection:
        key = stores.key_of(connection, store.id, world.master)
        for name, sender in SENDERS.items():
            shops.follow(connection, store.id, name, [sender.secret], key)
    return store


def own(slug: str, at: datetime, *documents: dict[str, Any]) -> list[Told]:
    return [(request(one, slug, clock.real_now()), at) for one in documents]


def scans(
    name: str, slug: str, at: datetime, number: str, *said: tuple[datetime, str], eta: str | None = None
) -> Told:
    """Return what a service tells at ``at`` of a parcel: every scan until then, as it does in each event."""
    body = SENDERS[name].body(number, *said, at=at, eta=eta)
    return tracking(name, slug, body, clock.real_now()), at


def hear(world: World, told: Sequence[Told], end: datetime = END) -> None:
    """Keep each request and work after each, as if it came then."""
    for one, at in told:
        world.inbound.keep(one, at)
        world.work(end)
    world.work(end)


def shipped(order_id: str, name: str, number: str, day: float = 1, **more: Any) -> dict[str, Any]:
    return parcel("shipped", on(day), name, order_id, shipment={"tracking_number": number} | more)


def story(slug: str) -> list[Told]:
    """Return two orders, one with a corrected number, which share a parcel; carriers tell of it from day 2 to 6."""
    arrived = ((on(2), "in_transit"), (on(3), "Teleported"), (on(5), "delivered"), (on(6), "delivered"))
    moved_again = ((on(5), "delivered"), (on(5, hours=3), "out_for_delivery"), (on(6), "delivered"))
    return [
        *own(slug, on(0), placed(deliver_by="2026-03-05"), placed(order_id="2", deliver_by="2026-03-20")),
        *own(slug, on(1), shipped("1", "S1", "WRONG"), shipped("2", "S1", "yk-1")),
        *own(slug, on(1.5), event_with_number("1", "YK 1"), shipped("2", "S2", "YK2")),
        scans("aftership", slug, on(2), "YK1", *arrived[:1], eta="2026-03-04"),
        scans("aftership", slug, on(3), "YK1", *arrived[:2], eta="2026-03-06"),
        scans("easypost", slug, on(2.5), "WRONG", (on(2.2), "delivered")),
        scans("shippo", slug, on(6), "yk1", *arrived[2:]),
        scans("17track", slug, on(6.5), "YK2", *moved_again),
    ]


def event_with_number(order_id: str, number: str) -> dict[str, Any]:
    return parcel("created", on(1.5), "S1", order_id, shipment={"tracking_number": number})


def outcome(world: World, store: Store) -> dict[str, Any]:
    """Return what the orders are in the end; what was decided on the way depends on when what was known."""
    found = {number.partition(":")[2]: world.order(store, number, END) for number in world.numbers(store)}
    passing = ("decisions", "messages")
    return {one: {name: said[name] for name in said if name not in passing} for one, said in found.items()}


def test_orders_end_alike_in_whatever_order_and_however_often_they_are_told(world: World) -> None:
    expected = shop(world, "first")
    hear(world, story("first"))
    first = outcome(world, expected)
    assert [first[one]["status"] for one in "12"] == ["delivered", "delivered"]
    assert first["1"]["delivered_at"] == on(5).isoformat()
    assert first["2"]["delivered_at"] == on(6).isoformat()
    draw = random.Random(5)
    for turn in range(3):
        store = shop(world, f"s{turn}")
        told = story(store.slug)
        told = told[::-1] if turn == 0 else draw.sample(told, len(told)) + draw.choices(told, k=3)
        hear(world, told)
        assert outcome(world, store) == first
    report = compare(world.databases.main, END, repair=False)
    assert (report["differences"], report["waiting"]) == (0, 0) and report["orders"] == 8


@pytest.mark.parametrize("name", sorted(SENDERS))
def test_a_late_arrival_that_only_the_carrier_told_is_late(world: World, name: str) -> None:
    store = shop(world)
    hear(world, own("shop", on(0), placed(deliver_by="2026-03-05"), shipped("1", "S1", "YK1")), on(2))
    hear(world, [scans(name, "shop", on(2), "YK 1", (on(1.5), "exception"), eta="2026-03-09")], on(2))
    assert judged(world, store, on(2)) == ("at_risk", "exception_scan")
    hear(world, [scans(name, "shop", on(8), "yk1", (on(1.5), "exception"), (on(7), "delivered"))], on(8))
    assert judged(world, store, on(8)) == ("delivered_late", "delivered_late")
    parcel = parcel_of(world, store, on(8))
    assert (str(parcel.carrier).lower(), parcel.scan) == ("ups", "delivered")


def judged(world: World, store: Store, now: datetime) -> tuple[str, str]:
    with reading(world.databases.main) as connection:
        found = assess_orders(connection, store.id, ["standard:1"], now)["standard:1"].judgement
    return found.state.value, found.reason


def test_an_unknown_word_moves_nothing_but_is_news(world: World) -> None:
    store = shop(world)
    hear(world, own("shop", on(0), placed(deliver_by="2026-03-05"), shipped("1", "S1", "YK1")), on(3))
    before = world.order(store, "1", on(3))
    hear(world, [scans("aftership", "shop", on(3), "YK1", (on(2.5), "Teleported"))], on(3))
    after = world.order(store, "1", on(3))
    assert {name for name in before if before[name] != after[name]} <= {"facts", "news_at", "digest"}
    with reading(world.databases.main) as connection:
        (order,) = orders.load(connection, store.id, ["standard:1"], on(3)).values()
    assert order.news_at == on(2.5) and order.shipments[0].scan is None


@pytest.mark.contract
@pytest.mark.parametrize("known", [False, True], ids=["new number", "number of another order"])
def test_a_scan_that_comes_while_its_order_is_looked_at_is_not_lost(world: World, known: bool) -> None:
    """Neither sees the other: the look read before the scan was written, and the scan found no number yet."""
    store = shop(world)
    engine = world.databases.main
    others = own("shop", on(0), placed(order_id="2"), shipped("2", "S1", "YK1")) if known else []
    hear(world, others, on(1))
    for told in own("shop", on(0), placed(), shipped("1", "S1", "YK1")):
        world.inbound.keep(*told)
    assert move(world.databases, world.master, FACTS_WAKE, on(2))
    looked = order_look.look(engine, ORDERS_WAKE, store.id, ["standard:1", "standard:2"], on(2))
    world.inbound.keep(*scans("aftership", "shop", on(2), "YK1", (on(1.5), "in_transit")))
    assert move(world.databases, world.master, FACTS_WAKE, on(2))
    assert (tracked.look(engine, store.id, [f"{SUBJECT}YK1"], on(2)).write is not None) is known
    assert looked.write is not None
    with engine.begin() as connection:
        connection.execute(work.delete())
        looked.write(connection)
    world.work(on(2))
    assert parcel_of(world, store, on(2)).scan == "in_transit"


def parcel_of(world: World, store: Store, now: datetime) -> Shipment:
    """Return the first order's parcel as its row and its facts tell it."""
    with reading(world.databases.main) as connection:
        (order,) = orders.load(connection, store.id, ["standard:1"], now).values()
        row = connection.execute(
            sa.select(orders.shipments.c.scan, orders.shipments.c.tracking_key).where(
                orders.shipments.c.order_id == "standard:1"
            )
        ).one()
    assert row == (order.shipments[0].scan, "YK1")
    return order.shipments[0]


def test_a_service_that_is_not_connected_cannot_write(world: World) -> None:
    world.add_store("other", on(-9), [SECRET])
    told, at = scans("aftership", "other", on(2), "YK1", (on(1), "delivered"))
    with pytest.raises(UnknownAddressError):
        world.inbound.keep(told, at)
    shop(world)
    with pytest.raises(SignatureError):
        world.inbound.keep(Request("shop", "aftership", {}, told.body), at)
    with pytest.raises(UnknownAddressError):
        world.inbound.keep(Request(None, "aftership", told.headers, told.body), at)


def test_a_signed_body_that_cannot_be_read_is_kept_and_shown(world: World) -> None:
    store = shop(world)
    body = json.dumps({"event": "tracking_update", "msg": {"tracking_number": "9" * 99}}).encode()
    assert world.inbound.keep(tracking("aftership", "shop", body, clock.real_now()), on(1))
    world.work(on(1))
    with reading(world.databases.main) as connection:
        (row,) = unreadable(connection, store.id)
    assert (row.platform, row.error) == ("aftership", "The tracking number cannot be one.")


@pytest.mark.contract
def test_what_is_told_of_nobodys_parcel_is_kept_for_a_while(world: World) -> None:
    store = shop(world)
    hear(world, own("shop", on(0), placed(), shipped("1", "S1", "YK1")), on(3))
    for number in ("YK1", "NOBODYS"):
        hear(world, [scans("aftership", "shop", on(3), number, (on(2), "in_transit"))], on(3))
    for before, gone in ((on(2), 0), (on(4), 1), (on(4), 0)):
        with world.databases.main.begin() as connection:
            assert tracked.drop_nobodys(connection, store.id, before) == gone
    assert parcel_of(world, store, on(3)).scan == "in_transit"


@pytest.mark.contract
def test_two_stores_with_one_number_hear_only_their_own(world: World) -> None:
    one, two = shop(world, "one"), shop(world, "two")
    for slug in ("one", "two"):
        hear(world, own(slug, on(0), placed(), shipped("1", "S1", "YK1")), on(3))
    hear(world, [scans("aftership", "one", on(3), "YK1", (on(2), "delivered"))], on(3))
    assert world.order(one, "1", on(3))["delivered_at"] and not world.order(two, "1", on(3))["delivered_at"]


SAID = [
    fact
    for name in ("aftership", "17track")
    for fact in read(
        name,
        SENDERS[name].body(
            "YK1",
            (on(2), "in_transit"),
            (on(4), "delivered"),
            (on(4), "Teleported"),
            (on(6), "in_transit"),
            at=on(6),
        ),
        on(6),
    )
] + standard(
    placed(),
    shipped("1", "S1", "YK1"),
    shipped("1", "S2", "yk 1"),
    parcel("scanned", on(3), "S2", status="exception"),
)


@given(st.permutations(range(len(SAID))), st.lists(st.sampled_from(SAID), max_size=5), st.integers(0, 10))
def test_no_order_of_facts_matters(sequence: list[int], again: list[Fact], day: int) -> None:
    shuffled = [SAID[place] for place in sequence] + again
    assert fold("standard:1", shuffled, on(day)) == fold("standard:1", SAID, on(day))


def test_a_parcel_that_moves_after_its_delivery_is_not_delivered() -> None:
    days = {day: fold("standard:1", SAID, on(day)) for day in (1, 3, 5, 7)}
    assert [order.status for order in days.values()] == ["shipped", "shipped", "delivered", "shipped"]
    assert [order.shipments[0].scan for order in days.values()] == [
        None,
        "in_transit",
        "delivered",
        "in_transit",
    ]
