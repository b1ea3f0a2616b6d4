"""What has to hold of an import and of a look back, for the tests and for the faults that are planted in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from tests.imports.shop import counts, imported, looked_back, table
from tests.support import World

from vefa.database import reading
from vefa.outreach.records import messages
from vefa.stores.records import stores
from vefa.stores.store import Store
from vefa.turns import writing

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FIRST = ["1001", "01.10.2026", "05.10.2026", "02.10.2026", "08.10.2026", "T1", "elif@b.example", "1.234,56 ₺"]
OTHERS = [
    ["1002", "01.10.2026", "05.10.2026", "02.10.2026", "04.10.2026", "T2", "ali@b.example", "99,90 ₺"],
    ["1003", "01.10.2026", "05.10.2026", "02.10.2026", "", "T3", "can@b.example", "5 ₺"],
]
ROWS = [FIRST, *OTHERS]


def store_of(world: World) -> Store:
    """Add a store in Turkey whose sending is on."""
    store = world.add_store("shop", NOW - 200 * DAY, country="TR", timezone="Europe/Istanbul", currency="TRY")
    with writing(world.databases.main) as connection:
        connection.execute(stores.update().values(sending="on", sending_since=NOW - 150 * DAY))
    return store


def counted(rows: list[list[Any]]) -> int:
    """Count late orders in the raw cells, as anybody can."""

    def day(cell: str) -> tuple[str, ...]:
        return tuple(reversed(cell.split(".")))

    return sum(not row[4] or day(row[4]) > day(row[2]) for row in rows)


def check_late_orders_are_all_counted(world: World) -> None:
    assert looked_back(world, store_of(world), table(ROWS), NOW)["late"] == counted(ROWS) == 2


def check_the_same_file_twice_is_once(world: World) -> None:
    store = store_of(world)
    assert counts(imported(world, store, table(ROWS), NOW)) == (3, 0, 0)
    assert counts(imported(world, store, table(ROWS), NOW + DAY)) == (0, 0, 3)


def check_a_later_file_corrects(world: World) -> None:
    store = store_of(world)
    imported(world, store, table(ROWS), NOW)
    found = imported(world, store, table([[*FIRST[:4], "03.10.2026", *FIRST[5:]]]), NOW + DAY)
    assert counts(found) == (0, 1, 0)
    assert world.order(store, "1001", NOW + DAY)["delivered_at"] == "2026-10-03T09:00:00+00:00"


def check_nobody_is_written_to_about_the_past(world: World) -> None:
    imported(world, store_of(world), table(ROWS), NOW)
    world.run(NOW, NOW + 2 * DAY)
    with reading(world.databases.main) as connection:
        assert connection.execute(sa.select(messages)).all() == []


def check_an_unknown_day_of_arrival_is_not_late(world: World) -> None:
    store = store_of(world)
    header = ["Sipariş No", "Sipariş Tarihi", "Tahmini Teslimat Tarihi", "Durum"]
    imported(world, store, table([["1", "01.10.2026", "05.10.2026", "Teslim edildi"]], header), NOW)
    assert [one["state"] for one in world.order(store, "1", NOW)["promises"]] == ["open"]
