"""A webhook is kept durably before it is answered, or refused and nothing of it kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from tests.build import SECRET, START, placed, request, sign
from tests.support import World, make_world

from vefa import clock, journal
from vefa.database import Databases, reading
from vefa.errors import ConfigurationError, SignatureError, TooLargeError, UnknownAddressError
from vefa.inbound import Inbound, Request
from vefa.stores import records as stores

pytestmark = pytest.mark.contract

OLD = "whsec_" + "b2xkIHNlY3JldCBvZiB0aGUgc3RvcmU="


@pytest.fixture
def world(databases: Databases) -> World:
    world = make_world(databases)
    world.add_store("shop", START, [SECRET])
    world.add_store("woo", START, [SECRET], platform="woocommerce")
    return world


def kept(world: World) -> list[journal.Kept]:
    with reading(world.databases.intake) as connection:
        return journal.waiting(connection, 100)


def test_what_is_signed_is_kept_sealed_with_its_moment(world: World) -> None:
    one = request(placed(), "shop", clock.now())
    assert world.inbound.keep(one, START) == f"standard:{placed()['id']}"
    (body,) = kept(world)
    assert (body.platform, body.topic, body.received_at) == ("standard", "order.placed", START)
    assert one.body not in body.body and b"order" not in body.body


def test_header_names_have_no_case(world: World) -> None:
    one = request(placed(), "shop", clock.now())
    loud = replace(one, headers={name.upper(): value for name, value in one.headers.items()})
    assert world.inbound.keep(loud, START)


def test_the_same_event_waits_once_and_the_first_stays(world: World) -> None:
    for hours in (0, 1):
        world.inbound.keep(request(placed(), "shop", clock.now()), START + timedelta(hours=hours))
    assert [body.received_at for body in kept(world)] == [START]


def test_what_cannot_be_read_is_kept_too(world: World) -> None:
    assert world.inbound.keep(request(b"\xff not JSON", "shop", clock.now()), START)
    assert [body.topic for body in kept(world)] == ["unknown"]


@pytest.mark.parametrize("name", ["a\x00b", "a\nb", "ı" * 200, "\U0001f4e6" * 150, "half \ud83d", " "])
def test_whatever_an_event_is_called_it_is_kept_once(world: World, name: str) -> None:
    """No database has to hold a name that it cannot hold, and none of its events is lost for it."""
    body = json.dumps(placed() | {"id": name, "type": name[:70]}).encode()
    for _ in range(2):
        assert world.inbound.keep(request(body, "shop", clock.now()), START)
    assert len(kept(world)) == 1
    world.work(START)
    assert kept(world) == []


@pytest.mark.parametrize(
    ("store", "platform", "minutes", "secret", "refusal"),
    [
        ("nowhere", "standard", 0, SECRET, UnknownAddressError),
        ("shop", "cargo-cult", 0, SECRET, UnknownAddressError),
        ("shop", "woocommerce", 0, SECRET, UnknownAddressError),
        ("shop", "_asking", 0, SECRET, UnknownAddressError),
        ("woo", "standard", 0, SECRET, UnknownAddressError),
        ("woo", "woocommerce", 0, SECRET, SignatureError),
        ("shop", "standard", 0, OLD, SignatureError),
        ("shop", "standard", -6, SECRET, SignatureError),
        ("shop", "standard", 6, SECRET, SignatureError),
    ],
)
def test_what_is_refused_leaves_nothing(
    world: World, store: str, platform: str, minutes: int, secret: str, refusal: type[Exception]
) -> None:
    one = request(placed(), store, clock.now() + timedelta(minutes=minutes), secret)
    with pytest.raises(refusal):
        world.inbound.keep(replace(one, platform=platform), START)
    assert kept(world) == []


def test_the_age_of_a_signature_is_real_time(world: World) -> None:
    with pytest.raises(SignatureError):
        world.inbound.keep(request(placed(), "shop", START), START)


@pytest.mark.parametrize(("more", "fits"), [(0, True), (1, False)])
def test_a_body_may_be_as_large_as_the_setting(world: World, more: int, fits: bool) -> None:
    inbound = Inbound(world.databases, world.master, body_limit=100)
    one = request(b" " * (100 + more), "shop", clock.now())
    if fits:
        inbound.keep(one, START)
    else:
        with pytest.raises(TooLargeError):
            inbound.keep(one, START)
    assert len(kept(world)) == fits


@pytest.mark.parametrize("secret", [SECRET, OLD])
def test_two_secrets_stand_side_by_side_and_then_one_falls(world: World, secret: str) -> None:
    def change(secrets: list[str]) -> None:
        with world.databases.main.begin() as connection:
            store = stores.by_slug(connection, "shop")
            key = stores.key_of(connection, store.id, world.master)
            stores.set_secrets(connection, store.id, "standard", secrets, key)

    change([OLD, SECRET])
    assert world.inbound.keep(request(placed(), "shop", clock.now(), secret), START)
    for left in ([], [next(one for one in (OLD, SECRET) if one != secret)]):
        change(left)
        with pytest.raises(SignatureError):
            world.inbound.keep(request(placed(), "shop", clock.now(), secret), START)


def test_a_ping_is_answered_and_not_kept(world: World) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert world.inbound.keep(Request("woo", "woocommerce", headers, b"webhook_id=3"), START) is None
    with pytest.raises(UnknownAddressError):
        world.inbound.keep(Request("nowhere", "woocommerce", headers, b"webhook_id=3"), START)
    assert kept(world) == []


def test_secrets_are_sealed_for_their_own_store(world: World) -> None:
    with reading(world.databases.main) as connection:
        column = stores.connections.c.sealed_secrets
        rows = connection.execute(sa.select(stores.connections.c.store_id, column)).all()
        keys = {row.store_id: stores.key_of(connection, row.store_id, world.master) for row in rows}
    one, other = rows
    assert SECRET.encode() not in one.sealed_secrets
    with pytest.raises(ConfigurationError):
        keys[one.store_id].open(other.sealed_secrets, f"secrets:{one.store_id}")
    with pytest.raises(ConfigurationError):
        keys[one.store_id].open(one.sealed_secrets, f"secrets:{other.store_id}")


def test_one_stores_signature_opens_no_other_store(world: World) -> None:
    world.add_store("other", START, [OLD])
    headers = sign(b"{}", clock.now())
    with pytest.raises(SignatureError):
        world.inbound.keep(Request("other", "standard", headers, b"{}"), START)
