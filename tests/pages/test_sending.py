"""What a customer sends is kept once, answered in words, and refused clearly where it cannot be taken."""

from __future__ import annotations

from datetime import datetime, timedelta
from html import unescape

import pytest
from tests.pages.shop import DAY, GOOD, MARK, NOTHING, NOW, ORDER, Pages, plain
from tests.panel.shop import placed

from vefa.cases import entries
from vefa.cases.case import EntryKind
from vefa.cases.records import cases
from vefa.customers import vault
from vefa.customers.link import Scope
from vefa.feedback.records import answers
from vefa.outreach.permission import suppressions
from vefa.pages import records
from vefa.pages.nonce import issue
from vefa.pages.records import page_forms
from vefa.policy.records import decision_records
from vefa.promises.given import GivenKind
from vefa.returns.records import returns
from vefa.stores.sealing import Key
from vefa.stores.store import Store

MONDAY = "20261123T0600Z"
CALL = {"how": "call", "slot": MONDAY, "words": ""}


def mark(pages: Pages, address: str) -> str:
    found = MARK.search(pages.get(address).text)
    assert found
    return unescape(found[1])


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr("vefa.clock.real_now", lambda: moment)


def said(pages: Pages, slug: str = "mercan") -> list[tuple[EntryKind, str | None]]:
    """Return what stands in the only case of a store, in the open."""
    store, key = pages.store(slug)
    (case,) = pages.table(cases)
    with pages.shop.world.databases.main.connect() as connection:
        person = vault.keys(connection, store.id, [case.holder], key).get(case.holder)
        return [(one.kind, one.text) for one in entries.of_case(connection, store.id, case.id, person)]


def test_an_answer_is_kept_thanked_for_and_changed_for_a_day(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = pages.address(Scope.FEEDBACK, GOOD)
    assert '<input type="radio" name="score" value="4" checked' in pages.get(f"{address}?score=4").text
    assert pages.table(answers) == []
    thanks = plain(pages.post(f"{address}?score=4", score="2", words=" Dented.\r\nWet, too. ").text)
    assert "Thank you for your answer" in thanks and "Your answer: 2, Dissatisfied" in thanks
    assert "One of us reads it and answers you by Monday 23 November 2026." in thanks
    assert "You can change your answer until Sunday 22 November 2026, 15:30." in thanks
    at(monkeypatch, NOW + timedelta(hours=23))
    changed = plain(pages.post(f"{address}?change=1", score="5", words="").text)
    assert "Your answer: 5, Very satisfied" in changed and "You do not need to do anything." in changed
    (row,) = pages.table(answers)
    assert (row.score, row.has_words, row.first_at) == (5, False, NOW)
    at(monkeypatch, NOW + timedelta(hours=25))
    assert "can no longer be changed" in pages.get(f"{address}?change=1").text
    form = {"form": _mark_at(pages, address, NOW + timedelta(hours=25)), "score": "1"}
    refused = pages.client.post(address, data=form)
    assert refused.status_code == 409 and "can no longer be changed" in refused.text
    assert pages.table(answers)[0].score == 5


def _mark_at(pages: Pages, address: str, moment: datetime) -> str:
    return issue(pages.store("mercan")[1], address.rpartition("/")[2], "feedback", moment)


@pytest.mark.parametrize("score", ["", "0", "6", "٣", "5.0", "x"])
def test_what_is_no_answer_is_refused_and_the_words_are_not_lost(pages: Pages, score: str) -> None:
    address = pages.address(Scope.FEEDBACK, GOOD)
    answer = pages.post(address, score=score, words="All of my words")
    assert answer.status_code == 400
    assert "Please choose one of the five answers." in answer.text and "All of my words" in answer.text
    assert pages.table(answers) == []


def test_an_unhappy_answer_becomes_one_case(pages: Pages) -> None:
    address = f"{pages.address(Scope.FEEDBACK, GOOD)}?change=1"
    for _ in range(2):
        pages.post(address, score="1", words="Never arrived whole")
    pages.shop.world.work(NOW)
    pages.shop.world.work(NOW)
    (case,) = pages.table(cases)
    assert (case.order_id, case.score, case.language) == (GOOD, 1, "en")
    status = plain(pages.get(pages.address(Scope.STATUS, GOOD)).text)
    assert "Your request #1" in status and "One of us answers you by Monday 23 November 2026." in status


def test_words_to_a_person_become_a_case_with_a_promise(pages: Pages) -> None:
    done = pages.post(
        pages.address(Scope.PERSON), how="email", words="Where is it?\r\n\r\nI leave on Friday."
    )
    assert done.request.path.startswith("/vefa/c/mercan/") and "done=1" in done.request.query_string.decode()
    assert "One of us answers you by Monday 23 November 2026." in plain(done.text)
    (case,) = pages.table(cases)
    assert (case.order_id, case.holder, case.channel, case.state) == (ORDER, "standard:c1001", "page", "open")
    assert (EntryKind.CUSTOMER, "Where is it?\n\nI leave on Friday.") in said(pages)


def test_the_way_to_cancel_says_what_it_is_about(pages: Pages) -> None:
    address = f"{pages.address(Scope.PERSON)}?about=cancel"
    assert "Why would you like to cancel?" in pages.get(address).text
    pages.post(address, how="email", words="I found another one.")
    assert pages.table(cases)[0].reason == "cancel"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("۰۵۵۵ ۱۱۱ ۲۲ ۳۳", "+905551112233"),
        ("05551112233", "+905551112233"),
        ("+98 912 345 6789", "+989123456789"),
        ("0049 151 23456789", "+4915123456789"),
    ],
)
def test_a_call_is_promised_for_a_number_and_a_time(pages: Pages, typed: str, kept: str) -> None:
    done = plain(pages.post(pages.address(Scope.PERSON), **CALL | {"phone": typed}).text)
    assert "One of us calls you between Monday 23 November 2026, 09:00 and 12:00." in done
    assert (EntryKind.CALLBACK, kept) in said(pages)
    (call,) = [row for row in pages.promises() if row.kind == GivenKind.CALLBACK]
    assert (call.not_before.hour, call.due_at.hour) == (6, 9)
    assert call.owner_id is not None
    assert kept.encode() not in b"".join(map(repr_bytes, pages.table(entries.entries)))


