from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest
from tests.build import DAY, HOUR, on, said
from tests.returns.conftest import Counter
from tests.support import PUBLIC_URL

from vefa.customers.link import Scope, read
from vefa.database import reading
from vefa.outreach import listing as outreach
from vefa.outreach.records import messages
from vefa.policy.table import Kind
from vefa.returns import act
from vefa.returns.ask import AskError
from vefa.returns.code import LETTERS, SIGNS, spell
from vefa.returns.plan import ActError
from vefa.staff.records import audit

ADDRESS = "Ege Depo, 5. Sokak 12\nBornova, İzmir"


def approve(counter: Counter, return_id: str, now: datetime, **wanted: Any) -> str | None:
    store, key = counter.keys()
    with counter.shop.world.databases.main.begin() as connection:
        return act.approve(
            connection,
            store,
            key,
            PUBLIC_URL,
            return_id,
            counter.by,
            now=now,
            **({"address": ADDRESS} | wanted),
        )


def refuse(counter: Counter, return_id: str, now: datetime, reason: str, alternative: str) -> str | None:
    store, key = counter.keys()
    with counter.shop.world.databases.main.begin() as connection:
        return act.refuse(
            connection,
            store,
            key,
            PUBLIC_URL,
            return_id,
            counter.by,
            reason=reason,
            alternative=alternative,
            now=now,
        )


def receive(counter: Counter, return_id: str, now: datetime) -> str | None:
    store, key = counter.keys()
    with counter.shop.world.databases.main.begin() as connection:
        return act.mark_received(connection, store, key, PUBLIC_URL, return_id, counter.by, now=now)


def letter(counter: Counter, message_id: str | None) -> dict[str, str]:
    store, key = counter.keys()
    assert message_id is not None
    with reading(counter.shop.world.databases.main) as connection:
        content = outreach.content(connection, store.id, message_id, key)
    assert content is not None
    return content


def audited(counter: Counter) -> list[str]:
    return [row.action for row in counter.shop.rows(audit)]


