"""Settings with a history: an order is judged by the terms that stood when it was placed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.panel.shop import delivered, placed, shipped
from tests.support import World, make_world

from vefa import journal
from vefa.cli.rebuild import compare
from vefa.database import Databases, dump_json, reading
from vefa.inbound.keep import raw_purpose
from vefa.lateness.change import change_settings
from vefa.lateness.records import of_orders
from vefa.orders.order import Order
from vefa.promises.calendar import calendar_of
from vefa.promises.ledger import promises_of
from vefa.promises.records import promises
from vefa.stores import records
from vefa.stores.document import to_store, values
from vefa.stores.store import Evidence, Store

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)

terms = st.fixed_dictionaries(
    {},
    optional={
        "delivery_days": st.dictionaries(st.sampled_from(["*", "Post"]), st.integers(0, 30)),
        "handling_days": st.none() | st.integers(0, 9),
        "cut_off": st.none() | st.sampled_from(["00:00:00", "14:00:00"]),
        "weekend": st.none() | st.sampled_from([["friday"], ["saturday", "sunday"], []]),
        "holidays": st.none() | st.sampled_from(["TR", "IR"]),
        "extra_holidays": st.lists(st.sampled_from(["2026-03-04", "2026-03-09"]), max_size=2),
        "delivery_evidence": st.sampled_from(["carrier", "status", "none"]),
        "lost_after": st.integers(1, 30),
        "status_map": st.just({"kargoda": "shipped"}),
    },
)


class Row:
    """A store's row as the database gives it."""

    def __init__(self, settings: str, until: datetime | None, earlier: str | None) -> None:
        self.id, self.slug, self.settings = 1, "s", settings
        self.sending, self.sending_since, self.stopped_at, self.ceiling = "shadow", None, None, 200
        self.until, self.earlier, self.closed_at = until, earlier, None


def built(history: list[dict[str, Any]]) -> Store:
    """Return a store that had these terms, a day each, the last of them standing."""
    fixed = {"slug": "s", "timezone": "Europe/Istanbul", "country": "TR"}
    now = dump_json(fixed | history[-1])
    before = [(NOW + number * DAY, dump_json(one)) for number, one in enumerate(history[:-1], start=1)]
    return to_store([Row(now, until, one) for until, one in before] or [Row(now, None, None)])


@settings(deadline=None)
@given(st.lists(terms, min_size=1, max_size=4), terms, st.integers(-2, 5), st.sampled_from([None, "Post"]))
def test_no_change_moves_a_promise_of_an_order_placed_before(
    history: list[dict[str, Any]], change: dict[str, Any], day: int, service: str | None
) -> None:
    placed_at = min(NOW + day * DAY, NOW + len(history) * DAY - timedelta(seconds=1))
    order = Order("o", "1", placed=True, placed_at=placed_at, service=service)

    def promised(store: Store) -> list[str]:
        then = store.at(placed_at)
        return [one.key for one in promises_of(order, then, calendar_of(then))]

    assert promised(built(history)) == promised(built([*history, change]))


@given(st.lists(terms, min_size=1, max_size=4))
def test_at_each_instant_the_terms_of_that_instant_stand(history: list[dict[str, Any]]) -> None:
    store = built(history)
    for number, one in enumerate(history):
        start = NOW + number * DAY
        for moment in (start, start + DAY - timedelta(microseconds=1)):
            then = store.at(moment)
            assert {name: getattr(then, name) for name in one} == values(one)
    assert store.at(NOW - 99 * DAY).delivery_days == history[0].get("delivery_days", {})


@pytest.fixture
def world(databases: Databases) -> World:
    world = make_world(databases)
    world.add_store("shop", NOW - 30 * DAY, timezone="UTC", weekend=[], delivery_days={"*": 3})
    return world


def feed(world: World, events: list[dict[str, Any]], until: datetime) -> None:
    with reading(world.databases.main) as connection:
        store = records.by_slug(connection, "shop")
        key = records.key_of(connection, store.id, world.master)
    kept = []
    for one in events:
        identity = f"standard:{one['id']}"
        body = key.seal(dump_json(one).encode(), raw_purpose(store.id, identity))
        at = datetime.fromisoformat(one["timestamp"])
        kept.append(journal.Kept(store.id, identity, "standard", one["type"], at, body))
    with world.databases.intake.begin() as connection:
        journal.keep(connection, kept)
    world.run(min(one.received_at for one in kept), until)


