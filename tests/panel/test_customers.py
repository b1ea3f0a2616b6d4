"""Customers: the list, one customer, a note of a call, and what a member may do."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from tests.panel.busy import asked_back, make_busy, refuse_questions
from tests.panel.shop import NOW, Browser, Shop, plain
from tests.shows import parsed

from vefa.cases.records import cases, entries
from vefa.staff.mail_records import staff_messages
from vefa.staff.records import memberships

LIST = "/vefa/mercan/customers"
ONE = f"{LIST}/standard:c1001"


def rows(shop: Shop, table: sa.Table) -> list[Any]:
    with shop.world.databases.main.connect() as connection:
        return list(connection.execute(sa.select(table)))


def numbers(text: str) -> list[str]:
    return re.findall(r'class="v-num">#?(\d+)', text.partition("<tbody>")[2].partition("</tbody>")[0])


def become(shop: Shop, role: str) -> None:
    with shop.world.databases.main.begin() as connection:
        connection.execute(memberships.update().values(role=role))


def test_whoever_ordered_last_stands_first(owner: Browser) -> None:
    assert numbers(owner.get(LIST).text)[:2] == ["1004", "1005"]


@pytest.mark.parametrize("words", ["1001", "#1001", "c1001@example.com", " C1001@Example.com "])
def test_a_customer_is_found(owner: Browser, words: str) -> None:
    assert numbers(owner.get(LIST, query_string={"q": words}).text) == ["1001"]


def test_nobody_is_found_in_another_store(shop: Shop) -> None:
    shop.add("kilim")
    text = shop.browser("kilim").get("/vefa/kilim/customers?q=c1001@example.com").text
    assert "No customer has this e-mail address" in text


def test_one_customer_shows_everything(shop: Shop) -> None:
    make_busy(shop, seed=1)
    refuse_questions(shop, "mercan", "c1001@example.com")
    with shop.world.databases.main.begin() as connection:
        asked_back(connection, "mercan", "1001", 90)
    text = plain(shop.browser("mercan").get(ONE).text)
    for part in (
        "Müşteri 1001",
        "first order",
        "1 order so far.",
        "Delay notice",
        "on the customer's own page",
    ):
        assert part in text, part
    assert "#1001" in text and " 90 · #1001 To decide" in text


def test_an_orders_own_row_leads_to_its_customer(owner: Browser) -> None:
    assert owner.get(f"{LIST}/order:standard:1001").headers["Location"] == ONE
    assert owner.get(f"{LIST}/standard:nobody").status_code == 404


def test_a_call_opens_a_case_once(shop: Shop, owner: Browser) -> None:
    form = {"words": "Kargo nerede diye sordu.", "order": "standard:1001", "form": "f1"}
    for _ in range(2):
        answer = owner.post(f"{ONE}/call", ONE, **form)
        assert answer.headers["Location"] == "/vefa/mercan/complaints/1"
    assert len(rows(shop, cases)) == 1
    assert [row.kind for row in rows(shop, entries)].count("call") == 1
    assert "Kargo nerede diye sordu." in owner.get(ONE).text


def test_a_call_is_about_their_own_order(shop: Shop, owner: Browser) -> None:
    assert owner.post(f"{ONE}/call", ONE, words="x", order="standard:1002").status_code == 400
    assert owner.post(f"{ONE}/call", ONE, words=" ").status_code == 303
    assert rows(shop, cases) == []


def test_a_viewer_notes_no_call_and_sends_no_test(shop: Shop, owner: Browser) -> None:
    become(shop, "viewer")
    assert "Note a call" not in owner.get(ONE).text
    assert owner.post(f"{ONE}/call", ONE, words="x").status_code == 403
    for act in ("stop", "start", "sending", "test"):
        assert owner.post(f"/vefa/mercan/outreach/{act}", "/vefa/mercan/outreach").status_code == 403, act


@pytest.mark.parametrize("asked", ["view=x", "after=x", "after=2026-01-01~1"])
def test_what_cannot_be_read_is_refused(owner: Browser, asked: str) -> None:
    assert owner.get(f"{LIST}?{asked}").status_code == 400


@pytest.mark.parametrize("language", ["tr", "fa", "en"])
@pytest.mark.parametrize("purpose", ["delay_notice", "apology_after_late_delivery", "feedback_request"])
def test_a_test_goes_to_the_member_alone_and_says_so(
    shop: Shop, owner: Browser, purpose: str, language: str
) -> None:
    page = "/vefa/mercan/outreach"
    assert owner.post(f"{page}/test", page, purpose=purpose, language=language).status_code == 303
    shop.world.work(NOW)
    ((_, to, data),) = shop.world.sink.messages
    letter = parsed(data)
    mark = {"tr": "[Deneme]", "fa": "[آزمایشی]", "en": "[Test]"}[language]
    assert to == "owner@mercan.example" and str(letter["Subject"]).startswith(mark)
    assert [row.kind for row in rows(shop, staff_messages)] == ["test"]
    assert owner.get(f"{page}/letters/{purpose}/{language}").status_code == 200


def test_an_unknown_letter_is_not_found(owner: Browser) -> None:
    page = "/vefa/mercan/outreach"
    assert owner.get(f"{page}/letters/spam/tr").status_code == 404
    assert owner.get(f"{page}/letters/delay_notice/xx").status_code == 404
    assert owner.post(f"{page}/test", page, purpose="spam", language="tr").status_code == 404


def test_a_member_refuses_the_digest(shop: Shop, owner: Browser) -> None:
    page = "/vefa/mercan/settings/account"
    assert re.search(r'name="digest" value="yes" checked', owner.get(page).text)
    assert owner.post(f"{page}/digest", page).status_code == 303
    assert not re.search(r'name="digest" value="yes" checked', owner.get(page).text)
    owner.post(f"{page}/digest", page, digest="yes")
    assert re.search(r'name="digest" value="yes" checked', owner.get(page).text)
