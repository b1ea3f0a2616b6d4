"""What carriers said of a person's parcels is erased with them, and the orders stay what they were."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa
from tests.build import on
from tests.customers.test_erase import OTHER, live, make, redact, store_of, tell, traces
from tests.shopify import fulfillment, order
from tests.support import World
from tests.tracking import SENDERS, request

from vefa import clock, journal
from vefa.carriers.number import SUBJECT
from vefa.cli.rebuild import compare
from vefa.customers import parcels
from vefa.database import Databases, reading
from vefa.stores import records as stores
from vefa.stores import shops

NUMBER = "YK123"


@pytest.fixture
def world(databases: Databases) -> World:
    return connected(databases)


def connected(databases: Databases) -> World:
    """Return the two shops of the erasure's tests; a tracking service writes to both."""
    world = make(databases)
    with databases.main.begin() as connection:
        for store_id in (1, 2):
            key = stores.key_of(connection, store_id, world.master)
            shops.follow(connection, store_id, "aftership", [SENDERS["aftership"].secret], key)
    return world


def scanned(
    world: World, at: datetime, *said: tuple[datetime, str], number: str = "yk 123", store: str = "one"
) -> None:
    body = (
        SENDERS["aftership"]
        .body(number, *said, at=at)
        .replace(b'"message":', b'"location": "Kad\\u0131k\\u00f6y", "message":')
    )
    world.inbound.keep(request("aftership", store, body, clock.real_now()), at)
    world.work(at)


def told(world: World, store_id: int = 1) -> list[str]:
    """Return the numbers of which a carrier's word is kept."""
    facts = journal.facts
    with reading(world.databases.main) as connection:
        mine = sa.select(facts.c.subject).where(
            facts.c.store_id == store_id, facts.c.subject.startswith(SUBJECT)
        )
        return sorted(set(connection.scalars(mine)))


def test_the_parcel_leads_nobody_back(world: World) -> None:
    live(world)
    scanned(world, on(6), (on(3), "out_for_delivery"), (on(5), "delivered"), (on(5.5), "Teleported"))
    scanned(world, on(6), (on(5), "delivered"), store="two")
    assert {"facts: YK123", "facts: Kadıköy", "raw_bodies: Kadıköy"} <= traces(world, store_of(world))
    before = world.order(store_of(world), "#1001", on(6))
    redact(world, on(6))
    assert traces(world, store_of(world)) == set() and told(world) == []
    after = world.order(store_of(world), "#1001", on(6))
    assert before["delivered_at"] == after["delivered_at"] == on(5).isoformat()
    assert [one["state"] for one in after["promises"]] == [one["state"] for one in before["promises"]]
    assert told(world, 2) == [f"{SUBJECT}{NUMBER}"]
    report = compare(world.databases.main, on(6), repair=False)
    assert (report["waiting"], report["examples"]) == (0, [])


def test_what_is_told_of_it_later_is_refused_until_the_number_is_anothers(world: World) -> None:
    live(world)
    scanned(world, on(5), (on(3), "out_for_delivery"))
    redact(world, on(6))
    scanned(world, on(7), (on(3), "out_for_delivery"), (on(6.5), "delivered"))
    assert told(world) == [] and traces(world, store_of(world)) == set()
    scanned(world, on(400), (on(399), "in_transit"))
    assert told(world) == [f"{SUBJECT}{NUMBER}"]


def test_a_parcel_that_holds_anothers_order_too_stays_theirs(world: World) -> None:
    live(world)
    tell(world, "orders/create", order(number=2, customer=OTHER, email=OTHER["email"]), on(1))
    shared = order(on(1), number=2, customer=OTHER, email=OTHER["email"], fulfillments=[fulfillment(on(1))])
    tell(world, "orders/updated", shared, on(1))
    scanned(world, on(5), (on(4), "in_transit"))
    redact(world, on(6))
    scanned(world, on(8), (on(7), "delivered"))
    assert world.order(store_of(world), "#1002", on(8))["delivered_at"] == on(7).isoformat()
    assert not world.order(store_of(world), "#1001", on(8))["delivered_at"]


def test_of_a_closed_shop_nothing_is_left(world: World) -> None:
    scanned(world, on(5), (on(4), "in_transit"), number="nobodys")
    scanned(world, on(5), (on(4), "in_transit"), number="nobodys", store="two")
    with world.databases.main.begin() as connection:
        parcels.forget_all(connection, 1)
    assert told(world) == [] and told(world, 2) == [f"{SUBJECT}NOBODYS"]
