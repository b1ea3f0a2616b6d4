"""Planted faults in what Vefa believes of Shopify, and asks of it, turn their checks red."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.journeys import test_shopify_losses as losses
from tests.panel import test_shopify_app as opening
from tests.panel.conftest import empty_shop as empty_shop
from tests.panel.conftest import fixed_moment as fixed_moment
from tests.panel.shop import Shop
from tests.panel.test_shopify_app import server as server
from tests.plugins import test_shopify_interface as interface
from tests.shopify import order
from tests.shopify_shop import ShopifyShop

from vefa.database import Databases
from vefa.errors import VefaError
from vefa.inbound import shopify_app
from vefa.platforms import (
    _shopify_answer,
    _shopify_asked,
    _shopify_fetch,
    _shopify_graphql,
    _shopify_query,
    _shopify_signed,
    _shopify_token,
)

Patch = pytest.MonkeyPatch
# What a check raises that sees the fault: its own assertion, that nothing was refused, or a foreseen error.
RED = (AssertionError, pytest.fail.Exception, VefaError, KeyError)


@pytest.fixture
def shop() -> Iterator[ShopifyShop]:
    opened = ShopifyShop([order(number=number) for number in (1, 2, 3)], most=2)
    yield opened
    opened.close()


def a_page_is_too_large(patch: Patch) -> None:
    patch.setattr(_shopify_query, "PAGE", 12)


def parts_that_have_no_room_are_forgotten(patch: Patch) -> None:
    patch.setattr(_shopify_fetch, "is_cut", lambda *_: False)


def an_empty_bucket_is_not_waited_for(patch: Patch) -> None:
    patch.setattr(_shopify_graphql, "wait_of", lambda _: 0.0)


def an_answer_outdoes_a_webhook(patch: Patch) -> None:
    patch.setattr(_shopify_asked, "LOWEST_RANK", 5)


def events_of_parcels_are_not_read(patch: Patch) -> None:
    patch.setattr(_shopify_asked, "events_of", lambda _: [])


def amounts_stay_as_graphql_writes_them(patch: Patch) -> None:
    patch.setattr(_shopify_answer, "_amount", lambda text: text)


def a_token_holds_for_ever(patch: Patch) -> None:
    patch.setattr(_shopify_token, "EXPIRES", "ends")


PLANTED: tuple[tuple[Callable[[Patch], None], Callable[[ShopifyShop], None]], ...] = (
    (
        a_page_is_too_large,
        lambda _: interface.test_no_query_costs_more_than_shopify_allows(
            _shopify_query.CHANGED, {"first": _shopify_query.PAGE}
        ),
    ),
    (
        parts_that_have_no_room_are_forgotten,
        lambda shop: interface.test_an_order_with_many_parts_is_told_as_a_whole(shop, 7),
    ),
    (an_empty_bucket_is_not_waited_for, interface.test_an_empty_bucket_says_how_long_to_wait),
    (
        an_answer_outdoes_a_webhook,
        interface.test_that_nobody_paid_is_said_below_what_a_webhook_says,
    ),
    (events_of_parcels_are_not_read, interface.test_an_answer_says_what_the_webhooks_say),
    (amounts_stay_as_graphql_writes_them, interface.test_an_answer_says_what_the_webhooks_say),
    (a_token_holds_for_ever, interface.test_a_token_is_renewed_before_its_end),
)


@pytest.mark.parametrize(("plant", "check"), PLANTED, ids=[plant.__name__ for plant, _ in PLANTED])
def test_a_check_sees(
    plant: Callable[[Patch], None],
    check: Callable[[ShopifyShop], None],
    shop: ShopifyShop,
    monkeypatch: Patch,
) -> None:
    check(shop)
    plant(monkeypatch)
    shop.left = 2000.0
    with pytest.raises(RED):
        check(shop)


def _signature_of_anybody(patch: Patch) -> None:
    patch.setattr(_shopify_signed.hmac, "compare_digest", lambda *_: True)


def _state_of_anybody(patch: Patch) -> None:
    patch.setattr(shopify_app.Installing, "_opened", lambda *_: 1)


def _any_host(patch: Patch) -> None:
    patch.setattr(_shopify_signed, "shop_of", lambda text: text)
    patch.setattr(shopify_app.Installing, "_opened", lambda *_: 1)
    patch.setattr("vefa.inbound.shopify_app.shops.accounts_of", lambda *_: {"shopify": "bakir.example.com"})


@pytest.mark.parametrize(
    ("plant", "forged"),
    [
        (_signature_of_anybody, {"secret": "another"}),
        (_state_of_anybody, {"state": "AAAA"}),
        (_any_host, {"shop": "bakir.example.com"}),
    ],
)
def test_a_check_sees_that_a_forged_return_is_believed(
    empty_shop: Shop,
    server: ShopifyShop,
    plant: Callable[[Patch], None],
    forged: dict[str, Any],
    monkeypatch: Patch,
) -> None:
    place = opening.waiting(empty_shop)
    owner = place.browser("mercan")
    opening.refused(place, owner, server, forged)
    plant(monkeypatch)
    with pytest.raises(RED):
        opening.refused(place, owner, server, forged)


def test_a_check_sees_that_what_was_lost_is_not_read(databases: Databases, monkeypatch: Patch) -> None:
    monkeypatch.setattr(_shopify_asked, "_carried", lambda *_: ())
    opened = ShopifyShop([last for _, last in losses.STORIES])
    world, store = losses.opened(databases)
    try:
        losses.reconcile(world, store, opened)
    finally:
        opened.close()
    states = {one["status"] for one in losses.seen(world, store).values()}
    assert "delivered" not in states
