"""Refused requests are counted by store, platform, reason and hour, in a bounded way, and nothing of them is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from tests.build import SECRET, placed, request
from tests.support import World, everything, make_world

from vefa.database import Databases, reading
from vefa.errors import SignatureError
from vefa.extension import create_app
from vefa.inbound import refusing
from vefa.inbound.refusing import Refusals
from vefa.inbound.routes import REFUSALS
from vefa.settings import Settings
from vefa.stores import refusals
from vefa.stores.sealing import master_key

NOW = datetime(2026, 3, 2, 10, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LIMIT = 2000
BODY = b'{"secret": "what nobody may keep"}'


def make_refused(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> World:
    """Return a world with one store, in which what is counted is written when the test says so."""
    monkeypatch.setattr(refusing, "PAUSE", 3600)
    monkeypatch.setattr("vefa.clock.real_now", lambda: NOW)
    world = make_world(databases)
    world.master = master_key(None, databases.directory)
    world.add_store("shop", NOW, [SECRET])
    return world


def served(world: World) -> Flask:
    settings = Settings(database=world.databases.directory / "vefa.db", body_limit=LIMIT)
    return create_app(settings, world.databases)


@pytest.fixture
def world(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> World:
    return make_refused(databases, monkeypatch)


@pytest.fixture
def app(world: World) -> Flask:
    return served(world)


def counted(world: World) -> list[tuple[str, str, int]]:
    with reading(world.databases.intake) as connection:
        found = refusals.since(connection, 1, NOW - MINUTE)
    return [(one.platform, one.reason, one.number) for one in found]


def test_each_reason_is_counted_and_nothing_else_is_kept(world: World, app: Flask) -> None:
    client = app.test_client()
    for _ in range(12):
        assert client.post("/vefa/in/shop/standard", data=BODY).status_code == 401
    assert client.post("/vefa/in/shop/nothing", data=BODY).status_code == 404
    assert client.post("/vefa/in/shop/standard", data=b" " * (LIMIT + 1)).status_code == 413
    assert client.post("/vefa/in/nowhere/standard", data=BODY).status_code == 404
    assert client.post("/vefa/in/standard", data=BODY).status_code == 404
    good = request(placed(), "shop", NOW)
    sent = client.post("/vefa/in/shop/standard", data=good.body, headers=dict(good.headers))
    assert sent.status_code == 200
    assert counted(world) == []
    app.extensions[REFUSALS].write()
    assert counted(world) == [
        ("", "address", 1),
        ("standard", "signature", 12),
        ("standard", "too_large", 1),
    ]
    assert b"what nobody may keep" not in everything(world.databases)


def test_counts_of_several_processes_and_hours_add_up(world: World) -> None:
    for process in (Refusals(world.databases), Refusals(world.databases)):
        for minutes in (0, 1, 60):
            process.count("shop", "standard", SignatureError("No."), NOW + minutes * MINUTE)
        process.write()
        process.write()
    with reading(world.databases.intake) as connection:
        hours = refusals.since(connection, 1, NOW - MINUTE)
        assert [one.number for one in hours] == [4, 2]
        (line,) = refusals.together(hours)
    assert (line.number, line.first_at, line.last_at) == (6, NOW, NOW + 60 * MINUTE)


def test_nobody_can_fill_the_table(world: World) -> None:
    process = Refusals(world.databases)
    for number in range(2 * refusing.MOST):
        process.count(f"made-up-{number}", f"made-up-{number}", SignatureError("No."), NOW)
        process.count("x" * 5000, "standard", SignatureError("No."), NOW)
    assert len(process._lines) == refusing.MOST
    process.write()
    with reading(world.databases.intake) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(refusals.refusals)) == 0


def test_it_is_written_within_a_second(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusing, "PAUSE", 0.01)
    process = Refusals(world.databases)
    process.count("shop", "standard", SignatureError("No."), NOW)
    timer = process._timer
    assert timer is not None
    timer.join(10)
    assert counted(world) == [("standard", "signature", 1)]


def test_old_counts_go(world: World) -> None:
    process = Refusals(world.databases)
    process.count("shop", "standard", SignatureError("No."), NOW)
    process.write()
    for later, left in ((refusals.KEPT - 4 * MINUTE, 1), (refusals.KEPT + timedelta(hours=1), 0)):
        with world.databases.intake.begin() as connection:
            refusals.drop_old(connection, NOW + later)
        assert len(counted(world)) == left, later
