"""What customers post and write becomes a case, whatever the order in which it is heard."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build import event, on, parcel, placed, said
from tests.shop import WHO, Shop, make_shop

from vefa.cases import entries, look
from vefa.cases.case import Channel
from vefa.cases.open import Said, open_or_continue
from vefa.cases.records import cases
from vefa.cli import rebuild
from vefa.cli.migrate import upgrade
from vefa.customers import vault
from vefa.database import Databases, open_databases, reading
from vefa.feedback.answer import give
from vefa.feedback.records import answers
from vefa.outreach import permission
from vefa.promises import given as promised
from vefa.stores import records as stores

LATER = on(60)
ELSE = {"id": "C2", "email": "can@buyer.example"}


def order(order_id: str = "1", **more: Any) -> dict[str, Any]:
    return placed(on(0), order_id, "2026-03-09", **{"customer": WHO, "number": f"#{order_id}"} | more)


def review(day: float, score: int, order_id: str = "1", **more: Any) -> dict[str, Any]:
    return said("review.posted", on(day), order_id, score=score, **more)


def contact(day: float, text: str = "Hello?", **more: Any) -> dict[str, Any]:
    return event("customer.contacted_us", on(day), text=text, **{"customer_id": "C1"} | more)


def told(databases: Databases, *events: dict[str, Any]) -> Shop:
    shop = make_shop(databases, sending=False)
    shop.tell(*events)
    shop.world.work(LATER)
    return shop


def rows(shop: Shop, table: sa.Table = cases, by: str = "number") -> list[Any]:
    with reading(shop.world.databases.main) as connection:
        return list(connection.execute(sa.select(table).order_by(table.c[by])))


def conversation(shop: Shop, case: Any) -> list[entries.Entry]:
    with reading(shop.world.databases.main) as connection:
        _, key = stores.with_key(connection, shop.store.id, shop.world.master)
        person = vault.keys(connection, shop.store.id, [case.holder], key).get(case.holder)
        return entries.of_case(connection, shop.store.id, case.id, person)


def words(shop: Shop, case: Any) -> list[str]:
    return [one.text for one in conversation(shop, case) if one.text]


@pytest.mark.parametrize(
    ("one", "opens"),
    [
        (review(8, 1), True),
        (review(8, 2), True),
        (review(8, 3), False),
        (review(8, 5), False),
        (review(8, 3, text="Fine"), True),
        (review(8, 5, title="Great"), True),
        (review(8, 5, text="", title=None), False),
        (contact(8, order_id="1"), True),
        (contact(8, "", order_id="1"), True),
        (contact(8), True),
    ],
)
def test_what_opens_a_case(databases: Databases, one: dict[str, Any], opens: bool) -> None:
    shop = told(databases, order(), one)
    assert len(rows(shop)) == opens
    assert len(rows(shop, answers, "id")) == (one["type"] == "review.posted")


def test_a_reviews_words_stand_in_the_case(databases: Databases) -> None:
    shop = told(databases, order(), review(8, 1, title="Late", text="It came late", public=True))
    (case,) = rows(shop)
    assert (case.holder, case.order_number, case.channel, case.score) == ("standard:C1", "#1", "review", 1)
    assert words(shop, case) == ["Late\n\nIt came late"]
    detail = next(one.detail for one in conversation(shop, case) if one.text)
    assert (detail["score"], detail["public"]) == (1, True)


def test_reviews_and_contacts_of_one_order_are_one_case(databases: Databases) -> None:
    shop = told(databases, order(), review(8, 1), review(9, 4, text="Solved"), contact(10, order_id="1"))
    (case,) = rows(shop)
    assert words(shop, case) == ["Solved", "Hello?"]
    assert len(rows(shop, answers, "id")) == 2


def test_a_contact_about_an_order_is_its_customers(databases: Databases) -> None:
    shop = told(
        databases, order(), contact(8, "Where is it?", order_id="1", customer_id="C9", channel="phone")
    )
    (case,) = rows(shop)
    assert (case.holder, case.order_id, case.channel) == ("standard:C1", "standard:1", "phone")


def test_a_contact_about_no_order_is_the_customers(databases: Databases) -> None:
    shop = told(databases, order(), contact(8, "Merhaba", channel="sms", language="tr"))
    (case,) = rows(shop)
    assert (case.holder, case.order_id, case.channel, case.language) == (
        "standard:C1",
        None,
        "platform",
        "tr",
    )
    assert words(shop, case) == ["Merhaba"]


def test_a_guests_case_is_the_orders_own(databases: Databases) -> None:
    shop = told(databases, order(customer={"email": "guest@buyer.example"}), review(8, 1, text="Bad"))
    (case,) = rows(shop)
    assert case.holder == "order:standard:1"


def test_what_was_written_before_the_order_was_known_goes_to_its_customer(databases: Databases) -> None:
    shop = make_shop(databases, sending=False)
    shop.tell(contact(8, "Where is it?", order_id="1", customer_id="C9"))
    shop.world.work(on(8))
    (case,) = rows(shop)
    assert (case.holder, case.expected) == ("standard:C9", None)
    shop.tell(order(), at=on(9))
    shop.world.work(on(9))
    (case,) = rows(shop)
    assert (case.holder, case.order_number) == ("standard:C1", "#1")
    assert json.loads(case.expected)["due"] == "2026-03-09"
    assert words(shop, case) == ["Where is it?"]
    with reading(shop.world.databases.main) as connection:
        held = permission.held(connection, shop.store.id, ["standard:C9", "standard:C1"])
        promises = promised.of_cases(connection, shop.store.id, [case.id])[case.id]
    assert held == {"standard:C1": f"case:{case.id}"}
    assert {one.holder for one in promises} == {"standard:C1"}


def test_what_has_not_happened_yet_waits(databases: Databases) -> None:
    shop = make_shop(databases, sending=False)
    shop.tell(order(), review(8.5, 1), contact(8.5), at=on(8))
    shop.world.work(on(8))
    assert rows(shop) == []
    shop.world.run(on(8), on(9))
    assert len(rows(shop)) == 2


def test_what_cannot_have_happened_opens_nothing(databases: Databases) -> None:
    shop = make_shop(databases, sending=False)
    shop.tell(order(), at=on(0))
    shop.tell(review(40, 1), contact(40, order_id="1"), at=on(8))
    shop.world.work(LATER)
    assert rows(shop) == [] and rows(shop, answers, "id") == []


def test_an_answer_on_a_page_and_its_second_edition(databases: Databases) -> None:
    shop = told(databases, order())

    def answer(score: int, text: str, now: datetime) -> None:
        with databases.main.begin() as connection:
            store, key = stores.with_key(connection, shop.store.id, shop.world.master)
            give(
                connection,
                store,
                key,
                wakes=["cases"],
                holder="standard:C1",
                order_id="standard:1",
                message_id=None,
                score=score,
                words=text,
                language="tr",
                now=now,
            )
        shop.world.work(now)

    answer(1, "Kırık", LATER)
    answer(5, "", LATER + timedelta(hours=1))
    (case,) = rows(shop)
    assert (case.channel, case.reason, case.language, case.score) == ("feedback", "damaged", "tr", 1)
    said_scores = [one.detail["score"] for one in conversation(shop, case) if "score" in one.detail]
    assert said_scores == [1, 5]


def test_a_good_answer_that_is_changed_opens_no_case(databases: Databases) -> None:
    shop = told(databases, order(), review(8, 5))
    assert rows(shop) == []


def test_another_stores_customer_is_another(databases: Databases) -> None:
    shop = told(databases, order(), review(8, 1))
    other = shop.world.add_store("other", on(-9))
    with reading(databases.main) as connection:
        assert stores.by_id(connection, other.id).id != shop.store.id
    assert {case.store_id for case in rows(shop)} == {shop.store.id}


def test_a_rebuild_finds_nothing_to_mend(databases: Databases) -> None:
    told(databases, order(), review(8, 1, text="Bad"), contact(9), contact(9, order_id="1"))
    assert rebuild.compare(databases.main, LATER, repair=False)["differences"] == 0


EVENTS = [
    order(),
    order("2", customer=ELSE),
    order("3", customer={"email": "guest@buyer.example"}),
    parcel("shipped", on(2), order_id="1"),
    parcel("delivered", on(9), order_id="1"),
    parcel("delivered", on(5), order_id="2"),
    review(7, 1),
    review(10, 2, text="Kırık geldi"),
    review(9, 5, "2", text="Very nice"),
    review(12, 3, "3"),
    review(13, 1, "3"),
    contact(6, "Where is it?", order_id="1"),
    contact(6.5, "سفارشم هنوز نرسیده", order_id="2", customer_id="C2"),
    contact(11, "Are you open on Sunday?"),
    contact(11, "I want to return it", customer_id="C2"),
    contact(12, "And my question?"),
]


@contextmanager
def fresh() -> Iterator[Databases]:
    with TemporaryDirectory() as folder:
        databases = open_databases(Path(folder) / "v.db", durable=False)
        upgrade(databases)
        yield databases
        databases.dispose()


def picture(shop: Shop) -> list[Any]:
    """Return every case with its conversation, without what depends on when it was heard."""
    found = []
    for case in rows(shop, by="opened_at"):
        told_there = [
            (one.key, one.at, one.kind, one.text, one.channel, json.dumps(one.detail, sort_keys=True))
            for one in conversation(shop, case)
            if "triage" in one.detail
        ]
        names = ("holder", "order_id", "order_number", "kind", "reason", "severity", "because", "channel")
        names += ("language", "state", "opened_at", "last_customer_at", "score", "expected", "legal_due_at")
        found.append(([getattr(case, name) for name in names], sorted(told_there)))
    return sorted(found, key=repr)


def heard(batches: Sequence[Sequence[dict[str, Any]]]) -> tuple[list[Any], list[Any]]:
    """Tell the store's events batch by batch, working in between, and return its cases and its holds."""
    with fresh() as databases:
        shop = make_shop(databases, sending=False)
        for number, batch in enumerate(batches):
            shop.tell(*batch, at=LATER)
            shop.world.work(LATER + number * timedelta(minutes=1))
        numbers = [case.number for case in rows(shop)]
        assert numbers == [*range(1, len(numbers) + 1)]
        with reading(databases.main) as connection:
            holders = sorted({case.holder for case in rows(shop)})
            held = sorted(permission.held(connection, shop.store.id, holders))
        return picture(shop), held


