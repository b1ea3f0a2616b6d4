"""A shop to look at, at a fixed moment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.panel.shop import NOW, Browser, Shop, make_shop, ordinary_orders

from vefa.database import Databases


@pytest.fixture(autouse=True)
def fixed_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vefa.clock.real_now", lambda: NOW)


@pytest.fixture
def empty_shop(databases: Databases) -> Iterator[Shop]:
    yield from make_shop(databases)


@pytest.fixture
def shop(empty_shop: Shop) -> Shop:
    empty_shop.add("mercan")
    empty_shop.feed("mercan", ordinary_orders())
    return empty_shop


@pytest.fixture
def owner(shop: Shop) -> Browser:
    return shop.browser("mercan")
