"""An answer reaches the customer in their language, in the thread, and keeps what was promised."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.build import on, placed
from tests.cases.desk import NOW, WHO, Desk, make_desk

from vefa.cases.case import CaseState, EntryKind, Outcome
from vefa.cases.promising import add_sentence
from vefa.cases.reply import HistoryNotSeenError, NoAddressError, reply
from vefa.customers.link import Scope, read
from vefa.database import Databases
from vefa.errors import ConflictError
from vefa.promises.calendar import end_of_day
from vefa.promises.given import GivenKind
from vefa.stores import records as stores

HOUR = timedelta(hours=1)
FRIDAY = end_of_day(date(2026, 3, 13), ZoneInfo("Europe/Istanbul"))


@pytest.fixture
def desk(databases: Databases) -> Desk:
    return make_desk(databases)


def text_of(desk: Desk, number: int = -1) -> str:
    body = desk.mails[number].get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_an_answer_leaves_even_in_shadow_and_the_case_waits(desk: Desk) -> None:
    case_id = desk.say(language="tr")
    message_id = desk.answer(case_id, "Merhaba Elif,\n\nPaketiniz yolda.", now=NOW + HOUR)
    desk.world.work(NOW + HOUR)
    (mail,) = desk.mails
    assert (mail["To"], mail["Subject"]) == ("elif@buyer.example", "#1 numaralı siparişiniz hakkında")
    assert "Paketiniz yolda." in text_of(desk)
    assert "Ada" in text_of(desk)
    assert mail["List-Unsubscribe"] is None
    case = desk.case(case_id)
    assert (case.state, case.first_replied_at, case.due_at) == (CaseState.WAITING, NOW + HOUR, None)
    assert desk.promises(case_id) == [("first_reply", "kept")]
    entry = desk.said(case_id)[-1]
    assert (entry.kind, entry.text) == (EntryKind.REPLY, "Merhaba Elif,\n\nPaketiniz yolda.")
    assert entry.detail == {"message": message_id}
    assert desk.audit == ["case.reply"]
    assert desk.held == f"case:{case_id}"


def test_answers_stand_in_the_thread_of_what_was_written_before(databases: Databases) -> None:
    desk = make_desk(databases)
    desk.world.send(desk.store, on(-9))
    desk.tell(placed(order_id="2", deliver_by="2026-03-09", number="#2", customer=WHO))
    desk.world.work(NOW)
    (notice,) = [mail for mail in desk.mails if "#2" in mail["Subject"]]
    case_id = desk.say(order_id="standard:2", language="tr")
    desk.answer(case_id, "Bir.", now=NOW + HOUR)
    desk.world.work(NOW + HOUR)
    desk.answer(case_id, "İki.", now=NOW + 2 * HOUR)
    desk.world.work(NOW + 2 * HOUR)
    first, second = desk.mails[-2:]
    assert first["References"] == notice["Message-ID"]
    assert first["Subject"] == second["Subject"] == f"Re: {notice['Subject']}"
    assert second["References"].split() == [notice["Message-ID"], first["Message-ID"]]


def test_the_link_leads_to_this_conversation(desk: Desk) -> None:
    case_id = desk.say()
    desk.answer(case_id)
    desk.world.work(NOW)
    (address,) = [word for word in text_of(desk).split() if "/vefa/c/mercan/" in word]
    with desk.world.databases.main.connect() as connection:
        _, key = stores.with_key(connection, desk.store.id, desk.world.master)
    link = read(address.rpartition("/")[2], key, NOW)
    assert (link.scope, link.case_id, link.holder) == (Scope.CASE, case_id, "standard:C1")


@pytest.mark.parametrize(
    ("language", "kind", "sentence"),
    [
        ("tr", GivenKind.REPLY, "En geç 13 Mart 2026 Cuma günü size yeniden yazacağız."),
        ("en", GivenKind.CALLBACK, "We will call you by Friday"),
        ("fa", GivenKind.REFUND, "حداکثر تا جمعه ۲۲ اسفند ۱۴۰۴ (۱۳ مارس ۲۰۲۶) پول شما را برمی‌گردانیم."),
        ("en", GivenKind.OTHER, "We will have this done by Friday"),
    ],
)
def test_a_date_becomes_a_promise_in_the_customers_calendar(
    desk: Desk, language: str, kind: GivenKind, sentence: str
) -> None:
    case_id = desk.say(language=language)
    desk.answer(case_id, "x", promise_due=FRIDAY, promise_kind=kind)
    desk.world.work(NOW)
    assert sentence in text_of(desk)
    assert desk.promises(case_id) == [("first_reply", "kept"), (kind.value, "open")]
    assert desk.promises(case_id, FRIDAY + HOUR)[1] == (kind.value, "broken")
    case = desk.case(case_id)
    assert case.due_at == FRIDAY
    assert sentence in (desk.said(case_id)[-1].text or "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We looked.", "We looked.\n\nS."),
        ("We looked.\r\n\r\nBest wishes,\r\nAda", "We looked.\n\nS.\n\nBest wishes,\nAda"),
        ("Baktık.\n\nSaygılarımızla", "Baktık.\n\nS.\n\nSaygılarımızla"),
        ("دیدیم.\n\nبا احترام", "دیدیم.\n\nS.\n\nبا احترام"),
        ("We looked.\n\nIt is on its way.", "We looked.\n\nIt is on its way.\n\nS."),
        ("Thanks", "Thanks\n\nS."),
    ],
)
def test_a_promise_stands_before_the_farewell(text: str, expected: str) -> None:
    assert add_sentence(text, "S.") == expected


def test_an_answer_may_close_the_case(desk: Desk) -> None:
    case_id = desk.say()
    desk.answer(case_id, close=True)
    case = desk.case(case_id)
    assert (case.state, case.outcome) == (CaseState.CLOSED, Outcome.SOLVED)
    assert desk.held is None
    assert desk.promises(case_id) == [("first_reply", "kept")]


def test_who_has_not_seen_the_history_cannot_answer(desk: Desk) -> None:
    case_id, other = desk.say(), desk.say(order_id=None, key="k2")
    desk.look(case_id, by="omer")
    desk.look(other, by="ada")
    with (
        pytest.raises(HistoryNotSeenError) as caught,
        desk.writing() as (connection, store, key),
    ):
        reply(connection, store, key, "https://x", case_id, desk.agent, "Hello", now=NOW)
    assert caught.value.status == 409
    assert EntryKind.REPLY not in [one.kind for one in desk.said(case_id)]
    assert desk.promises(case_id) == [("first_reply", "open")]
    desk.world.work(NOW)
    assert desk.mails == []


def test_without_an_address_the_error_says_what_to_do(desk: Desk) -> None:
    case_id = desk.say(holder="standard:C9", order_id=None)
    with pytest.raises(NoAddressError, match="Call them"):
        desk.answer(case_id)
    assert desk.case(case_id).state is CaseState.OPEN


def test_without_a_reply_address_nothing_is_written(databases: Databases) -> None:
    desk = make_desk(databases, reply_to=None)
    case_id = desk.say()
    with pytest.raises(ConflictError, match="no reply address"):
        desk.answer(case_id)


@pytest.mark.parametrize(
    ("due", "close", "says"), [(NOW, False, "still to come"), (FRIDAY, True, "stays open until")]
)
def test_a_promise_that_cannot_be_is_refused(desk: Desk, due: datetime, close: bool, says: str) -> None:
    case_id = desk.say()
    with pytest.raises(ConflictError, match=says):
        desk.answer(case_id, promise_due=due, close=close)
    assert desk.case(case_id).state is CaseState.OPEN


def test_the_customers_answer_puts_the_case_before_the_store_again(desk: Desk) -> None:
    case_id = desk.say()
    desk.answer(case_id)
    assert desk.say("And now?", NOW + HOUR, key="k2") == case_id
    assert desk.case(case_id).state is CaseState.OPEN
    assert desk.promises(case_id) == [("first_reply", "kept"), ("reply", "open")]
    desk.answer(case_id, now=NOW + 2 * HOUR)
    assert desk.promises(case_id) == [("first_reply", "kept"), ("reply", "kept")]
    assert desk.case(case_id).first_replied_at == NOW


def test_a_later_date_for_the_same_thing_breaks_the_earlier(desk: Desk) -> None:
    case_id = desk.say()
    desk.answer(case_id, promise_due=FRIDAY, promise_kind=GivenKind.REFUND)
    desk.answer(case_id, promise_due=FRIDAY + 24 * HOUR, promise_kind=GivenKind.REFUND, now=NOW + HOUR)
    assert desk.promises(case_id) == [("first_reply", "kept"), ("refund", "broken"), ("refund", "open")]


def test_what_the_law_asked_for_is_done_with_the_first_answer(databases: Databases) -> None:
    desk = make_desk(databases, country="IR", timezone="Asia/Tehran", languages=["fa"])
    case_id = desk.say("سفارش من نرسیده است")
    assert desk.case(case_id).legal_due_at is not None
    desk.answer(case_id)
    assert desk.case(case_id).legal_due_at is None


def test_a_store_that_does_not_speak_the_customers_language_answers_in_its_own(databases: Databases) -> None:
    desk = make_desk(databases, languages=["fa"])
    case_id = desk.say(language="tr")
    desk.answer(case_id)
    desk.world.work(NOW)
    assert desk.mails[-1]["Content-Language"] in (None, "fa")
    assert "سفارش" in desk.mails[-1]["Subject"]
