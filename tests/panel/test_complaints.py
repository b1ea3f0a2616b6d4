"""Complaints in the panel: the list, one case, and what a member does with it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.panel.shop import NOW, Browser, Event, Shop, event, plain

from vefa.cases.records import cases, entries
from vefa.database import reading
from vefa.outreach.records import messages
from vefa.promises.given import given

WORDS = "Kutu ezilmiş geldi, çok üzüldüm."


def review(number: str, score: int, text: str, days: float = 1.0) -> Event:
    return event("review.posted", NOW - timedelta(days=days), order_id=number, score=score, text=text)


@pytest.fixture
def complained(shop: Shop) -> Shop:
    """Return a shop in which two customers complained, one about a late order."""
    shop.feed("mercan", [review("1003", 1, WORDS), review("1001", 2, "", 0.5)])
    return shop


def number_of(shop: Shop, order: str) -> int:
    with reading(shop.world.databases.main) as connection:
        found: int = connection.execute(
            sa.select(cases.c.number).where(cases.c.order_number == order)
        ).scalar_one()
        return found


def rows(shop: Shop, table: sa.Table) -> list[Any]:
    with reading(shop.world.databases.main) as connection:
        return list(connection.execute(sa.select(table)))


def test_the_list_says_who_waits_and_why(complained: Shop) -> None:
    owner = complained.browser("mercan")
    text = plain(owner.get("/vefa/mercan/complaints").text)
    assert "2 wait for us" in text
    assert "Damaged" in text and "money is at stake" in text and "score 1 of 5" in text
    # What hangs on a case weighs more than its age.
    assert text.index("Damaged") < text.index("time is at stake")


def test_an_empty_list_says_what_will_fill_it(shop: Shop) -> None:
    text = plain(shop.browser("mercan").get("/vefa/mercan/complaints").text)
    assert "No customer has complained or asked anything yet." in text


@pytest.mark.parametrize("words", ["1003", "c1003@example.com", "#1003"])
def test_a_case_is_found_by_what_people_know(complained: Shop, words: str) -> None:
    owner = complained.browser("mercan")
    text = plain(owner.get("/vefa/mercan/complaints", query_string={"q": words}).text)
    assert "Damaged" in text and "1 case" in text


def test_a_case_shows_words_expectation_promises_and_policy(complained: Shop) -> None:
    owner = complained.browser("mercan")
    text = plain(owner.get(f"/vefa/mercan/complaints/{number_of(complained, '1003')}").text)
    assert WORDS in text
    assert "Checkout promised Delivery by 17 Nov" in text
    assert "First reply" in text
    assert "What the policy says version 1" in text
    assert "Müşteri 1003" in text


def test_the_reply_opens_after_the_history_and_leaves_for_the_customer(complained: Shop) -> None:
    owner, number = complained.browser("mercan"), number_of(complained, "1003")
    address = f"/vefa/mercan/complaints/{number}"
    assert "See the history first" in plain(owner.get(address).text)
    refused = owner.post(f"{address}/history", address)
    assert refused.status_code == 303
    page = owner.get(address).text
    assert "See the history first" not in plain(page)
    sent = owner.post(f"{address}/reply", address, text="Teşekkürler, yenisini gönderiyoruz.")
    assert sent.status_code == 303, plain(sent.text)
    assert [row.purpose for row in rows(complained, messages) if row.case_id] == ["case_reply"]
    assert "Waiting for the customer" in plain(owner.get(address).text)
    assert "yenisini gönderiyoruz" in owner.text


def test_a_reply_without_the_history_is_refused_and_keeps_its_words(complained: Shop) -> None:
    owner, number = complained.browser("mercan"), number_of(complained, "1003")
    address = f"/vefa/mercan/complaints/{number}"
    answer = owner.post(f"{address}/reply", address, text="Merhaba")
    assert answer.status_code == 409
    assert "Look at the customer's history before you answer." in plain(answer.text)
    assert not [row for row in rows(complained, messages) if row.case_id]


def test_a_date_in_a_reply_becomes_a_promise_or_is_pointed_out(complained: Shop) -> None:
    owner, number = complained.browser("mercan"), number_of(complained, "1003")
    address = f"/vefa/mercan/complaints/{number}"
    owner.post(f"{address}/history", address)
    text = "Yenisini 26 Kasım 2026 gününe kadar gönderiyoruz."
    answer = owner.post(f"{address}/reply", address, text=text)
    assert answer.status_code == 409
    assert "You write a date that is not a promise yet: 26 Kasım 2026" in plain(answer.text)
    assert text in answer.text
    fields = {"text": text, "promise": "other", "promise_day": "2026-11-26"}
    assert owner.post(f"{address}/reply", address, **fields).status_code == 303
    assert [row.kind for row in rows(complained, given) if row.kind == "other"] == ["other"]


def test_acts_follow_one_another_and_a_form_counts_once(complained: Shop) -> None:
    owner, number = complained.browser("mercan"), number_of(complained, "1003")
    address = f"/vefa/mercan/complaints/{number}"
    page = owner.get(address).text
    form = re.search(r'name="form" value="([^"]+)"', page)
    assert form
    for _ in range(2):
        assert owner.post(f"{address}/note", address, text="Depoya soruldu.", form=form[1]).status_code == 303
    assert len([row for row in rows(complained, entries) if row.kind == "note"]) == 1
    for act, fields in (
        ("call", {"text": "Aradık.", "direction": "outbound"}),
        ("sort", {"kind": "complaint", "reason": "wrong_item", "severity": "3"}),
        ("decide", {}),
        ("assign", {"assignee": complained.owners["mercan"].id}),
        ("close", {"outcome": "solved"}),
        ("reopen", {}),
    ):
        answer = owner.post(f"{address}/{act}", address, **fields)
        assert answer.status_code == 303, (act, plain(answer.text))
    text = plain(owner.get(address).text)
    assert "Wrong item" in text and "Owner: Owner of mercan" in text and "Opened again" in text


def test_what_a_person_knows_better_becomes_a_fact(complained: Shop) -> None:
    owner, number = complained.browser("mercan"), number_of(complained, "1001")
    address = f"/vefa/mercan/complaints/{number}"
    day = (NOW + timedelta(days=5)).date().isoformat()
    assert owner.post(f"{address}/date", address, day=day, reason="Asked the depot").status_code == 303
    arrived = (NOW - timedelta(days=1)).date().isoformat()
    answer = owner.post(f"{address}/delivered", address, day=arrived)
    assert answer.status_code == 303, plain(answer.text)
    complained.world.run(NOW, NOW + timedelta(minutes=1))
    assert "Delivered on Friday 20 November 2026, in time for Thursday 26 November 2026" in plain(
        owner.get(f"{address}").text
    )


def test_another_store_and_a_bad_form_are_refused(complained: Shop) -> None:
    complained.add("zeytin")
    stranger, number = complained.browser("zeytin"), number_of(complained, "1003")
    assert stranger.get(f"/vefa/mercan/complaints/{number}").status_code == 404
    assert stranger.get(f"/vefa/zeytin/complaints/{number}").status_code == 404
    owner = complained.browser("mercan")
    address = f"/vefa/mercan/complaints/{number}"
    assert owner.post(f"{address}/sort", address, kind="nonsense").status_code == 400
    assert owner.post(f"{address}/nothing", address).status_code == 404
    assert owner.get("/vefa/mercan/complaints?view=nonsense").status_code == 400


@pytest.mark.parametrize("tag", ["tr", "fa"])
def test_the_case_is_told_in_every_language(complained: Shop, tag: str) -> None:
    owner: Browser = complained.browser("mercan")
    owner.post("/vefa/-/preferences", "/vefa/mercan/complaints", language=tag, next="/vefa/mercan/complaints")
    text = plain(owner.get("/vefa/mercan/complaints").text)
    assert {"tr": "Hasarlı", "fa": "آسیب‌دیده"}[tag] in text
    page = plain(owner.get(f"/vefa/mercan/complaints/{number_of(complained, '1003')}").text)
    assert {"tr": "Yazışma", "fa": "گفت‌وگو"}[tag] in page