def repr_bytes(row: object) -> bytes:
    return repr(row).encode()


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("en", "We cannot call this number. Write it like 0501 234 56 78"),
        ("tr", "0501 234 56 78 gibi"),
        ("fa", "۰۵۰۱ ۲۳۴ ۵۶ ۷۸"),
    ],
)
def test_a_number_that_cannot_be_called_is_explained_at_the_field(pages: Pages, tag: str, words: str) -> None:
    answer = pages.post(pages.address(Scope.PERSON, language=tag), **CALL | {"phone": "12 34"})
    assert answer.status_code == 400
    assert words in plain(answer.text)
    assert 'value="12 34" aria-invalid="true" aria-describedby="phone-error phone-hint"' in answer.text
    assert pages.table(cases) == []


def test_a_time_that_is_not_on_offer_is_refused(pages: Pages) -> None:
    for slot in ("", "20261121T1300Z", "20261122T0600Z", "20300101T0600Z"):
        answer = pages.post(pages.address(Scope.PERSON), **CALL | {"phone": "05551112233", "slot": slot})
        assert answer.status_code == 400 and "no longer free" in answer.text
    assert pages.promises() == []


def test_a_customer_elsewhere_is_offered_their_own_hours(pages: Pages) -> None:
    berlin = placed("1010", NOW - DAY, None, ship_to={"country": "DE"})
    pages.shop.feed("mercan", [berlin])
    text = plain(pages.get(pages.address(Scope.PERSON, "standard:1010")).text)
    assert "23 Nov, 07:00–10:00" in text and "These are your local times." in text
    assert "01512 3456789" in text


def test_a_customer_without_an_address_is_asked_for_a_number(pages: Pages) -> None:
    text = pages.get(pages.address(Scope.PERSON, NOTHING)).text
    assert 'value="email"' not in text and 'value="call" checked' in text


