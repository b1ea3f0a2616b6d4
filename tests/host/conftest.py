"""A Flask store for every test of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.host.place import Place, make_place


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A store whose events are kept after its commit."""
    yield from make_place(tmp_path)


@pytest.fixture
def boxed(tmp_path: Path) -> Iterator[Place]:
    """A store whose events are committed with its own rows."""
    yield from make_place(tmp_path, VEFA_OUTBOX="host")


@pytest.fixture(params=["after the commit", "outbox"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A store of each way to keep events."""
    yield from make_place(tmp_path, VEFA_OUTBOX="host" if request.param == "outbox" else None)
