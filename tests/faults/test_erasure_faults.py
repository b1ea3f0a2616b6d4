"""Planted faults in erasing people, and in believing a shop, turn their checks red."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.customers import test_erase
from tests.inbound import test_shops
from tests.support import World

from vefa import journal
from vefa.customers import erase, forget, records, seek
from vefa.database import Databases
from vefa.inbound import move
from vefa.platforms import Incoming, platforms
from vefa.stores import shops

Patch = pytest.MonkeyPatch
Check = Callable[[World], None]


def raw_bodies_stay(patch: Patch) -> None:
    patch.setattr(journal, "blank", lambda *_: None)


def only_bodies_with_facts_are_found(patch: Patch) -> None:
    patch.setattr(seek, "_bodies", lambda *_: iter(()))


def letters_stay(patch: Patch) -> None:
    clear = erase._clear

    def without_messages(connection: Any, store_id: int, table: Any, *rest: Any) -> None:
        if table.name != "messages":
            clear(connection, store_id, table, *rest)

    patch.setattr(erase, "_clear", without_messages)


def places_stay_in_facts(patch: Patch) -> None:
    patch.setattr(erase, "scrub", lambda values, _: dict(values))


def the_log_is_not_read(patch: Patch) -> None:
    patch.setattr(move, "_erased", lambda *_: ({}, {}))


def the_log_is_not_written(patch: Patch) -> None:
    patch.setattr(records, "note_erasures", lambda *_: None)


def an_erased_customer_stays_erased(patch: Patch) -> None:
    patch.setattr(forget, "_is_over", lambda *_: True)


def orders_of_before_are_new(patch: Patch) -> None:
    patch.setattr(forget, "_placed_at", lambda fact: fact.learned_at.replace(year=2100))


def a_guest_has_no_address(patch: Patch) -> None:
    patch.setattr(seek, "holders_by_email", lambda *_: [])


def the_shop_stays_open(patch: Patch) -> None:
    patch.setattr(shops, "close", lambda *_, **__: None)


def a_wish_is_not_forgotten(patch: Patch) -> None:
    patch.setattr(records, "close_of", lambda *_: None)


@pytest.mark.parametrize(
    ("plant", "check"),
    [
        (raw_bodies_stay, lambda world: test_erase.test_after_an_erasure_nobody_is_found(world, [])),
        (
            only_bodies_with_facts_are_found,
            lambda world: test_erase.test_after_an_erasure_nobody_is_found(world, [1]),
        ),
        (letters_stay, lambda world: test_erase.test_after_an_erasure_nobody_is_found(world, [])),
        (places_stay_in_facts, lambda world: test_erase.test_after_an_erasure_nobody_is_found(world, [])),
        (the_log_is_not_read, test_erase.test_what_is_told_again_is_refused),
        (the_log_is_not_written, test_erase.test_what_is_told_again_is_refused),
        (orders_of_before_are_new, test_erase.test_what_is_told_again_is_refused),
        (a_guest_has_no_address, test_erase.test_a_guest_is_erased_by_address),
        (the_shop_stays_open, test_erase.test_a_redacted_shop_is_closed_and_empty),
        (a_wish_is_not_forgotten, test_erase.test_a_wish_for_a_copy_waits_for_a_person_until_an_erasure),
    ],
)
def test_a_check_sees(
    plant: Callable[[Patch], None], check: Check, databases: Databases, monkeypatch: Patch
) -> None:
    world = test_erase.make(databases)
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        check(world)


def test_a_check_sees_that_nobody_may_come_back(databases: Databases, monkeypatch: Patch) -> None:
    world = test_erase.make(databases)
    an_erased_customer_stays_erased(monkeypatch)
    with pytest.raises((AssertionError, KeyError)):
        test_erase.test_whoever_comes_back_is_a_new_acquaintance(world)


def test_a_check_sees_that_the_shop_is_believed_unsigned(databases: Databases, monkeypatch: Patch) -> None:
    shopify = type(platforms()["shopify"])
    monkeypatch.setattr(shopify, "verify", lambda *_: None)
    world = test_shops.make(databases)
    with pytest.raises(AssertionError):
        test_shops.test_nobody_signs_for_another_shop(
            world, test_shops.make_client(world), "wrong", test_shops.SHOP
        )


def test_a_check_sees_that_a_header_alone_names_the_shop(databases: Databases, monkeypatch: Patch) -> None:
    def account(_self: object, incoming: Incoming) -> str:
        return incoming.headers.get("x-shopify-shop-domain", "")

    monkeypatch.setattr(type(platforms()["shopify"]), "account", account)
    world = test_shops.make(databases)
    with pytest.raises(AssertionError):
        test_shops.test_a_request_by_law_names_its_own_shop(
            world, test_shops.make_client(world), "customers/redact"
        )


def test_without_a_fault_they_pass(databases: Databases) -> None:
    world = test_shops.make(databases)
    client = test_shops.make_client(world)
    test_shops.test_nobody_signs_for_another_shop(world, client, "wrong", test_shops.SHOP)
    test_shops.test_a_request_by_law_names_its_own_shop(world, client, "customers/redact")
