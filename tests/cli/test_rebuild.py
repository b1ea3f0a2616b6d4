"""Every derived row equals what the facts say, and one that does not is found and put right."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from tests import postgres
from tests.build import on, parcel, placed, said
from tests.shop import Shop, late_order, make_shop

from vefa.cli import rebuild as command
from vefa.cli import vefa
from vefa.cli.rebuild import TABLES, compare
from vefa.database import Databases, Kind, metadata, reading
from vefa.engines import is_sqlite
from vefa.inbound.move import move
from vefa.orders import look as orders
from vefa.subscriptions import FACTS_WAKE, ORDERS_WAKE
from vefa.work import sweep, work

END = on(12)
WRONG: dict[str, tuple[str, Any]] = {
    "orders": ("total", "1.00"),
    "order_lines": ("quantity", 77),
    "shipments": ("tracking_number", "X"),
    "promises": ("state", "kept"),
    "judgements": ("reason", "because"),
}


@pytest.fixture
def shop(databases: Databases) -> Shop:
    """A store at the end of a journey: late, delivered late, cancelled, a stub, a split order."""
    shop = make_shop(databases)
    shop.tell(late_order("1", total="9.90"), late_order("2"), late_order("3"), late_order("4"))
    shop.tell(parcel("shipped", on(1), order_id="1", tracking_number="T1"))
    shop.tell(parcel("delivered", on(9), order_id="2"), said("order.cancelled", on(3), "3"))
    shop.tell(
        parcel("delivered", on(4), "S1", "4"),
        parcel("created", on(5), "S2", "4"),
        said("order.paid", on(1), "5"),
    )
    shop.world.run(on(0), END)
    return shop


def check(shop: Shop, now: datetime = END, *, repair: bool = False) -> dict[str, Any]:
    return compare(shop.world.databases.main, now, repair=repair)


def execute(shop: Shop, statement: Any) -> None:
    with shop.world.databases.main.begin() as connection:
        connection.execute(statement)


def content(shop: Shop, *names: str) -> dict[str, list[Any]]:
    with reading(shop.world.databases.main) as connection:
        return {name: connection.execute(sa.select(metadata.tables[name])).all() for name in names}


def corrupt(shop: Shop, name: str, kind: str) -> None:
    place = metadata.tables[name]
    mine = place.c.order_id == ("standard:1")
    column, value = WRONG[name]
    if kind == "changed column":
        execute(shop, place.update().where(mine).values({column: value}))
    elif kind == "missing row":
        execute(shop, place.delete().where(mine))
    else:
        row = dict(content(shop, name)[name][0]._mapping)
        last = list(place.primary_key.columns)[-1].name
        row["order_id"] = "standard:1" if kind == "extra row" else "standard:ghost"
        if kind == "extra row":
            row[last] = "standard:extra" if last == "order_id" else "extra"
        execute(shop, place.insert().values(row))


def test_the_tables_compared_are_the_derived_ones() -> None:
    derived = {name for name, place in metadata.tables.items() if place.info["vefa"].kind is Kind.DERIVED}
    assert set(TABLES) == derived


@pytest.mark.contract
def test_after_a_journey_everything_is_equal(shop: Shop) -> None:
    report = check(shop)
    assert (report["orders"], report["waiting"], report["differences"]) == (5, 0, 0), report
    filled = content(shop, *TABLES)
    assert all(filled.values())


@pytest.mark.parametrize("kind", ["changed column", "missing row", "extra row", "row of no order"])
@pytest.mark.parametrize("name", TABLES)
def test_a_wrong_row_is_found_and_put_right(shop: Shop, name: str, kind: str) -> None:
    before = content(shop, *TABLES)
    primary = [table for table in metadata.tables if table not in TABLES]
    corrupt(shop, name, kind)
    kept = content(shop, *primary)
    report = check(shop)
    assert report["differences"] == 1 and report["examples"][0]["table"] == name, report
    assert check(shop)["differences"] == 1, "comparing alone changes nothing"
    check(shop, repair=True)
    assert check(shop)["differences"] == 0
    assert {key: sorted(map(str, rows)) for key, rows in content(shop, *TABLES).items()} == {
        key: sorted(map(str, rows)) for key, rows in before.items()
    }
    assert content(shop, *primary) == kept, "nothing is sent and nothing becomes due"


@pytest.mark.contract
def test_what_was_not_folded_yet_waits(shop: Shop) -> None:
    shop.tell(parcel("delivered", on(11), order_id="1"))
    move(shop.world.databases, shop.world.master, FACTS_WAKE, END)
    report = check(shop, repair=True)
    assert (report["orders"], report["waiting"], report["differences"]) == (4, 1, 0)


def test_a_repair_swallows_no_change_that_was_not_looked_at_yet(shop: Shop) -> None:
    """The order was folded again, its lateness not yet: the look that is due has to see the change."""
    shop.tell(parcel("delivered", on(11), order_id="1"))
    move(shop.world.databases, shop.world.master, FACTS_WAKE, END)
    engine = shop.world.databases.main
    sweep(engine, {"orders": lambda *about: orders.look(engine, ORDERS_WAKE, *about)}, END)
    check(shop, END + timedelta(seconds=1), repair=True)
    shop.world.run(END + timedelta(seconds=2), on(17))
    written = [row for row in shop.messages if row.order_id == "standard:1"]
    assert [row.purpose for row in written] == ["delay_notice", "apology_after_late_delivery"]


@pytest.mark.parametrize("days", [13, 40, 400])
def test_a_worker_that_stood_still_makes_no_difference(shop: Shop, days: int) -> None:
    shop.tell(placed(on(12), "6", deliver_by="2026-03-20"))
    shop.world.work(on(12))
    assert check(shop, on(days))["differences"] == 0


def test_a_due_day_whose_midnight_does_not_exist(databases: Databases) -> None:
    shop = make_shop(databases, timezone="America/Sao_Paulo", country="BR")
    start = datetime.fromisoformat("2017-10-10T12:00:00+00:00")
    shop.tell(placed(start, deliver_by="2017-10-14"))
    shop.world.run(start, start + timedelta(days=9))
    assert check(shop, start + timedelta(days=9))["differences"] == 0


@pytest.mark.contract
def test_more_orders_than_a_page(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "PAGE", 2)
    assert check(shop)["orders"] == 5
    for name in TABLES:
        corrupt(shop, name, "row of no order")
    assert check(shop)["differences"] == len(TABLES)


def test_another_stores_rows_are_its_own(shop: Shop) -> None:
    shop.world.add_store("other", on(0))
    row = dict(content(shop, "judgements")["judgements"][0]._mapping) | {"store_id": 2}
    execute(shop, metadata.tables["judgements"].insert().values(row))
    report = check(shop, repair=True)
    assert [one["key"] for one in report["examples"]] == [[2, row["order_id"]]]
    assert check(shop)["orders"] == 5


@pytest.mark.contract
@pytest.mark.parametrize(("wrong", "code"), [(False, 0), (True, 1)])
def test_the_command(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wrong: bool, code: int
) -> None:
    monkeypatch.setenv("VEFA_DATABASE", str(tmp_path / "vefa.db"))
    monkeypatch.setenv("VEFA_KEY", base64.b64encode(shop.world.master.secret).decode())
    if not is_sqlite(shop.world.databases.main):
        monkeypatch.setenv("VEFA_DATABASE_URL", postgres.address(shop.world.databases))
    if wrong:
        corrupt(shop, "judgements", "changed column")
    done = CliRunner().invoke(vefa, ["rebuild", "--check"])
    assert done.exit_code == code, done.output
    assert json.loads(done.output)["differences"] == code
    assert CliRunner().invoke(vefa, ["rebuild"]).exit_code == 0
    assert CliRunner().invoke(vefa, ["rebuild", "--check"]).exit_code == 0


def test_the_work_table_is_untouched(shop: Shop) -> None:
    before = content(shop, work.name)
    execute(shop, metadata.tables["orders"].delete())
    assert check(shop, repair=True)["differences"] == 5
    assert content(shop, work.name) == before