def change(world: World, now: datetime, **settings: Any) -> Store:
    with world.databases.main.begin() as connection:
        return change_settings(connection, "shop", settings, now=now)


def due(world: World, number: str) -> str:
    with reading(world.databases.main) as connection:
        return str(
            connection.scalar(
                sa.select(promises.c.due).where(
                    promises.c.order_id == f"standard:{number}", promises.c.kind == "delivery"
                )
            )
        )


def state(world: World, number: str) -> str:
    with reading(world.databases.main) as connection:
        order_id = f"standard:{number}"
        return str(of_orders(connection, stored(world).id, [order_id])[order_id]["state"])


def stored(world: World) -> Store:
    with reading(world.databases.main) as connection:
        return records.by_slug(connection, "shop")


def equal(world: World, now: datetime) -> bool:
    return compare(world.databases.main, now, repair=False)["differences"] == 0


def test_earlier_orders_keep_their_promise_and_later_ones_get_the_new(world: World) -> None:
    feed(world, [placed("1", NOW, None)], NOW)
    change(world, NOW + DAY, delivery_days={"*": 9}, weekend=["tuesday"], handling_days=1)
    feed(world, [placed("2", NOW + 2 * DAY, None)], NOW + 2 * DAY)
    feed(world, [shipped("1", NOW + 2 * DAY)], NOW + 3 * DAY)
    assert due(world, "1") == "2026-03-05"
    assert due(world, "2") == "2026-03-14"
    assert equal(world, NOW + 3 * DAY)


def test_what_is_no_term_leaves_no_history(world: World) -> None:
    assert change(world, NOW, name="Other", lost_after=14).earlier == ()
    assert len(change(world, NOW, lost_after=15).earlier) == 1
    # What stood for no time promised nothing.
    assert len(change(world, NOW, lost_after=16).earlier) == 1


def test_a_shorter_patience_is_seen_at_once(world: World) -> None:
    feed(world, [placed("1", NOW, None), shipped("1", NOW + DAY)], NOW + 9 * DAY)
    at = NOW + 9 * DAY
    assert state(world, "1") == "late"
    change(world, at, lost_after=2)
    assert equal(world, at)
    world.work(at)
    assert state(world, "1") == "lost_suspected"
    assert equal(world, at)
    change(world, at + DAY, lost_after=99)
    world.work(at + DAY)
    assert state(world, "1") == "late"
    assert equal(world, at + DAY)


def test_evidence_counts_from_the_day_it_is_there(world: World) -> None:
    change(world, NOW - DAY, delivery_evidence="none")
    early = [placed("1", NOW, None), shipped("1", NOW + DAY), placed("2", NOW, None)]
    feed(world, [*early, placed("3", NOW + 3 * DAY, None), shipped("3", NOW + 3 * DAY)], NOW + 4 * DAY)
    at = NOW + 5 * DAY
    world.run(NOW + 4 * DAY, at)
    assert state(world, "1") == "unconfirmed"
    change(world, at, delivery_evidence="carrier")
    world.work(at)
    assert equal(world, at)
    # No scan of what was under way before will come; the day of the third order ends with a carrier connected.
    assert state(world, "1") == "unconfirmed"
    world.run(at, NOW + 8 * DAY)
    assert state(world, "3") == "late"
    feed(world, [delivered("1", NOW + 8 * DAY)], NOW + 8 * DAY)
    assert state(world, "1") == "delivered_late"
    assert equal(world, NOW + 8 * DAY)


def test_the_store_that_is_read_carries_its_history(world: World) -> None:
    change(world, NOW, delivery_evidence="none")
    changed = change(world, NOW + DAY, delivery_days={"*": 1})
    assert [until for until, _ in changed.earlier] == [NOW, NOW + DAY]
    with reading(world.databases.main) as connection:
        assert records.by_id(connection, 1) == records.by_slug(connection, "shop") == changed
        assert records.all_stores(connection) == {1: changed}
        assert records.with_key(connection, 1, world.master)[0] == changed
    assert changed.at(NOW - DAY).delivery_evidence is Evidence.CARRIER
    assert changed.at(NOW).delivery_evidence is Evidence.NONE
