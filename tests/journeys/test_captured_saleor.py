"""A real Saleor store's requests end in the same orders, in whatever order they enter, and some may be lost."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.fake_shop import Asked, FakeShop, answer, fake_shop
from tests.saleor import DOMAIN, SECRETS, Captured, captured
from tests.support import World, make_world

from vefa.cli.migrate import upgrade
from vefa.cli.rebuild import compare
from vefa.database import Databases, open_databases
from vefa.errors import SignatureError
from vefa.exchange import Answer
from vefa.inbound.reconcile import Reconciler
from vefa.settings import Settings
from vefa.stores import access, feeds, shops
from vefa.stores.access import Access
from vefa.stores.records import key_of
from vefa.stores.store import Store
from vefa.subscriptions import FACTS_WAKE

REQUESTS = captured()
BEGAN = REQUESTS[0].received_at
LATER = REQUESTS[-1].received_at + timedelta(hours=1)
SHUFFLES = 50 if os.environ.get("VEFA_LONG") else 3
STATUS = {
    **dict.fromkeys(("21", "22", "25"), "delivered"),
    **dict.fromkeys(("26", "27"), "paid"),
    "23": "cancelled",
    "24": "refunded",
}
TRACKED = {
    "21": ["1Z999AA10000000021"],
    "22": ["1Z999AA20000000022"],
    "25": ["1Z999AA10000000025"],
    "26": ["1Z999AA10000000026", "1Z999AA10000000026"],
}
DELIVERED = {
    "21": "2026-11-21T21:29:55+00:00",
    "22": "2026-11-21T21:30:18+00:00",
    "25": "2026-11-21T21:30:53+00:00",
}
# What an event alone tells to the second; an answer tells by when.
MOMENTS = ("paid_at", "ended_at", "created_at", "settled_at")
AMOUNTS = ("total", "amount")


def _shuffled(seed: int) -> list[Captured]:
    draw = random.Random(seed)
    repeated = [one for one in REQUESTS for _ in range(2 if draw.random() < 0.3 else 1)]
    draw.shuffle(repeated)
    return repeated


ENTRANCES: dict[str, Sequence[Captured]] = {"reversed": REQUESTS[::-1]} | {
    f"shuffle {n}": _shuffled(n) for n in range(SHUFFLES)
}


def opened(databases: Databases) -> tuple[World, Store]:
    """Return a world with one store, connected to the domain of the real one."""
    world = make_world(databases)
    store = world.add_store(
        "shop", BEGAN, SECRETS, platform="saleor", country="US", promise_keys=["vefa_promise"],
        delivery_evidence="status", delivery_days={"*": 3},
    )  # fmt: skip
    with databases.main.begin() as connection:
        shops.set_account(connection, store.id, "saleor", DOMAIN)
    return world, store


def enter(world: World, requests: Sequence[Captured]) -> None:
    for position, one in enumerate(requests):
        world.inbound.keep(one.request(None if position % 2 else "shop"), one.received_at)
        if position % 60 == 0:
            world.work(one.received_at)
    world.work(LATER)


def seen(world: World, store: Store, now: datetime = LATER) -> dict[str, dict[str, Any]]:
    """Return every order by its number, as ``vefa order show`` has it."""
    found = {number: world.order(store, number, now) for number in world.numbers(store)}
    return {one["number"]: one for one in found.values()}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return the orders as they are where every request came in turn."""
    databases = open_databases(tmp_path_factory.mktemp("reference") / "vefa.db")
    upgrade(databases)
    world, store = opened(databases)
    enter(world, REQUESTS)
    found = seen(world, store)
    databases.dispose()
    return found


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_the_orders_are_the_same(
    databases: Databases, entrance: str, reference: dict[str, dict[str, Any]]
) -> None:
    world, store = opened(databases)
    enter(world, ENTRANCES[entrance])
    found = seen(world, store)
    assert found == reference
    if entrance == "reversed":
        report = compare(databases.main, LATER, repair=False)
        assert (report["orders"], report["differences"]) == (7, 0), report["examples"]


