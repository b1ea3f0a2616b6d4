"""Nobody who was erased can be found anywhere, in clear or with the store's key; what comes later is sorted out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from tests.build import START, on
from tests.shopify import (
    CUSTOMER,
    PERSON,
    PLACE,
    SECRET,
    SHOP,
    asked,
    carrier,
    fulfillment,
    gid,
    order,
    request,
)
from tests.support import World, make_world

from vefa import journal
from vefa.cli.rebuild import compare
from vefa.customers import erase, records, vault
from vefa.database import Databases, intake_metadata, metadata, reading
from vefa.errors import ConfigurationError
from vefa.outreach.records import messages
from vefa.platforms import Wish
from vefa.stores import records as stores
from vefa.stores import shops
from vefa.stores.sealing import Key
from vefa.stores.store import Store

HOLDER = f"shopify:{CUSTOMER}"
TRACES = [
    *PERSON.values(),
    *(str(PLACE[name]) for name in ("address1", "zip", "city")),
    HOLDER,
    f'"id": {CUSTOMER}',
    gid("Customer", CUSTOMER),
    "YK123",
]
OTHER = {
    "id": 555,
    "admin_graphql_api_id": gid("Customer", 555),
    "email": "ali@example.com",
    "first_name": "Ali",
}


@pytest.fixture
def world(databases: Databases) -> World:
    return make(databases)


def make(databases: Databases) -> World:
    """Return two Shopify shops."""
    world = make_world(databases)
    for slug, account in (("one", SHOP), ("two", "two.myshopify.com")):
        store = world.add_store(
            slug,
            on(-9),
            [SECRET],
            platform="shopify",
            timezone="Europe/Istanbul",
            country="TR",
            delivery_evidence="carrier",
        )
        world.send(store, on(-9))
        with databases.main.begin() as connection:
            shops.set_account(connection, store.id, "shopify", account)
    return world


def tell(world: World, topic: str, document: Any, at: datetime, shop: str = SHOP, **more: str) -> None:
    if isinstance(document, dict) and "shop_domain" in document:
        document = document | {"shop_domain": shop}
    world.inbound.keep(request(topic, document, at, shop=shop, **more), at)
    world.work(at)


def live(world: World, shop: str = SHOP, **more: Any) -> None:
    """Let a late order be told of, written about, and a customer be renamed."""
    tell(world, "orders/create", order(deliver_by="2026-03-04", **more), on(0), shop)
    left = fulfillment(on(1))
    tell(world, "fulfillments/create", left, on(1), shop)
    tell(
        world,
        "orders/updated",
        order(on(1), deliver_by="2026-03-04", fulfillments=[left], **more),
        on(1),
        shop,
    )
    tell(world, "fulfillment_events/create", carrier("in_transit", on(2)), on(2), shop)
    if not more:
        customer = {"id": CUSTOMER, "admin_graphql_api_id": gid("Customer", CUSTOMER)} | PERSON
        tell(world, "customers/update", customer | {"updated_at": on(2).isoformat()}, on(2), shop)
        tell(world, "orders/create", b"{" + json.dumps(PERSON).encode(), on(2), shop)
        merged = {
            "admin_graphql_api_customer_deleted_id": gid("Customer", CUSTOMER),
            "errors": ["Jale is busy"],
        }
        tell(world, "customers/merge", merged, on(2), shop)
    world.run(on(2), on(6))


def opened(value: bytes, keys: list[tuple[Key, list[str]]]) -> Iterator[bytes]:
    for key, purposes in keys:
        for purpose in purposes:
            try:
                yield key.open(value, purpose)
            except ConfigurationError:
                continue


def traces(world: World, store: Store) -> set[str]:
    """Return every trace of the person in any table, sealed values opened with the store's key."""
    found = set()
    with reading(world.databases.main) as connection:
        key = stores.key_of(connection, store.id, world.master)
        tables = [(connection, table) for table in metadata.sorted_tables]
        with reading(world.databases.intake) as intake:
            tables += [(intake, table) for table in intake_metadata.sorted_tables]
            for at, table in tables:
                if "store_id" not in table.c:
                    continue
                for row in at.execute(table.select().where(table.c.store_id == store.id)).mappings():
                    for text in _texts(table.name, row, key):
                        found |= {f"{table.name}: {trace}" for trace in TRACES if _is_in(trace, text)}
                        index = key.index(PERSON["email"])
                        if index in text:
                            found.add(f"{table.name}: index")
    return found


def _is_in(trace: str, text: str) -> bool:
    return trace in text or json.dumps(trace)[1:-1] in text