def test_asking_writes_the_request_and_the_policys_word(counter: Counter) -> None:
    identity = counter.ask(on(5), words="Rengi beğenmedim")
    row = counter.row
    assert (row.id, row.number, row.source, row.state) == (identity, 1, "page", "asked")
    (decision,) = counter.decisions(identity)
    assert decision.outcome is Kind.ACCEPT_RETURN
    assert counter.ask(on(6), lines={"L2": 1}) != identity
    assert [one.number for one in counter.rows] == [1, 2]


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"lines": {}}, "Choose at least one item"),
        ({"lines": {"L1": 0}}, "Choose at least one item"),
        ({"lines": {"L9": 1}}, "not part of the order"),
        ({"lines": {"L1": 3}}, "at most 2"),
        ({"lines": {"L1": -1}}, "at most 2"),
        ({"reason": "boredom"}, "Choose why"),
        ({"wanted": "gold"}, "Choose what"),
        ({"words": "x" * 4001}, "at most 4000 characters"),
    ],
)
def test_what_cannot_be_asked_for_is_said_in_a_sentence(
    counter: Counter, wanted: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(AskError, match=sentence):
        counter.ask(on(5), **wanted)
    assert counter.rows == []


def test_a_piece_is_not_returned_twice(counter: Counter) -> None:
    counter.ask(on(5), lines={"L1": 1, "L2": 1})
    with pytest.raises(AskError, match="Fincan was asked for already"):
        counter.ask(on(6), lines={"L2": 1})
    with pytest.raises(AskError, match="at most 1"):
        counter.ask(on(6), lines={"L1": 2})
    counter.ask(on(6), lines={"L1": 1})


def test_a_refused_piece_may_be_asked_for_again(counter: Counter) -> None:
    refuse(counter, counter.ask(on(5), lines={"L2": 1}), on(5), "Kullanılmış", "Onarım")
    assert counter.ask(on(6), lines={"L2": 1}, reason="damaged")


def test_the_stores_return_without_lines_holds_the_whole_order(counter: Counter) -> None:
    counter.tell(said("return.requested", on(5), **{"return": {"id": "R1"}}), now=on(5))
    with pytest.raises(AskError, match="asked for already"):
        counter.ask(on(6))


def test_nothing_of_an_order_that_was_given_back_is_returned(counter: Counter) -> None:
    counter.tell(said("refund.created", on(4), refund={"id": "F", "amount": "300.00"}), now=on(5))
    with pytest.raises(AskError, match="cancelled or refunded"):
        counter.ask(on(5))


def test_accepting_tells_all_that_is_needed(counter: Counter) -> None:
    identity = counter.ask(on(5))
    sent = letter(counter, approve(counter, identity, on(6), instructions="Aras ile gönderin."))
    row = counter.row
    assert (row.state, row.verdict, row.decided_by, row.decided_at) == (
        "approved",
        "approved",
        counter.by.id,
        on(6),
    )
    assert sent["to"] == "elif@buyer.example"
    assert row.code in sent["text"] and row.code in sent["html"]
    for part in ("Bornova", "Bakır cezve", "23 Mart 2026 Pazartesi", "Aras ile", "Ayşe Demir", "#1001"[1:]):
        assert part in sent["text"], part
    assert "We " not in sent["text"]
    assert json.loads(row.told)["send_by"] == "2026-03-23"
    (message,) = counter.shop.messages
    assert (message.purpose, message.state, message.language) == ("return_approved", "written", "tr")
    assert audited(counter) == ["return_approved"]


def test_what_is_here_already_is_not_asked_for(counter: Counter) -> None:
    identity = counter.ask(on(5))
    receive(counter, identity, on(8))
    sent = letter(counter, approve(counter, identity, on(9), address=""))
    assert "Geri gönderdiğiniz ürün bize ulaştı" in sent["text"] and "24 Mart 2026" in sent["text"]
    assert "gönderin" not in sent["text"] and str(counter.row.code) not in sent["text"]
    assert (counter.row.state, counter.row.verdict) == ("received", "approved")


def test_the_letter_leaves_in_shadow_too(counter: Counter) -> None:
    counter.shop.switch(False, on(5))
    approve(counter, counter.ask(on(5)), on(5) + HOUR)
    counter.shop.world.work(on(5) + HOUR)
    assert counter.shop.line.taken == ["elif@buyer.example"]


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"address": ""}, "Say where the goods go"),
        ({"send_by": date(2026, 3, 1)}, "over already"),
        ({"address": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_an_approval_leaves_nobody_without_a_way(
    counter: Counter, wanted: dict[str, Any], sentence: str
) -> None:
    identity = counter.ask(on(5))
    with pytest.raises(ActError, match=sentence):
        approve(counter, identity, on(6), **wanted)
    assert counter.row.state == "asked" and counter.shop.messages == []


def test_the_code_of_another_return_is_not_given_twice(counter: Counter) -> None:
    approve(counter, counter.ask(on(5), lines={"L2": 1}), on(5), code="ARAS-7")
    with pytest.raises(ActError, match="has this code already"):
        approve(counter, counter.ask(on(5)), on(5), code="ARAS-7")


@pytest.mark.parametrize(
    ("reason", "alternative", "sentence"),
    [("Açılmış", " ", "what the customer can have"), ("\n", "Onarım", "why it is refused")],
)
def test_a_refusal_carries_a_reason_and_an_alternative(
    counter: Counter, reason: str, alternative: str, sentence: str
) -> None:
    identity = counter.ask(on(5))
    with pytest.raises(ActError, match=sentence):
        refuse(counter, identity, on(5), reason, alternative)
    assert counter.row.verdict is None and counter.shop.messages == []


def test_a_refusal_says_why_what_instead_and_whom_to_turn_to(counter: Counter) -> None:
    identity = counter.ask(on(5), words="Beğenmedim")
    sent = letter(counter, refuse(counter, identity, on(6), "Ambalajı açılmıştı.", "Ücretsiz onarım."))
    assert "Ambalajı açılmıştı." in sent["text"] and "Ücretsiz onarım." in sent["text"]
    store, key = counter.keys()
    found = [
        read(word.rpartition("/")[2], key, on(7))
        for word in sent["text"].split()
        if word.startswith(f"{PUBLIC_URL}/vefa/c/{store.slug}/")
    ]
    person = next(link for link in found if link.scope is Scope.PERSON)
    assert (person.holder, person.order_id) == ("standard:C1", "standard:1")
    assert counter.row.state == "refused" and counter.row.refund_due_at is None
    assert audited(counter) == ["return_refused"]


def test_a_refusal_can_be_taken_back_but_an_approval_not(counter: Counter) -> None:
    identity = counter.ask(on(5))
    refuse(counter, identity, on(6), "Açılmış", "Onarım")
    approve(counter, identity, on(7))
    assert counter.row.state == "approved"
    with pytest.raises(ActError, match="moved on"):
        refuse(counter, identity, on(8), "Açılmış", "Onarım")
    with pytest.raises(ActError, match="moved on"):
        approve(counter, identity, on(8))
    assert len(counter.shop.messages) == 2


def test_what_arrives_is_told_with_the_day_of_the_money(counter: Counter) -> None:
    identity = counter.ask(on(5))
    approve(counter, identity, on(6))
    sent = letter(counter, receive(counter, identity, on(9)))
    assert counter.row.state == "received"
    assert counter.row.refund_due_at.date() == on(23).date()
    assert "25 Mart 2026" in sent["text"]
    with counter.shop.world.databases.main.begin() as connection:
        act.close(connection, counter.keys()[0], identity, counter.by, now=on(12))
    assert (counter.row.state, counter.row.closed_at) == ("closed", on(12))
    assert audited(counter) == ["return_approved", "return_received", "return_closed"]


def test_what_a_person_did_outlasts_the_stores_words(counter: Counter) -> None:
    identity = counter.ask(on(5))
    approve(counter, identity, on(6))
    code = counter.row.code
    document = {"id": "R1", "lines": [{"id": "L1", "quantity": 1}]}
    counter.tell(said("return.received", on(9), **{"return": document}), now=on(9))
    row = counter.row
    assert (row.id, row.state, row.code, row.verdict) == (identity, "received", code, "approved")


def test_without_an_address_the_return_is_decided_and_nobody_is_written_to(counter: Counter) -> None:
    who = {"id": "C2", "name": "Adressiz"}
    counter.tell(said("order.updated", on(4), order={"id": "1", "customer": who}), now=on(4))
    with counter.shop.world.databases.main.connect() as connection:
        assert connection.execute(messages.select()).all() == []
    identity = counter.ask(on(5))
    store, _ = counter.keys()
    with counter.shop.world.databases.main.begin() as connection:
        from vefa.returns.records import returns

        connection.execute(returns.update().values(holder="standard:C2"))
    assert approve(counter, identity, on(6)) is None
    assert counter.row.state == "approved" and store.id


def test_codes_are_read_without_doubt() -> None:
    codes = {spell(bytes([byte] * 8)) for byte in range(256)}
    assert all(set(code) <= set(SIGNS) | {"-"} and code[0] in LETTERS for code in codes)
    assert not set("01OI") & set(SIGNS) and len(set(SIGNS)) == 32
    assert all(len(code) == 9 for code in codes)


def test_the_approval_of_two_at_once_is_one(counter: Counter) -> None:
    identity = counter.ask(on(5))
    approve(counter, identity, on(6))
    with pytest.raises(ActError, match="moved on"):
        approve(counter, identity, on(6))
    assert len(counter.shop.messages) == 1
    assert DAY