def test_what_the_store_went_through_is_what_they_say(reference: dict[str, dict[str, Any]]) -> None:
    """Two parcels with one number stay two; a full refund leaves Saleor's own status as it was."""
    found = reference
    assert {number: one["status"] for number, one in found.items()} == STATUS
    assert {number: one["delivered_at"] for number, one in found.items() if one["delivered_at"]} == DELIVERED
    numbers = {number: [s["tracking_number"] for s in one["shipments"]] for number, one in found.items()}
    assert {number: listed for number, listed in numbers.items() if listed} == TRACKED
    assert found["24"]["platform_status"] == "UNFULFILLED"
    refunds = {(n, Decimal(refund["amount"])) for n, one in found.items() for refund in one["refunds"]}
    assert refunds == {("24", Decimal("119.59")), ("25", Decimal(1))}
    promised = {
        n: [p["due"] for p in one["promises"] if p["source"] == "checkout"] for n, one in found.items()
    }
    assert {n: due for n, due in promised.items() if due} == {n: ["2026-11-21"] for n in DELIVERED}


def test_the_customer_is_whom_the_order_is_for_and_nowhere_in_the_facts(databases: Databases) -> None:
    world, _ = opened(databases)
    enter(world, REQUESTS)
    with databases.main.connect() as connection:
        told = str(connection.exec_driver_sql("SELECT * FROM facts").all())
    assert "order:saleor:" in told
    for name in ("example.com", "Öberg", "+1202555", "Amphitheatre", "94043"):
        assert name not in told


