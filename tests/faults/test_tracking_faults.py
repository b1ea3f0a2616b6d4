"""Planted faults in what carriers say, and in whom it leads to, turn their checks red."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.carriers import test_known, test_number
from tests.customers import test_erase_parcels as erased
from tests.orders import test_tracked
from tests.plugins import test_tracking_services as contract
from tests.support import make_world
from tests.tracking import SENDERS, read

from vefa.carriers import _scans, aftership, known, number, services
from vefa.customers import forget, parcels
from vefa.database import Databases
from vefa.exchange import Incoming
from vefa.orders import look, tracked
from vefa.work import Result

Patch = pytest.MonkeyPatch
RACE = test_tracked.test_a_scan_that_comes_while_its_order_is_looked_at_is_not_lost


def nobody_looks_again(patch: Patch) -> None:
    patch.setattr(look, "_numbers", lambda _: set())


def anothers_number_is_enough(patch: Patch) -> None:
    numbers = look._numbers
    patch.setattr(
        look, "_numbers", lambda changed: {one for one in numbers(changed) if one[0] != "standard:1"}
    )


def a_scan_wakes_nobody(patch: Patch) -> None:
    patch.setattr(tracked, "look", lambda *_: Result())


def every_number_counts(patch: Patch) -> None:
    patch.setattr(
        number, "merge", lambda facts: {p: (f.stamp, v) for f in facts for p, v in f.values.items() if v}
    )


@pytest.mark.parametrize(
    ("plant", "check"),
    [
        (nobody_looks_again, lambda world: RACE(world, known=False)),
        (anothers_number_is_enough, lambda world: RACE(world, known=True)),
        (every_number_counts, lambda _: test_number.test_the_last_number_counts_as_of_the_instant()),
    ],
)
def test_a_check_of_orders_sees(
    plant: Callable[[Patch], None], check: Callable[..., None], databases: Databases, monkeypatch: Patch
) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, ValueError)):
        check(make_world(databases))


def test_a_scan_that_wakes_nobody_is_seen(databases: Databases, monkeypatch: Patch) -> None:
    a_scan_wakes_nobody(monkeypatch)
    with pytest.raises(AssertionError):
        test_tracked.test_a_late_arrival_that_only_the_carrier_told_is_late(make_world(databases), "shippo")


def parcels_stay(patch: Patch) -> None:
    patch.setattr(parcels, "close", lambda *_: [])


def what_was_told_is_dropped(patch: Patch) -> None:
    patch.setattr(parcels, "placed", lambda facts, _: facts)


def numbers_come_back(patch: Patch) -> None:
    patch.setattr(forget, "is_about_number", lambda _: False)


@pytest.mark.parametrize(
    ("plant", "check"),
    [
        (parcels_stay, erased.test_the_parcel_leads_nobody_back),
        (what_was_told_is_dropped, erased.test_the_parcel_leads_nobody_back),
        (numbers_come_back, erased.test_what_is_told_of_it_later_is_refused_until_the_number_is_anothers),
    ],
)
def test_a_check_of_erasure_sees(
    plant: Callable[[Patch], None], check: Callable[..., None], databases: Databases, monkeypatch: Patch
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        check(erased.connected(databases))


def signed(name: str) -> Incoming:
    body = SENDERS[name].body("YK1", *contract.SCANS, at=contract.NOW, eta="2026-03-05")
    return Incoming(SENDERS[name].sign(body, contract.NOW, SENDERS[name].secret), body)


@pytest.mark.parametrize("name", sorted(SENDERS))
def test_a_signature_that_is_not_checked_is_seen(name: str, monkeypatch: Patch) -> None:
    service = services()[name]
    monkeypatch.setattr(type(service), "verify", lambda *_: None)
    with pytest.raises(pytest.fail.Exception):
        contract.test_every_byte_is_signed(name, service, signed(name))


def test_a_scan_named_by_its_event_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(
        _scans, "_key", lambda service, kind, at, values, context: f"{context.received_at}{at}"
    )
    with pytest.raises(AssertionError):
        contract.test_a_scan_told_again_in_another_event_is_the_same_fact("aftership")


def test_an_unknown_word_that_moves_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(aftership, "CODES", {**aftership.CODES, "Teleported": "in_transit"})
    with pytest.raises((AssertionError, KeyError)):
        contract.test_a_word_that_is_not_known_is_kept_and_moves_nothing("aftership")
    assert read("aftership", signed("aftership").body, contract.NOW)


def test_two_carriers_of_one_name_are_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(test_known, "plain", lambda text: text[:1])
    with pytest.raises(AssertionError):
        test_known.test_no_two_carriers_are_called_alike()
    assert known.find("ups")