def _texts(table: str, row: Any, key: Key) -> Iterator[str]:
    for value in row.values():
        if isinstance(value, str):
            yield value
        if isinstance(value, bytes):
            purposes = [
                f"raw body:{row['store_id']}:{row.get('key')}",
                f"message:{row.get('id')}",
                f"privacy request:{row['store_id']}:{row.get('id')}",
                f"vault:{row['store_id']}:{row.get('holder')}",
            ]
            for plain in opened(value, [(key, purposes)]):
                yield plain.decode("utf-8", "replace")
                if table == "vault" and len(plain) == 32:
                    yield from (one.decode() for one in opened(row["sealed"], [(Key(plain), [purposes[-1]])]))


def store_of(world: World, slug: str = "one") -> Store:
    with reading(world.databases.main) as connection:
        return stores.by_slug(connection, slug)


def test_the_search_finds_a_person_who_is_there(world: World) -> None:
    live(world)
    found = traces(world, store_of(world))
    for trace in (
        "vault: Jale",
        "raw_bodies: Kadıköy",
        "messages: Jale",
        "facts: YK123",
        "orders: " + HOLDER,
    ):
        assert trace in found
    assert {"vault: index", "messages: index"} <= found


def redact(world: World, at: datetime, shop: str = SHOP, **more: Any) -> None:
    tell(world, "customers/redact", asked(**more), at, shop)


@pytest.mark.parametrize("orders", [[], [1]], ids=["by customer", "by order"])
def test_after_an_erasure_nobody_is_found(world: World, orders: list[int]) -> None:
    live(world)
    redact(world, on(6), orders_to_redact=orders)
    assert traces(world, store_of(world)) == set()


def test_a_guest_is_erased_by_address(world: World) -> None:
    live(world, customer=None)
    redact(world, on(6), orders_to_redact=[])
    assert {one for one in traces(world, store_of(world)) if HOLDER not in one} == set()


def test_others_stay(world: World) -> None:
    live(world)
    tell(world, "orders/create", order(number=2, customer=OTHER, email=OTHER["email"]), on(3))
    live(world, "two.myshopify.com")
    before = traces(world, store_of(world, "two"))
    redact(world, on(6))
    assert before and traces(world, store_of(world, "two")) == before
    with reading(world.databases.main) as connection:
        key = stores.key_of(connection, 1, world.master)
        assert vault.values_of(connection, 1, ["shopify:555"], key)["shopify:555"]["first_name"] == "Ali"
        bodies = connection.execute(
            sa.select(journal.raw_bodies.c.state).where(journal.raw_bodies.c.store_id == 1)
        )
        assert sorted({row.state for row in bodies}) == [journal.ERASED, journal.READ]


def test_the_ledger_stays_under_a_pseudonym(world: World) -> None:
    live(world)
    before = world.order(store_of(world), "#1001", on(6))
    redact(world, on(6))
    after = world.order(store_of(world), "#1001", on(6))
    same = ("number", "status", "placed_at", "shipped_at", "total", "promises")
    assert {name: before[name] for name in same if name in before} == {
        name: after[name] for name in same if name in before
    }
    with reading(world.databases.main) as connection:
        holders = set(connection.scalars(sa.select(messages.c.holder).where(messages.c.store_id == 1)))
    assert len(holders) == 1 and str(holders.pop()).startswith("erased:")


def test_a_rebuild_agrees_afterwards(world: World) -> None:
    live(world)
    redact(world, on(6))
    report = compare(world.databases.main, on(6), repair=False)
    assert (report["orders"], report["waiting"], report["examples"]) == (1, 0, [])


def test_what_is_told_again_is_refused(world: World) -> None:
    live(world)
    redact(world, on(6))
    live(world)
    old = order(on(1, hours=2), deliver_by="2026-03-04")
    tell(world, "orders/updated", old, on(7))
    customer = {"id": CUSTOMER} | PERSON
    tell(world, "customers/update", customer | {"updated_at": on(3).isoformat()}, on(7))
    # An order of theirs that nobody had told of before the erasure.
    tell(world, "orders/create", order(number=3), on(7))
    tell(world, "orders/updated", order(on(8), number=3), on(8))
    tell(world, "orders/updated", order(on(8)), on(8))
    assert traces(world, store_of(world)) == set()


def test_a_body_that_came_before_and_is_read_after_is_refused(world: World) -> None:
    live(world)
    before = journal.Kept(1, "shopify:late", "shopify", "orders/updated", on(5), b"")
    with reading(world.databases.main) as connection:
        key = stores.key_of(connection, 1, world.master)
    body = key.seal(json.dumps(order(on(5))).encode(), journal.raw_purpose(1, before.key))
    redact(world, on(6))
    with world.databases.intake.begin() as connection:
        journal.keep(connection, [replace(before, body=body)])
    world.work(on(6))
    assert traces(world, store_of(world)) == set()


