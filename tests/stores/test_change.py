"""A store's settings change; what names the store stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.support import World, make_world

from vefa.database import Databases, reading
from vefa.errors import ConfigurationError
from vefa.stores import records
from vefa.stores.change import change as change_store
from vefa.stores.store import Store

pytestmark = pytest.mark.contract

NOW = datetime(2026, 3, 1, tzinfo=UTC)
Change = Callable[[dict[str, Any]], Store]


@pytest.fixture
def world(databases: Databases) -> World:
    world = make_world(databases)
    world.add_store("shop", NOW, reply_to=None, ceiling=7)
    return world


@pytest.fixture
def change(world: World) -> Change:
    def changed(settings: dict[str, Any]) -> Store:
        with world.databases.main.begin() as connection:
            return change_store(connection, "shop", settings, now=NOW)

    return changed


def test_a_reply_address_opens_the_way_to_sending(world: World, change: Change) -> None:
    with pytest.raises(ConfigurationError, match="reply_to"):
        world.send(_stored(world), NOW)
    store = change({"reply_to": "care@shop.example", "signed_by": "Elif"})
    assert (store.reply_to, store.signed_by, store.outgoing.ceiling) == ("care@shop.example", "Elif", 7)
    world.send(store, NOW)
    with pytest.raises(ConfigurationError, match="While sending is on"):
        change({"reply_to": None})
    assert _stored(world).reply_to == "care@shop.example"


def test_the_ceiling_is_changed_alone(change: Change) -> None:
    store = change({"ceiling": 50})
    assert (store.outgoing.ceiling, store.daily_cap) == (50, 2)


@pytest.mark.parametrize(
    "settings",
    [
        {"timezone": "Asia/Tehran"},
        {"slug": "other"},
        {"unheard_of": 1},
    ],
)
def test_what_names_the_store_and_its_clock_stays(
    world: World, change: Change, settings: dict[str, Any]
) -> None:
    before = _stored(world)
    with pytest.raises(ConfigurationError, match=next(iter(settings))):
        change(settings)
    assert _stored(world) == before


def test_a_value_that_cannot_be_used_is_refused(world: World, change: Change) -> None:
    before = _stored(world)
    with pytest.raises(ConfigurationError, match="no-reply"):
        change({"reply_to": "no-reply@shop.example"})
    assert _stored(world) == before


@pytest.mark.parametrize("slug", ["in", "sign-in"])
def test_a_store_does_not_take_vefa_s_own_addresses(world: World, slug: str) -> None:
    with pytest.raises(ConfigurationError, match="slug"):
        world.add_store(slug, NOW)


def _stored(world: World) -> Store:
    with reading(world.databases.main) as connection:
        return records.by_slug(connection, "shop")