def test_a_return_is_asked_for_and_answered_at_once(pages: Pages) -> None:
    address = pages.address(Scope.RETURN, GOOD)
    form = {"line.1": "1", "line.2": "0", "reason": "damaged", "wanted": "refund", "words": "A dent"}
    done = plain(pages.post(address, **form).text)
    assert "We have your request" in done and "1 × Bakır cezve" in done
    assert "Our rules say: We take it back." in done
    assert "Please do not send it yet." in done
    (row,) = pages.table(returns)
    assert (row.order_id, row.holder, row.reason, row.lines) == (
        GOOD,
        "standard:c1009",
        "damaged",
        '{"1":1}',
    )
    assert [record.subject for record in pages.table(decision_records)] == [f"return:{row.id}"]
    assert (
        '<option value="1"' in pages.get(address).text and '<option value="2"' not in pages.get(address).text
    )
    assert "Return #1" in plain(pages.get(pages.address(Scope.STATUS, GOOD)).text)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"reason": "damaged", "wanted": "refund"}, "Choose at least one item"),
        ({"line.1": "9", "reason": "damaged", "wanted": "refund"}, "you can send back at most 2"),
        ({"line.9": "1", "reason": "damaged", "wanted": "refund"}, "not part of the order"),
        ({"line.1": "1", "reason": "because", "wanted": "refund"}, "Choose why"),
        ({"line.1": "1", "reason": "damaged", "wanted": "a pony"}, "Choose what you would like"),
    ],
)
def test_a_return_that_cannot_be_is_explained_at_the_field(
    pages: Pages, form: dict[str, str], words: str
) -> None:
    answer = pages.post(pages.address(Scope.RETURN, GOOD), **form)
    assert answer.status_code == 400
    assert words in plain(answer.text) and 'class="p-error"' in answer.text
    assert pages.table(returns) == []


def test_an_order_that_never_left_has_nothing_to_send_back(pages: Pages) -> None:
    for order in (NOTHING, "standard:1007"):
        text = plain(pages.get(pages.address(Scope.RETURN, order)).text)
        assert "There is nothing in this order that can be sent back here." in text
        assert "I want to talk to a person" in text


def test_a_conversation_shows_words_and_never_notes(pages: Pages) -> None:
    pages.post(pages.address(Scope.PERSON), how="email", words="Where is it?")
    (case,) = pages.table(cases)
    store, key = pages.store("mercan")
    _note(pages, store, key, case, EntryKind.NOTE, "Difficult customer")
    _note(pages, store, key, case, EntryKind.REPLY, "We are looking for it.")
    address = pages.address(Scope.CASE, case_id=case.id)
    text = plain(pages.get(address).text)
    assert "Where is it?" in text and "We are looking for it." in text and "Difficult" not in text
    done = plain(pages.post(address, words="Thank you. By when?").text)
    assert "We have your message" in done and "Thank you. By when?" in done
    assert [kind for kind, text in said(pages) if text == "Thank you. By when?"] == [EntryKind.CUSTOMER]
    assert pages.post(address, words=" \r\n ").status_code == 400


def _note(pages: Pages, store: Store, key: Key, case: object, kind: EntryKind, text: str) -> None:
    with pages.shop.world.databases.main.begin() as connection:
        person = vault.ensure_key(connection, store.id, case.holder, key)
        entries.add(
            connection, store.id, person, case.id, kind=kind, at=NOW, key=text, text=text, author_id="a"
        )


def test_the_question_is_switched_off_and_on(pages: Pages) -> None:
    address = pages.address(Scope.PREFERENCES)
    assert "Switched off" in pages.post(address, feedback="off").text
    assert [row.lifted_at for row in pages.table(suppressions)] == [None]
    assert "Do not ask me again" in pages.post(address, feedback="on").text
    assert [row.lifted_at for row in pages.table(suppressions)] == [NOW]
    assert "Switched off" in pages.post(address, feedback="off").text
    assert pages.post(address, feedback="perhaps").status_code == 400


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_unsubscribes_without_a_mark(pages: Pages, kind: str) -> None:
    address = pages.address(Scope.PREFERENCES)
    for _ in range(2):
        answer = pages.client.post(address, data={"List-Unsubscribe": "One-Click"}, content_type=kind)
        assert (answer.status_code, answer.text) == (200, "")
        assert "Set-Cookie" not in answer.headers
    (row,) = pages.table(suppressions)
    assert (row.kind, row.source, row.lifted_at) == ("feedback", "one_click", None)


