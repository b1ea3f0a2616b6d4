"""Planted faults in reading and asking a WooCommerce shop turn their checks red."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from tests.fake_shop import html
from tests.journeys import test_captured_woocommerce as captured
from tests.plugins import test_woocommerce_parts as parts
from tests.plugins import test_woocommerce_rest as rest
from tests.woocommerce_shop import TRACKING, WooShop, captured_shop

from vefa.cli.migrate import upgrade
from vefa.database import Databases, open_databases
from vefa.errors import ShopError, SignatureError, UnreachableError
from vefa.locales import money
from vefa.platforms import Reading, _woocommerce_rest, _written_date, woocommerce
from vefa.platforms import _woocommerce_fetch as fetch
from vefa.platforms import _woocommerce_install as install
from vefa.platforms import _woocommerce_order as order

Patch = pytest.MonkeyPatch
RED = (AssertionError, pytest.fail.Exception, SignatureError, ShopError)
BULK = ([(0, False)] * 4 + [(1, False)] * 5 + [(2, False), (3, True)], 3, None)
AMOUNTS = ("IRHT", "1.2345", "IRR", "12345")
FIREWALL = (html(403), UnreachableError, "let /wp-json/ through")
STAMP = ({"_orddd_timestamp": "1773001800"}, "2026-03-09")


def a_page_begins_behind_the_last_order(patch: Patch) -> None:
    """What a second holds beyond a full page slips through."""
    patch.setattr(fetch, "_wall", lambda at: f"{at + timedelta(seconds=1):%Y-%m-%dT%H:%M:%S}")


def orders_of_one_second_are_one_page(patch: Patch) -> None:
    more = fetch._more
    patch.setattr(
        fetch, "_more", lambda answer, place, number: not place.within and more(answer, place, number)
    )


def nobody_looks_into_the_bin(patch: Patch) -> None:
    patch.setattr(fetch, "STAGES", ("any",))


def a_thousand_toman_are_a_thousand_rial(patch: Patch) -> None:
    patch.setitem(money.ZEROS, "IRHT", 3)


def the_secret_has_one_form(patch: Patch) -> None:
    patch.setattr(woocommerce, "as_signed", lambda secret: (secret,))


def the_shops_clock_is_utc(patch: Patch) -> None:
    patch.setattr(order, "_offset", lambda _: timedelta(hours=-6))


def months_come_first_everywhere(patch: Patch) -> None:
    patch.setattr(_written_date, "MONTH_FIRST", frozenset({"US", "TR"}))


@pytest.mark.parametrize(
    ("plant", "check", "given"),
    [
        (a_page_begins_behind_the_last_order, rest.finds_every_order, BULK),
        (orders_of_one_second_are_one_page, rest.finds_every_order, BULK),
        (nobody_looks_into_the_bin, rest.finds_every_order, BULK),
        (
            a_thousand_toman_are_a_thousand_rial,
            parts.test_every_amount_of_an_iranian_shop_is_in_rial,
            AMOUNTS,
        ),
        (the_secret_has_one_form, parts.test_a_secret_that_went_through_html, (parts.ESCAPED, parts.PLAIN)),
        (the_shops_clock_is_utc, parts.test_promises_in_the_fields_of_plugins, STAMP),
        (months_come_first_everywhere, parts.test_a_date_without_a_doubt_by_the_stores_country, ()),
    ],
)
def test_a_check_sees(
    plant: Callable[[Patch], None], check: Callable[..., None], given: tuple[Any, ...], monkeypatch: Patch
) -> None:
    check(*given)
    plant(monkeypatch)
    with pytest.raises(RED):
        check(*given)


@pytest.fixture
def shop() -> Iterator[WooShop]:
    opened = WooShop({})
    yield opened
    opened.close()


def every_webhook_is_ours(patch: Patch) -> None:
    patch.setattr(install, "_leads_to", lambda *_: True)


def a_firewall_is_taken_for_a_bad_key(patch: Patch) -> None:
    patch.setattr(_woocommerce_rest, "_is_page", lambda _: False)


@pytest.mark.parametrize(
    ("plant", "check"),
    [
        (every_webhook_is_ours, rest.test_webhooks_are_made_mended_and_otherwise_left_alone),
        (
            a_firewall_is_taken_for_a_bad_key,
            lambda shop: rest.test_troubles_are_told_apart(shop, *FIREWALL),
        ),
    ],
)
def test_a_check_of_the_interface_sees(
    plant: Callable[[Patch], None], check: Callable[[WooShop], None], shop: WooShop, monkeypatch: Patch
) -> None:
    check(shop)
    shop.webhooks.clear()
    plant(monkeypatch)
    with pytest.raises(RED):
        check(shop)


def fulfilments_are_not_asked_for(patch: Patch) -> None:
    patch.setattr(fetch, "_has_fulfilments", lambda _: False)


def an_answer_says_nothing(patch: Patch) -> None:
    patch.setattr(woocommerce, "_fetched", lambda *_: Reading())


def made(folder: Any) -> Databases:
    databases = open_databases(folder / "vefa.db")
    upgrade(databases)
    return databases


@pytest.mark.parametrize("plant", [fulfilments_are_not_asked_for, an_answer_says_nothing])
def test_the_check_of_answers_alone_sees(
    plant: Callable[[Patch], None], tmp_path_factory: Any, monkeypatch: Patch
) -> None:
    world, store = captured.opened(made(tmp_path_factory.mktemp("whole")))
    captured.enter(world, captured.REQUESTS)
    with closing(captured_shop(captured.REQUESTS)) as server:
        captured.reconcile(world, store, server)
    orders = captured.seen(world, store)
    world.databases.dispose()
    assert orders["21"]["shipments"][0]["tracking_number"] == TRACKING

    def check() -> None:
        databases = made(tmp_path_factory.mktemp("alone"))
        with closing(captured_shop(captured.REQUESTS)) as server:
            captured.test_from_answers_alone_the_orders_are_the_same(databases, server, orders)
        databases.dispose()

    check()
    plant(monkeypatch)
    with pytest.raises(RED):
        check()
