"""A case is opened once, continued while it is open, and holds automatic messages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.build import DAY, on, placed, said
from tests.shop import WHO, Shop, make_shop

from vefa.cases import entries
from vefa.cases.case import CaseKind, Channel, EntryKind, Reason
from vefa.cases.open import REOPENED_WITHIN, Said, open_or_continue
from vefa.cases.records import cases, change
from vefa.customers import vault
from vefa.database import Databases, reading
from vefa.outreach import permission
from vefa.promises import given
from vefa.stores import records as stores

HOLDER, ORDER = "standard:C1", "standard:1"


@pytest.fixture
def shop(databases: Databases) -> Shop:
    made = make_shop(databases)
    made.tell(placed(on(0), "1", "2026-03-09", customer=WHO, number="#1"))
    made.world.work(on(0))
    return made


def say(key: str, at: datetime, text: str = "", **more: Any) -> Said:
    return Said(key, more.pop("holder", HOLDER), at, Channel.PAGE, more.pop("order_id", ORDER), text, **more)


def take(shop: Shop, *said: Said, now: datetime | None = None) -> dict[str, str]:
    with shop.world.databases.main.begin() as connection:
        store, key = stores.with_key(connection, shop.store.id, shop.world.master)
        return open_or_continue(connection, store, key, said, now or max(one.at for one in said))


def rows(shop: Shop) -> list[Any]:
    with reading(shop.world.databases.main) as connection:
        return list(connection.execute(sa.select(cases).order_by(cases.c.number)))


def conversation(shop: Shop, case_id: str, holder: str = HOLDER) -> list[entries.Entry]:
    with reading(shop.world.databases.main) as connection:
        _, key = stores.with_key(connection, shop.store.id, shop.world.master)
        person = vault.keys(connection, shop.store.id, [holder], key).get(holder)
        return entries.of_case(connection, shop.store.id, case_id, person)


def held(shop: Shop, holder: str = HOLDER) -> str | None:
    with reading(shop.world.databases.main) as connection:
        return permission.held(connection, shop.store.id, [holder]).get(holder)


def close(shop: Shop, case_id: str, now: datetime) -> None:
    with shop.world.databases.main.begin() as connection:
        change(connection, shop.store.id, case_id, state="closed", closed_at=now)
        permission.lift(connection, shop.store.id, f"case:{case_id}", now)


def test_a_case_with_all_that_belongs_to_it(shop: Shop) -> None:
    case_id = take(shop, say("k1", on(9), "The lamp is broken", language="en"))["k1"]
    (case,) = rows(shop)
    assert (case.id, case.number, case.order_number, case.holder) == (case_id, 1, "#1", HOLDER)
    assert (case.kind, case.reason, case.severity, case.state) == ("complaint", "damaged", 3, "open")
    assert case.opened_at == case.last_customer_at == on(9)
    assert '"due":"2026-03-09"' in case.expected and '"source":"checkout"' in case.expected
    assert held(shop) == f"case:{case_id}"
    with reading(shop.world.databases.main) as connection:
        (promise,) = given.of_cases(connection, shop.store.id, [case_id])[case_id]
    assert (promise.kind, promise.holder, promise.due_at) == ("first_reply", HOLDER, case.due_at)
    told = [(one.kind, one.text) for one in conversation(shop, case_id)]
    assert told[0] == (EntryKind.CUSTOMER, "The lamp is broken")
    assert {kind for kind, _ in told[1:]} == {EntryKind.OPENED, EntryKind.DECISION}


def test_the_words_are_sealed_and_erasing_the_person_erases_them(shop: Shop) -> None:
    case_id = take(shop, say("k1", on(9), "my secret words"))["k1"]
    with shop.world.databases.main.begin() as connection:
        sealed = connection.execute(sa.select(entries.entries.c.sealed_text)).scalars().all()
        assert not any(one and b"secret" in one for one in sealed)
        connection.execute(vault.vault.delete())
    assert all(one.text is None for one in conversation(shop, case_id))


def test_what_is_said_again_enters_nothing(shop: Shop) -> None:
    first = take(shop, say("k1", on(9), "Broken"))
    before = rows(shop), conversation(shop, first["k1"])
    again = take(shop, say("k1", on(9), "Broken"), say("k1", on(9), "Broken"), now=on(10))
    assert again == first
    assert (rows(shop), conversation(shop, first["k1"])) == before


def test_the_open_case_goes_on_and_becomes_what_weighs_most(shop: Shop) -> None:
    first = take(shop, say("k1", on(5), "Where is it?"))["k1"]
    (asked,) = rows(shop)
    assert (asked.kind, asked.legal_due_at) == ("question", None)
    second = take(shop, say("k2", on(6), "It arrived broken, refund please", score=1))["k2"]
    (case,) = rows(shop)
    assert first == second
    assert (case.kind, case.reason, case.score) == ("complaint", "damaged", 1)
    assert (case.opened_at, case.last_customer_at) == (on(5), on(6))
    told = [one for one in conversation(shop, first) if one.kind is EntryKind.DECISION]
    assert [one.detail["reason"] for one in told] == ["other", "damaged"]


def test_cases_apart(shop: Shop) -> None:
    found = take(
        shop,
        say("k1", on(9), "Broken"),
        say("k2", on(9), "Hello?", order_id=None),
        say("k3", on(9), "Hello?", order_id=None),
        say("k4", on(9), "Hello?", order_id=None, holder="standard:C2"),
    )
    assert found["k2"] == found["k3"]
    assert len(set(found.values())) == 3
    assert [case.number for case in rows(shop)] == [1, 2, 3]
    assert [case.order_id for case in rows(shop)] == [ORDER, None, None]


@pytest.mark.parametrize(("after", "again"), [(REOPENED_WITHIN - DAY, True), (REOPENED_WITHIN, False)])
def test_a_case_closed_lately_is_opened_again(shop: Shop, after: timedelta, again: bool) -> None:
    first = take(shop, say("k1", on(9), "Broken"))["k1"]
    close(shop, first, on(10))
    assert held(shop) is None
    second = take(shop, say("k2", on(10) + after, "And?"))["k2"]
    assert (first == second) is again
    last = rows(shop)[-1]
    assert (last.number, last.state, last.closed_at) == (1 if again else 2, "open", None)
    assert held(shop) == f"case:{second}"
    kinds = [one.kind for one in conversation(shop, second)]
    assert (EntryKind.REOPENED in kinds) is again


def test_a_case_that_waited_for_the_customer_is_the_stores_again(shop: Shop) -> None:
    case_id = take(shop, say("k1", on(9), "Broken"))["k1"]
    with shop.world.databases.main.begin() as connection:
        given.settle(connection, shop.store.id, case_id, [given.GivenKind.FIRST_REPLY], kept=True, now=on(9))
        change(connection, shop.store.id, case_id, state="waiting", first_replied_at=on(9), due_at=None)
    take(shop, say("k2", on(11), "I sent the picture"))
    (case,) = rows(shop)
    assert case.state == "open"
    with reading(shop.world.databases.main) as connection:
        first, second = given.of_cases(connection, shop.store.id, [case_id])[case_id]
    assert (first.kept_at, second.kind, second.due_at) == (on(9), "reply", case.due_at)


def test_what_a_person_judged_stays(shop: Shop) -> None:
    case_id = take(shop, say("k1", on(9), "Broken"))["k1"]
    with shop.world.databases.main.begin() as connection:
        values = {"kind": "question", "reason": "comment", "severity": 1, "because": '["by_hand"]'}
        change(connection, shop.store.id, case_id, **values)
    take(shop, say("k2", on(10), "It is still broken"))
    (case,) = rows(shop)
    assert (case.kind, case.reason, case.severity, case.because) == (
        "question",
        "comment",
        1,
        '["by_hand"]',
    )


def test_the_expectation_is_what_checkout_said_and_never_changes(shop: Shop) -> None:
    shop.tell(said("promise.revised", on(8), "1", deliver_by="2026-03-20"))
    shop.world.work(on(8))
    take(shop, say("k1", on(9), "Broken"))
    (case,) = rows(shop)
    first = case.expected
    assert '"due":"2026-03-09"' in first
    with shop.world.databases.main.begin() as connection:
        connection.execute(sa.text("DELETE FROM facts WHERE type = 'order.placed'"))
    take(shop, say("k2", on(10), "Broken!"))
    shop.tell(placed(on(0, hours=1), "1", "2026-03-25", customer=WHO, number="#1"))
    shop.world.work(on(11))
    take(shop, say("k3", on(12), "Broken!!"))
    assert [case.expected for case in rows(shop)] == [first]


def test_a_stated_kind_and_reason(shop: Shop) -> None:
    take(shop, say("k1", on(9), "Hello", kind=CaseKind.COMPLAINT, reason=Reason.SERVICE))
    (case,) = rows(shop)
    assert (case.kind, case.reason, case.severity) == ("complaint", "service", 2)


@pytest.mark.parametrize(("country", "legal"), [("PL", on(9 + 14, hours=14)), ("TR", None)])
def test_the_laws_date_is_that_of_the_customers_country(
    databases: Databases, country: str, legal: datetime | None
) -> None:
    shop = make_shop(databases)
    shop.tell(placed(on(0), "1", "2026-03-09", customer=WHO, ship_to={"country": country}))
    shop.world.work(on(0))
    take(shop, say("k1", on(9), "Broken"))
    (case,) = rows(shop)
    assert case.legal_due_at == legal


def test_earlier_complaints_move_a_case_forward(shop: Shop) -> None:
    take(shop, say("k1", on(9), "Broken", order_id=None))
    take(shop, say("k2", on(9), "Broken"))
    first, second = rows(shop)
    assert first.rank_at - second.rank_at == timedelta(hours=12)
