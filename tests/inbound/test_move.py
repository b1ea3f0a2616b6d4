"""From intake to the journal: nothing lost, nothing twice, nothing personal in plain text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DataError, OperationalError
from tests.build import event, on, parcel, placed, request, said
from tests.shop import DUE, WHO, Shop, late_order, make_shop
from tests.support import everything

from vefa import clock, journal
from vefa.cli.rebuild import compare
from vefa.customers.vault import customers
from vefa.database import Databases, reading
from vefa.inbound.listing import unreadable
from vefa.inbound.move import enter, move
from vefa.stores.records import key_of
from vefa.subscriptions import FACTS_WAKE

pytestmark = pytest.mark.contract


@pytest.fixture
def shop(databases: Databases) -> Shop:
    return make_shop(databases)


def rows(shop: Shop, table: sa.Table) -> list[Any]:
    engine = shop.world.databases.intake if table is journal.intake else shop.world.databases.main
    with reading(engine) as connection:
        return sorted(connection.execute(sa.select(table)), key=lambda row: str(row))


def moved(shop: Shop, now: datetime) -> int:
    return move(shop.world.databases, shop.world.master, FACTS_WAKE, now)


def test_moving_empties_intake_and_keeps_the_moment_of_receipt(shop: Shop) -> None:
    shop.tell(late_order(), at=on(0, hours=1))
    assert moved(shop, on(5)) == 1 and moved(shop, on(5)) == 0
    assert rows(shop, journal.intake) == []
    (body,), (fact,) = rows(shop, journal.raw_bodies), rows(shop, journal.facts)
    assert (body.state, body.received_at) == ("read", on(0, hours=1))
    assert (fact.at, fact.learned_at) == (on(0), on(0, hours=1))


@pytest.mark.parametrize(
    ("document", "state"),
    [
        (b"not JSON", "unreadable"),
        (event("order.exploded"), "unreadable"),
        (event("store.uninstalled"), "counted"),
        (event("customer.updated", customer=WHO), "read"),
        (b'{"id": "x", "type": "order.paid", "data": {"order_id": "\\ud800"}}', "unreadable"),
        (b'{"id": "\\ud800", "type": "order.paid"}', "unreadable"),
    ],
)
def test_every_body_is_accounted_for_beside_the_others(
    shop: Shop, document: bytes | dict[str, Any], state: str
) -> None:
    shop.world.inbound.keep(request(document, "shop", clock.now()), on(1))
    shop.tell(late_order())
    moved(shop, on(1))
    assert sorted(row.state for row in rows(shop, journal.raw_bodies)) == sorted([state, "read"])
    assert [row.subject for row in rows(shop, journal.facts)] == ["order:standard:1"]
    with reading(shop.world.databases.main) as connection:
        shown = unreadable(connection, shop.store.id)
    assert len(shown) == (state == "unreadable") and all(row.error for row in shown)


def test_an_event_is_known_by_its_id_also_when_it_comes_again_later(shop: Shop) -> None:
    shop.tell(said("order.paid", on(1)))
    moved(shop, on(1))
    twice = said("order.paid", on(1), paid_at=on(2).isoformat()) | {"id": said("order.paid", on(1))["id"]}
    shop.tell(twice, at=on(3))
    moved(shop, on(3))
    assert len(rows(shop, journal.facts)) == len(rows(shop, journal.raw_bodies)) == 1
    assert "paid_at" not in rows(shop, journal.facts)[0].data


@pytest.mark.parametrize("crash_at", ["release", "enter"])
def test_a_crash_on_the_way_repeats_without_effect(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, crash_at: str
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    shop.tell(late_order(), parcel("shipped", on(1)))
    with monkeypatch.context() as patch:
        patch.setattr(journal, crash_at, killed)
        with pytest.raises(Killed):
            moved(shop, on(1))
    assert len(rows(shop, journal.intake)) == 2
    assert len(rows(shop, journal.facts)) == (2 if crash_at == "release" else 0)
    before = rows(shop, journal.facts)
    assert moved(shop, on(2)) == 2
    assert rows(shop, journal.intake) == [] and len(rows(shop, journal.facts)) == 2
    assert crash_at == "enter" or rows(shop, journal.facts) == before


def test_the_same_body_twice_in_a_batch_is_counted_as_a_duplicate(shop: Shop) -> None:
    shop.tell(late_order())
    with reading(shop.world.databases.intake) as connection:
        waiting = journal.waiting(connection, 10)
    counts = enter(shop.world.databases, shop.world.master, FACTS_WAKE, shop.store.id, waiting * 2, on(1))
    assert (counts.received, counts.duplicates, counts.unreadable) == (2, 1, 0)


def test_a_body_that_does_not_open_holds_nothing_up(shop: Shop) -> None:
    shop.tell(late_order("1"), late_order("2"))
    with shop.world.databases.intake.begin() as connection:
        first = sa.select(journal.intake.c.key).limit(1).scalar_subquery()
        connection.execute(
            journal.intake.update().where(journal.intake.c.key == first).values(sealed_body=b"x" * 40)
        )
    moved(shop, on(1))
    assert rows(shop, journal.intake) == []
    assert sorted(row.state for row in rows(shop, journal.raw_bodies)) == ["read", "unreadable"]


def test_a_name_stamped_in_the_future_is_not_believed(shop: Shop) -> None:
    shop.tell(
        event("customer.updated", datetime(2099, 1, 1, tzinfo=UTC), customer=WHO | {"name": "X"}), at=on(1)
    )
    shop.tell(event("customer.updated", on(2), customer=WHO))
    moved(shop, on(3))
    with reading(shop.world.databases.main) as connection:
        key = key_of(connection, shop.store.id, shop.world.master)
        assert customers(connection, shop.store.id, ["standard:C1"], key)["standard:C1"].name == WHO["name"]


def test_old_raw_bodies_are_dropped_and_the_facts_stay(shop: Shop) -> None:
    shop.tell(*(late_order(str(number)) for number in range(3)), parcel("shipped", on(10)))
    moved(shop, on(11))
    with shop.world.databases.main.begin() as connection:
        assert journal.drop_raw(connection, shop.store.id, on(10), limit=2) == 2
        assert journal.drop_raw(connection, shop.store.id, on(10), limit=2) == 1
        assert journal.drop_raw(connection, shop.store.id, on(10), limit=2) == 0
    assert (len(rows(shop, journal.raw_bodies)), len(rows(shop, journal.facts))) == (1, 4)


PLACE = {
    "country": "TR",
    "city": "Bornova",
    "postal_code": "35040-QX",
    "latitude": 38.46231,
    "longitude": 27.21773,
}
SECRETS = (b"elif", b"Elif", b"Kaya", b"905551112233", b"35040-QX", b"38.46231", b"27.21773", b"never again")


def test_nothing_personal_lies_in_plain_text(shop: Shop) -> None:
    shop.tell(late_order(ship_to=PLACE, ship_from=PLACE), parcel("shipped", on(1)))
    shop.tell(event("order.updated", on(4), order={"id": "1", "customer": WHO | {"last_name": "Kaya"}}))
    assert not [secret for secret in SECRETS if secret in everything(shop.world.databases)]
    shop.world.run(on(0), on(9))
    shop.tell(parcel("delivered", on(9)), event("customer.updated", on(9), customer=WHO))
    shop.world.run(on(9), on(12))
    assert len(shop.line.taken) == 2
    shop.tell(said("review.posted", on(12), score=1, title="never again", text="Elif: never again"))
    shop.tell(said("customer.contacted_us", on(12), customer_id="C1", text="I am Elif Kaya"))
    assert not [secret for secret in SECRETS if secret in everything(shop.world.databases)]
    shop.world.run(on(12), on(13))
    assert compare(shop.world.databases.main, on(13), repair=True)["orders"] == 1
    shop.tell(late_order("2", ship_to=PLACE))
    found = everything(shop.world.databases)
    assert not [secret for secret in SECRETS if secret in found]
    assert b"Bornova" in found and DUE.encode() in found


def test_what_lies_in_plain_text_would_be_found(shop: Shop) -> None:
    shop.tell(placed(tags=["a plain marker"]))
    moved(shop, on(1) + timedelta(hours=1))
    assert b"a plain marker" in everything(shop.world.databases)


def test_a_value_that_the_database_refuses_stops_nobody(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would refuse it again for ever; a database that is away is another matter, and waited for."""
    append, away = journal.append, OperationalError("INSERT", {}, Exception("the server is gone"))

    def refusing(connection: sa.Connection, store_id: int, new: Any) -> None:
        if any(fact.subject.endswith(":2") for fact in new):
            raise away if away.args else DataError("INSERT", {}, Exception("value too long"))
        append(connection, store_id, new)

    shop.tell(placed(order_id="1"), placed(order_id="2"))
    monkeypatch.setattr(journal, "append", refusing)
    with pytest.raises(OperationalError):
        moved(shop, on(1))
    away.args = ()
    assert moved(shop, on(1)) == 2
    assert rows(shop, journal.intake) == []
    assert sorted(row.state for row in rows(shop, journal.raw_bodies)) == ["read", "unreadable"]
