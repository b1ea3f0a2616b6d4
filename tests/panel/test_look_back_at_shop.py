"""A shop's last 90 days happen once more from its own answers, and nothing of them stays in the store."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.connecting import LATER, Connecting, near, woocommerce
from tests.fake_shop import busy, failing
from tests.panel.shop import Browser, Shop, plain
from tests.woocommerce_shop import API

from vefa.imports import look

DAY = timedelta(days=1)
# In each: days until it was completed, and whether that is later than the three working days promised.
ORDERS = ((2, False), (20, True), (1, False), (25, True), (None, True))


def wall(days: float) -> str:
    return f"{LATER - timedelta(days=days):%Y-%m-%dT%H:%M:%S}"


def make_history(orders: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return orders of 40 days ago, changed again since; the last one has not been completed."""
    found = {}
    for number, (days, _) in enumerate(ORDERS, 9001):
        one = copy.deepcopy(orders["13"])
        one |= {"id": number, "number": str(number), "status": "completed" if days else "processing"}
        one["customer_id"], one["billing"] = number, {"email": f"{number}@example.com", "country": "TR"}
        one |= {"date_created_gmt": wall(40), "date_paid_gmt": wall(40), "date_modified_gmt": wall(3)}
        one |= {"date_completed_gmt": wall(40 - days) if days else None, "meta_data": []}
        found[str(number)] = one
    old = copy.deepcopy(found["9001"]) | {"id": 8000, "number": "8000", "date_created_gmt": wall(200)}
    return found | {"8000": old}


@pytest.fixture
def connecting(empty_shop: Shop) -> Iterator[Connecting]:
    statuses = {"completed": "delivered"}
    empty_shop.add("mercan", platform="woocommerce", reply_to="care@mercan.example", status_map=statuses)
    near(empty_shop)
    with woocommerce() as shop:
        shop.orders = make_history(shop.orders)
        yield Connecting(empty_shop, shop)


@pytest.fixture
def owner(connecting: Connecting) -> Browser:
    return sign_in(connecting)


def sign_in(connecting: Connecting) -> Browser:
    """Connect the shop and say for how many days delivery takes."""
    browser = connecting.panel.browser("mercan")
    assert connecting.enter(browser)[0] == 303
    days = "/vefa/mercan/settings/delivery-days"
    assert "This store is not watched." in plain(browser.get("/vefa/mercan/").text)
    assert browser.post(days, days, any="3").status_code == 303
    assert "This store is not watched." not in plain(browser.get("/vefa/mercan/").text)
    return browser


def ask(connecting: Connecting, browser: Browser) -> str:
    answer = browser.post(f"{connecting.page}/look-back", connecting.page)
    assert answer.status_code == 303
    return str(answer.location)


def test_what_was_late_is_counted_and_nothing_stays(connecting: Connecting, owner: Browser) -> None:
    connecting.work()
    before, asked = connecting.rows(), len(connecting.shop.asked)
    page = ask(connecting, owner)
    assert "Every day happens once more" in plain(owner.get(page).text)
    connecting.work()
    text = plain(owner.get(page).text)
    late = sum(is_late for _, is_late in ORDERS)
    assert (
        f"Of your last 90 days, {late} parcels were late and {late} of those customers said nothing." in text
    )
    assert (
        f"Orders {len(ORDERS)} With a promised day {len(ORDERS)} Late {late} Late, not arrived yet 1" in text
    )
    assert (
        f"Would have been written: Delay notice {late}" in text
        and "What your policy would have given" in text
    )
    assert "Back to the connection" in text
    assert connecting.rows() == before
    assert connecting.panel.world.sink.messages == []
    assert {(one.method, one.path) for one in connecting.shop.asked[asked:]} == {("GET", f"{API}/orders")}


def test_a_shop_that_never_tells_of_an_arrival_has_nothing_late(
    connecting: Connecting, owner: Browser
) -> None:
    for one in connecting.shop.orders.values():
        one |= {"status": "processing", "date_completed_gmt": None}
    page = ask(connecting, owner)
    connecting.work()
    text = plain(owner.get(page).text)
    assert "Late 0" in text and "the file never says whether a parcel arrived" not in text
    assert f"the shop never says whether a parcel arrived {len(ORDERS)}" in text


def test_a_shop_that_stumbles_is_asked_again_and_one_that_fell_is_named(
    connecting: Connecting, owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look, "PAUSE", timedelta(seconds=1))
    connecting.work()
    page = ask(connecting, owner)
    connecting.shop.trouble.extend([busy("1"), *[failing(404)] * 2])
    connecting.work()
    assert "Of your last 90 days" in plain(owner.get(page).text)
    page = ask(connecting, owner)
    connecting.shop.trouble.extend([failing(404)] * 100)
    connecting.work()
    text = owner.get(page).text
    assert "looking back has ended" in plain(text) and 'hx-trigger="every 3s"' not in text