def test_every_signature_holds_and_none_of_a_changed_body(databases: Databases) -> None:
    world, _ = opened(databases)
    assert len(REQUESTS) == 109 and {one.own_query for one in REQUESTS} == {True, False}
    for one in REQUESTS:
        for place in range(0, len(one.body), max(1, len(one.body) // 3)):
            body = bytearray(one.body)
            body[place] ^= 1
            with pytest.raises(SignatureError):
                world.inbound.keep(
                    Captured(one.headers, bytes(body), one.received_at).request("shop"), one.received_at
                )
    assert all(world.inbound.keep(one.request("shop"), one.received_at) for one in REQUESTS)


def newest() -> dict[str, dict[str, Any]]:
    """Return each order as the store has it in the end: its newest body that our own query was answered with."""
    found: dict[str, dict[str, Any]] = {}
    for one in sorted((one for one in REQUESTS if one.own_query), key=lambda one: one.document["issuedAt"]):
        found[one.document["order"]["id"]] = one.document["order"]
    # The last order was paid before the recording ended; only the older payload tells so.
    paid = {"isPaid": True, "paymentStatus": "FULLY_CHARGED", "chargeStatus": "FULL", "status": "UNFULFILLED"}
    last = next(key for key, order in found.items() if order["number"] == "27")
    return found | {last: found[last] | paid | {"updatedAt": "2026-11-21T21:31:19.500000+00:00"}}


def graphql(orders: dict[str, dict[str, Any]], page: int = 3) -> Any:
    """Return a route that answers as Saleor does: lists by ``updatedAt``, a page at a time, and single orders."""

    def respond(asked: Asked) -> Answer:
        if asked.headers.get("authorization") != "Bearer T":
            return answer({"errors": [{"extensions": {"exception": {"code": "PermissionDenied"}}}]})
        variables = asked.json["variables"]
        if "id" in variables:
            return answer({"data": {"order": orders.get(variables["id"])}})
        wanted = variables["filter"].get("updatedAt", {})
        status = variables["filter"].get("status")
        after = variables["after"] or ""
        listed = [
            order
            for order in sorted(orders.values(), key=lambda order: order["updatedAt"])
            if wanted.get("gte", "") <= order["updatedAt"] <= wanted.get("lte", "9")
            and (status is None or order["status"] in status)
            and order["updatedAt"] > after
        ]
        ends = listed[:page]
        info = {"hasNextPage": len(listed) > page, "endCursor": ends[-1]["updatedAt"] if ends else None}
        edges = [{"node": order} for order in ends]
        return answer({"data": {"orders": {"pageInfo": info, "edges": edges}}})

    return respond


@pytest.fixture
def server() -> Iterator[FakeShop]:
    with fake_shop({"POST /graphql/": graphql(newest())}) as shop:
        yield shop


def reconcile(world: World, store: Store, server: FakeShop, now: datetime) -> None:
    """Ask the store page by page, until the pass is at its end."""
    with world.databases.main.begin() as connection:
        key = key_of(connection, store.id, world.master)
        access.give(connection, store.id, "saleor", Access(server.url, {"auth_token": "T"}), key)
    asker = Reconciler(
        world.databases, world.master, Settings(allow_private=frozenset({"127.0.0.1"})), FACTS_WAKE
    )
    for _ in range(20):
        result = asker.look(store.id, ["saleor"], now)
        with world.databases.main.begin() as connection:
            result.write(connection)
            state = feeds.state(connection, store.id, "saleor")
        if state.cursor is None:
            break
    assert (state.error, state.cursor) == (None, None)
    world.work(now)


def told(document: Any) -> Any:
    """Return what stands in an answer, without the moments that an event alone tells."""
    if isinstance(document, dict):
        kept = {key: told(value) for key, value in document.items() if key not in MOMENTS}
        return kept | {key: Decimal(kept[key]) for key in AMOUNTS if key in kept}
    return [told(one) for one in document] if isinstance(document, list) else document


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("seed", range(SHUFFLES // 2))
def test_what_was_lost_is_asked_for(
    databases: Databases, server: FakeShop, seed: int, reference: dict[str, dict[str, Any]]
) -> None:
    draw = random.Random(seed)
    world, store = opened(databases)
    enter(world, [one for one in REQUESTS if draw.random() >= 0.2])
    reconcile(world, store, server, LATER)
    found = seen(world, store)
    assert told(found) == told(reference)
    for number, one in reference.items():
        for name in ("paid_at", "ended_at"):
            told_at, answered_at = one[name], found[number][name]
            assert (answered_at is None) == (told_at is None)
            assert not told_at or abs(instant(answered_at) - instant(told_at)) < timedelta(seconds=5)


def test_from_answers_alone_the_orders_are_the_same(
    databases: Databases, server: FakeShop, reference: dict[str, dict[str, Any]]
) -> None:
    world, store = opened(databases)
    reconcile(world, store, server, LATER)
    found = seen(world, store)
    assert told(found) == told(reference)


def test_a_parcel_that_changed_without_its_order_is_found(databases: Databases, server: FakeShop) -> None:
    """Saleor leaves ``updatedAt`` where it was when a tracking number or a parcel's metadata change."""
    lost = ("fulfillment_metadata_updated", "order_metadata_updated", "fulfillment_tracking_number_updated")
    world, store = opened(databases)
    before = [
        one for one in REQUESTS if one.event not in lost and one.received_at < BEGAN + timedelta(seconds=26)
    ]
    enter(world, [one for one in before if b'"number": "22"' in one.body or b'"number": 22' in one.body])
    assert seen(world, store)["22"]["delivered_at"] is None
    changed = BEGAN.replace(hour=23, minute=20)
    with databases.main.begin() as connection:
        feeds.note(connection, store.id, "saleor", asked_until=changed)
    reconcile(world, store, server, changed + timedelta(minutes=15))
    found = seen(world, store, changed + timedelta(days=1))["22"]
    assert found["delivered_at"] == DELIVERED["22"]
    assert [one["tracking_number"] for one in found["shipments"]] == TRACKED["22"]
