"""Customers' pages of two stores, at a fixed moment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.pages.shop import NOW, Pages, make_pages

from vefa.database import Databases


@pytest.fixture(autouse=True)
def fixed_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vefa.clock.real_now", lambda: NOW)


@pytest.fixture
def pages(databases: Databases) -> Iterator[Pages]:
    yield from make_pages(databases)