PLAIN: list[Any] = []


@settings(max_examples=12, deadline=None)
@given(st.permutations(EVENTS), st.lists(st.sampled_from(EVENTS), max_size=4), st.integers(1, 5))
def test_any_order_and_repetition_end_in_the_same_cases(
    shuffled: list[dict[str, Any]], twice: list[dict[str, Any]], size: int
) -> None:
    if not PLAIN:
        PLAIN.append(heard([EVENTS]))
        assert len(PLAIN[0][0]) == 5
    every = shuffled + twice
    assert heard([every[at : at + size] for at in range(0, len(every), size)]) == PLAIN[0]


def test_numbers_count_for_each_store(databases: Databases) -> None:
    shop = told(databases, order(), review(8, 1), contact(9), contact(9, customer_id="C2"))
    assert [case.number for case in rows(shop)] == [1, 2, 3]


def test_numbers_have_no_gaps_when_many_open_at_once(databases: Databases) -> None:
    shop = told(databases, *(order(str(number)) for number in range(12)))

    def open_one(number: int) -> None:
        about = Said(f"k{number}", f"standard:P{number}", on(9), Channel.PAGE, text="Bad")
        with databases.main.begin() as connection:
            store, key = stores.with_key(connection, shop.store.id, shop.world.master)
            open_or_continue(connection, store, key, [about], on(9))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(open_one, range(12)))
    assert [case.number for case in rows(shop)] == [*range(1, 13)]


def test_many_at_once_are_written_a_few_at_a_time(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    original = look.open_or_continue

    def counted(connection: Any, store: Any, key: Any, said_now: Any, *rest: Any) -> Any:
        sizes.append(len(said_now))
        return original(connection, store, key, said_now, *rest)

    monkeypatch.setattr(look, "open_or_continue", counted)
    numbers = [str(number) for number in range(25)]
    shop = told(databases, *(order(one) for one in numbers), *(review(8, 1, one) for one in numbers))
    assert len(rows(shop)) == 25
    assert max(sizes) == look.AT_ONCE
