"""Planted faults in connecting and in looking back at a shop turn their checks red."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from tests.connecting import Connecting, near, woocommerce
from tests.panel import test_connect as steps
from tests.panel import test_look_back_at_shop as back
from tests.panel.conftest import empty_shop as empty_shop
from tests.panel.conftest import fixed_moment as fixed_moment
from tests.panel.shop import Browser, Shop

from vefa.imports import fetched, rehearsal
from vefa.imports.fetched import Known
from vefa.inbound.fetched import enter_fetched
from vefa.inbound.probe import Found
from vefa.inbound.reach import Reach
from vefa.panel import connect, connect_access
from vefa.stores import access
from vefa.stores.access import Access
from vefa.subscriptions import FACTS_WAKE

Patch = pytest.MonkeyPatch
Plant = Callable[[Patch, Connecting], None]


@contextmanager
def store_of(panel: Shop, **settings: Any) -> Iterator[Connecting]:
    panel.add("mercan", platform="woocommerce", **settings)
    near(panel)
    with woocommerce() as shop:
        yield Connecting(panel, shop)


def every_answer_is_good(patch: Patch, _: Connecting) -> None:
    patch.setattr(Found, "is_good", True)


def the_keys_follow_the_address(patch: Patch, _: Connecting) -> None:
    read = connect_access.read

    def anywhere(form: Any, platform: Any, account: Any, before: Access | None) -> Access | None:
        typed = platform.base(account, form.values.get("url")) or ""
        return read(form, platform, account, replace(before, url=typed) if before else None)

    patch.setattr(connect_access, "read", anywhere)


def every_address_is_reached(patch: Patch, _: Connecting) -> None:
    patch.setattr(connect, "reach", lambda _: Reach.REACHED)


def nobody_keeps_which_way_was_chosen(patch: Patch, _: Connecting) -> None:
    give = access.give

    def forgetful(connection: Any, store_id: int, platform: str, given: Access | None, key: Any) -> None:
        give(connection, store_id, platform, replace(given, pull=False) if given else None, key)

    patch.setattr(access, "give", forgetful)


def yesterday_knows_no_delivery_days(patch: Patch, _: Connecting) -> None:
    patch.setattr(rehearsal, "_terms", lambda _: {})


def everything_is_heard_at_last(patch: Patch, _: Connecting) -> None:
    heard = fetched._heard
    patch.setattr(fetched, "_heard", lambda *given: [*heard(*given)][-1:])


def what_is_read_is_kept(patch: Patch, one: Connecting) -> None:
    take = Known.take

    def keep(self: Known, platform: Any, store: Any, body: Any, as_of: Any) -> None:
        take(self, platform, store, body, as_of)
        world = one.panel.world
        again = [replace(body, key=f"{body.key}+")]
        enter_fetched(world.databases, world.master, FACTS_WAKE, 1, "woocommerce", again, as_of)

    patch.setattr(Known, "take", keep)


OF_STEPS: tuple[tuple[Plant, Callable[..., None]], ...] = (
    (every_answer_is_good, steps.test_what_does_not_open_the_shop_is_said_and_not_kept),
    (the_keys_follow_the_address, steps.test_keys_go_to_no_other_address_and_can_be_taken_away),
    (every_address_is_reached, steps.test_a_shop_that_cannot_reach_vefa_is_asked),
    (nobody_keeps_which_way_was_chosen, steps.test_a_shop_that_cannot_reach_vefa_is_asked),
)
OF_LOOKING_BACK: tuple[Plant, ...] = (
    yesterday_knows_no_delivery_days,
    everything_is_heard_at_last,
    what_is_read_is_kept,
)


@pytest.mark.parametrize(("plant", "check"), OF_STEPS)
def test_a_fault_in_connecting_is_seen(
    empty_shop: Shop, monkeypatch: Patch, plant: Plant, check: Callable[..., None]
) -> None:
    with store_of(empty_shop) as one:
        plant(monkeypatch, one)
        given = {"connecting": one, "owner": one.panel.browser("mercan"), "monkeypatch": monkeypatch}
        named = {name: given[name] for name in check.__code__.co_varnames[: check.__code__.co_argcount]}
        with pytest.raises(AssertionError):
            check(**named)


@pytest.mark.parametrize("plant", OF_LOOKING_BACK)
def test_a_fault_in_looking_back_is_seen(empty_shop: Shop, monkeypatch: Patch, plant: Plant) -> None:
    statuses = {"completed": "delivered"}
    with store_of(empty_shop, status_map=statuses) as one:
        one.shop.orders = back.make_history(one.shop.orders)
        owner: Browser = back.sign_in(one)
        plant(monkeypatch, one)
        with pytest.raises(AssertionError):
            back.test_what_was_late_is_counted_and_nothing_stays(one, owner)
