"""Looking back counts what was late and who said nothing, as anybody can count it in the file by hand."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.build import SECRET, placed, said
from tests.imports.shop import looked_back, table
from tests.support import World, make_world

from vefa import journal
from vefa.database import Databases, metadata, reading
from vefa.imports.back import Backward, History, asked_of
from vefa.imports.rehearsal import Heard
from vefa.platforms import Incoming, platforms
from vefa.policy import book
from vefa.stores.store import Store
from vefa.subscriptions import FACTS_WAKE, looks

LONG = bool(os.environ.get("VEFA_LONG"))
SNAPSHOT = datetime(2018, 10, 17, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEADER = (
    "Order No", "Order Date", "Deliver By", "Shipped At", "Delivered At", "Contacted At", "Total", "Status", "E-mail",
    "Payment",
)  # fmt: skip
# Late and silent among the 500 orders of the sample, of which as many are taken as a quick test can.
BY_HAND = (60, 44)
SOME = 120


@pytest.fixture
def world(databases: Databases) -> World:
    return make_world(databases)


def orders_of(path: Path) -> list[dict[str, str]]:
    """Return a recorded stream as a table: one row an order, its moments as they stand in the events."""
    rows: dict[str, dict[str, str]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for event in map(json.loads, lines):
            data = event["data"]
            row = rows.setdefault(data["order"]["id"] if "order" in data else data["order_id"], {})
            if event["type"] == "order.placed":
                order = data["order"]
                row |= {
                    "number": order["id"],
                    "placed": order["placed_at"],
                    "due": order["promise"]["deliver_by"],
                    "total": order["total"],
                }
            elif event["type"] == "shipment.shipped":
                row["shipped"] = event["timestamp"]
            elif event["type"] == "shipment.delivered":
                row["delivered"] = event["timestamp"]
            elif event["type"] == "review.posted" and (data.get("title") or data.get("text")):
                row.setdefault("spoke", event["timestamp"])
    return [row for row in rows.values() if "placed" in row]


def as_file(rows: Sequence[dict[str, str]]) -> bytes:
    names = ("number", "placed", "due", "shipped", "delivered", "spoke", "total")
    return table([[row.get(name, "") for name in names] for row in rows], HEADER[:7])


def counted(rows: Sequence[dict[str, str]]) -> tuple[int, int]:
    """Count in the raw columns: late is whose day of delivery, as written, comes after the promised day, or never."""
    late = [row for row in rows if row.get("delivered", "9999")[:10] > row["due"]]
    return len(late), sum("spoke" not in row for row in late)


@pytest.mark.shared
def test_late_and_silent_are_what_anybody_counts_by_hand(world: World, shared: Path) -> None:
    name = "events.jsonl.gz" if LONG else "sample_500_orders.jsonl.gz"
    every = orders_of(shared / "olist" / "dev" / name)
    rows = every if LONG else every[:SOME]
    settings = json.loads((shared / "olist" / "store.json").read_text(encoding="utf-8"))
    store = world.add_store(
        "olist", SNAPSHOT, **{k: v for k, v in settings.items() if k not in ("slug", "reply_to")}
    )
    found = looked_back(world, store, as_file(rows), SNAPSHOT)
    assert (found["late"], found["silent"]) == counted(rows)
    assert (found["orders"], found["promised"], found["not_judged"]) == (len(rows), len(rows), {})
    assert found["never_arrived"] == sum("delivered" not in row for row in rows)
    assert LONG or counted(every) == BY_HAND


def shop(world: World, **settings: Any) -> Store:
    return world.add_store(
        "shop",
        NOW - timedelta(days=300),
        [SECRET],
        country="TR",
        timezone="Europe/Istanbul",
        currency="TRY",
        **settings,
    )


# fmt: off
ROWS = [
    ["1", "01.10.2026", "05.10.2026", "02.10.2026", "08.10.2026", "", "3000", "", "a@b.example", "Card"],
    ["2", "01.10.2026", "05.10.2026", "02.10.2026", "08.10.2026", "09.10.2026", "30", "", "b@b.example", "Card"],
    ["3", "01.10.2026", "05.10.2026", "02.10.2026", "", "", "3000", "", "c@b.example", "Card"],
    ["4", "01.10.2026", "05.10.2026", "02.10.2026", "05.10.2026", "", "30", "", "d@b.example", "Card"],
    ["5", "01.10.2026", "05.10.2026", "02.10.2026", "", "", "30", "Teslim edildi", "e@b.example", "Card"],
    ["6", "01.10.2026", "05.10.2026", "", "", "", "30", "İptal edildi", "f@b.example", "Card"],
    ["7", "01.10.2026", "", "02.10.2026", "08.10.2026", "", "30", "", "g@b.example", "Card"],
    ["8", "01.05.2026", "05.05.2026", "02.05.2026", "08.05.2026", "", "30", "", "h@b.example", "Card"],
]
# fmt: on


def test_what_would_have_been_is_counted(world: World) -> None:
    store = shop(world)
    found = looked_back(world, store, table(ROWS, HEADER), NOW, days=90)
    assert {name: found[name] for name in ("orders", "promised", "late", "silent", "never_arrived")} == {
        "orders": 7, "promised": 4, "late": 3, "silent": 2, "never_arrived": 1,
    }  # fmt: skip
    assert found["not_judged"] == {
        "delivered_some_day": 1,
        "ended_some_day": 1,
        "no_promise": 1,
    }
    assert found["messages"] == {"apology_after_late_delivery": 2, "delay_notice": 3, "feedback_request": 1}
    assert [(one["number"], one["days"], one["spoke"]) for one in found["examples"]] == [
        ("3", 48, False), ("1", 3, False), ("2", 3, True),
    ]  # fmt: skip


def test_what_the_policy_would_have_given_is_asked_of_it(world: World) -> None:
    store = shop(world)
    with reading(world.databases.main) as connection:
        rules = {row.id: row.outcome for row in book.in_force(connection, store).policy.rows}
    found = looked_back(world, store, table(ROWS[:2], HEADER), NOW)
    assert sum(found["policy"]["outcomes"].values()) == 2
    # Ten per cent of the dear order; the other one is worth less than the policy asks for.
    assert found["policy"]["outcomes"]["goodwill"] == 1 and rules["late-and-dear"].percent == 10
    assert Decimal(found["policy"]["sum"]["TRY"]) == min(rules["late-and-dear"].cap or 0, Decimal(300))


def test_looking_back_writes_nothing_to_the_store_and_sends_nothing(world: World) -> None:
    store = shop(world)

    def stands() -> dict[str, int]:
        with reading(world.databases.main) as connection:
            return {
                name: connection.scalar(sa.select(sa.func.count()).select_from(one)) or 0
                for name, one in metadata.tables.items()
            }

    before = stands()
    assert looked_back(world, store, table(ROWS, HEADER), NOW)["late"]
    assert stands() == before and world.sink.messages == []


def test_a_store_that_hears_of_no_arrival_still_sees_what_the_file_tells(world: World) -> None:
    store = shop(world, delivery_evidence="none")
    assert looked_back(world, store, table(ROWS[:4], HEADER), NOW)["late"] == 3
    silent = [row[:4] for row in ROWS[:4]]
    found = looked_back(world, store, table(silent, HEADER[:4]), NOW)
    assert (found["late"], found["not_judged"]["arrival_not_told"]) == (0, 4)


def test_events_that_were_fetched_are_looked_back_at_too(world: World) -> None:
    store = shop(world)
    start = NOW - timedelta(days=20)
    events = [
        placed(start, "1", deliver_by=(start + timedelta(days=3)).date().isoformat()),
        placed(start, "2", deliver_by=(start + timedelta(days=3)).date().isoformat()),
        said("customer.contacted_us", start + timedelta(days=5), "2", text="Nerede?"),
    ]
    bodies = []
    for event in events:
        body = json.dumps(event).encode()
        at = datetime.fromisoformat(event["timestamp"])
        name = platforms()["standard"].identify(Incoming({}, body), at)
        bodies.append(Heard(at, "standard", name.topic, name.key, body))
    asked = asked_of(store, NOW, 90)
    found = Backward(world.databases, store.id, History(bodies), asked, looks, FACTS_WAKE).run()
    assert (found["orders"], found["late"], found["silent"]) == (2, 2, 1)
    with reading(world.databases.main) as connection:
        assert connection.execute(sa.select(journal.facts)).all() == []