def test_one_click_works_on_no_other_page(pages: Pages) -> None:
    for scope in Scope:
        if scope not in (Scope.PREFERENCES, Scope.CASE):
            answer = pages.client.post(
                pages.address(scope, GOOD), data={"List-Unsubscribe": "One-Click", "score": "1"}
            )
            assert answer.status_code == 400
    assert pages.table(suppressions) == [] and pages.table(answers) == []


def test_a_form_sent_twice_does_no_harm(pages: Pages) -> None:
    forms = [
        (pages.address(Scope.PERSON), {"how": "email", "words": "Where is it?"}),
        (pages.address(Scope.PERSON), CALL | {"phone": "05551112233"}),
        (pages.address(Scope.RETURN, GOOD), {"line.1": "1", "reason": "damaged", "wanted": "refund"}),
        (pages.address(Scope.FEEDBACK, GOOD), {"score": "3", "words": ""}),
    ]
    for address, fields in forms:
        form = {"form": mark(pages, address)} | fields
        first = pages.client.post(address, data=form)
        before = {name: rows for name, rows in pages.rows().items() if name != "page_forms"}
        second = pages.client.post(address, data=form)
        assert (first.status_code, second.status_code) == (303, 303)
        assert {name: rows for name, rows in pages.rows().items() if name != "page_forms"} == before


def test_the_same_words_are_taken_again_an_hour_later(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    address = pages.address(Scope.PERSON)
    pages.post(address, how="email", words="Any news?")
    at(monkeypatch, NOW + timedelta(hours=1))
    pages.post(address, how="email", words="Any news?")
    assert [text for _, text in said(pages)].count("Any news?") == 2


def test_a_page_that_was_open_too_long_sends_nothing_and_keeps_what_was_typed(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = pages.address(Scope.PERSON)
    form = {"form": mark(pages, address), "how": "email", "words": "Everything I typed"}
    at(monkeypatch, NOW + timedelta(hours=25))
    answer = pages.client.post(address, data=form)
    assert answer.status_code == 400
    assert "open for too long" in answer.text and "Everything I typed" in answer.text
    assert pages.table(cases) == []
    again = MARK.search(answer.text)
    assert again and pages.client.post(address, data=form | {"form": unescape(again[1])}).status_code == 303


def test_too_many_forms_within_an_hour_are_refused(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MOST", 3)
    for number in range(3):
        assert pages.post(pages.address(Scope.PERSON), how="email", words=f"{number}").status_code == 200
    refused = pages.post(pages.address(Scope.PERSON), how="email", words="One more")
    assert refused.status_code == 429 and "One more" in refused.text
    assert pages.post(pages.address(Scope.PERSON, GOOD), how="email", words="Mine").status_code == 200
    address = pages.address(Scope.PREFERENCES)
    assert pages.client.post(address, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    at(monkeypatch, NOW + timedelta(hours=1))
    assert pages.post(pages.address(Scope.PERSON), how="email", words="One more").status_code == 200
    at(monkeypatch, NOW + timedelta(hours=26))
    pages.post(pages.address(Scope.PERSON), how="email", words="The last")
    assert len(pages.table(page_forms)) == 1


def test_a_form_has_a_size(pages: Pages) -> None:
    answer = pages.client.post(
        pages.address(Scope.PERSON), data={"words": "x" * 70_000}, headers={"Accept-Language": "en"}
    )
    assert answer.status_code == 413 and "too long" in answer.text
    long = pages.post(pages.address(Scope.PERSON), how="email", words="x" * 4_001)
    assert long.status_code == 400 and "at most 4,000 characters" in long.text
    assert pages.table(cases) == []


def test_status_takes_nothing(pages: Pages) -> None:
    form = {"form": _mark_for(pages, pages.token(Scope.STATUS))}
    assert pages.client.post(pages.address(Scope.STATUS), data=form).status_code == 400


def _mark_for(pages: Pages, token: str) -> str:
    return issue(pages.store("mercan")[1], token, "status", NOW)
