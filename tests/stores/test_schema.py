"""A store's settings: what cannot be used is refused by name."""

from __future__ import annotations

import json
from datetime import time
from typing import Any

import pytest
from tests.build import START, on
from tests.support import make_world

from vefa.database import Databases, reading
from vefa.errors import ConfigurationError, UnknownAddressError
from vefa.stores import records
from vefa.stores.schema import load
from vefa.stores.store import Evidence, Sending, Store


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("slug", "Shop"),
        ("slug", "-shop"),
        ("slug", "a" * 65),
        ("slug", "../shop"),
        ("timezone", "Mars/Olympus"),
        ("timezone", "+03:00"),
        ("country", "tr"),
        ("country", "TUR"),
        ("currency", "TL"),
        ("languages", []),
        ("weekend", ["caturday"]),
        ("weekend", ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]),
        ("extra_holidays", ["1 May"]),
        ("delivery_evidence", "hope"),
        ("delivery_days", {"Kargo": -1}),
        ("delivery_days", {"Kargo": "two"}),
        ("delivery_days", {"Kargo": 2.5}),
        ("cut_off", "25:00"),
        ("status_map", {"kargoda": "flying"}),
        ("reply_to", "care"),
        ("reply_to", "noreply@shop.example"),
        ("reply_to", "no-reply@shop.example"),
        ("reply_to", "No.Reply@shop.example"),
        ("reply_to", "no_reply+1@shop.example"),
        ("reply_to", "donotreply@shop.example"),
        ("reply_to", "do-not-reply@shop.example"),
        ("reply_to", "do_not_reply@shop.example"),
        ("from_address", "noreply@shop.example"),
        ("brand_colour", "red"),
        ("brand_colour", "#12345"),
        ("quiet_from", "nine"),
        ("daily_cap", 0),
        ("weekly_cap", -1),
        ("lost_after", 0),
        ("raw_days", 0),
        ("ceiling", 0),
        ("delivry_days", {}),
    ],
)
def test_a_setting_at_fault_is_named(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=name):
        load({"slug": "shop"} | {name: value})


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(ConfigurationError, match=r"country.*slug.*timezone"):
        load({"slug": "?", "timezone": "?", "country": "?"})


@pytest.mark.parametrize("address", ["care@shop.example", "norepublic@shop.example", "destek@mağaza.example"])
def test_an_address_that_a_person_reads_is_taken(address: str) -> None:
    assert load({"slug": "shop", "reply_to": address})["reply_to"] == address


EVERYTHING: dict[str, Any] = {
    "slug": "mercan",
    "name": "Mercan",
    "platform": "woocommerce",
    "country": "IR",
    "timezone": "Asia/Tehran",
    "currency": "IRR",
    "languages": ["fa", "en"],
    "weekend": ["thursday", "friday"],
    "holidays": "IR",
    "extra_holidays": ["2026-03-20"],
    "delivery_evidence": "status",
    "delivery_days": {"Post": 4, "*": 6},
    "handling_days": 1,
    "cut_off": "16:30:00",
    "status_map": {"posted": "shipped"},
    "promise_keys": ["_eta"],
    "arrival_keys": ["teslim_tarihi"],
    "reply_to": "care@mercan.example",
    "quiet_from": "22:00:00",
    "quiet_until": "08:00:00",
    "ceiling": 9,
}


def test_settings_survive_the_database(databases: Databases) -> None:
    world = make_world(databases)
    assert json.loads(json.dumps(load(EVERYTHING))) == EVERYTHING
    store = world.add_store("mercan", START, None, **{k: v for k, v in EVERYTHING.items() if k != "slug"})
    with reading(databases.main) as connection:
        assert records.by_id(connection, store.id) == records.by_slug(connection, "mercan") == store
        assert records.all_stores(connection) == {store.id: store}
    assert store.weekend == frozenset({3, 4}) and store.cut_off == time(16, 30)
    assert (store.quiet_from, store.quiet_until) == (time(22), time(8))
    assert (store.delivery_evidence, store.delivery_days) == (Evidence.STATUS, {"Post": 4, "*": 6})
    assert (store.outgoing.mode, store.outgoing.ceiling) == (Sending.SHADOW, 9)


@pytest.mark.parametrize(
    ("settings", "evidence"),
    [
        ({}, Evidence.CARRIER),
        ({"platform": "woocommerce"}, Evidence.NONE),
        ({"platform": "woocommerce", "delivery_evidence": "status"}, Evidence.STATUS),
    ],
)
def test_what_proves_an_arrival_unless_said(
    databases: Databases, settings: dict[str, str], evidence: str
) -> None:
    assert make_world(databases).add_store("shop", START, None, **settings).delivery_evidence is evidence


def test_a_slug_is_taken_once_and_an_unknown_one_is_unknown(databases: Databases) -> None:
    world = make_world(databases)
    world.add_store("shop", START)
    with pytest.raises(ConfigurationError, match="shop"):
        world.add_store("shop", START)
    with reading(databases.main) as connection, pytest.raises(UnknownAddressError):
        records.by_slug(connection, "other")


def test_switching_on_again_does_not_move_the_beginning(databases: Databases) -> None:
    world = make_world(databases)
    world.add_store("shop", START)

    def switched(sending: bool, days: int) -> Store:
        with databases.main.begin() as connection:
            records.switch(connection, records.by_slug(connection, "shop"), sending=sending, now=on(days))
            return records.by_slug(connection, "shop")

    assert switched(True, 1).outgoing.since == on(1)
    assert switched(True, 2).outgoing.since == on(1)
    assert switched(False, 3).outgoing.mode is Sending.SHADOW
    assert switched(True, 4).outgoing.since == on(4)
