from __future__ import annotations

import random
from typing import Any

import pytest
from tests.build import HOUR, on, said
from tests.returns.conftest import ORDER, Counter, delivered_order
from tests.shop import make_shop

from vefa.customers import vault
from vefa.database import Databases, reading
from vefa.policy.table import Kind
from vefa.returns import records
from vefa.returns.request import State

SEEN = (
    *("order_number", "holder", "source", "store_ref", "lines", "reason", "wanted", "language", "state"),
    *("requested_at", "received_at", "closed_at", "refund_id", "refund_due_at"),
)


def asked(at: Any = None, **more: Any) -> dict[str, Any]:
    document = {"id": "R/1", "lines": [{"id": "L1", "quantity": 1}], "reason": "Kapağı çatlak geldi"} | more
    return said("return.requested", at or on(5), **{"return": document})


def received(at: Any = None, name: str = "R/1") -> dict[str, Any]:
    return said("return.received", at or on(9), **{"return": {"id": name}})


def refunded(at: Any = None, name: str = "F1", amount: str = "100.00") -> dict[str, Any]:
    refund = {"id": name, "amount": amount, "created_at": (at or on(10)).isoformat()}
    return said("refund.created", at or on(10), refund=refund)


def seen(counter: Counter) -> list[dict[str, Any]]:
    return [{name: getattr(row, name) for name in SEEN} for row in counter.rows]


def test_a_request_of_the_store_waits_for_a_person_with_the_policys_word(counter: Counter) -> None:
    counter.tell(asked(reason="changed_mind"), now=on(5))
    row = counter.row
    assert (row.state, row.reason, row.order_number, row.holder) == (
        "asked",
        "changed_mind",
        "1001",
        "standard:C1",
    )
    assert records.pieces(row) == {"L1": 1}
    assert row.verdict is None and row.number == 1 and row.language == "tr"
    (decision,) = counter.decisions(row.id)
    assert decision.outcome is Kind.ACCEPT_RETURN


def test_words_are_copied_sealed_under_the_persons_key(counter: Counter) -> None:
    counter.tell(asked(), now=on(5))
    store, key = counter.keys()
    with reading(counter.shop.world.databases.main) as connection:
        person = vault.keys(connection, store.id, ["standard:C1"], key)["standard:C1"]
    assert records.words(counter.row, person) == "Kapağı çatlak geldi"
    assert "çatlak".encode() not in counter.row.sealed_words
    assert records.words(counter.row, None) is None


def test_goods_come_and_the_refund_closes(counter: Counter) -> None:
    counter.tell(asked(), now=on(5))
    assert counter.row.refund_due_at is None  # in Turkey the days run from the goods
    counter.tell(received(), now=on(9))
    row = counter.row
    assert row.state == State.RECEIVED and row.received_at == on(9)
    assert on(23) < row.refund_due_at <= on(24)
    counter.tell(refunded(), now=on(10))
    row = counter.row
    assert (row.state, row.closed_at, row.refund_id) == ("closed", on(10), "F1")
    assert on(23) < row.refund_due_at <= on(24)


def test_a_refund_before_the_request_does_not_close_it(counter: Counter) -> None:
    counter.tell(refunded(on(4)), asked(), now=on(6))
    assert (counter.row.state, counter.row.refund_id) == ("asked", None)


def test_the_whole_order_refunded_closes_every_return(counter: Counter) -> None:
    other = asked(on(6), id="R2", lines=[{"id": "L2", "quantity": 1}])
    counter.tell(asked(), other, refunded(amount="300.00"), now=on(11))
    assert [row.state for row in counter.rows] == ["closed", "closed"]


def test_one_refund_of_a_part_closes_one_return(counter: Counter) -> None:
    other = asked(on(6), id="R2", lines=[{"id": "L2", "quantity": 1}])
    counter.tell(asked(), other, refunded(), now=on(11))
    assert [(row.store_ref, row.state) for row in counter.rows] == [("R/1", "closed"), ("R2", "asked")]


def test_the_store_may_close_a_return_itself(counter: Counter) -> None:
    counter.tell(asked(), said("return.closed", on(8), **{"return": {"id": "R/1"}}), now=on(9))
    assert (counter.row.state, counter.row.closed_at) == ("closed", on(8))


def test_the_store_speaks_of_what_was_asked_for_on_the_page(counter: Counter) -> None:
    identity = counter.ask(on(5), reason="damaged", words="Kırık")
    counter.tell(asked(on(6)), now=on(6))
    row = counter.row
    assert (row.id, row.source, row.store_ref, row.reason) == (identity, "page", "R/1", "damaged")
    counter.tell(received(), refunded(), now=on(11))
    assert counter.row.state == "closed"


def test_an_event_of_the_future_waits(counter: Counter) -> None:
    counter.shop.tell(asked(on(5) + 3 * HOUR), at=on(5))
    counter.shop.world.work(on(5))
    assert counter.rows == []
    counter.shop.world.work(on(5) + 4 * HOUR)
    assert counter.row.state == "asked"


@pytest.mark.parametrize("seed", range(8))
def test_any_order_and_repetition_ends_the_same(databases: Databases, tmp_path: Any, seed: int) -> None:
    story = [
        *delivered_order(),
        asked(),
        asked(on(6), id="R2", lines=["L2"], reason="quality", wanted="exchange"),
        received(),
        received(on(10), "R2"),
        refunded(),
        refunded(on(4), "F0", "5.00"),
    ]
    shop = make_shop(databases, country="TR", timezone="Europe/Istanbul", languages=["tr", "en"])
    straight = Counter(shop, None)  # type: ignore[arg-type]
    if seed:
        chance = random.Random(seed)
        story = story + chance.sample(story, 4)
        chance.shuffle(story)
    for event in story:
        shop.tell(event, at=on(20))
        shop.world.work(on(20))
    shop.world.run(on(20), on(22))
    expected = [
        ("R/1", "closed", "F1", '{"L1":1}', "other"),
        ("R2", "received", None, '{"L2":1}', "quality"),
    ]
    rows = straight.rows
    assert [(one.store_ref, one.state, one.refund_id, one.lines, one.reason) for one in rows] == expected
    assert [one.requested_at for one in rows] == [on(5), on(6)]
    assert [one.received_at for one in rows] == [on(9), on(10)]
    assert {(one.holder, one.order_number) for one in rows} == {("standard:C1", "1001")}
    assert straight.decisions(rows[1].id)
    before = seen(straight)
    shop.tell(*story, at=on(22))
    shop.world.run(on(22), on(23))
    assert seen(straight) == before


def test_a_return_before_its_order_is_known_learns_whose_it_is(databases: Databases) -> None:
    shop = make_shop(databases, country="TR", timezone="Europe/Istanbul", languages=["tr", "en"])
    counter = Counter(shop, None)  # type: ignore[arg-type]
    counter.tell(asked(), now=on(5))
    assert counter.row.holder == f"order:{ORDER}"
    assert counter.decisions(counter.row.id)[0].outcome is Kind.ASK_A_PERSON
    shop.tell(*delivered_order(), at=on(5) + HOUR)
    shop.world.run(on(5) + HOUR, on(6))
    assert (counter.row.holder, counter.row.order_number) == ("standard:C1", "1001")
    store, key = counter.keys()
    with reading(shop.world.databases.main) as connection:
        person = vault.keys(connection, store.id, ["standard:C1"], key)["standard:C1"]
    assert records.words(counter.row, person) == "Kapağı çatlak geldi"
    assert len(counter.decisions(counter.row.id)) == 2
