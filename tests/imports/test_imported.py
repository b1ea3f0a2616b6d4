"""A file becomes orders: once, corrected by a later one, matched to what is known, and nobody is written to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.build import SECRET, placed, request
from tests.imports.shop import HEADER, checked, counts, imported, stands, table, work
from tests.support import World, make_world

from vefa import clock, journal
from vefa.cli.rebuild import compare
from vefa.customers.erase import carry_out
from vefa.customers.seek import find, plan
from vefa.database import Databases, reading
from vefa.imports import ask, look, pieces
from vefa.imports.ask import KEPT
from vefa.imports.pieces import Part
from vefa.imports.records import Stage
from vefa.orders import records as orders
from vefa.outreach.records import messages
from vefa.promises.promise import State
from vefa.stores.records import stores, with_key
from vefa.stores.store import Store
from vefa.turns import writing

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LATE = [
    "1001",
    "01.10.2026 10:00",
    "05.10.2026",
    "02.10.2026",
    "08.10.2026",
    "T1",
    "elif@b.example",
    "1.234,56 ₺",
]
GOOD = [
    "1002",
    "01.10.2026 11:00",
    "05.10.2026",
    "02.10.2026",
    "04.10.2026",
    "T2",
    "ali@b.example",
    "99,90 ₺",
]
LOST = ["1003", "01.10.2026 12:00", "05.10.2026", "02.10.2026", "", "T3", "can@b.example", "5 ₺"]
FILE = table([LATE, GOOD, LOST])


@pytest.fixture
def world(databases: Databases) -> World:
    return make_world(databases)


@pytest.fixture
def store(world: World) -> Store:
    return world.add_store(
        "shop",
        NOW - 200 * DAY,
        [SECRET],
        country="TR",
        timezone="Europe/Istanbul",
        currency="TRY",
        languages=["tr"],
    )


def changed(row: list[str], **cells: str) -> list[str]:
    places = {"due": 2, "shipped": 3, "delivered": 4, "tracking": 5, "email": 6, "total": 7}
    return [
        cells.get(next((n for n, at in places.items() if at == place), ""), one)
        for place, one in enumerate(row)
    ]


def facts(world: World) -> int:
    with reading(world.databases.main) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(journal.facts)) or 0


def state(world: World, store: Store, number: str, now: datetime = NOW) -> str:
    (promise,) = [one for one in world.order(store, number, now)["promises"] if one["kind"] == "delivery"]
    return str(promise["state"])


def test_a_file_becomes_orders_with_their_promises(world: World, store: Store) -> None:
    assert counts(imported(world, store, FILE, NOW)) == (3, 0, 0)
    order = world.order(store, "1001", NOW)
    assert (order["status"], order["total"], order["currency"]) == ("delivered", "1234.56", "TRY")
    assert (
        order["placed_at"] == "2026-10-01T07:00:00+00:00"
        and order["delivered_at"] == "2026-10-08T09:00:00+00:00"
    )
    assert order["shipments"][0]["tracking_number"] == "T1"
    assert [state(world, store, one) for one in ("1001", "1002", "1003")] == [
        State.BROKEN,
        State.KEPT,
        State.BROKEN,
    ]
    assert compare(world.databases.main, NOW, repair=False)["differences"] == 0


def test_the_same_file_twice_changes_nothing(world: World, store: Store) -> None:
    imported(world, store, FILE, NOW)
    before = facts(world)
    for later in (NOW + DAY, NOW + 2 * DAY):
        assert counts(imported(world, store, table([LOST, GOOD, LATE]), later)) == (0, 0, 3)
    assert facts(world) == before


def test_a_later_file_corrects_and_an_older_one_does_not(world: World, store: Store) -> None:
    imported(world, store, FILE, NOW)
    arrived = table(
        [changed(LATE, delivered="03.10.2026", total="1.000 ₺"), changed(LOST, delivered="20.11.2026")]
    )
    assert counts(imported(world, store, arrived, NOW + DAY)) == (0, 2, 0)
    order = world.order(store, "1001", NOW + DAY)
    assert (order["total"], order["delivered_at"]) == ("1000", "2026-10-03T09:00:00+00:00")
    assert state(world, store, "1001", NOW + DAY) == State.KEPT
    assert counts(imported(world, store, FILE, NOW + 2 * DAY, as_of=NOW - DAY)) == (0, 0, 3)
    assert world.order(store, "1001", NOW + 2 * DAY)["total"] == "1000"


def test_an_address_is_corrected_too(world: World, store: Store) -> None:
    imported(world, store, FILE, NOW)
    assert counts(imported(world, store, table([changed(LATE, email="new@b.example")]), NOW + DAY)) == (
        0,
        1,
        0,
    )
    assert world.order(store, "1001", NOW + DAY)["number"] == "1001"


def test_an_order_of_another_platform_is_matched_by_its_number(world: World, store: Store) -> None:
    event = placed(
        datetime(2026, 10, 1, 7, tzinfo=UTC),
        "77",
        number="#1001",
        total="5",
        customer={"id": "C", "email": "x@y.example"},
    )
    world.inbound.keep(request(event, "shop", clock.now()), NOW - DAY)
    world.work(NOW - DAY)
    assert counts(imported(world, store, FILE, NOW)) == (2, 1, 0)
    assert world.numbers(store) == ["import:1002", "import:1003", "standard:77"]
    order = world.order(store, "#1001", NOW)
    assert (order["total"], order["status"]) == ("5", "delivered")
    assert [one["due"] for one in order["promises"]] == ["2026-10-05"]
    assert counts(imported(world, store, FILE, NOW + DAY)) == (0, 0, 3)


def test_an_order_that_a_platform_tells_of_later_is_not_two_after_the_next_file(
    world: World, store: Store
) -> None:
    imported(world, store, table([LATE]), NOW)
    event = placed(datetime(2026, 10, 1, 7, tzinfo=UTC), "77", number="1001", total="5")
    world.inbound.keep(request(event, "shop", clock.now()), NOW)
    world.work(NOW)
    imported(world, store, table([LATE]), NOW + DAY)
    with reading(world.databases.main) as connection:
        found = orders.load(connection, store.id, ["import:1001", "standard:77"], NOW + DAY)
    assert [one.status for one in found.values()] == ["deleted", "delivered"]
    before = facts(world)
    assert (
        counts(imported(world, store, table([LATE]), NOW + 2 * DAY)) == (0, 0, 1) and facts(world) == before
    )


def test_rows_of_one_order_become_its_lines_and_parcels(world: World, store: Store) -> None:
    header = [*HEADER, "Ürün Adı", "Adet", "Birim Fiyat"]
    rows = [
        [*LATE, "Cezve", "2", "10,00"],
        [*LATE[:5], "T9", "", "", "Fincan", "1", "5"],
        [*LATE, "Cezve", "2", "10,00"],
    ]
    assert imported(world, store, table(rows, header), NOW)["orders"] == 1
    order = world.order(store, "1001", NOW)
    assert [(line["title"], line["quantity"]) for line in order["lines"]] == [("Cezve", 2), ("Fincan", 1)]
    assert [one["tracking_number"] for one in order["shipments"]] == ["T1", "T9"]


def test_a_row_with_an_error_leaves_its_order_out(world: World, store: Store) -> None:
    header = [*HEADER, "Ürün Adı"]
    bad = [*changed(LATE, delivered="31.02.2026"), "Cezve"]
    one = checked(
        world, store, table([[*LATE, "Fincan"], bad, [*GOOD, "x"], ["", *GOOD[1:], "y"]], header), NOW
    )
    assert (one.counts["rows"], one.counts["orders"], one.counts["left_out_rows"]) == (4, 1, 3)
    with reading(world.databases.main) as connection:
        _, key = with_key(connection, store.id, world.master)
        kept = ask.left_out(connection, one, key)
    said = {(row, field, code) for part in kept for row, field, code, _, _ in part["issues"]}
    assert said == {(3, "delivered_at", "not_a_day"), (5, "number", "missing")}
    assert sorted(number for part in kept for number, _ in part["rows"]) == [2, 3, 5]


def test_only_tracking_is_enough_for_a_known_order(world: World, store: Store) -> None:
    header = ["Sipariş No", "Kargo Takip No", "Teslim Tarihi"]
    imported(world, store, table([changed(LOST, tracking="")]), NOW)
    found = imported(
        world, store, table([["1003", "NEW", "21.11.2026"], ["4444", "X", ""]], header), NOW + DAY
    )
    assert counts(found) == (0, 1, 0) and found["not_known"] == 1
    (shipment,) = world.order(store, "1003", NOW + DAY)["shipments"]
    assert shipment["tracking_number"] == "NEW" and shipment["delivered_at"]


STATUS = ["Sipariş No", "Sipariş Tarihi", "Tahmini Teslimat Tarihi", "Durum"]


@pytest.mark.parametrize(
    ("as_of", "word", "judged"),
    [
        (NOW, "Teslim Edildi", State.OPEN),
        (datetime(2026, 10, 4, tzinfo=UTC), "Teslim Edildi", State.KEPT),
        (NOW, "Kargoda", State.BROKEN),
        (NOW, "Bambaşka bir durum", State.BROKEN),
    ],
)
def test_nobody_is_called_late_for_a_day_that_the_file_does_not_tell(
    world: World, store: Store, as_of: datetime, word: str, judged: State
) -> None:
    row = ["1001", "01.10.2026", "05.10.2026", word]
    imported(world, store, table([row], STATUS), NOW, as_of)
    assert state(world, store, "1001") == judged
    assert world.order(store, "1001", NOW)["platform_status"] == word


def test_nobody_is_written_to_about_an_imported_past(world: World, store: Store) -> None:
    with writing(world.databases.main) as connection:
        connection.execute(stores.update().values(sending="on", sending_since=NOW - 100 * DAY))
    due = [(NOW - days * DAY).strftime("%d.%m.%Y") for days in range(10, 60, 4)]
    rows = [
        [str(2000 + n), "15.08.2026", day, "16.08.2026", "", "", f"c{n}@b.example", "5"]
        for n, day in enumerate(due)
    ]
    rows += [
        [str(3000 + n), "15.08.2026", day, "16.08.2026", day, "", f"d{n}@b.example", "5"]
        for n, day in enumerate(due)
    ]
    imported(world, store, table([*rows, LATE, GOOD, LOST]), NOW)
    world.run(NOW, NOW + 3 * DAY)
    with reading(world.databases.main) as connection:
        assert connection.execute(sa.select(messages)).all() == []
    assert world.sink.messages == []
    # What breaks after the import is news: the guard is about the past alone.
    soon = ["9999", "15.11.2026", (NOW + DAY).strftime("%d.%m.%Y"), "16.11.2026", "", "", "z@b.example", "5"]
    imported(world, store, table([soon]), NOW + DAY)
    world.run(NOW + DAY, NOW + 4 * DAY)
    assert [recipient for _, recipient, _ in world.sink.messages] == ["z@b.example"]


def test_an_order_of_a_marketplace_is_known_as_such(world: World, store: Store) -> None:
    header = [*HEADER, "Pazaryeri"]
    imported(world, store, table([[*LATE, "Trendyol"], [*GOOD, "Web"]], header), NOW)
    with reading(world.databases.main) as connection:
        found = orders.load(connection, store.id, ["import:1001", "import:1002"], NOW)
    assert [one.marketplace for one in found.values()] == ["Trendyol", None]


def test_who_was_erased_is_not_imported_again(world: World, store: Store) -> None:
    imported(world, store, FILE, NOW)
    with writing(world.databases.main, store.id) as connection:
        _, key = with_key(connection, store.id, world.master)
        person = find(connection, store.id, key, [], email="elif@b.example")
        planned = plan(connection, store.id, key, person)
        assert len(planned.bodies) == 1
        carry_out(connection, store.id, key, planned, NOW)
    world.work(NOW)
    before = facts(world)
    found = imported(world, store, table([changed(LATE, total="7")]), NOW + DAY)
    assert found["erased"] == 1 and facts(world) == before


def test_a_file_that_waits_is_forgotten_when_somebody_is_erased(world: World, store: Store) -> None:
    imported(world, store, FILE, NOW)
    one = checked(world, store, FILE, NOW)
    with writing(world.databases.main, store.id) as connection:
        _, key = with_key(connection, store.id, world.master)
        person = find(connection, store.id, key, [], email="elif@b.example")
        carry_out(connection, store.id, key, plan(connection, store.id, key, person), NOW)
        assert connection.execute(sa.select(pieces.pieces)).all() == []
        assert ask.confirm(connection, one, NOW)
    work(world, NOW)
    failed = stands(world, one)
    assert failed.stage is Stage.FAILED and failed.error is not None and "forgotten" in failed.error[0]


def test_a_file_is_forgotten_after_a_week(world: World, store: Store) -> None:
    one = checked(world, store, FILE, NOW)
    done = checked(world, store, FILE, NOW)
    with writing(world.databases.main, store.id) as connection:
        ask.confirm(connection, done, NOW)
    work(world, NOW)
    work(world, NOW + KEPT + DAY)
    assert (stands(world, one).stage, stands(world, done).stage) == (Stage.DROPPED, Stage.DONE)
    with reading(world.databases.main) as connection:
        assert connection.execute(sa.select(pieces.pieces)).all() == []


def test_a_crash_between_two_steps_changes_nothing(
    world: World, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = checked(world, store, FILE, NOW)
    with writing(world.databases.main, store.id) as connection:
        ask.confirm(connection, one, NOW)
    real, broken = look._Step.changing, iter([True])

    def crash(step: Any, **values: Any) -> Any:
        if next(broken, False):
            raise RuntimeError("The power went.")
        return real(step, **values)

    monkeypatch.setattr(look._Step, "changing", crash)
    work(world, NOW)
    before = facts(world)
    work(world, NOW + timedelta(minutes=1))
    assert stands(world, one).stage is Stage.DONE and facts(world) == before
    assert world.numbers(store) == ["import:1001", "import:1002", "import:1003"]


def test_a_file_that_breaks_off_fails_in_words(world: World, store: Store) -> None:
    one = checked(world, store, table([]), NOW)
    assert one.stage is Stage.FAILED and one.error is not None and "no row below" in one.error[0]


def test_pieces_are_sealed(world: World, store: Store) -> None:
    checked(world, store, FILE, NOW)
    with reading(world.databases.main) as connection:
        rows = connection.execute(sa.select(pieces.pieces)).all()
    assert {row.part for row in rows} == {Part.FILE, Part.ROWS}
    assert not any(b"elif@" in row.sealed for row in rows)


def test_an_order_has_no_more_rows_than_an_order_can_have(world: World, store: Store) -> None:
    header = [*HEADER, "Ürün Adı"]
    rows = [[*LATE, f"Ürün {number}"] for number in range(501)]
    one = checked(world, store, table([*rows, [*GOOD, "x"]], header), NOW)
    assert (one.counts["orders"], one.counts["left_out_rows"]) == (1, 501)
