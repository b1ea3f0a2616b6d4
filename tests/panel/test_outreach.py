"""The outreach screen: its switches, and what was written or not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from tests.panel.shop import NOW, Browser, Shop, ordinary_orders, plain

from vefa.staff.records import audit
from vefa.stores.records import by_slug, stores
from vefa.stores.store import Sending

PAGE = "/vefa/mercan/outreach"


def acts(shop: Shop) -> list[str]:
    with shop.world.databases.main.connect() as connection:
        return list(connection.scalars(sa.select(audit.c.action).order_by(audit.c.id)))


def outgoing(shop: Shop, slug: str = "mercan") -> object:
    with shop.world.databases.main.connect() as connection:
        return by_slug(connection, slug).outgoing


def test_one_press_stops_and_starting_again_asks(shop: Shop, owner: Browser) -> None:
    page = owner.get(PAGE).text
    button = re.search(r'<form method="post" action="[^"]+/outreach/stop">.*?</form>', page, re.DOTALL)[0]
    assert "Stop all messages" in button and "<details" not in button
    assert owner.post(f"{PAGE}/stop", PAGE).headers["Location"] == PAGE
    assert outgoing(shop).stopped_at == NOW
    stopped = owner.get(PAGE).text
    assert "Owner of mercan stopped all messages on 21 Nov, 15:30." in plain(stopped)
    assert "/outreach/stop" not in stopped
    assert re.search(r"<details[^>]*><summary[^>]*>[^<]*<svg.*?</svg>\s*Start again…</summary>", stopped)
    owner.post(f"{PAGE}/start", PAGE)
    assert outgoing(shop).stopped_at is None
    assert {"messages_stopped", "messages_started"} < set(acts(shop))


def test_sending_is_switched_on_from_now_and_back_to_shadow(shop: Shop, owner: Browser) -> None:
    assert "Nothing old is sent" in owner.get(PAGE).text
    owner.post(f"{PAGE}/sending", PAGE, sending="on")
    assert outgoing(shop).mode is Sending.ON
    assert outgoing(shop).since == NOW
    assert "Sending is on since 21 Nov, 15:30." in plain(owner.get(PAGE).text)
    owner.post(f"{PAGE}/sending", PAGE, sending="shadow")
    assert outgoing(shop).mode is Sending.SHADOW
    assert {"sending_on", "sending_shadow"} < set(acts(shop))


def test_without_a_reply_address_sending_stays_off(empty_shop: Shop) -> None:
    empty_shop.add("silent", reply_to=None)
    browser = empty_shop.browser("silent")
    answer = browser.post("/vefa/silent/outreach/sending", "/vefa/silent/outreach", sending="on")
    assert answer.status_code == 409
    assert "the store has no reply address" in answer.text
    assert outgoing(empty_shop, "silent").mode is Sending.SHADOW
    assert acts(empty_shop) == ["password_chosen"]


def test_what_was_written_is_counted_with_links_to_the_rows(owner: Browser) -> None:
    page = owner.get(PAGE).text
    assert "In the last 7 days 4 messages were written" in plain(page)
    tallies = re.findall(r'<dd><a class="v-n" href="([^"]+)">(\d+)</a></dd>', page)
    assert [count for _, count in tallies] == ["3", "1"]
    for address, count in tallies:
        rows = re.findall(r"<tr data-row", owner.get(address.replace("&amp;", "&")).text)
        assert len(rows) == int(count)


def test_a_message_gives_its_reason(owner: Browser) -> None:
    text = plain(owner.get(PAGE).text)
    assert "#1001 Müşteri 1001 Delay notice In shadow Was due on 18 Nov and had not arrived." in text
    assert "Apology after late delivery In shadow Was due on 17 Nov and arrived later." in text


def test_a_silence_gives_its_reason(owner: Browser) -> None:
    text = plain(owner.get(f"{PAGE}?show=silent").text)
    assert "Delay notice Waits It is night where the customer lives" in text


def test_a_stopped_store_says_why_it_is_silent(empty_shop: Shop) -> None:
    empty_shop.add("mercan")
    with empty_shop.world.databases.main.begin() as connection:
        connection.execute(stores.update().values(stopped_at=NOW - timedelta(days=80)))
    empty_shop.feed("mercan", ordinary_orders())
    text = plain(empty_shop.browser("mercan").get(f"{PAGE}?show=silent").text)
    assert "Not written All messages of the store are stopped." in text


@pytest.mark.parametrize("query", ["outcome=lost", "purpose=spam", "after=x", "after=2026-13-01~1"])
def test_what_cannot_be_read_is_refused(owner: Browser, query: str) -> None:
    assert owner.get(f"{PAGE}?{query}").status_code == 400


def test_the_guards_stand_in_words(owner: Browser) -> None:
    text = plain(owner.get(PAGE).text)
    for words in ("Not at night: 21:00 to 09:00", "at most 2 a day and 4 in 7 days", "older than 7 days"):
        assert words in text


def test_a_missing_mail_server_is_said(owner: Browser) -> None:
    assert "VEFA_SMTP_URL is empty" in owner.get(PAGE).text