def test_whoever_comes_back_is_a_new_acquaintance(world: World) -> None:
    live(world)
    redact(world, on(6))
    again = order(on(8), number=4, created_at=on(8).isoformat(), processed_at=on(8).isoformat())
    tell(world, "orders/create", again, on(8))
    with reading(world.databases.main) as connection:
        key = stores.key_of(connection, 1, world.master)
        assert vault.values_of(connection, 1, [HOLDER], key)[HOLDER]["first_name"] == "Jale"
    mine = world.order(store_of(world), "#1004", on(8))
    assert mine["number"] == "#1004"
    assert not any("YK123" in one for one in traces(world, store_of(world)))


def test_a_message_that_waits_is_not_sent(world: World) -> None:
    live(world)
    with world.databases.main.begin() as connection:
        connection.execute(messages.update().values(state="written", settled_at=None))
        connection.execute(
            sa.text(
                "INSERT INTO work (store_id, package, subject, due_at)"
                " SELECT 1, 'send', id, '2026-03-08 11:00:00' FROM messages"
            )
        )
    sent = len(world.sink.messages)
    redact(world, on(6))
    world.work(on(6, hours=9))
    with reading(world.databases.main) as connection:
        rows = connection.execute(sa.select(messages.c.state, messages.c.reason)).all()
    assert rows and {tuple(row) for row in rows} == {("dropped", "erased")}
    assert len(world.sink.messages) == sent


def test_a_redacted_shop_is_closed_and_empty(world: World) -> None:
    live(world)
    tell(world, "orders/create", order(number=2, customer=OTHER, email=OTHER["email"]), on(3))
    live(world, "two.myshopify.com")
    tell(world, "shop/redact", {"shop_id": 1, "shop_domain": SHOP}, on(6))
    world.work(on(6, minutes=1))
    assert traces(world, store_of(world)) == set()
    assert store_of(world).outgoing.stopped_at == on(6) and store_of(world, "two").outgoing.stopped_at is None
    with reading(world.databases.main) as connection:
        assert connection.scalar(sa.select(sa.func.count()).where(vault.vault.c.store_id == 1)) == 0
        states = set(
            connection.scalars(
                sa.select(journal.raw_bodies.c.state).where(journal.raw_bodies.c.store_id == 1)
            )
        )
        assert states == {journal.ERASED}
        assert shops.closed_at(connection, 1) == on(6)
    assert traces(world, store_of(world, "two"))


def test_a_removed_application_sends_nothing_until_it_is_connected_again(world: World) -> None:
    tell(world, "app/uninstalled", {"id": 1}, on(1))
    assert store_of(world).outgoing.stopped_at == on(1)
    with world.databases.main.begin() as connection:
        stores.resume(connection, store_of(world), now=on(2))
    assert store_of(world).outgoing.stopped_at == on(1)
    with world.databases.main.begin() as connection:
        shops.set_account(connection, 1, "shopify", SHOP)
    assert store_of(world).outgoing.stopped_at is None


def test_a_wish_for_a_copy_waits_for_a_person_until_an_erasure(world: World) -> None:
    live(world)
    tell(world, "customers/data_request", asked(orders_requested=[1], data_request={"id": 9}), on(5))
    with reading(world.databases.main) as connection:
        assert [one[1:] for one in records.copies_wanted(connection, 1)] == [(HOLDER, on(5))]
    redact(world, on(6))
    with reading(world.databases.main) as connection:
        assert records.copies_wanted(connection, 1) == []
        wishes = connection.execute(sa.select(records.requests.c.wish, records.requests.c.sealed_who)).all()
    assert sorted(tuple(row) for row in wishes) == [(Wish.COPY.value, None), (Wish.ERASE.value, None)]


def test_every_table_that_names_a_person_is_looked_through() -> None:
    """A table with a holder has to say what is personal, and by what its rows are found."""
    for table in metadata.sorted_tables:
        declared = table.info["vefa"]
        sealed = [
            name for name in sorted({*table.c.keys()}) if name.startswith("sealed_") or name == "sealed"
        ]
        # Files are forgotten as a whole: see tests/imports.
        about_people = declared.subject not in ("store", "account", erase.FILE)
        if sealed and about_people and declared.scoped:
            assert set(sealed) <= set(declared.personal), table.name
            found = {"holder", "order_id", "case_id"} & {*table.c.keys()}
            assert found or table.name == "raw_bodies", table.name


def test_start_is_a_monday() -> None:
    assert START.weekday() == 0
