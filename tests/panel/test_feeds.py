"""Connections says how each feed is, what is wrong and what to do; who may, acts on it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.panel.shop import NOW, Browser, Shop, plain

from vefa.panel import feed_words
from vefa.staff import records as staff
from vefa.stores import access, feed_gaps, feed_hours, feeds, refusals
from vefa.stores.access import Access
from vefa.stores.feed_hours import hour_of
from vefa.stores.feed_state import FeedState
from vefa.stores.records import key_of
from vefa.stores.refusals import Refused
from vefa.stores.shops import connect
from vefa.work import work

PAGE = "/vefa/mercan/settings/connections"
HOUR = timedelta(hours=1)
ERROR = "The store refuses GET /orders (401): is the key good, and may it read orders?"


def note(shop: Shop, **values: Any) -> None:
    with shop.world.databases.main.begin() as connection:
        feeds.note(connection, 1, "standard", **values)


def state(shop: Shop) -> FeedState:
    with shop.world.databases.main.connect() as connection:
        return feeds.state(connection, 1, "standard")


def let_ask(shop: Shop) -> None:
    with shop.world.databases.main.begin() as connection:
        key = key_of(connection, 1, shop.world.master)
        access.give(connection, 1, "standard", Access("https://shop.example", {}), key)


def page(browser: Browser) -> str:
    return plain(browser.get(PAGE).text)


def test_a_feed_in_order_says_what_came_and_what_usually_comes(shop: Shop, owner: Browser) -> None:
    with shop.world.databases.main.begin() as connection:
        for week in range(1, 9):
            feed_hours.count(connection, 1, [("standard", NOW - week * 7 * 24 * HOUR - HOUR)] * 12)
    text = page(owner)
    assert "receiving" in text
    assert "Events in 24 hours" in text and "usually 12 at this time of the week" in text
    assert "Without a key Vefa cannot ask the shop itself." in text


def test_a_hole_is_closed_by_who_may(shop: Shop, owner: Browser) -> None:
    note(shop, gap_from=NOW - 30 * HOUR, gap_reason="silent")
    text = page(owner)
    assert "Nothing has come since 20 Nov, 09:30, which is unusual" in text
    assert "All is well, nothing was sold" in text
    with shop.world.databases.main.begin() as connection:
        connection.execute(staff.memberships.update().values(role="agent"))
    assert "All is well, nothing was sold" not in page(owner)
    assert owner.post(f"{PAGE}/all-well", PAGE, platform="standard").status_code == 403
    with shop.world.databases.main.begin() as connection:
        connection.execute(staff.memberships.update().values(role="manager"))
    assert owner.post(f"{PAGE}/all-well", PAGE, platform="nothing").status_code == 404
    assert owner.post(f"{PAGE}/all-well", PAGE, platform="standard").status_code == 303
    assert not state(shop).gap_open
    assert owner.post(f"{PAGE}/all-well", PAGE, platform="standard").status_code == 404
    with shop.world.databases.main.connect() as connection:
        acts = connection.scalars(sa.select(staff.audit.c.action)).all()
    assert acts.count("gap_closed") == 1
    text = page(owner)
    assert "1 gap in what came From 20 Nov, 09:30 to 21 Nov, 15:30. Nothing came." in text
    assert "said that nothing was sold." in text


def test_what_the_shop_answers_is_said_in_words_with_what_to_do(shop: Shop, owner: Browser) -> None:
    let_ask(shop)
    note(shop, failing_since=NOW - 2 * HOUR, error=ERROR)
    text = page(owner)
    assert "The shop refuses the key. Make a new key that may read orders, and enter it here." in text
    assert ERROR in text
    note(shop, installed_at=NOW)
    assert owner.post(f"{PAGE}/ask", PAGE, platform="standard").status_code == 303
    assert state(shop).installed_at is None
    with shop.world.databases.main.connect() as connection:
        due = connection.scalar(sa.select(work.c.due_at).where(work.c.package == "fetch"))
    assert due == NOW
    assert owner.post(f"{PAGE}/ask", PAGE, platform="shopify").status_code == 404


@pytest.mark.parametrize(
    ("error", "begins"),
    [
        (ERROR, "The shop refuses the key."),
        (
            "The store answered GET /x with something that is no JSON (text/html).",
            "The shop answers with a page",
        ),
        ("The store answered GET /x with 500.", "The shop answers with an error."),
        ("The name shop.example is not known.", "There is no shop under this name."),
        ("The certificate of shop.example does not hold: expired.", "The shop's certificate"),
        ("shop.example lies inside a private network and is not asked.", "The shop's address lies inside"),
        ("https://shop.example does not answer.", "The shop does not answer."),
    ],
)
def test_every_answer_has_words(shop: Shop, error: str, begins: str) -> None:
    with shop.app.test_request_context("/vefa/mercan/"):
        assert feed_words.answered(error)[0].startswith(begins)


def refuse(shop: Shop, reason: str, number: int, at: datetime) -> None:
    with shop.world.databases.intake.begin() as connection:
        refusals.add(connection, 1, hour_of(at), Refused("standard", reason, number, at, NOW))


def test_refused_requests_are_shown_with_the_question_to_ask(shop: Shop, owner: Browser) -> None:
    refuse(shop, refusals.SIGNATURE, 12, NOW - 2 * HOUR)
    text = page(owner)
    assert (
        "12 requests refused since 21 Nov, 13:30. The signature does not fit. "
        "Is the secret in your shop the one shown here?" in text
    )
    note(shop, refused=12, refused_since=NOW - 2 * HOUR, refused_reason=refusals.SIGNATURE)
    assert "Every request of Own software (Standard Webhooks) is refused." in plain(
        owner.get("/vefa/mercan/").text
    )


def test_holes_stay_in_sight(shop: Shop, owner: Browser) -> None:
    with shop.world.databases.main.begin() as connection:
        for days, outcome, untold in (
            (3, feed_gaps.CAME_AGAIN, 0),
            (9, feed_gaps.ASKED, 0),
            (15, feed_gaps.ASKED, 11),
        ):
            began = NOW - days * 24 * HOUR
            feed_gaps.keep(
                connection, 1, "standard", began=began, ended=began + HOUR, reason="silent", outcome=outcome
            )
            feed_gaps.settle(connection, 1, "standard", began, untold)
    text = page(owner)
    assert "3 gaps in what came" in text
    assert "Events came again; orders of this time may lack some." in text
    assert "Vefa asked; nothing was missed." in text
    assert "Vefa asked and found 11 changes that it had missed." in text


def test_mended_webhooks_are_named(shop: Shop, owner: Browser) -> None:
    note(shop, mended_at=NOW - HOUR, mended="order.updated")
    text = page(owner)
    assert "Vefa switched them on again on 21 Nov, 14:30. order.updated" in text


@pytest.mark.parametrize(("platform", "offered"), [("woocommerce", True), ("medusa", False)])
def test_webhooks_are_offered_to_be_switched_on_where_that_can_be_done(
    shop: Shop, owner: Browser, platform: str, *, offered: bool
) -> None:
    with shop.world.databases.main.begin() as connection:
        connect(connection, 1, platform, ["secret"], key_of(connection, 1, shop.world.master))
        feed_hours.count(connection, 1, [], [(platform, NOW - HOUR)] * 11)
    text = page(owner)
    assert "only asking tells Vefa: 11 changes in 24 hours" in text
    assert ("Switch the webhooks on again" in text) is offered
